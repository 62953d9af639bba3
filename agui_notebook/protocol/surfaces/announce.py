"""What a client tells an agent that may describe surfaces, and how it tells what was pressed.

The words that servers look for (descriptions of context entries, names of tools and members) are
theirs to the letter.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from ...values import JsonObject, JsonView
from .catalogue import BASIC, BASIC_ID, OWN_ID

RENDER_TOOL = "render_a2ui"
EVENT_TOOL = "log_a2ui_event"
INJECT = "injectA2UITool"
ACTION = "a2uiAction"
SCHEMA_ENTRY = (
    "A2UI Component Schema — available components for generating UI surfaces. "
    "Use these component names and properties when creating A2UI operations."
)
GUIDE_ENTRY = f"A2UI render tool usage guide — how to call {RENDER_TOOL} with valid arguments."
GUIDE = f"""{RENDER_TOOL} draws a surface in the user's notebook. Give it:
surfaceId: a name of your own; the same name again draws that surface anew.
components: a flat list. Each has an "id", a "component" (a name of the catalogue) and that
component's properties beside them. One has the id "root". What is inside a component is named by
its id in "child" or "children"; nothing is nested, and nothing may contain itself.
data: what {{"path": "/..."}} refers to, where properties are bound to it.
Fields need a bound "value". A button's "action" is {{"event": {{"name": ..., "context": {{}}}}}};
what the user presses comes back to you as a call of {EVENT_TOOL}."""
PARAMETERS: JsonObject = {
    "type": "object",
    "properties": {
        "surfaceId": {"type": "string"},
        "components": {"type": "array", "items": {"type": "object"}},
        "data": {"type": "object"},
    },
    "required": ["surfaceId", "components"],
}


def context_entries(own: Mapping[str, JsonObject]) -> list[JsonObject]:
    """The catalogue and a guide, for RunAgentInput.context; ``own``: schemas of the user's."""
    catalogue = {"catalogId": OWN_ID if own else BASIC_ID, "components": {**BASIC, **own}}
    return [
        {"description": SCHEMA_ENTRY, "value": json.dumps(catalogue)},
        {"description": GUIDE_ENTRY, "value": GUIDE},
    ]


def action_messages(action: JsonView, ids: tuple[str, str, str]) -> list[JsonObject]:
    """What was pressed, as a call and its result; ``ids`` of the call and of both messages."""
    call_id, asking, answering = ids
    name = {"name": EVENT_TOOL, "arguments": json.dumps(action)}
    said = (
        f'The user did "{action["name"]}" on your surface "{action["surfaceId"]}", with its '
        f'component "{action["sourceComponentId"]}". Context: {json.dumps(action["context"])}'
    )
    call = {"id": call_id, "type": "function", "function": name}
    return [
        {"id": asking, "role": "assistant", "content": "", "toolCalls": [call]},
        {"id": answering, "role": "tool", "toolCallId": call_id, "content": said},
    ]
