"""Where each message and tool call lies, found by id and never by scanning per event.

Only look-up lives here; what is done with a place is reducer.py's business.
"""

from __future__ import annotations

from .shape import Document, Message


class Places:
    """Positions by id in ``document["messages"]``; the first of two equal ids wins."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._messages: dict[str, int] = {}
        self._calls: dict[str, tuple[int, int]] = {}
        self._known = -1
        self.behind: dict[int, int] = {}  # position of a message -> of its last result

    def message(self, message_id: str) -> int | None:
        """The position of a message, or None."""
        self._refresh()
        return self._messages.get(message_id)

    def call(self, call_id: str) -> tuple[int, int] | None:
        """The positions (message, call within it) of a tool call, or None."""
        self._refresh()
        return self._calls.get(call_id)

    def forget_positions(self) -> None:
        """Positions have shifted: look again before the next answer."""
        self._known = -1

    def move_positions(self, since: int) -> None:
        """What stands at ``since`` and behind is about to move on: only that is looked at again."""
        for position in range(since, self._known):
            self.behind.pop(position, None)
            message = self._document["messages"][position]
            if self._messages.get(message["id"]) == position:
                del self._messages[message["id"]]
            for call in message.get("toolCalls") or ():
                self.forget_call(call["id"], position)
        self._known = min(self._known, since)

    def _refresh(self) -> None:
        messages = self._document["messages"]
        if self._known < 0 or self._known > len(messages):
            self._messages.clear()
            self._calls.clear()
            self.behind.clear()
            self._known = 0
        while self._known < len(messages):
            self._note(self._known, messages[self._known])
            self._known += 1

    def _note(self, position: int, message: Message) -> None:
        self._messages.setdefault(message["id"], position)
        for number, call in enumerate(message.get("toolCalls") or ()):
            self._calls.setdefault(call["id"], (position, number))

    def forget_call(self, call_id: str, position: int | None) -> None:
        """The message at ``position`` does not hold this call any more; None is nowhere."""
        if self._calls.get(call_id, (-1,))[0] == position:
            del self._calls[call_id]

    def note_call(self, call_id: str, position: int, number: int) -> None:
        """A call was added to a message that is already known."""
        self._calls.setdefault(call_id, (position, number))
