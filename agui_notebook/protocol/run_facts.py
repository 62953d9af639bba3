"""How a turn went, in the few words below it: its time, tokens, cost and warnings. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..values import JsonView


def facts_line(
    seconds: float | None,
    usage: Iterable[JsonView],
    warnings: Sequence[str] = (),
    cost: float | None = None,
) -> str:
    """The words that a chat has below an answer; "" where nothing is known.

    >>> facts_line(1.04, [{"inputTokens": 40, "outputTokens": 5}], ["one"])
    '1.0 s · 45 tokens · 1 warning'
    """
    many = len(warnings)
    told = [
        "" if seconds is None else duration_text(seconds),
        tokens_text(usage),
        "" if cost is None else f"${cost:.4f}",
        f"{many} warning{'s' if many > 1 else ''}" if many else "",
    ]
    return " · ".join(filter(None, told))


def duration_text(seconds: float) -> str:
    """A time in ms, from a second on in tenths, from ten on in seconds."""
    if seconds < 0.9995:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def tokens_text(usage: Iterable[JsonView]) -> str:
    """All tokens, of every model; "" where none are known."""
    count = total_tokens(usage)
    return "" if count is None else f"{count:,} tokens"


def total_tokens(usage: Iterable[JsonView]) -> int | None:
    """All tokens read and written, of every model; None where none are known."""
    known = [count for entry in usage if (count := _tokens(entry)) is not None]
    return sum(known) if known else None


def _tokens(entry: JsonView) -> int | None:
    both = [entry[key] for key in ("inputTokens", "outputTokens") if key in entry]
    return sum(both) if both else entry.get("totalTokens")
