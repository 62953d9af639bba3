"""A recording that plays in a chat's place: its lines change the document, nothing is ever sent.

Lives on one thread, the loop's, and is given its clock.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from math import isfinite
from typing import Any

from ..client.recording import turn_starts, unfold
from ..client.session import Session
from ..client.threads.folding import Folding
from ..client.threads.journal import RecordedLine
from ..values import JsonObject
from .page.feed import Timer

TICK = 0.03  # seconds between two moves
LONGEST = 1.5  # seconds of a recorded pause that are waited for
UNTIMED = 0.03  # seconds for a line that does not say when it was
SPEEDS = (0.1, 100.0)


class Player:
    """Moves ``session``'s document through ``lines``; ``changed`` is called after each move.

    ``later`` calls a function after so many seconds, on the loop's thread.
    """

    def __init__(
        self,
        session: Session,
        lines: Iterable[RecordedLine],
        later: Callable[[float, Callable[[], None]], Timer],
        changed: Callable[[], None],
        *,
        speed: float | None = None,
        live: bool = False,
    ) -> None:
        self.session, self.live = session, live
        self._lines = list(unfold(lines))
        self._turns = [self._start_of(place) for place in turn_starts(self._lines)]
        self._later, self._changed = later, changed
        self._speed = speed or 1.0
        self._at = 0
        self._timer: Timer | None = None
        self._folding = Folding(session.lock)

    def _start_of(self, place: int) -> int:
        """Where the user spoke, or left for another branch, ahead of a request."""
        while place > 0 and self._lines[place - 1].keys() & {"change", "branch"}:
            place -= 1
        return place

    def view(self) -> JsonObject:
        """Where it stands, for the page."""
        return {
            "at": self._at,
            "count": len(self._lines),
            "turns": self._turns,
            "playing": self._timer is not None,
            "speed": self._speed,
            "live": self.live,
        }

    def obey(self, word: str, value: float) -> None:
        """Do what a button of the player says; what there is none for does nothing."""
        moves: dict[str, Callable[[], None]] = {
            "play": self._play,
            "pause": self.pause,
            "event": lambda: self.seek(self._next_event()),
            "turn": lambda: self.seek(self._after(self._at)),
            "back": lambda: self.seek(max([0, *(n for n in self._turns if n < self._at)])),
            "seek": lambda: self.seek(int(value)),
            "speed": lambda: self._set_speed(value),
        }
        if word in moves and isfinite(value):
            moves[word]()
        self._changed()

    def seek(self, place: int) -> None:
        """Show how things stood after so many lines."""
        place = min(max(place, 0), len(self._lines))
        thread = self.session.thread
        with thread.lock:
            if place < self._at or self._at == 0:
                self._start_over(place)
            else:
                self._go_on(place)

    def pause(self) -> None:
        """Stand still."""
        timer, self._timer = self._timer, None
        if timer is not None:
            timer.cancel()

    def _start_over(self, place: int) -> None:
        thread = self.session.thread
        folding = self._folding = Folding(thread.lock)
        self._at = 0
        self._fold(place)
        thread.restore(folding.past)
        thread.document = folding.document  # one document, which the next lines change

    def _go_on(self, place: int) -> None:
        self.session.thread.follow(self._fold(place))

    def _fold(self, place: int) -> list[Any]:
        """Take the lines up to a place; a damaged one ends the recording."""
        done: list[Any] = []
        while self._at < place:
            try:
                done += self._folding.add(self._lines[self._at])
            except ValueError:
                del self._lines[self._at :]
                break
            self._at += 1
        return [*done, *(self._folding.finish() if self._at >= len(self._lines) else ())]

    def _play(self) -> None:
        if self._at >= len(self._lines):
            self.seek(0)
        if self._timer is None:
            self._timer = self._later(TICK, self._tick)

    def _tick(self) -> None:
        """All that is due by now, and the next tick where that is."""
        spent = 0.0
        place = self._at
        while place < len(self._lines) and spent < TICK:
            spent += self._pause_before(place + 1)
            place += 1
        self._timer = self._later(max(spent, TICK), self._tick) if self._plays_on(place) else None
        self.seek(place)
        self._changed()

    def _plays_on(self, place: int) -> bool:
        return place < len(self._lines)

    def _pause_before(self, place: int) -> float:
        if place >= len(self._lines):
            return 0.0
        at, before = self._lines[place].get("at"), self._lines[place - 1].get("at")
        if at is None or before is None:
            return UNTIMED / self._speed
        waited: float = min(max(at - before, 0) / 1000, LONGEST)
        return waited / self._speed

    def _set_speed(self, value: float) -> None:
        self._speed = min(max(value, SPEEDS[0]), SPEEDS[1])

    def _next_event(self) -> int:
        rest = range(self._at, len(self._lines))
        return next((n + 1 for n in rest if "event" in self._lines[n]), len(self._lines))

    def _after(self, place: int) -> int:
        """Where the turn that goes on ends: the next one's beginning, or the end."""
        return next((n for n in self._turns if n > max(place, self._turns[0])), len(self._lines))
