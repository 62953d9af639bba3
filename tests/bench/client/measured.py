"""What every Python client of the benchmark is measured with: a warm-up, then empty and full runs.

An empty run (no deltas) before each full one, so that both meet the same noise. A client module has
``async def read(url, earlier) -> str``: it runs once on a thread that holds ``earlier`` messages,
and gives back the text it assembled.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
import tracemalloc
from collections.abc import Awaitable, Callable

Read = Callable[[str, int], Awaitable[str]]


def history(count: int) -> list[dict[str, str]]:
    """``count`` earlier messages."""
    roles = ("user", "assistant")
    return [{"id": f"h{n}", "role": roles[n % 2], "content": f"message {n}"} for n in range(count)]


async def timed(read: Read, empty: str, full: str, earlier: int, runs: int) -> dict[str, object]:
    """CPU seconds of each run, and the wall seconds of the full ones."""
    found: dict[str, list[float]] = {"empty": [], "full": [], "wall": []}
    text = ""
    for _ in range(runs + 1):
        began = time.process_time()
        await read(empty, earlier)
        before, since = time.process_time(), time.perf_counter()
        text = await read(full, earlier)
        found["wall"].append(time.perf_counter() - since)
        found["full"].append(time.process_time() - before)
        found["empty"].append(before - began)
    warm = {name: seconds[1:] for name, seconds in found.items()}
    return {**warm, "characters": len(text)}


async def peak(read: Read, empty: str, full: str, earlier: int) -> dict[str, object]:
    """The most memory held at once during a run, in bytes beyond what was held before it."""
    await read(empty, earlier)
    tracemalloc.start()
    text = await read(full, earlier)
    return {"peak": tracemalloc.get_traced_memory()[1], "characters": len(text)}


def main(read: Read) -> None:
    """Measure ``read`` as the command line says and print the numbers as JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("empty", help="the URL that sends no deltas")
    parser.add_argument("full", help="the URL that sends them all")
    parser.add_argument("earlier", type=int)
    parser.add_argument("runs", type=int, help="0 measures memory instead of time")
    given = parser.parse_args()
    if given.runs:
        measuring = timed(read, given.empty, given.full, given.earlier, given.runs)
    else:
        measuring = peak(read, given.empty, given.full, given.earlier)
    found = asyncio.run(measuring)
    json.dump(found, sys.stdout)
