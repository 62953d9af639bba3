"""What a terminal shows of a turn: colours where there is one, plain text where there is none.

Whatever an agent wrote passes ``outlets.terminal``: no escape sequence of its reaches the terminal.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from typing import TextIO

from ..markup import outlets
from ..markup.visible import visible
from ..values import JsonView
from . import rich_text

COLOURS = {"quiet": "2", "answer": "36", "good": "32", "bad": "31", "ask": "33"}


def _takes_colours(environment: Mapping[str, str]) -> bool:
    return not environment.get("NO_COLOR") and environment.get("TERM") != "dumb"


class Terminal:
    """Writes what an agent does, as it comes, to ``out``."""

    def __init__(self, out: TextIO | None = None) -> None:
        self._out = out or sys.stdout
        self._attended = self._out.isatty()
        self.colours = self._attended and _takes_colours(os.environ)
        self._line_open = False
        self._answer: rich_text.MarkdownText | None = None

    def event(self, event: JsonView) -> None:
        """Show one event; most kinds show nothing."""
        show = EVENTS.get(event["type"])
        if show is not None:
            show(self, event)

    def say(self, text: str, colour: str) -> None:
        """One line of its own; a pipe wants the answer and nothing else, so it goes beside it."""
        self.end_line()
        out = self._out if self._attended else sys.stderr
        out.write(self._paint(outlets.terminal(text), colour) + "\n")
        out.flush()

    def end_line(self) -> None:
        """Begin a new line unless one has just begun."""
        if self._answer is not None:
            self._answer.close()
            self._answer = None
        if self._line_open:
            self._out.write("\n")
            self._out.flush()
            self._line_open = False

    def _paint(self, text: str, colour: str) -> str:
        return f"\033[{COLOURS[colour]}m{text}\033[0m" if self.colours else text

    def _begin(self, event: JsonView) -> None:
        self.end_line()
        if self.colours and rich_text.is_available():
            self._answer = rich_text.MarkdownText(self._out)

    def _text(self, event: JsonView) -> None:
        if self._answer is not None:
            self._answer.append(outlets.terminal(event["delta"]))
            return
        self._out.write(self._paint(outlets.terminal(event["delta"]), "answer"))
        self._out.flush()
        self._line_open = True

    def _end(self, event: JsonView) -> None:
        self.end_line()

    def _quiet(self, text: str) -> None:
        if self._attended:
            self.say(text, "quiet")

    def _call(self, event: JsonView) -> None:
        self._quiet(f"· {visible(event['toolCallName'])}")

    def _result(self, event: JsonView) -> None:
        text = event["content"] if isinstance(event["content"], str) else "(parts)"
        self._quiet(f"  → {text[:200]}{'…' if len(text) > 200 else ''}")

    def _step(self, event: JsonView) -> None:
        self._quiet(f"· {visible(event['stepName'])}")


EVENTS: dict[str, Callable[[Terminal, JsonView], None]] = {
    "TEXT_MESSAGE_START": Terminal._begin,
    "TEXT_MESSAGE_CONTENT": Terminal._text,
    "TEXT_MESSAGE_END": Terminal._end,
    "TOOL_CALL_START": Terminal._call,
    "TOOL_CALL_RESULT": Terminal._result,
    "STEP_STARTED": Terminal._step,
}
