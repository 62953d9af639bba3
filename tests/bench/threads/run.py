"""What keeping conversations costs: CPU per event with and without the store, and a full store.

    python tests/bench/threads/run.py [--threads 1000] [--turns 50] [--deltas 20000] [--runs 61]

Both kinds of turn alternate in one process, so that they meet the same noise; CPU is the whole
process's, the writing thread's included. Nothing of a user's is touched.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from agui_notebook import Session, connect
from agui_notebook.client import Card, Store, Writer
from agui_notebook.client import fold_thread as fold
from agui_notebook.client.event_log import dump

SOURCE = Path(__file__).resolve().parent.parent / "client" / "source.py"
WORDS = ("lunch friday soup bread cheese", "the agent looked for it", "and found a table")


@contextmanager
def agent() -> Iterator[str]:
    """The agent of the client's benchmark: its address."""
    process = subprocess.Popen(
        [sys.executable, str(SOURCE)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout
    assert process.stdin
    try:
        yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
    finally:
        process.stdin.close()
        process.wait()
        process.stdout.close()


def cpu(session: Session, after: Callable[[], object]) -> float:
    """CPU seconds of one turn in a new thread, and of what is done ``after`` it."""
    session.new_thread()
    began = time.process_time()
    session.ask("go")
    after()
    return time.process_time() - began


def per_event(folder: Path, deltas: int, runs: int) -> tuple[list[float], list[float]]:
    """CPU of the turns without and with the store, warm."""
    bare, kept = [], []
    with agent() as address:
        url = f"{address}/{deltas}/blocks"
        plain, watched = connect(url), connect(url)
        writer = Writer(Store(folder / "events.sqlite"))
        writer.follow(watched.thread, "bench", url)
        for _ in range(runs + 1):
            bare.append(cpu(plain, lambda: None))
            kept.append(cpu(watched, writer.flush))
        writer.store.close()
    return bare[1:], kept[1:]


def sentence(seed: int) -> str:
    """A dozen words, others for another seed."""
    return " ".join(WORDS[(seed + n * n) % len(WORDS)] for n in range(3)) + f" no {seed}"


def turn(number: int) -> list[str]:
    """The lines of a turn, as they are written."""
    at, run = 1_700_000_000_000 + number, f"r{number}"
    asked = {"id": f"u{number}", "role": "user", "content": sentence(number)}
    events: list[dict[str, Any]] = [
        {"type": "RUN_STARTED", "threadId": "t", "runId": run},
        {"type": "TEXT_MESSAGE_START", "messageId": f"m{number}", "role": "assistant"},
        {"type": "TEXT_MESSAGE_CONTENT", "messageId": f"m{number}", "delta": sentence(number) * 4},
        {"type": "TEXT_MESSAGE_END", "messageId": f"m{number}"},
        {"type": "RUN_FINISHED", "threadId": "t", "runId": run},
    ]
    lines: list[dict[str, Any]] = [{"at": at, "runId": run, "request": {"messages": [asked]}}]
    lines += [{"at": at, "runId": run, "event": event} for event in events]
    return [dump(line) for line in lines]


def fill(store: Store, threads: int, turns: int) -> None:
    """A store as one has it after a year."""
    lines = [turn(number) for number in range(turns)]
    said = [[sentence(number), sentence(number) * 4] for number in range(turns)]
    for number in range(threads):
        card = Card(f"k{number}", f"t{number}", sentence(number), "bench", "", "", 2 * turns)
        for place in range(turns):
            store.append(card, place, lines[place], said[place])


def timed(action: Callable[[], Any]) -> float:
    """The median of five tries, in ms."""
    found = []
    for _ in range(5):
        began = time.perf_counter()
        action()
        found.append((time.perf_counter() - began) * 1000)
    return statistics.median(found)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    for name, usual in (("threads", 1000), ("turns", 50), ("deltas", 20000), ("runs", 61)):
        parser.add_argument(f"--{name}", type=int, default=usual)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        bare, kept = per_event(Path(place), given.deltas, given.runs)
        a, b = (min(each) / given.deltas * 1e6 for each in (bare, kept))
        print(f"CPU per event: {a:.2f} µs without, {b:.2f} µs with the store: {b / a - 1:+.1%}")
        store = Store(Path(place) / "full.sqlite")
        fill(store, given.threads, given.turns)
        size = sum(path.stat().st_size for path in Path(place).glob("full*")) / 1e6
        print(f"{given.threads} threads of {given.turns} turns: {size:.0f} MB")
        print(f"list    {timed(lambda: store.threads()):6.1f} ms")
        print(f"search  {timed(lambda: store.threads('cheese no 49')):6.1f} ms")
        print(f"nothing {timed(lambda: store.threads('nobody said this')):6.1f} ms")
        print(f"open    {timed(lambda: fold(store.lines('k7'))):6.1f} ms")
        store.close()


if __name__ == "__main__":
    main()
