"""Measures our client beside four others: ``python tests/bench/client/run.py [--quick]``.

Writes results/client.json and prints tables. What is compared is ratios of CPU time, measured in
turns so that other work on the machine hits all alike, the medians of all runs of all turns;
absolute times are those of the machine.
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import shutil
import statistics
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

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
REFERENCE = "@ag-ui/client"


class Case(NamedTuple):
    """What is sent, and how often each client is measured on it, in turns."""

    deltas: int
    framing: str
    earlier: int
    turns: int


CASES = (
    Case(1_000, "blocks", 0, turns=5),
    Case(10_000, "blocks", 0, turns=5),
    Case(100_000, "blocks", 0, turns=3),
    Case(10_000, "blocks", 1_000, turns=5),
    Case(10_000, "events", 0, turns=3),
)
QUICK = (Case(1_000, "blocks", 0, turns=1), Case(10_000, "blocks", 0, turns=1))
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
        found[REFERENCE] = ("node", str(HERE / "client_reference.mjs"))
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


def run(command: Sequence[str], url: str, case: Case, runs: int) -> dict[str, Any]:
    """One process of a client: ``runs`` runs, or 0 for its peak memory."""
    env = {**os.environ, "PYTHONPATH": str(ROOT), "BENCH_NODE": str(NODE)}
    empty, full = (f"{url}/{deltas}/{case.framing}" for deltas in (0, case.deltas))
    ran = subprocess.run(
        [*command, empty, full, str(case.earlier), str(runs)],
        env=env,
        capture_output=True,
        text=True,
        check=True,
        timeout=900,
    )
    found: dict[str, Any] = json.loads(ran.stdout)
    assert found["characters"] == case.deltas * len("w000 "), (command, found)
    return found


def compare(url: str, case: Case) -> dict[str, Any]:
    """What an event costs each client."""
    pooled: dict[str, dict[str, list[float]]] = {}
    for turn in range(case.turns):
        for name, command in clients().items():
            runs = _runs(name, case, turn)
            if runs:
                held = pooled.setdefault(name, {"empty": [], "full": [], "wall": []})
                found = run(command, url, case, runs)
                for key, seconds in held.items():
                    seconds.extend(found[key])
    costs = {name: cost(seconds, case.deltas) for name, seconds in pooled.items()}
    for name, found in costs.items():
        print(f"  {name:16} {_told(found)}", flush=True)
    return costs


def _runs(name: str, case: Case, turn: int) -> int:
    """About as many events in each process: all meet the same noise."""
    if name == REFERENCE and case.deltas >= 100_000:
        return 0  # it would take an hour
    if name == REFERENCE and case.earlier:
        return 0 if turn else 1  # takes long: once is enough to know
    return max(2, min(40, 100_000 // case.deltas))


def cost(seconds: dict[str, list[float]], deltas: int) -> dict[str, float | None]:
    """CPU microseconds per event: of the whole run, and beyond an empty run if that can be told."""
    empty, full, wall = (statistics.median(seconds[key]) for key in ("empty", "full", "wall"))
    error = math.hypot(_error(seconds["empty"]), _error(seconds["full"]))
    beyond = full - empty
    return {
        "empty_ms": empty * 1e3,
        "whole_us": full / deltas * 1e6,
        "wall_us": wall / deltas * 1e6,
        "event_us": beyond / deltas * 1e6 if beyond > 2 * error else None,
        "error_us": error / deltas * 1e6,
    }


def _error(seconds: list[float]) -> float:
    """Standard error of the median, by the median deviation: outliers do not count."""
    middle = statistics.median(seconds)
    deviation = statistics.median(abs(value - middle) for value in seconds)
    return 1.4826 * 1.2533 * deviation / math.sqrt(len(seconds))


def _told(found: dict[str, Any]) -> str:
    event, error = found["event_us"], found["error_us"]
    alone = "lost in the run's noise" if event is None else f"{event:8.2f} ± {error:.2f} us/event"
    rest = f"{found['whole_us']:8.2f} with the run's {found['empty_ms']:.2f} ms"
    return f"{alone:23}  {rest}  {1e6 / found['wall_us']:8.0f} events/s"


def memory(url: str) -> dict[str, float]:
    """Peak memory of 100,000 deltas in one message, in multiples of the text."""
    found = {}
    for name in ("ours", "tutorial", "bare httpx"):
        told = run(clients()[name], url, Case(100_000, "blocks", 0, turns=1), 0)
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
    quick = "--quick" in sys.argv
    found: dict[str, Any] = {}
    with source() as url:
        for case in QUICK if quick else CASES:
            title = f"{case.deltas} deltas in {case.framing}, {case.earlier} earlier messages"
            print(title, flush=True)
            found[title] = compare(url, case)
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
