"""``%%agui fast medium slow``: one cell said to several chats at once, their answers in columns.

How columns look is the evaluation's; what a single turn below a cell is, cell_turn.py's.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from ...protocol.document.shape import Bundle
from ...runtime import loop, waiting
from ...runtime.bridge import TICK
from ...values import Json
from ..chats import Chat, chats
from ..display import AnswerOutput

if TYPE_CHECKING:  # loading the magics must not load what evaluates
    from ...evaluation import Column, Comparison

ADVICE = "%agui keep NAME goes on with one of them."


class CellComparison(NamedTuple):
    """The same said to several chats; each goes on in its own conversation."""

    chats: Sequence[Chat]
    text: str

    async def stream(self, answer: AnswerOutput) -> Comparison:
        """Stream all answers to where they are shown. Being cancelled stops all runs."""
        from ...evaluation import Column, Comparison, answer_in_column

        while any(chat.session.running for chat in self.chats):  # turns begun in the chats
            await asyncio.sleep(TICK)
        columns = [Column(chat.name, self.text, chat.session) for chat in self.chats]
        tasks = {asyncio.ensure_future(answer_in_column(column, [self.text])) for column in columns}
        left = tasks
        try:
            while left:
                ended, left = await asyncio.wait(left, timeout=TICK)
                for task in ended:
                    task.result()
                answer.grow(lambda: [self._bundle(columns, "")])
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            answer.freeze([self._bundle(columns, ADVICE)])
        return Comparison([columns], keeper=_keep, note=ADVICE)

    def wait(self, *, quiet: bool = False) -> Comparison:
        """Block until all have answered, then show it. Ctrl-C stops the runs."""
        answer, here = AnswerOutput(quiet=quiet), loop.running_loop()
        if here is not None:
            return waiting.wait_nested(asyncio.run_coroutine_threadsafe(self.stream(answer), here))
        return waiting.wait(loop.background().submit(self.stream(answer)))

    def _bundle(self, columns: Sequence[Column], note: str) -> Bundle:
        from ...evaluation import grid

        told = "\n".join(f"{column.name}: {column.plain()}" for column in columns)
        return {"text/html": grid([columns], note), "text/plain": told}


def _keep(column: Column) -> Json:
    """The chat of a column is the one in use from now on."""
    chat = chats.use(column.name)
    return chat.widget or chat.session


def failure_of(comparison: Comparison) -> Exception | None:
    """What went wrong where nobody answered: then the cell has failed."""
    results = [column.result for row in comparison.columns for column in row]
    errors = [result.error for result in results if result is not None]
    whole = len(errors) == len(results) and all(error is not None for error in errors)
    return errors[0] if whole and errors else None
