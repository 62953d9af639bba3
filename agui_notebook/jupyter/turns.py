"""One turn below a cell: begun by a magic, shown while it streams, frozen when it ends.

Whoever awaits can be interrupted within a tick; whoever blocks sees the answer at its end.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, NamedTuple

from ..client.loop import TICK
from ..client.result import RunResult
from ..protocol.operations import copied
from .chats import Chat
from .display import Answer, answer_bundles
from .kernel import Bundle


class Turn(NamedTuple):
    """A turn that has not begun; ``options`` say how, as in ``session.ask(**options)``.

    ``run`` awaits it, and knows messages by id that are no part of the answer.
    """

    chat: Chat
    run: Callable[[], Coroutine[Any, Any, RunResult]]
    options: dict[str, Any]
    known: frozenset[str]

    async def awaited(self, *, quiet: bool = False) -> RunResult:
        """Stream the answer below the running cell. Being cancelled stops the run."""
        answer = Answer(quiet=quiet)
        before = self._runs()
        task = asyncio.ensure_future(self.run())
        try:
            while not task.done():
                await asyncio.wait({task}, timeout=TICK)
                answer.grow(lambda: self._bundles(before))
        except asyncio.CancelledError:
            self.chat.session.stop()
            task.cancel()
            await self._wound_up()
            raise
        finally:
            answer.freeze(self._bundles(before))
        return task.result()

    def blocked(self, *, quiet: bool = False) -> RunResult:
        """Block until the answer is there, then show it. Ctrl-C stops the run."""
        before = self._runs()
        try:
            return self.chat.session.ask(check=False, **self.options)
        finally:
            Answer(quiet=quiet).freeze(self._bundles(before))

    async def _wound_up(self) -> None:
        """Give a stopped run a moment to say so in the document."""
        for _ in range(20):
            if all(run["status"] != "running" for run in self.chat.session.runs):
                return
            await asyncio.sleep(0.05)

    def _runs(self) -> set[str]:
        return {run["runId"] for run in self.chat.session.runs}

    def _bundles(self, before: set[str]) -> list[Bundle]:
        session = self.chat.session
        with session.lock:
            held = session.document
            fresh = [
                message
                for message in held["messages"]
                if message["id"] not in self.known and message["role"] != "user"
            ]
            # an error is told by whoever began the turn
            told = ("error", "incomplete")
            new = (run for run in held["runs"] if run["runId"] not in before)
            runs = [run for run in new if run["status"] not in told]
            document = copied({**held, "messages": fresh, "runs": runs, "state": None})
        return answer_bundles(document, self.chat.name)


def saying(chat: Chat, text: str, **over: Any) -> Turn:
    """The turn that begins with the user's ``text``."""
    session = chat.session
    return Turn(
        chat,
        lambda: session.run(text, check=False, **over),
        {"message": text, **over},
        _ids(chat),
    )


def answering(chat: Chat, answers: list[Any]) -> Turn:
    """The turn that goes on when all questions are answered."""
    session = chat.session
    return Turn(
        chat,
        lambda: session.resume(answers, check=False),
        {"answers": answers},
        _ids(chat),
    )


def retrying(chat: Chat) -> Turn:
    """The last user turn once more."""
    messages = chat.session.messages
    asked = [number for number, message in enumerate(messages) if message["role"] == "user"]
    known = frozenset(message["id"] for message in messages[: asked[-1] + 1 if asked else 0])
    return Turn(chat, lambda: chat.session.retry(check=False), {"retry": True}, known)


def _ids(chat: Chat) -> frozenset[str]:
    with chat.session.lock:
        return frozenset(message["id"] for message in chat.session.document["messages"])
