"""The line from a session to a feed: what happens on any thread arrives in order on one.

Sessions tell their observers on whatever thread a change is made; a feed lives on the loop's.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from ...client.session import Session
from ...protocol.document.operations import Operation, copy_json
from ...runtime.bridge import ThreadQueue
from ...runtime.loop import background
from ...values import JsonView
from .feed import Feed

if TYPE_CHECKING:
    from ...client.judged_frames import JudgedFrames


class Line:
    """Passes a session's operations and events to ``feed`` until ``close``.

    ``settled`` is called where a turn ends or the thread is replaced, before anybody who waits
    for the turn goes on. It makes a ``Source`` for the feed together with ``view``.
    """

    def __init__(
        self,
        session: Session,
        feed: Feed,
        view: Callable[[], JsonView],
        settled: Callable[[], None],
    ) -> None:
        self.session, self.view = session, view
        self._feed, self._settled = feed, settled
        self._loop = background()
        drain = partial(self._loop.call, self._drain)
        self._arrived: ThreadQueue[Sequence[Operation]] = ThreadQueue(drain)
        self._leave_events: Callable[[], None] | None = None
        self._leave = session.observe(self._operations)
        self._leave_turns = session.thread.observe_turns(self._pass_turn)

    @property
    def running(self) -> bool:
        """Whether a turn goes on, also between its runs."""
        return self.session.thread.busy

    def document(self) -> JsonView:
        """A copy of the document; what has arrived by now is part of it."""
        with self.session.lock:
            self._arrived.drop()
            return dict(copy_json(self.session.document))

    def events(self) -> Sequence[JsonView]:
        """The session's event records."""
        return self.session.events

    def wire(self) -> JudgedFrames:
        """What went over the wire, from its first row on."""
        from ...client.judged_frames import JudgedFrames  # not before: it loads the HTTP library

        return JudgedFrames(self.session.thread.captures, self.session.secrets)

    def is_current(self, frames: JudgedFrames) -> bool:
        """Whether that is of the thread as it is now."""
        return frames.captures is self.session.thread.captures

    def watch_events(self, wanted: bool) -> None:
        """Pass on that events came, while somebody looks at them."""
        if self._leave_events is not None:
            self._leave_events()
        self._leave_events = self.session.observe_events(self._event) if wanted else None

    def close(self) -> None:
        """Pass on nothing more."""
        self._leave()
        self._leave_turns()
        self.watch_events(False)
        self._arrived.leave()

    def _operations(self, operations: Sequence[Operation]) -> None:
        self._arrived.put(operations)
        if any(map(_replaces, operations)):
            self._settled()

    def _pass_turn(self, busy: bool) -> None:
        self._loop.call(self._feed.note_turn)
        if not busy:
            self._settled()

    def _event(self, record: JsonView) -> None:
        self._loop.call(self._feed.event)

    def _drain(self) -> None:
        for operations in self._arrived.take():
            self._feed.operations(operations)


def _replaces(operation: Operation) -> bool:
    return len(operation[0]) == 1 and operation[0][0] in ("messages", "threadId")
