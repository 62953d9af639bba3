"""What an evaluation may spend, in tokens or dollars, and what it has spent.

What cannot be counted cannot be bounded: then no more is begun, and the reason is said.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..errors import InvalidInput
from ..price_list import cost_of
from ..protocol.run_facts import total_tokens
from ..values import JsonView


class OverBudget(Exception):
    """Nothing more may be spent: what was begun is left."""


class Budget:
    """Counts usage; ``reason`` says why nothing more may begin, "" while something may."""

    def __init__(self, tokens: int | None = None, cost: float | None = None) -> None:
        for limit in (tokens, cost):
            if limit is not None and (isinstance(limit, bool) or not limit > 0):
                raise InvalidInput("A budget is a number above 0, or None for no limit.")
        self._most_tokens, self._most_cost = tokens, cost
        self.tokens, self.cost = 0, 0.0
        self.reason = ""

    def check(self) -> None:
        """Raise OverBudget where nothing more may be spent."""
        if self.reason:
            raise OverBudget(self.reason)

    def spend(self, usage: Sequence[JsonView]) -> None:
        """Count what one turn took."""
        tokens, cost = total_tokens(usage), cost_of(usage)
        self.tokens += tokens or 0
        self.cost += cost or 0.0
        if self._most_tokens is not None:
            self._judge(tokens, self.tokens >= self._most_tokens, "tokens", UNCOUNTED)
        if self._most_cost is not None:
            self._judge(cost, self.cost >= self._most_cost, "cost", UNPRICED)

    def _judge(self, told: float | None, is_spent: bool, what: str, unknown: str) -> None:
        if told is None:
            self.reason = self.reason or unknown
        elif is_spent:
            self.reason = self.reason or f"The budget is spent (budget_{what})."


UNCOUNTED = "The agent tells no tokens, so that budget_tokens cannot be kept."
UNPRICED = (
    "No price is known for the agent's model, so that budget_cost cannot be kept: put it into "
    "agui_notebook.prices."
)
