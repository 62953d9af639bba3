"""The named ways to begin a turn, in three modes: awaited, blocking, begun in the background.

One line each: what they do is said by the values of start.py, how by run, ask and start.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ..runtime.loop import Future
from ..values import Json
from .interrupts import Answers
from .result import RunResult
from .start import Edit, Resume, Retry

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from .turn_options import TurnOptions


class Verbs:
    """``resume``, ``edit`` and ``retry``, beside ``run``, ``ask`` and ``start``."""

    async def run(
        self,
        message: Json = None,
        *,
        attach: Iterable[Json] = (),
        check: bool = True,
        **over: Unpack[TurnOptions],
    ) -> RunResult:
        """Begin a turn and await its end."""
        raise NotImplementedError

    def ask(
        self,
        message: Json = None,
        *,
        attach: Iterable[Json] = (),
        check: bool = True,
        **over: Unpack[TurnOptions],
    ) -> RunResult:
        """Begin a turn and block until its end."""
        raise NotImplementedError

    def start(
        self, message: Json = None, *, attach: Iterable[Json] = (), **over: Unpack[TurnOptions]
    ) -> Future[RunResult | None]:
        """Begin a turn and return at once."""
        raise NotImplementedError

    async def resume(
        self, answers: Answers | None = None, *, check: bool = True, **over: Unpack[TurnOptions]
    ) -> RunResult:
        """Answer every pending interrupt and go on.

        ``answers`` maps ids to payloads (or Answers), or lists Answers; left out, it is what was
        decided with ``interrupt.approve()`` and its like. Raises InterruptPending when one is not
        answered, has expired or is another question by now, InvalidInput when an answer does not
        fit.
        """
        return await self.run(Resume(answers), check=check, **over)

    def ask_resume(
        self, answers: Answers | None = None, *, check: bool = True, **over: Unpack[TurnOptions]
    ) -> RunResult:
        """Like ``resume``, but block until the answer is there."""
        return self.ask(Resume(answers), check=check, **over)

    def start_resume(
        self, answers: Answers | None = None, **over: Unpack[TurnOptions]
    ) -> Future[RunResult | None]:
        """Like ``resume``, but return at once; never raises."""
        return self.start(Resume(answers), **over)

    async def edit(
        self, message_id: str, text: Json, *, check: bool = True, **over: Unpack[TurnOptions]
    ) -> RunResult:
        """Say something else in an earlier user turn and run from there; what followed is dropped.

        Raises InvalidInput when there is no such user message.
        """
        return await self.run(Edit(message_id, text), check=check, **over)

    def ask_edit(
        self, message_id: str, text: Json, *, check: bool = True, **over: Unpack[TurnOptions]
    ) -> RunResult:
        """Like ``edit``, but block until the answer is there."""
        return self.ask(Edit(message_id, text), check=check, **over)

    def start_edit(
        self, message_id: str, text: Json, **over: Unpack[TurnOptions]
    ) -> Future[RunResult | None]:
        """Like ``edit``, but return at once; never raises."""
        return self.start(Edit(message_id, text), **over)

    async def retry(self, *, check: bool = True, **over: Unpack[TurnOptions]) -> RunResult:
        """Run the last user turn again; what it had brought is dropped."""
        return await self.run(Retry(), check=check, **over)

    def ask_retry(self, *, check: bool = True, **over: Unpack[TurnOptions]) -> RunResult:
        """Like ``retry``, but block until the answer is there."""
        return self.ask(Retry(), check=check, **over)

    def start_retry(self, **over: Unpack[TurnOptions]) -> Future[RunResult | None]:
        """Like ``retry``, but return at once; never raises."""
        return self.start(Retry(), **over)
