"""What keeping the raw bytes costs: ``python tests/bench/client/recording.py [DELTAS] [TURNS]``.

The same answer is read with the capture at work and with one that keeps nothing, in turns; prints
microseconds of CPU an event, their ratio, and the memory that is held for each byte that came.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import time
import tracemalloc

from client_ours import read, session
from run import source

from agui_notebook.wire import Capture

FRAMINGS = ("blocks", "events")
KEEP = Capture.take


def forget(self: Capture, piece: bytes) -> None:
    """In place of ``take``: the call, and nothing else."""


async def cost(url: str) -> float:
    """CPU seconds of one run."""
    began = time.process_time()
    await read(url, 0)
    return time.process_time() - began


async def compare(url: str, turns: int) -> tuple[list[float], list[float]]:
    """CPU seconds of runs that keep and of runs that do not, each turn in the other order."""
    kept: list[float] = []
    not_kept: list[float] = []
    await read(url, 0)
    for turn in range(turns):
        pair = [(KEEP, kept), (forget, not_kept)]
        for take, found in pair if turn % 2 else pair[::-1]:
            Capture.take = take  # type: ignore[method-assign]
            found.append(await cost(url))
    Capture.take = KEEP  # type: ignore[method-assign]
    return kept, not_kept


async def memory(url: str) -> float:
    """Bytes held by what was kept, for each byte that came."""
    capture = Capture()
    await read(url, 0)
    pieces = [bytes(bytearray(piece)) for piece in session(url, 0).thread.captures[-1].pieces]
    sizes = [len(piece) for piece in pieces]
    pieces.clear()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    for size in sizes:
        capture.take(bytes(bytearray(size)))
    held = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    return held / sum(sizes)


def main() -> None:
    """One row for each way in which an answer comes."""
    deltas, turns = [int(word) for word in sys.argv[1:]] or (20_000, 15)
    with source() as base:
        for framing in FRAMINGS:
            url = f"{base}/{deltas}/{framing}"
            kept, not_kept = asyncio.run(compare(url, turns))
            ours, other = (statistics.median(each) / deltas * 1e6 for each in (kept, not_kept))
            ratio = statistics.median(a / b for a, b in zip(kept, not_kept, strict=True))
            held = asyncio.run(memory(url))
            print(
                f"{framing:7} {ours:6.2f} µs kept, {other:6.2f} not: {ratio:.3f}; "
                f"{held:.2f} bytes held for each that came",
                flush=True,
            )


if __name__ == "__main__":
    main()
