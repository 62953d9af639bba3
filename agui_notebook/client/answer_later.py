"""What ``run`` gives back: a coroutine that says what is missing where nobody awaits it."""

from __future__ import annotations

from collections.abc import Coroutine, Generator
from typing import TYPE_CHECKING

from ..errors import InvalidInput
from ..values import Foreign
from .result import RunResult

ADVICE = "write `await chat.run(...)`, or chat.ask(...), which blocks"
MEMBERS = frozenset({*RunResult.__dataclass_fields__, *vars(RunResult)})


class AnswerLater(Coroutine[Foreign, Foreign, RunResult]):
    """An answer that is there once it is awaited, and nothing of it before.

    It passes for a coroutine wherever one is wanted: ``asyncio.run``, ``create_task``, ``gather``.
    """

    def __init__(self, coroutine: Coroutine[Foreign, Foreign, RunResult]) -> None:
        self._coroutine = coroutine

    def __await__(self) -> Generator[Foreign, Foreign, RunResult]:
        return self._coroutine.__await__()

    def send(self, value: Foreign) -> Foreign:
        """Go on, as a coroutine does."""
        return self._coroutine.send(value)

    def throw(self, *raised: Foreign) -> Foreign:
        """Raise within it, as a coroutine does."""
        return self._coroutine.throw(*raised)

    def close(self) -> None:
        """Leave it, as a coroutine is left."""
        self._coroutine.close()

    if not TYPE_CHECKING:  # or a type checker would believe in every member

        def __getattr__(self, name: str) -> Foreign:
            """A member of the answer is asked for, and nobody awaited it."""
            if name.startswith("_") or name not in MEMBERS:
                raise AttributeError(f"A coroutine has no {name!r}.")
            self.close()
            raise InvalidInput(f"The answer is not there yet, nor its {name!r}: {ADVICE}.")

    def __repr__(self) -> str:
        return f"<An answer that is not there yet: {ADVICE}>"
