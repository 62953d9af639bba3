"""What one caller sends, until it hangs up; once the server is closing, every caller seems to.

Knows ASGI's ``receive`` and nothing of bodies or streams.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from ..values import Json, JsonView

T = TypeVar("T")
Receive = Callable[[], Awaitable[JsonView]]


class Gone(Exception):
    """The caller hung up, in truth or because the server is closing."""


class Caller:
    """The caller of one request. Wait for one thing of it at a time."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._dismissed = False
        self._waiting: asyncio.Future[Json] | None = None

    def dismiss(self) -> None:
        """From now on it seems to have hung up."""
        self._dismissed = True
        if self._waiting is not None:
            self._waiting.cancel()

    async def piece(self, seconds: float) -> tuple[bytes, bool]:
        """The next piece of the body, and whether more follows. Raises Gone and TimeoutError."""
        waiting = self._wait_for(self._receive())
        try:
            done, _ = await asyncio.wait([waiting], timeout=seconds)
        finally:
            waiting.cancel()
        if not done:
            raise TimeoutError
        message = {} if waiting.cancelled() else waiting.result()
        if message.get("type") != "http.request":
            raise Gone
        return message.get("body", b""), message.get("more_body", False)

    def leaves(self) -> asyncio.Future[None]:
        """A future that is done, or cancelled, when the caller has hung up."""
        return self._wait_for(self._until_disconnect())

    async def _until_disconnect(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass

    def _wait_for(self, coming: Awaitable[T]) -> asyncio.Future[T]:
        self._waiting = waiting = asyncio.ensure_future(coming)
        if self._dismissed:
            waiting.cancel()
        return waiting
