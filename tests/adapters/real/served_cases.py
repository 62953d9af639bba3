"""What holds of every kind behind a server in the kernel, after a cell has used it on its loop.

Mixed into ``KindCases``; nothing here knows a dialect.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, ClassVar

import pytest
from models import Hold, Scripted
from support.runs import run

from agui_notebook import Agent, RunResult, Session, connect, serve

REFUSED = 'serve this one with loop="kernel"'
EITHER = ("background", "kernel")


@asynccontextmanager
async def served(client: Any, loop: Any, options: Any) -> AsyncIterator[Session]:
    """A session of the object behind a server; both end with the block."""
    server = serve(client, loop=loop, **options)
    try:
        with connect(server.url, token=server.token) as session:
            yield session
    finally:
        await asyncio.to_thread(server.stop)


class ServedCases:
    """See ``KindCases``, which has what these ask for."""

    words: ClassVar[Any]
    options: ClassVar[dict[str, Any]]

    def client(self, url: str) -> Any:
        raise NotImplementedError

    def make(self, url: str, **options: Any) -> Agent:
        raise NotImplementedError

    def keep(self, client: Any) -> Agent:
        """``client`` wrapped, and closed behind the test."""
        raise NotImplementedError

    def begins(self) -> tuple[Sequence[bytes], str]:
        """An answer that has begun and goes on, and the event it is told by."""
        return self.words.hello, "TEXT_MESSAGE_CONTENT"

    def has(self, feature: str) -> None:
        raise NotImplementedError

    def script(self, server: Scripted, *frames: bytes | Hold, then: Sequence[bytes] = ()) -> str:
        raise NotImplementedError

    @pytest.mark.anyio
    @pytest.mark.parametrize("loop", EITHER)
    async def test_served_after_a_cell_used_it(self, loop: str, scripted: Scripted) -> None:
        """It answers with one request each, or says that it cannot, and what can; never two."""
        client = self.client(self.script(scripted, *self.words.hello, *self.words.rest))
        await run(self.keep(client), "hello")
        async with served(client, loop, self.options) as session:
            for number in (2, 3):
                result = await session.run("hello", check=False)
                if loop == "background" and REFUSED in _why(result):
                    assert len(scripted.requests) <= number  # and is not asked again
                    return
                assert (result.text, result.outcome) == ("Hello", "success")
                assert len(scripted.requests) == number

    @pytest.mark.anyio
    @pytest.mark.parametrize("loop", EITHER)
    async def test_stop_where_it_is_served(self, loop: str, scripted: Scripted) -> None:
        """Stop closes the model's connection within a second, and the next run works."""
        self.has("stop")
        frames, begun = self.begins()
        client = self.client(self.script(scripted, *frames, Hold()))
        async with served(client, loop, self.options) as session:
            speaking = threading.Event()
            session.observe_events(lambda seen: seen["event"]["type"] == begun and speaking.set())
            waiting = asyncio.create_task(session.run("hello", check=False))
            heard = asyncio.create_task(asyncio.to_thread(speaking.wait, 20))
            await asyncio.wait({waiting, heard}, return_when=asyncio.FIRST_COMPLETED)
            if loop == "background" and waiting.done() and REFUSED in _why(await waiting):
                speaking.set()
                return
            assert await heard
            session.stop()
            assert await asyncio.to_thread(scripted.gone.wait, 1.0)
            assert (await waiting).outcome == "cancelled"
            self.script(scripted, *self.words.hello, *self.words.rest)
            assert (await session.run("hello")).text.endswith("Hello")
        assert len(scripted.requests) == 2


def _why(result: RunResult) -> str:
    return str(result.error or "")
