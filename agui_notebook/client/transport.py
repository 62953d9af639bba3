"""What a session needs of a transport, whatever carries the frames. No I/O here."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from ..errors import InvalidInput

# One run: a RunAgentInput goes out, the decoded JSON frames of the answer come in (T-CUST-14).
Transport = Callable[..., AbstractAsyncContextManager[AsyncIterator[object]]]


@dataclass(frozen=True)
class Timeout:
    """How long to wait, in seconds; None waits for ever.

    ``connect``: to reach the agent. ``idle``: without a single byte from it (keep-alive comments
    count as life). ``run``: for a whole turn, tool rounds included.
    """

    connect: float | None = 10.0
    idle: float | None = 120.0
    run: float | None = None


class LazyHTTP:
    """The HTTP transport, made when first used: connecting must not cost an HTTP library."""

    def __init__(self, url: str, **options: Any) -> None:
        self.url = check_url(url)
        self.callers_loop = options.get("client") is not None  # a client belongs to its own loop
        self._options = options
        self._made: Any = None

    @property
    def used(self) -> bool:
        """Whether there may be connections to close."""
        return self._made is not None and not self.callers_loop

    def __call__(
        self, request: dict[str, Any], **extras: Any
    ) -> AbstractAsyncContextManager[AsyncIterator[object]]:
        """Start one run."""
        if self._made is None:
            from .http import HTTPTransport

            self._made = HTTPTransport(self.url, **self._options)
        opened: AbstractAsyncContextManager[AsyncIterator[object]] = self._made(request, **extras)
        return opened

    async def aclose(self) -> None:
        """Close the connections that are kept open between runs."""
        if self._made is not None:
            await self._made.aclose()


def check_url(url: str) -> str:
    """``url`` itself. Raises InvalidInput when nothing can be posted to it."""
    parts = urlsplit(url) if isinstance(url, str) else urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise InvalidInput(f"{url!r} is not an agent's URL: write it like http://127.0.0.1:8888/")
    return url
