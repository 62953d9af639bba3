"""What every Python client of the benchmark is measured with: a warm-up, then several runs.

A client module has ``async def read(url, earlier) -> str``: it runs once on a thread that holds
``earlier`` messages, and gives back the text it assembled.
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


async def timed(read: Read, url: str, earlier: int, runs: int) -> dict[str, object]:
    """CPU and wall seconds of each run."""
    cpu, wall, text = [], [], await read(url, earlier)
    for _ in range(runs):
        before, since = time.process_time(), time.perf_counter()
        text = await read(url, earlier)
        cpu.append(time.process_time() - before)
        wall.append(time.perf_counter() - since)
    return {"cpu": cpu, "wall": wall, "characters": len(text)}


async def peak(read: Read, url: str, earlier: int) -> dict[str, object]:
    """The most memory held at once during a run, in bytes beyond what was held before it."""
    await read(url, earlier)
    tracemalloc.start()
    text = await read(url, earlier)
    return {"peak": tracemalloc.get_traced_memory()[1], "characters": len(text)}


def main(read: Read) -> None:
    """Measure ``read`` as the command line says and print the numbers as JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("url")
    parser.add_argument("earlier", type=int)
    parser.add_argument("runs", type=int, help="0 measures memory instead of time")
    given = parser.parse_args()
    if given.runs:
        found = asyncio.run(timed(read, given.url, given.earlier, given.runs))
    else:
        found = asyncio.run(peak(read, given.url, given.earlier))
    json.dump(found, sys.stdout)
