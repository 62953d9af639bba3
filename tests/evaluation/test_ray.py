"""Cases asked by two workers of a local Ray cluster, and what is said before any is."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest
from support import lanes

from agui_notebook import InvalidInput, checks, connect, evaluate

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = """
import json, sys, threading
import ray
from agui_notebook import Case, InvalidInput, Report, checks, connect, evaluate

def refusal(agent, wanted=()):
    try:
        evaluate(agent, ["a"], wanted, engine="ray")
    except InvalidInput as error:
        return str(error)

lock = threading.Lock()
refused = [refusal(lambda text: text), refusal(connect("http://127.0.0.1:9/")),
           refusal("mine:agent", [checks.judge(str.upper, "Good.")]),
           refusal("mine:agent", [lambda result: lock is None])]
assert not ray.is_initialized()
ray.init(num_cpus=2, log_to_driver=False, include_dashboard=False)
cases = [Case(f"case {n}", reference=f"CASE {n}") for n in range(40)]
half = evaluate("mine:agent", cases[:9], [checks.equals()], engine="ray", to="results.jsonl")
report = evaluate("mine:agent", cases, [checks.equals()], engine="ray", to="results.jsonl")
local = evaluate("mine:agent", cases, [checks.equals()])

def plain(report):
    left_out = ("seconds", "first_token", "network", "at")
    return [{k: v for k, v in row.items() if k not in left_out} for row in report.rows()]

row = next(report.rows())
print(json.dumps({"refused": refused, "half": len(half), "same": plain(report) == plain(local),
    "read": Report.read("results.jsonl").shares() == local.shares(),
    "passed": report.pass_count, "talk": bool(report.lines(row))}))
"""


@pytest.fixture
def python() -> Path:
    """A Python with Ray, from an environment of its own (400 MB)."""
    try:
        return lanes.ready(lanes.RAY).python
    except lanes.Unavailable as why:
        pytest.skip(str(why))


@pytest.mark.lane
@pytest.mark.slow
@pytest.mark.timeout(600)
def test_two_workers_report_as_one_process_does(tmp_path: Path, python: Path) -> None:
    (tmp_path / "mine.py").write_text("def agent(text):\n    return text.upper()\n")
    environment = {
        **os.environ,
        "PYTHONPATH": f"{ROOT}{os.pathsep}{tmp_path}",
        "HOME": str(tmp_path),
        "RAY_agent_register_timeout_ms": "200000",  # its processes start slowly
        "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",
    }
    command = [str(python), "-c", SCRIPT]
    ran = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    if "The current node timed out during startup" in ran.stderr:
        pytest.skip("Ray's own processes did not start within its 30 s: this machine is too busy")
    assert ran.returncode == 0, ran.stderr[-3000:]
    told = json.loads(ran.stdout.strip().splitlines()[-1])
    refused = told.pop("refused")
    assert told == {"half": 9, "same": True, "read": True, "passed": 40, "talk": True}
    assert [sentence.partition(" cannot travel")[0] for sentence in refused] == [
        "'<lambda>' is an object of this process and",
        "A session, with its open client and tools,",
        "'upper' is an object of this process and",
        "The check '<lambda>'",
    ]


def test_without_ray_it_says_how_to_get_it() -> None:
    with pytest.raises(InvalidInput, match="cannot travel to Ray's workers: give the agent's URL"):
        evaluate(connect("http://127.0.0.1:9/"), ["a"], engine="ray")
    with pytest.raises(InvalidInput, match=r"pip install 'agui_notebook\[ray\]'"):
        evaluate("http://127.0.0.1:9/", ["a"], [checks.outcome()], engine="ray")
    with pytest.raises(InvalidInput, match="An engine is 'local' or 'ray', not 'spark'"):
        evaluate(str.upper, ["a"], engine="spark")  # type: ignore[arg-type]
