"""How far it is, while it goes on: one display in a notebook, one line in a terminal.

IPython is asked for and never imported: a script has none. At most five times a second.
"""

from __future__ import annotations

import sys
import time
import uuid
from collections.abc import Callable

from ..markup.outlets import terminal
from ..values import Foreign, JsonObject

PACE = 0.2  # seconds between two updates
Draw = Callable[[], tuple[str, str]]  # as text, and as HTML


class Notice:
    """A place that shows something and shows it anew; nowhere where there is nobody to look."""

    def __init__(self, wanted: bool = True) -> None:
        self._publisher: Foreign = _notebook() if wanted else None
        self._line = wanted and self._publisher is None and sys.stderr.isatty()
        self._id = f"agui-{uuid.uuid4()}"
        self._shown = False
        self._due = 0.0

    @property
    def is_seen(self) -> bool:
        """Whether anybody looks."""
        return self._publisher is not None or self._line

    def is_due(self) -> bool:
        """Whether it is time to show something again."""
        return self.is_seen and time.monotonic() >= self._due

    def show(self, draw: Draw, *, last: bool = False) -> None:
        """Show what ``draw`` gives; ``last``: it stays so."""
        if not self.is_seen:
            return
        text, page = draw()
        self._due = time.monotonic() + PACE
        if self._publisher is not None:
            self._publish({"text/plain": text, "text/html": page})
        else:
            sys.stderr.write(f"\r\x1b[K{terminal(text)}" + ("\n" if last else ""))
            sys.stderr.flush()

    def _publish(self, data: JsonObject) -> None:
        transient = {"display_id": self._id}
        self._publisher.publish(data, {}, transient=transient, update=self._shown)
        self._shown = True


def _notebook() -> Foreign:
    """What publishes below the running cell, or None where no kernel is."""
    ipython: Foreign = sys.modules.get("IPython")
    shell: Foreign = ipython.get_ipython() if hasattr(ipython, "get_ipython") else None
    return shell.display_pub if getattr(shell, "kernel", None) is not None else None


class Count:
    """How many cases there are, and what became of those that have ended."""

    def __init__(self, total: int) -> None:
        self.total = total
        self.told = {"pass": 0, "fail": 0, "error": 0}

    @property
    def ended_count(self) -> int:
        """How many have ended."""
        return sum(self.told.values())

    def draw(self) -> tuple[str, str]:
        """The count as text, and as a bar."""
        words = ", ".join(f"{count} {WORDS[what]}" for what, count in self.told.items() if count)
        count = self.ended_count
        text = f"{count:,} of {self.total:,}: {words or 'begun'}"
        bar = f'<progress value="{count}" max="{self.total}" style="vertical-align:middle">'
        return text, f"{bar}</progress> {text}"


WORDS = {"pass": "pass", "fail": "fail", "error": "in error"}
