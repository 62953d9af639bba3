"""The stages in their order, as one object fed with raw events (C-PROC-10).

Only the order of the stages and the delivery of what they make live here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import count

from ..errors import ProtocolError
from ..foreign_json import LostNumbers
from ..values import JsonView
from .chunks import Lanes
from .compatibility import Compatibility
from .document.builder import Fold
from .document.index import Places
from .document.operations import Operation, Set, apply
from .document.reducer import end, reduce
from .document.shape import Document, Event
from .enforce import Enforcement
from .grammar import DELTAS, RUN
from .order import Order
from .tolerance.stages import TolerantStages

Middleware = Callable[[Event], Iterable[Event]]
Stages = Callable[[Event], Iterable[Event]]

_NOTHING: tuple[()] = ()
MOST_WARNINGS = 100  # a stream that earns more has made its point


# One event as application code sees it, None when only the document changed (a warning, the end of
# a stream); what was done to the document; and whether the event differs from the one delivered
# before it in nothing but its delta. A plain tuple: one is made for every token.
Delivery = tuple[Event | None, Sequence[Operation], bool]


class Pipeline:
    """Raw events of one response in, deliveries out; the document changes as they are yielded.

    ``strict`` equals the specification; otherwise what deployed servers really send is read too.
    ``request`` is the input the stream answers; ``mint`` makes ids for retired events that have
    none; ``peer`` is the newest package version the agent may be of, when that is known.
    ``places`` knows already where the document's messages lie: many runs in a row share it.
    ``watched`` says whether anybody looks at operations; if not, patches tell none, which spares
    a copy of what they change.
    """

    def __init__(
        self,
        document: Document,
        request: JsonView,
        *,
        strict: bool = False,
        middleware: Sequence[Middleware] = (),
        mint: Callable[[], str] | None = None,
        peer: str | None = None,
        places: Places | None = None,
        watched: Callable[[], bool] | None = None,
    ) -> None:
        self.document = document
        self.warnings: list[str] = []
        self._told = 0
        self._middleware = middleware
        mint = mint or _id_counter(str(request.get("runId", "")))
        self._legacy = Compatibility(request, strict, mint, self._warn, peer)
        self._fold = Fold(document, request, strict, self._warn, places, watched)
        self._order = Order(request, strict, self._warn)
        self._tolerance = None if strict else self._tolerant_stages(request, mint)
        self._stages = self._tolerance or self._strict_stages()
        self._number = 0  # of the event within its run
        self._same: Event | None = None  # the last event, if more like it may follow

    def _strict_stages(self) -> Stages:
        enforce, lanes = Enforcement(True, self._warn), Lanes()

        def stages(event: Event) -> Iterable[Event]:
            clean = enforce(event)
            return _NOTHING if clean is None else lanes.expand(clean)

        return stages

    def _tolerant_stages(self, request: JsonView, mint: Callable[[], str]) -> TolerantStages:
        ids = {name: request.get(name, "") for name in ("threadId", "runId")}
        return TolerantStages(
            self._order.items,
            self._warn,
            mint,
            self._fold,
            start={"type": RUN.start, **ids},
            resumes=bool(request.get("resume")),
        )

    @property
    def outcome(self) -> str | None:
        """How the last run ended: success, interrupt, cancelled, error, incomplete; None: not."""
        return self._fold.outcome

    def is_over(self) -> bool:
        """Whether the last run has ended."""
        return self._fold.outcome is not None

    def feed(self, raw: object, at: int | None = None) -> Iterable[Delivery]:
        """Take one decoded frame; ``at`` is now, in ms since the epoch.

        Raises ProtocolError; what was yielded before stays applied (C-LIFE-07).
        """
        self._number += 1
        same = self._same
        if same is not None and type(raw) is dict:
            # the short way for one more piece of what was admitted just now: nothing is left to
            # be judged about an event that differs from it only in a delta of text
            same["delta"] = delta = raw.get("delta")
            if type(delta) is str and raw == same:
                return ((raw, reduce(self._fold, raw, at), True),)
        self._same = None
        return self._through_the_stages(raw, at)

    def _through_the_stages(self, raw: object, at: int | None) -> Iterator[Delivery]:
        try:
            for event in self._events_of(raw):
                for part in self._stages(event):
                    if self._order.admits(part):
                        yield part, reduce(self._fold, part, at), False
                        if part is raw and part["type"] in DELTAS:
                            self._same = self._template(part)
        except ProtocolError:
            yield from self._notes(at)
            raise
        except RecursionError:
            raise ProtocolError("The event is nested too deeply to be read.") from None
        if len(self.warnings) > self._told:
            yield from self._notes(at)

    def _template(self, event: Event) -> Event | None:
        """What further deltas are compared with; nothing that JSON's 1 and true could confuse."""
        if self._middleware or not all(type(value) is str for value in event.values()):
            return None
        return {**event}

    def _events_of(self, raw: object) -> Iterable[Event]:
        """The frame's event as today's shapes, seen by the middleware (C-PROC-11, C-PROC-13)."""
        lost: Mapping[str, str] = {}
        if isinstance(raw, LostNumbers):
            lost = self._spare_numbers(raw)
            raw = {**raw}
        if type(raw) is not dict:
            raise ProtocolError(
                "Invalid event: the frame is not a JSON object.", rule="C-PROC-17", event=raw
            )
        if type(raw.get("type")) is not str or not raw["type"]:
            raise ProtocolError(_error_text(raw), rule="C-PROC-17", event=raw)
        if raw["type"] == RUN.start and self._order.items.phase != "running":
            self._number = 1
        if self._tolerance is not None:
            self._tolerance.blame.number = self._number
            for place, text in lost.items():
                self._tolerance.blame(
                    f"sent {raw['type']} with {text} at '{place}', which is no JSON number "
                    "and is read as null"
                )
        events = self._legacy(raw)
        for stage in self._middleware:
            events = [made for event in events for made in stage(event)]
        return events

    def _spare_numbers(self, frame: LostNumbers) -> Mapping[str, str]:
        """The numbers that were lost; raises what is said of them where nothing is forgiven."""
        if self._tolerance is None:
            raise frame.error
        return frame.lost

    def close(self, at: int | None = None) -> Iterator[Delivery]:
        """The stream has ended. Without a terminal event the run is incomplete (C-TRUNC-03)."""
        if self.outcome is not None:
            yield from self._close_late(at)
        else:
            yield from self.fail("incomplete", "The stream ended without a terminal event.", at=at)

    def _close_late(self, at: int | None) -> Iterator[Delivery]:
        """What was opened behind RUN_FINISHED does not stream any more."""
        for event in self._order.items.closing_events():
            self._order.admits(event)
            yield event, reduce(self._fold, event, at), False

    def fail(
        self,
        status: str,
        message: str | None = None,
        code: str | None = None,
        at: int | None = None,
    ) -> Iterator[Delivery]:
        """End the run from this side: ``status`` is error, cancelled or incomplete.

        A run that has ended stays as it ended, unless what came after it is an error.
        """
        if self.outcome is not None and status != "error":
            return
        error = {"message": message, "code": code}
        known = {key: value for key, value in error.items() if value is not None}
        yield None, end(self._fold, status, known or None, at), False
        yield from self._notes(at)

    def _warn(self, text: str) -> None:
        """Every warning once, and not without end."""
        if text not in self.warnings and len(self.warnings) < MOST_WARNINGS:
            self.warnings.append(text)

    def _notes(self, at: int | None) -> Iterator[Delivery]:
        """The warnings that the document does not have yet."""
        fresh, self._told = self.warnings[self._told :], len(self.warnings)
        notes: list[Operation] = []
        for text in fresh:
            entry = {"message": text, **({} if at is None else {"at": at}), **self._fold.run_id()}
            notes.append(Set(("warnings", len(self.document["warnings"])), entry))
            apply(self.document, notes[-1])
        if notes:
            yield None, notes, False


def _error_text(raw: JsonView) -> str:
    """Some servers report their failure as a bare error object."""
    text = "Invalid event: the frame carries no event type."
    said = raw.get("error") or raw.get("message")
    return f"{text} It says: {said}" if said else text


def _id_counter(prefix: str) -> Callable[[], str]:
    numbers = count(1)
    return lambda: f"{prefix}-{next(numbers)}"
