"""Which surfaces there are in a conversation, in the three forms that servers send them in.

Tool results with ``a2ui_operations``, arguments of ``render_a2ui`` while they stream, and the
``a2ui-surface`` activity. Read anew from the document each time, so that it needs no memory.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import lru_cache

from ...values import Json, JsonObject, JsonView
from ..document.shape import Document, Message, calls_of, item_key, text_of
from .announce import RENDER_TOOL
from .surface import OPERATIONS, Surface

OPERATIONS_KEY = "a2ui_operations"
ACTIVITY = "a2ui-surface"
DEFAULT_ID = "default"
MOST_SURFACES = 100
SAID = {
    "building": "The agent describes a surface.",
    "retrying": "The agent describes its surface once more.",
    "failed": "The agent could not describe its surface.",
}


def read_surfaces(document: Document, read_begun: Callable[[str], Json]) -> list[Surface]:
    """Every surface as the conversation has left it, in the order in which they were made.

    ``read_begun`` reads JSON that is still on its way.
    """
    reading = _SurfaceReader(document, read_begun)
    for message in document["messages"]:
        _READ.get(message["role"], _SurfaceReader.pass_by)(reading, message)
    return reading.surfaces[-MOST_SURFACES:]


class _SurfaceReader:
    def __init__(self, document: Document, read_begun: Callable[[str], Json]) -> None:
        self._read_begun = read_begun
        self.surfaces: list[Surface] = []
        self._document = document
        self._known: dict[str, Surface] = {}  # by their ids, as the agent means them now
        self._turn = 0

    def pass_by(self, message: Message) -> None:
        """A message of another kind holds none."""

    def user(self, message: Message) -> None:
        """Surfaces made from here on are others, whatever they are called."""
        self._turn += 1

    def assistant(self, message: Message) -> None:
        """Arguments of the tool that draws, as far as they have come."""
        for call in calls_of(message):
            if call["function"]["name"] == RENDER_TOOL:
                self._read_call(call)

    def _read_call(self, call: JsonView) -> None:
        item = self._document["items"].get(item_key("call", call["id"]), {})
        is_open = item.get("status") == "open"
        text = call["function"]["arguments"] or "{}"
        given = self._read_begun(text) if is_open else _parse(text)
        if not isinstance(given, dict) or not isinstance(given.get("components"), list):
            return
        body = {**given, "dataModel": given.get("data") or {}}
        self._carry_out({"createSurface": body}, call["id"], whole=not is_open)

    def tool(self, message: Message) -> None:
        """A result that holds operations, or says why there are none."""
        for operation in _operations_in(text_of(message)):
            self._carry_out(operation, message["toolCallId"])

    def activity(self, message: Message) -> None:
        """What a middleware has made of either."""
        content = message.get("content")
        if message.get("activityType") != ACTIVITY or not isinstance(content, dict):
            return
        place = item_key("message", message["id"])
        operations = content.get(OPERATIONS_KEY)
        if isinstance(operations, list):
            for operation in operations:
                self._carry_out(operation, place)
        elif content.get("status") in SAID:
            said = Surface(message["id"], place, self._turn, said=SAID[content["status"]])
            self.surfaces.append(said)

    def _carry_out(self, operation: Json, place: str, *, whole: bool = True) -> None:
        """Do to the surface that is meant what one operation says; what is none does nothing."""
        for name, body in operation.items() if isinstance(operation, dict) else ():
            if name in OPERATIONS and isinstance(body, dict):
                surface = self._find(body, place, creates=name == "createSurface")
                surface.whole = whole
                OPERATIONS[name](surface, body)

    def _find(self, body: JsonView, place: str, *, creates: bool) -> Surface:
        """The surface of this id. Made again within a turn it is the same, later it is another."""
        given = body.get("surfaceId")
        name = given if isinstance(given, str) else DEFAULT_ID
        known = self._known.get(name)
        if known is not None and not known.deleted:
            if not creates or known.turn == self._turn:
                return known
            known.live = False
        made = self._known[name] = Surface(name, place, self._turn)
        self.surfaces.append(made)
        return made


_READ = {
    "user": _SurfaceReader.user,
    "assistant": _SurfaceReader.assistant,
    "tool": _SurfaceReader.tool,
    "activity": _SurfaceReader.activity,
}


def _operations_in(text: str) -> Iterator[JsonObject]:
    if OPERATIONS_KEY not in text:
        return
    found = _parse(text)
    if isinstance(found, str):  # written twice over
        found = _parse(found)
    operations = found.get(OPERATIONS_KEY) if isinstance(found, dict) else None
    yield from operations if isinstance(operations, list) else ()


@lru_cache(maxsize=32)
def _parse(text: str) -> Json:
    """What is never changed by those who get it: a surface is changed by copies."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
