"""The sentence for a fault of the agent's: what it did, in which event. Nothing is mended here."""

from __future__ import annotations

import re
from collections.abc import Callable

from .local_ids import MARK

MOST_FAULTS = 100  # kinds of fault that one stream is told of


class Blame:
    """Tells of every kind of fault once; ``number`` is the event's within its run."""

    def __init__(self, warn: Callable[[str], None]) -> None:
        self.number = 0
        self._warn = warn
        self._told: set[str] = set()

    def __call__(self, what: str) -> None:
        """``what`` goes on from "The agent ...": "sent text for message m without starting it"."""
        what = re.sub(rf"{MARK}\d+", "", what)  # ids as the agent knows them
        kind = re.sub(r"/\d+\b", "/*", what)  # the same fault in another place of a list
        if kind not in self._told and len(self._told) < MOST_FAULTS:
            self._told.add(kind)
            self._warn(f"The agent {what}: event {self.number} of this run.")
