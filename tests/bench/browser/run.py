"""Measures how fast chats show one answer: ``python run.py [--hosts a,b] [--cases 2000:0,...]``.

Prints a Markdown table and writes results/browser.json. Peers come from virtual environments that
README.md names; a host whose environment is absent is left out and said so.
"""

from __future__ import annotations

import argparse
import json
import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from statistics import median
from typing import IO, Any

from drive import GIVE_UP
from hosts import HOSTS

HERE = Path(__file__).resolve().parent
COLUMNS = {
    "first": "Enter to first token, s",
    "last": "Enter to last token, s",
    "shown": "first token yielded to last visible, s",
    "lag": "last token sent to visible, s",
    "bytes": "bytes until it is visible, times the text",
    "settled": "bytes with what follows within 2 s, times the text",
    "longest": "longest task, ms",
    "gap": "longest gap between frames, ms",
}
NEVER = dict.fromkeys(COLUMNS)
ENDING = 10.0  # seconds its process has to go after its last word; then it hangs
OPENING = 150.0  # seconds a host has to show its chat, and a page to answer beyond all else


def seconds(case: str) -> float:
    """How long one answer may take before its page is given up."""
    count, rate = map(float, case.split(":"))
    return (count / rate if rate else 0.0) + GIVE_UP + OPENING


def told(output: IO[str], deadlines: list[float]) -> Iterator[dict[str, Any]]:
    """The lines of a child, as long as each comes within its deadline (seconds)."""
    lines: queue.Queue[str] = queue.Queue()

    def read() -> None:
        for line in output:
            lines.put(line)
        lines.put("")

    threading.Thread(target=read, daemon=True).start()
    for deadline in deadlines:
        try:
            line = lines.get(timeout=deadline)
        except queue.Empty:
            return
        if not line:
            return
        yield json.loads(line)


def driven(name: str, url: str, times: Path, cases: list[str], repeats: int) -> list[Any]:
    """What drive.py says of each answer, until it ends or hangs. RuntimeError where it fails."""
    command = [sys.executable, str(HERE / "drive.py"), name, url, str(times), str(repeats), *cases]
    deadlines = [seconds(case) for case in cases for _ in range(repeats)]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True)
    assert child.stdout
    try:
        lines = list(told(child.stdout, deadlines))
        with suppress(subprocess.TimeoutExpired):
            if child.wait(ENDING):
                raise RuntimeError("its chat could not be used, as the lines above say")
        return lines
    finally:
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()


def measure(name: str, cases: list[str], repeats: int) -> list[dict[str, Any]]:
    """The answers of one host to each case; an answer that never came has no figures."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
        folder, times = Path(home), Path(home) / "times.jsonl"
        with HOSTS[name].start(folder, {"BENCH_TIMES": str(times)}) as url:
            lines = driven(name, url, times, cases, repeats)
    rows = []
    for case in cases:
        runs = [line["run"] for line in lines if line["case"] == case]
        runs += [NEVER] * (repeats - len(runs))
        rows.append({"case": case, "runs": runs})
        print("   ", case, {key: middle(runs, key) for key in COLUMNS}, flush=True)
    return rows


def middle(runs: list[dict[str, Any]], key: str) -> float | None:
    """The median, or None where a run never came to an end."""
    values = [run[key] for run in runs]
    return None if None in values else round(median(values), 3)


def cell(value: float | None) -> str:
    if value is None:
        return "never"
    return f"{value:,.3g}" if value < 100 else f"{value:,.0f}"


def table(results: dict[str, list[dict[str, Any]]]) -> str:
    titles = ("chat", "tokens:rate", *COLUMNS.values())
    lines = ["| " + " | ".join(titles) + " |", "|" + " --- |" * len(titles)]
    for name, rows in results.items():
        for row in rows:
            shown = [cell(middle(row["runs"], key)) for key in COLUMNS]
            lines.append(f"| {name} | {row['case']} | " + " | ".join(shown) + " |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hosts", default=",".join(HOSTS))
    parser.add_argument("--cases", default="2000:0,2000:100,20000:0")
    parser.add_argument("--repeats", type=int, default=3, help="answers from our chat")
    parser.add_argument("--peers", type=int, default=1, help="answers from each of the others")
    options = parser.parse_args()
    results: dict[str, list[dict[str, Any]]] = {}
    for name in options.hosts.split(","):
        print(name, flush=True)
        repeats = options.repeats if name == "agui_notebook" else options.peers
        try:
            results[name] = measure(name, options.cases.split(","), repeats)
        except Exception as problem:
            print(f"    left out: {problem}", flush=True)
    (HERE / "results").mkdir(exist_ok=True)
    (HERE / "results" / "browser.json").write_text(json.dumps(results, indent=1), encoding="utf-8")
    print(table(results))


if __name__ == "__main__":
    main()
