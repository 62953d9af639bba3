"""What a session needs of a transport, whatever carries the frames. No I/O here."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from urllib.parse import urlsplit

from ..errors import InvalidInput
from ..markup.outlets import address

# One run: a RunAgentInput goes out, the decoded JSON frames of the answer come in (T-CUST-14).
Transport = Callable[..., AbstractAsyncContextManager[AsyncIterator[object]]]


@dataclass(frozen=True)
class Timeout:
    """How long to wait, in seconds; None waits for ever.

    ``connect``: to reach the agent. ``idle``: without a single byte from it (keep-alive comments
    count as life). ``run``: for a whole turn, tool rounds included. Raises InvalidInput.
    """

    connect: float | None = 10.0
    idle: float | None = 120.0
    run: float | None = None

    def __post_init__(self) -> None:
        for wait in (self.connect, self.idle, self.run):
            if wait is not None and not (isinstance(wait, int | float) and wait > 0):
                raise InvalidInput(f"A timeout is seconds above 0, or None for ever, not {wait!r}.")


def as_timeout(given: Timeout | float | None) -> Timeout:
    """A Timeout as it is, or one from the seconds between two bytes."""
    if isinstance(given, Timeout):
        return given
    return Timeout() if given is None else Timeout(idle=given)


def check_url(url: str) -> str:
    """``url`` without space around it. Raises InvalidInput when nothing can be posted to it."""
    found = url.strip() if isinstance(url, str) else ""
    try:
        parts = urlsplit(found)
        fits = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # half an IPv6 address, a port beyond 65535
        fits = False
    if not fits or len(found.split()) != 1:
        shown = address(str(url))
        raise InvalidInput(f"{shown!r} is not an agent's URL: write it like http://127.0.0.1:8888/")
    return found
