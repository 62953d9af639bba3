"""Measures our client beside four others: ``python tests/bench/client/run.py [--quick]``.

Writes results/client.json and prints tables. What is compared is ratios of CPU time, measured in
turns so that other work on the machine hits all alike; absolute times are those of the machine.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import statistics
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
LANE = ROOT / ".lanes" / "agent-framework" / "bin" / "python"
NODE = ROOT / ".lanes" / "bench-node"
PYTHONS = {
    "ours": (sys.executable, "client_ours.py"),
    "tutorial": (sys.executable, "client_naive.py"),
    "bare httpx": (sys.executable, "client_bare.py"),
    "AGUIChatClient": (str(LANE), "client_agent_framework.py"),
}
TURNS = 3  # each client is measured this often, in turns
IMPORTS = {
    "agui_notebook": "import agui_notebook",
    "agui_notebook, connected": "from agui_notebook import connect; connect('http://127.0.0.1:9/')",
    "httpx": "import httpx; httpx.AsyncClient()",
    "ag_ui.core": "import ag_ui.core",
    "agent_framework_ag_ui": "import agent_framework_ag_ui",
}


def clients() -> dict[str, Sequence[str]]:
    """The command of every client this machine can run."""
    found: dict[str, Sequence[str]] = {
        name: (python, str(HERE / script))
        for name, (python, script) in PYTHONS.items()
        if Path(python).exists()
    }
    if shutil.which("npm"):
        if not (NODE / "node_modules" / "@ag-ui" / "client").exists():
            NODE.mkdir(parents=True, exist_ok=True)
            install = ["npm", "install", "--prefix", str(NODE), "@ag-ui/client@1.0.0"]
            subprocess.run(install, check=True, stdout=subprocess.DEVNULL)
        found["@ag-ui/client"] = ("node", str(HERE / "client_reference.mjs"))
    return found


@contextlib.contextmanager
def source() -> Iterator[str]:
    """The benchmark's agent in a process of its own; gives its URL."""
    command = [sys.executable, str(HERE / "source.py")]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdin is not None
    try:
        yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
    finally:
        process.stdin.close()
        process.wait(10)


def run(command: Sequence[str], url: str, earlier: int, runs: int) -> dict[str, Any]:
    """One process of a client."""
    env = {**os.environ, "PYTHONPATH": str(ROOT), "BENCH_NODE": str(NODE)}
    ran = subprocess.run(
        [*command, url, str(earlier), str(runs)],
        env=env,
        capture_output=True,
        text=True,
        check=True,
        timeout=900,
    )
    found: dict[str, Any] = json.loads(ran.stdout)
    return found


def case(url: str, deltas: int, framing: str, earlier: int, names: Sequence[str]) -> dict[str, Any]:
    """CPU microseconds per event for each client: of the whole run, and beyond an empty run."""
    known = clients()
    best: dict[str, dict[str, float]] = {}
    for turn in range(TURNS):
        for name in names:
            slow = name == "@ag-ui/client" and earlier  # takes long: once is enough to know
            if name not in known or (slow and turn):
                continue
            # as many events in one process, however long a run is: all meet the same noise
            runs = 1 if slow else max(1, min(40, 100_000 // deltas))
            empty = run(known[name], f"{url}/0/{framing}", earlier, runs)
            full = run(known[name], f"{url}/{deltas}/{framing}", earlier, runs)
            assert full["characters"] == deltas * len("w000 "), (name, full)
            held = best.setdefault(name, {})
            for key, value in (
                ("empty_ms", statistics.fmean(empty["cpu"]) * 1e3),
                ("whole_us", statistics.fmean(full["cpu"]) / deltas * 1e6),
                ("wall_us", statistics.fmean(full["wall"]) / deltas * 1e6),
            ):
                held[key] = min(value, held.get(key, value))
    for name, cost in best.items():
        cost["event_us"] = cost["whole_us"] - cost["empty_ms"] * 1e3 / deltas
        print(
            f"  {name:16} {cost['event_us']:8.2f} us/event  {cost['whole_us']:8.2f} with the run's"
            f" {cost['empty_ms']:.2f} ms  {1e6 / cost['wall_us']:8.0f} events/s",
            flush=True,
        )
    return best


def memory(url: str) -> dict[str, float]:
    """Peak memory of 100,000 deltas in one message, in multiples of the text."""
    found = {}
    for name in ("ours", "tutorial", "bare httpx"):
        told = run(clients()[name], f"{url}/100000/blocks", 0, 0)
        found[name] = told["peak"] / told["characters"]
        print(f"  {name:16} {found[name]:.2f} x the text")
    return found


def imports() -> dict[str, float]:
    """Median milliseconds of 7 fresh interpreters, beyond an interpreter that does nothing."""
    found = {}
    for name, code in IMPORTS.items():
        for python in (sys.executable, str(LANE)):
            times = [_import(python, code) for _ in range(7)]
            if None not in times:
                found[name] = statistics.median(t for t in times if t is not None)
                print(f"  {name:26} {found[name]:7.1f} ms")
                break
    return found


def _import(python: str, code: str) -> float | None:
    clock = "import time; b = time.perf_counter()\n"
    program = f"{clock}{code}\nprint((time.perf_counter() - b) * 1000)"
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [python, "-c", program]
    with contextlib.suppress(OSError, subprocess.CalledProcessError):
        ran = subprocess.run(command, env=env, capture_output=True, text=True, check=True)
        return float(ran.stdout)
    return None


def main() -> None:
    """Measure everything and write it down."""
    everybody = [*PYTHONS, "@ag-ui/client"]
    quick = "--quick" in sys.argv
    cases = (
        [(10_000, "blocks", 0), (10_000, "events", 0)]
        if quick
        else [
            (1_000, "blocks", 0),
            (10_000, "blocks", 0),
            (100_000, "blocks", 0),
            (10_000, "blocks", 1_000),
            (1_000, "events", 0),
            (10_000, "events", 0),
            (100_000, "events", 0),
            (10_000, "events", 1_000),
        ]
    )
    found: dict[str, Any] = {}
    with source() as url:
        for deltas, framing, earlier in cases:
            title = f"{deltas} deltas in {framing}, {earlier} earlier messages"
            print(title, flush=True)
            names = everybody if deltas < 100_000 else everybody[:-1]  # it would take an hour
            found[title] = case(url, deltas, framing, earlier, names)
        print("peak memory")
        found["memory"] = memory(url)
    print("imports")
    found["imports"] = imports()
    if not quick:
        (HERE / "results").mkdir(exist_ok=True)
        text = json.dumps(found, indent=1)
        (HERE / "results" / "client.json").write_text(text + "\n")


if __name__ == "__main__":
    main()
