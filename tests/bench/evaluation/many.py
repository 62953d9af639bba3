"""What 10,000 cases cost: their rate, and the memory that stays.

    python tests/bench/evaluation/many.py [HOW_MANY ...]

Against the demo agent, served in this process; prints a table, writes nothing.
"""

from __future__ import annotations

import gc
import os
import sys
import tempfile
import time
from pathlib import Path

import psutil

from agui_notebook import checks, evaluate
from agui_notebook.agents import Demo


def measure(count: int, folder: Path) -> tuple[float, float, int]:
    """Cases a minute, MB in use at the end, bytes of the file."""
    cases = [f"What is {number} + 1?" for number in range(count)]
    wanted = [checks.contains("equals"), checks.max_seconds(60)]
    path = folder / f"{count}.jsonl"
    begun = time.perf_counter()
    report = evaluate(Demo(pace=0), cases, wanted, to=path, progress=False)
    seconds = time.perf_counter() - begun
    assert report.pass_count == count
    gc.collect()
    used = psutil.Process().memory_info().rss / 1e6
    return count / seconds * 60, used, path.stat().st_size


def main() -> None:
    """One row for each size."""
    sizes = [int(word) for word in sys.argv[1:]] or [500, 1_000, 5_000, 10_000]
    print(f"{os.cpu_count()} cores\n  cases   cases/min   MB in use   MB of file")
    with tempfile.TemporaryDirectory() as folder:
        for size in sizes:
            rate, used, written = measure(size, Path(folder))
            print(f"{size:>7,} {rate:>11,.0f} {used:>11,.0f} {written / 1e6:>12,.1f}", flush=True)


if __name__ == "__main__":
    main()
