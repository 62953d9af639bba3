"""What this side asks before a tool of its own runs, and what the answers come to.

Such a question stands in the document like an agent's, and is answered in the same ways; its
answer goes to nobody. Which are ours is written in the run they belong to, where no agent writes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from ...protocol.document.shape import Document
from ...runtime.ids import mint
from ...values import JsonObject, JsonView

if TYPE_CHECKING:
    from ...tools.tool import Tool
    from ..interrupts import Answer, Interrupt

REFUSED = "The user did not allow this call."
ABANDONED = "The user gave no answer: this call was not carried out."


class Verdict(NamedTuple):
    """What was decided about a call: the call as shown or changed, or why it does not run."""

    call: JsonObject
    refusal: str | None


def question_about(call: JsonView, tool: Tool) -> JsonObject:
    """The interrupt that asks for a yes to a call of ``tool``."""
    from ...protocol.approvals import call_schema  # as below: most turns ask nothing

    return {
        "id": mint(),
        "reason": "tool_approval",
        "toolCallId": call["id"],
        "message": f"Allow {tool.name}?",
        "responseSchema": call_schema(tool.parameters),
    }


def own_questions(document: Document) -> set[str]:
    """Ids of the questions that were asked here and not by the agent."""
    return {each for run in document["runs"] for each in run.get("askedHere", ())}


def verdict_on(asked: Interrupt, answer: Answer) -> Verdict:
    """What an answer says about the call that was asked about, as it was shown."""
    from ...protocol.approvals import read_answer

    action = next(iter(asked.question["actions"]), {"name": "", "args": ""})
    function = {"name": action["name"], "arguments": action["args"]}
    call = {"id": asked.wire["toolCallId"], "type": "function", "function": function}
    said = read_answer(answer.payload)
    if answer.status != "resolved":
        return Verdict(call, ABANDONED)
    if said.yes is not True:
        reason = said.reason or answer.metadata.get("reason")
        return Verdict(call, f"{REFUSED} {reason}" if reason else REFUSED)
    if said.edits is not None:
        call = {**call, "function": {**function, "arguments": _text(said.edits)}}
    return Verdict(call, None)


def _text(arguments: Mapping[str, object]) -> str:
    return json.dumps(arguments, ensure_ascii=False)
