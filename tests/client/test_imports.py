"""What importing and connecting costs, and what it must not drag in."""

from __future__ import annotations

import subprocess
import sys

import pytest

CONNECT = "from agui_notebook import connect; connect('http://127.0.0.1:9/')"


def milliseconds(code: str, runs: int = 7) -> float:
    """CPU time of ``code`` in a fresh interpreter, at its best: other work must not count."""
    measured = (
        "import time; before = time.process_time()\n"
        f"{code}\nprint((time.process_time() - before) * 1000)"
    )
    outputs = [
        subprocess.run([sys.executable, "-c", measured], capture_output=True, check=True).stdout
        for _ in range(runs)
    ]
    return min(map(float, outputs))


def test_importing_costs_less_than_importing_json() -> None:
    assert milliseconds("import agui_notebook") <= milliseconds("import json, dataclasses, typing")


def test_connecting_costs_less_than_importing_httpx() -> None:
    assert milliseconds(CONNECT) <= milliseconds("import httpx, json, dataclasses, typing")


LATER = (
    *("tools.tool", "tools.as_json", "client.turns.turn", "protocol.pipeline"),
    *("protocol.enforce", "protocol.approvals", "protocol.error_advice", "markup.inert"),
)


@pytest.mark.parametrize(
    ("code", "absent"),
    [
        ("import agui_notebook", ["asyncio", "httpx", "json", "typing", "agui_notebook.errors"]),
        (CONNECT, [f"agui_notebook.{name}" for name in LATER]),
        ("import agui_notebook.jupyter.magics.extension", ["agui_notebook.evaluation.agents"]),
        (CONNECT, ["httpx", "anyio", "nest_asyncio2", "IPython", "starlette", "pydantic"]),
    ],
)
def test_nothing_heavy_is_imported_before_it_is_needed(code: str, absent: list[str]) -> None:
    asked = f"{code}\nimport sys\nprint([name for name in {absent!r} if name in sys.modules])"
    ran = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
