"""Draws a conversation's subjects beside its turns, and puts what comes of it into the document.

Observers only note what has changed; the user's functions run on the kernel's main thread, one at
a time, so that a slow one holds up nothing but the next drawing.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from ...client.event_log import EventRecord
from ...markup.key_shapes import mask_secrets
from ...protocol.document.operations import Operation
from ...protocol.document.shape import Output
from ...protocol.schema import WARNING
from ...protocol.tolerance.questions import QUESTIONS
from ...runtime import faults
from ...runtime.loop import background
from ...runtime.tool_threads import beside, on_loop
from ...runtime.user_code import name_of, one_line
from ...values import Foreign, Json
from .. import kernel, messages
from . import subjects
from .asking import ask_subject
from .drawings import ALL, Drawing, Drawings
from .subjects import ASK, MESSAGE, STATE, Subject

if TYPE_CHECKING:
    from ...client.session import Session

PACE = 0.1  # seconds between two drawings of the same thing
REST = 9  # times as long as reading took
LARGEST = 10_000_000  # characters of one drawing
OTHERS = {*QUESTIONS, WARNING}  # what is shown otherwise
ERROR = "application/vnd.agui-notebook.error+json"


class Drawn(NamedTuple):
    """What was drawn last of a subject, by what, and the value that may have to be closed."""

    by: Drawing
    seen: Json
    output: Output
    value: Foreign
    lasts: bool


class Drawer:
    """Follows ``session`` as soon as there is something to draw with, until ``close``.

    ``taken`` tells in which places something else is drawn.
    """

    def __init__(
        self,
        session: Session,
        *sources: Drawings,
        taken: Callable[[], Iterable[str]] = lambda: (),
    ) -> None:
        self._session, self._sources, self._taken = session, sources, taken
        self._drawn: dict[str, Drawn] = {}
        self._dirty: set[str] = set()
        self._busy = False  # drawing, or about to
        self._spent = 0.0  # seconds that reading took last
        self._follows = self._hears = False
        self._ends = ExitStack()
        for source in sources:
            self._ends.callback(source.watch(self._begin))
        if any(sources):
            self._begin()

    def close(self) -> None:
        """Draw nothing more; widgets that were drawn end."""
        self._ends.close()
        for drawn in self._drawn.values():
            end_widget(drawn.value)
        self._drawn.clear()

    def _begin(self) -> None:
        """There is something to draw with, or something more: all is looked at."""
        thread = self._session.thread
        if not self._follows:
            self._follows = True
            self._ends.callback(thread.observe(self._note))
            self._ends.callback(thread.observe_turns(self._note_turn))
        if not self._hears and any(source.names("custom", ALL) for source in self._sources):
            self._hears = True
            self._ends.callback(thread.observe_events(self._note_event))
        self._mark({""})

    def _note(self, operations: Sequence[Operation]) -> None:
        if keys := subjects.find_changed(self._session.document, operations):
            self._mark(keys)

    def _note_turn(self, busy: bool) -> None:
        if not busy:  # what changes no more is drawn to last
            self._mark({key for key, drawn in self._drawn.items() if not drawn.lasts})

    def _note_event(self, record: EventRecord) -> None:
        event = record["event"]
        name = event.get("name")
        if event["type"] == "CUSTOM" and name not in OTHERS and self._find("custom", (str(name),)):
            self._session.thread.put_event(record["runId"], str(name), event.get("value"))

    def _mark(self, keys: set[str]) -> None:
        with self._session.lock:
            self._dirty |= keys
            if self._dirty and not self._busy:
                self._busy = True
                background().call(self._later)

    def _later(self) -> None:
        # what took long to read is read again after long, so that little of the time goes to it
        wait = max(PACE, REST * self._spent)
        asyncio.get_running_loop().call_later(wait, self._draw_soon)

    def _draw_soon(self) -> None:
        background().submit(self._draw_all())

    async def _draw_all(self) -> None:
        try:
            since = time.perf_counter()
            due = self._take()
            self._spent = time.perf_counter() - since
            for subject, drawing in due:
                await self._draw(subject, drawing)
        finally:
            self._busy = False
            self._mark(set())

    def _take(self) -> list[tuple[Subject, Drawing]]:
        """What has changed since it was drawn, and by what it is drawn."""
        with self._session.lock:
            dirty, self._dirty = self._dirty, set()
            if "" in dirty:
                dirty |= subjects.every_key(self._session.document)
            keys = dirty.difference(self._taken())
            found, calls = list(self._read(keys)), list(self._find_calls(keys))
        found += [read() for read in calls]  # what an agent wrote may take long: nobody waits
        matched = [(subject, self._find(subject.kind, subject.names)) for subject in found]
        return [(s, drawing) for s, drawing in matched if drawing and self._is_due(s, drawing)]

    def _read(self, keys: set[str]) -> Iterator[Subject]:
        document, busy = self._session.document, self._session.thread.busy
        if STATE in keys:
            places = {name for source in self._sources for name in source.names("state")}
            read = (subjects.read_state(document, at, busy) for at in places)
            yield from filter(None, read)
        if ASK in keys:
            yield from (ask_subject(self._session, one) for one in self._session.interrupts)
        activities = {key for key in keys if key.startswith(MESSAGE)}
        yield from subjects.read_activities(document, activities)

    def _find_calls(self, keys: set[str]) -> Iterator[Callable[[], Subject]]:
        calls = {key for key in keys if key and not key.startswith((MESSAGE, STATE, ASK))}
        return subjects.find_calls(self._session.document, calls)

    def _find(self, kind: str, names: Sequence[str]) -> Drawing | None:
        own = [source.find(kind, name) for source in self._sources for name in names]
        rest = [source.find_rest(kind) for source in self._sources]
        return next(filter(None, [*own, *rest]), None)

    def _is_due(self, subject: Subject, drawing: Drawing) -> bool:
        drawn = self._find_drawn(subject, drawing)
        return drawn is None or (not drawn.lasts and self._lasts(subject))

    def _find_drawn(self, subject: Subject, drawing: Drawing) -> Drawn | None:
        """What stands there, if it was drawn by this function of just this."""
        drawn = self._drawn.get(subject.key)
        same = drawn is not None and drawn.by is drawing and drawn.seen == subject.seen
        return drawn if same else None

    def _lasts(self, subject: Subject) -> bool:
        return subject.kind != "ask" and (subject.over or not self._session.thread.busy)

    async def _draw(self, subject: Subject, drawing: Drawing) -> None:
        lasts, same = self._lasts(subject), self._find_drawn(subject, drawing)
        if same is not None:
            output, value = same.output, same.value  # it only has to be noted
        else:
            output, value = await self._call(drawing, subject)
            former = self._drawn.get(subject.key)
            if former is not None and former.value is not value:
                end_widget(former.value)
        self._drawn[subject.key] = Drawn(drawing, subject.seen, output, value, lasts)
        self._session.thread.show(subject.key, output, lasting=lasts)

    async def _call(self, drawing: Drawing, subject: Subject) -> tuple[Output, Foreign]:
        loop = kernel.main_loop() if kernel.in_kernel() else None
        home = beside if loop is None else on_loop(loop)
        call = partial(drawing.draw, subject.values)
        try:
            value, output = await home(partial(kernel.perform, call))
        except Exception as error:
            frames = self._session.secrets.mask_value(faults.frames_of(error))
            why = self._session.secrets.mask(mask_secrets(one_line(error)))
            said = f"The drawing {name_of(drawing.function)!r} failed: {why}"
            return {ERROR: {"text": said, "frames": frames}, "text/plain": said}, None
        if value is None and output == kernel.bundle_of(None):
            return [], None
        return self._limit(drawing, output), value

    def _limit(self, drawing: Drawing, output: Output) -> Output:
        size = messages.weight(output)
        if size <= LARGEST:
            return output
        said = (
            f"The drawing {name_of(drawing.function)!r} has {size:,} characters, more than the "
            f"{LARGEST:,} that are shown: draw less, or a smaller picture."
        )
        return {"text/plain": said}


def end_widget(value: Foreign) -> None:
    """Close a widget of the user's that is not shown any more."""
    ipywidgets = sys.modules.get("ipywidgets")
    if ipywidgets is not None and isinstance(value, ipywidgets.Widget):
        value.close()
