"""An answer as formatted Markdown while it streams, where rich is installed; else there is None.

Links are printed, never made clickable: what is shown is where it leads.
"""

from __future__ import annotations

import importlib.util
import time
from typing import TextIO

from ..markup.outlets import terminal

PAUSE = 0.08  # seconds between two drawings: the whole answer is laid out each time


class MarkdownText:
    """One answer that grows. ``close`` draws it a last time."""

    def __init__(self, out: TextIO) -> None:
        from rich.console import Console
        from rich.live import Live

        console = Console(file=out, force_terminal=True)
        self._live = Live(console=console, auto_refresh=False, vertical_overflow="visible")
        self._live.start()
        self._text, self._drawn = "", 0.0

    def append(self, text: str) -> None:
        """Add a piece, and draw it if the last drawing is old enough."""
        self._text += text
        if time.monotonic() - self._drawn > PAUSE:
            self._draw()

    def close(self) -> None:
        """Draw all of it and leave it on the screen."""
        self._draw()
        self._live.stop()

    def _draw(self) -> None:
        from rich.markdown import Markdown

        shown = Markdown(self._text, hyperlinks=False)
        for token in shown.parsed:  # once more: only here have entities become characters
            for each in (token, *(token.children or ())):
                each.content = terminal(each.content)
        self._live.update(shown, refresh=True)
        self._drawn = time.monotonic()


def is_available() -> bool:
    """Whether rich can be imported, without importing it."""
    return importlib.util.find_spec("rich") is not None
