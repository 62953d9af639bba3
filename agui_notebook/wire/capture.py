"""What went over the wire, kept as it came and before anybody judges it: requests and their bytes.

Nothing is read, decoded or judged here: a reader does so when somebody looks
(client/judged_frames.py). Text that leaves is masked there as well.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from dataclasses import dataclass, field
from time import time_ns

from .. import limits
from ..markup.outlets import MASK

# what of a header's value says nothing about anybody; the values of all others are hidden
_OPEN = {
    *("accept", "accept-encoding", "cache-control", "connection", "content-encoding"),
    *("content-length", "content-type", "date", "host", "retry-after", "server", "traceparent"),
    *("transfer-encoding", "user-agent", "vary"),
}
_PER_PIECE = 64  # bytes that a piece costs beside its own: its object, its place, its time

Pairs = tuple[tuple[str, str], ...]


def now_ms() -> int:
    """Milliseconds since the epoch."""
    return time_ns() // 1_000_000


@dataclass
class Capture:
    """One request and the bytes that answered it. Times are ms since the epoch, None: not yet."""

    run_id: str = ""
    secret_answers: frozenset[str] = frozenset()  # ids of questions whose answer is not shown
    strict: bool = False
    peer: str | None = None
    method: str = "POST"
    url: str = ""  # as it may be shown
    sent: Pairs = ()
    body: bytes = field(default=b"", repr=False)
    began: int = field(default_factory=now_ms)
    answered: int | None = None
    status: int | None = None
    received: Pairs = ()
    ended: int | None = None
    fault: str = ""  # what ended it, where that was none of the agent's events
    pieces: list[bytes] = field(default_factory=list, repr=False)
    times: array[int] = field(default_factory=lambda: array("q"), repr=False)  # ns, per piece
    size: int = 0  # bytes that came
    lost: int = 0  # of these, bytes that were not kept
    held: int = 0

    def ask(self, method: str, url: str, headers: Iterable[tuple[str, str]]) -> None:
        """The request as it goes out; ``url`` may be shown."""
        self.method, self.url, self.sent = method, url, mask_values(headers)

    def answer(self, status: int, headers: Iterable[tuple[str, str]]) -> None:
        """The head of the answer is there."""
        self.answered, self.status, self.received = now_ms(), status, mask_values(headers)

    def take(self, piece: bytes) -> None:
        """Keep a reference to what came. The hot path: nothing is copied or looked at."""
        self.size += len(piece)
        if self.held > limits.CAPTURED_BYTES:
            self.lost += len(piece)
            return
        self.held += len(piece) + _PER_PIECE
        self.times.append(time_ns())
        self.pieces.append(piece)

    def end(self, fault: str = "") -> None:
        """Nothing more comes; ``fault`` says why where the agent did not."""
        self.ended, self.fault = now_ms(), fault

    def forget(self) -> None:
        """Drop the bytes, keep what is known of them."""
        self.pieces, self.times, self.body = [], array("q"), b""
        self.lost, self.held = self.size, 0


class Captures(list[Capture]):
    """The requests of a thread, oldest first: the bytes of the oldest go when there are too many.

    >>> kept = Captures()
    >>> capture = kept.begin(Capture("run-1"))
    >>> capture.take(b"data: {}")
    >>> [each.size for each in kept]
    [8]
    """

    def begin(self, capture: Capture) -> Capture:
        """One more request."""
        held = sum(each.held + len(each.body) for each in self)
        for each in self:
            if held <= limits.CAPTURED_BYTES:
                break
            held -= each.held + len(each.body)
            each.forget()
        del self[: -limits.CAPTURES + 1]
        self.append(capture)
        return capture


def mask_values(headers: Iterable[tuple[str, str]]) -> Pairs:
    """Headers as they may be shown."""
    return tuple((name, value if name.lower() in _OPEN else MASK) for name, value in headers)
