"""What models cost, for ``RunResult.cost``: list prices in US dollars for a million tokens.

``prices`` is a plain dict and yours to change. A model that is not in it has no cost, and neither
has one of whose tokens a kind has no price here: nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from .late_pattern import late
from .values import JsonView

Price = Mapping[str, float]
_DATE = late(r"-(?:\d{4}-\d{2}-\d{2}|\d{8})$")


def _openai(put: float, cached: float, got: float) -> Price:
    return {"input": put, "cached_input": cached, "output": got}


def _claude(put: float, got: float) -> Price:
    """Reading a cache costs a tenth, writing one for five minutes a quarter more."""
    return {"input": put, "cached_input": put / 10, "cache_write": put * 1.25, "output": got}


# as the providers' pages had them in November 2026
prices: dict[str, Price] = {
    "gpt-4.1": _openai(2.0, 0.5, 8.0),
    "gpt-4o": _openai(2.5, 1.25, 10.0),
    "gpt-4o-mini": _openai(0.15, 0.075, 0.6),
    "gpt-5-mini": _openai(0.25, 0.025, 2.0),
    "gpt-5.2": _openai(1.75, 0.175, 14.0),
    **dict.fromkeys(
        [f"claude-opus-4-{minor}" for minor in (5, 6, 7, 8)] + ["claude-opus-5"], _claude(5.0, 25.0)
    ),
    **dict.fromkeys(["claude-sonnet-4-5", "claude-sonnet-4-6"], _claude(3.0, 15.0)),
    "claude-haiku-4-5": _claude(1.0, 5.0),
}


def cost_of(usage: Iterable[JsonView]) -> float | None:
    """US dollars for these TokenUsage entries; None where one of them has no price.

    >>> cost_of([{"model": "gpt-4o-mini", "inputTokens": 1_000_000, "outputTokens": 0}])
    0.15
    """
    costs = [_cost(entry) for entry in usage]
    return None if not costs or None in costs else sum(filter(None, costs))


def _cost(entry: JsonView) -> float | None:
    price = _price(str(entry.get("provider", "")), str(entry.get("model", "")))
    if price is None or "inputTokens" not in entry or "outputTokens" not in entry:
        return None
    read, written = entry.get("cachedInputTokens", 0), entry.get("cacheWriteInputTokens", 0)
    counts = {
        "input": entry["inputTokens"] - read - written,
        "cached_input": read,
        "cache_write": written,
        "output": entry["outputTokens"],
    }
    if any(count and kind not in price for kind, count in counts.items()):
        return None
    return float(sum(count * price[kind] for kind, count in counts.items() if count)) / 1_000_000


def _price(provider: str, model: str) -> Price | None:
    """By ``provider/model`` or ``model``, as it is named or without a date at its end."""
    bare = _DATE.sub("", model)
    names = (f"{provider}/{model}", model, f"{provider}/{bare}", bare)
    return next((prices[name] for name in names if name in prices), None)
