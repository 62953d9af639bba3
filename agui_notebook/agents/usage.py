"""Adds up the tokens of a run's model calls, one entry per provider and model."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..values import JsonObject, JsonView

COUNTS = {
    "input_tokens": "inputTokens",
    "output_tokens": "outputTokens",
    "reasoning_tokens": "reasoningTokens",
    "cached_input_tokens": "cachedInputTokens",
    "cache_write_input_tokens": "cacheWriteInputTokens",
}


class Usage:
    """The TokenUsage entries of one run (P-USAGE-16, P-USAGE-18). An unknown count stays absent."""

    def __init__(self) -> None:
        self._entries: dict[tuple[str | None, str | None], JsonObject] = {}

    def add(self, *, provider: str | None = None, model: str | None = None, **counts: Any) -> None:
        """Add one model call. Raises TypeError for a count that does not exist."""
        if unknown := set(counts) - set(COUNTS):
            raise TypeError(f"no such token count: {', '.join(sorted(unknown))}")
        entry = self._entries.setdefault((provider, model), _names(provider, model))
        for key, count in counts.items():
            if isinstance(count, int) and count >= 0:
                entry[COUNTS[key]] = entry.get(COUNTS[key], 0) + count

    def take(self, entries: Iterable[JsonView]) -> None:
        """Add entries that already have the wire's form."""
        for given in entries:
            names = {snake: given.get(camel) for snake, camel in COUNTS.items()}
            self.add(provider=given.get("provider"), model=given.get("model"), **names)

    def report(self) -> dict[str, list[JsonObject]]:
        """``{"usage": [...]}`` with totals, or nothing when no call reported any."""
        entries = [_with_total(entry) for entry in self._entries.values()]
        return {"usage": entries} if entries else {}


def _names(provider: str | None, model: str | None) -> JsonObject:
    named = {"provider": provider, "model": model}
    return {key: name for key, name in named.items() if name}


def _with_total(entry: JsonObject) -> JsonObject:
    if "inputTokens" in entry and "outputTokens" in entry:
        return {**entry, "totalTokens": entry["inputTokens"] + entry["outputTokens"]}
    return entry
