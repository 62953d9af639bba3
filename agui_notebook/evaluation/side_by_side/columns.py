"""Answers side by side as HTML: a column for each agent, streaming or done. Nothing runs in it.

All that an agent says passes the project's Markdown, or is escaped; differences are folded away.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from ...client.result import RunResult
from ...client.session import Session
from ...markup.markdown_html import format_markdown
from ...markup.outlets import html as escape
from ...markup.outlets import terminal
from ...markup.visible import visible
from ...protocol.document.shape import text_of
from ...protocol.run_facts import duration_text, tokens_text, total_tokens
from ...values import JsonObject
from ..measured import Measured
from ..report.plots import dollars_text
from .differences import mark_differences

COLUMN = "16rem"  # a narrower one goes below the others
ROOM = 50_000  # characters of an answer in a column: it is drawn again while it streams
_GRID = (
    f"display:grid;grid-template-columns:repeat(auto-fit,minmax({COLUMN},1fr));gap:0 1.2rem;"
    "max-height:32rem;overflow:auto"  # one box: the columns scroll together
)
_QUIET = "opacity:.65;font-size:smaller"


@dataclass
class Column:
    """One agent's answer to one prompt; ``late`` are seconds it waited for this process."""

    name: str
    prompt: str
    session: Session
    measured: Measured | None = None
    result: RunResult | None = field(default=None)
    error: str = ""
    late: float = 0.0

    def __post_init__(self) -> None:
        self._known = {message["id"] for message in self.session.messages}

    @property
    def text(self) -> str:
        """What was said, so far."""
        if self.result is not None:
            return self.result.text
        with self.session.lock:
            messages = self.session.document["messages"]
            new = [m for m in messages if m["id"] not in self._known and m["role"] == "assistant"]
            return self.session.secrets.mask("\n\n".join(filter(None, map(text_of, new))))

    def plain(self) -> str:
        """The answer, or why there is none, on one line."""
        told = self.text[:ROOM] or self._problem() or "…"
        return " ".join(terminal(told).split())

    def row(self) -> JsonObject:
        """All that is known of it, as a table has it; times in seconds."""
        result, measured = self.result, self.measured
        return {
            "prompt": self.prompt,
            "agent": self.name,
            "model": result and result.model,
            "outcome": result.outcome if result else "error",
            "first_token": self.first_token,
            "seconds": result and result.duration,
            "queue": self.late,
            "network": measured and measured.network,
            "agent_seconds": measured and measured.agent,
            "tokens": total_tokens(result.usage) if result else None,
            "cost": result and result.cost,
            "tools": ", ".join(call["name"] for call in result.tool_calls) if result else "",
            "answer": self.text,
            "error": self._problem() or None,
        }

    @property
    def first_token(self) -> float | None:
        """Seconds to the first words, as they arrived."""
        if self.measured is not None and self.measured.first_token is not None:
            return self.measured.first_token
        return self.result.time_to_first_token if self.result is not None else None

    def _problem(self) -> str:
        failed = self.result.error if self.result is not None else None
        return self.error or ("" if failed is None else str(failed))

    def html(self, first: Column | None = None) -> str:
        """The column; ``first`` is the one whose answer this one's differs from."""
        done = self.result is not None or bool(self.error)
        problem = self._problem()
        body = _format(self.text)
        wrong = f"<p><strong>{escape(problem)}</strong></p>" if problem else ""
        name, facts = escape(visible(self.name)), self._facts() if done else "…"
        ended = first is not None and first.result is not None and self.result is not None
        below = self._times() + (self._differences(first) if first is not None and ended else "")
        return (
            f'<section style="min-width:0;overflow-wrap:anywhere"><h4 style="margin:.4em 0 0">'
            f'{name}</h4><div style="{_QUIET}">{facts}</div>{body}{wrong}{below}'
            "</section>"
        )

    def _facts(self) -> str:
        result = self.result
        if result is None:
            return "error"
        first, cost = self.first_token, result.cost
        calls = [call["name"] for call in result.tool_calls]
        told = [
            visible(result.model or ""),
            "" if first is None else f"first words {duration_text(first)}",
            "" if result.duration is None else f"all {duration_text(result.duration)}",
            tokens_text(result.usage),
            "" if cost is None else dollars_text(cost),
            f"tools: {visible(', '.join(calls))}" if calls else "",
            "" if result.outcome == "success" else result.outcome,
        ]
        return escape(" · ".join(filter(None, told)))

    def _times(self) -> str:
        """What of the time was whose."""
        measured = self.measured
        if measured is None or measured.network is None or self.result is None:
            return ""
        spans = (("network", measured.network), ("agent", measured.agent), ("queue", self.late))
        told = ", ".join(f"{what} {duration_text(t)}" for what, t in spans if t is not None)
        return f'<div style="{_QUIET}">{told}</div>'

    def _differences(self, first: Column) -> str:
        marked = mark_differences(first.text, self.text)
        head = f"Differences from {escape(visible(first.name))}"
        return f"<details><summary>{head}</summary><p>{marked}</p></details>" if marked else ""


def _format(text: str) -> str:
    """An answer as HTML, as much of it as there is room for."""
    left = len(text) - ROOM
    more = f"<p>{left:,} more characters: .texts has them.</p>" if left > 0 else ""
    return (format_markdown(terminal(text[:ROOM])) if text else "") + more


def grid(rows: Sequence[Sequence[Column]], note: str) -> str:
    """Every prompt with its columns."""
    written = []
    for row in rows:
        first = row[0] if row else None
        columns = "".join(c.html(None if c is first else first) for c in row)
        prompt = escape(row[0].prompt) if row else ""
        written.append(f'<blockquote>{prompt}</blockquote><div style="{_GRID}">{columns}</div>')
    told = f"<p>{escape(note)}</p>" if note else ""
    return f"<div>{''.join(written)}{told}</div>"
