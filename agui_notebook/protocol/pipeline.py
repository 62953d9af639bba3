"""The stages in their order, as one object fed with raw events (C-PROC-10).

Only the order of the stages and the delivery of what they make live here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from ..errors import ProtocolError
from .conversation import Document, Event
from .operations import Operation, Set, apply
from .reducer import Reducer

Middleware = Callable[[Event], Iterable[Event]]


class Delivery(NamedTuple):
    """One event as application code sees it, and what it did to the document.

    ``event`` is None when only the document changed (a warning, the end of a stream).
    """

    event: Event | None
    operations: Sequence[Operation]


class Pipeline:
    """Raw events of one response in, deliveries out; the document changes as they are yielded."""

    def __init__(
        self,
        document: Document,
        request: Mapping[str, Any],
        *,
        strict: bool = False,
        middleware: Sequence[Middleware] = (),
        mint: Callable[[], str] | None = None,
    ) -> None:
        self.document = document
        self.warnings: list[str] = []
        self._told = 0
        self._middleware = middleware
        self._reducer = Reducer(document, request, self.warnings.append)

    @property
    def outcome(self) -> str | None:
        """How the last run ended: success, interrupt, cancelled, error, incomplete; None: not."""
        return self._reducer.outcome

    def feed(self, raw: object, at: int | None = None) -> Iterator[Delivery]:
        """Take one decoded frame; ``at`` is now, in ms since the epoch.

        Raises ProtocolError; what was yielded before stays applied (C-LIFE-07).
        """
        if not isinstance(raw, dict):
            raise ProtocolError("Invalid event: the frame is not a JSON object.", event=raw)
        events: Iterable[Event] = (raw,)
        for stage in self._middleware:
            events = [made for event in events for made in stage(event)]
        for event in events:
            operations = self._reducer.reduce(event, at)
            yield Delivery(event, [*operations, *self._notes(at)])

    def close(self, at: int | None = None) -> Iterator[Delivery]:
        """The stream has ended. Without a terminal event the run is incomplete (C-TRUNC-03)."""
        if self.outcome is None:
            yield Delivery(None, self._reducer.end("incomplete", None, at))

    def fail(
        self,
        status: str,
        message: str | None = None,
        code: str | None = None,
        at: int | None = None,
    ) -> Iterator[Delivery]:
        """End the run from this side: ``status`` is error, cancelled or incomplete."""
        if self.outcome is not None and status != "error":
            return
        error = {"message": message, "code": code}
        known = {key: value for key, value in error.items() if value is not None}
        yield Delivery(None, self._reducer.end(status, known or None, at))

    def _notes(self, at: int | None) -> list[Operation]:
        fresh, self._told = self.warnings[self._told :], len(self.warnings)
        return [self._note(text, at) for text in fresh]

    def _note(self, text: str, at: int | None) -> Operation:
        entry: dict[str, Any] = {"message": text} if at is None else {"message": text, "at": at}
        note = Set(("warnings", len(self.document["warnings"])), entry)
        apply(self.document, note)
        return note
