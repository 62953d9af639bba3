"""What a plain script shows of an error of ours: the user's lines, one frame of ours, what to do.

Notebooks are tests/jupyter/test_tracebacks.py's business.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = """
import asyncio, traceback
import agui_notebook as agui

DEAD = "http://127.0.0.1:9/"

def ask():
    agui.connect(DEAD).ask("hello")

async def run():
    await agui.connect(DEAD).run("hello")

async def stream():
    async for event in agui.connect(DEAD).stream("hello"):
        pass

def fails(text):
    return 1 / 0

def serve():
    with agui.serve(fails) as server:
        agui.connect(server.url, token=server.token).ask("hello")

def header():
    raise KeyError("my own")

CALLS = {
    "connect": lambda: agui.connect("nowhere"),
    "ask": ask,
    "run": lambda: asyncio.run(run()),
    "stream": lambda: asyncio.run(stream()),
    "replay": lambda: agui.replay("nothing.jsonl"),
    "serve 42": lambda: agui.serve(42),
    "create_app": lambda: agui.create_app({}),
    "tool": lambda: agui.tool(3),
    "add_tool": lambda: agui.connect(DEAD).add_tool(3),
    "fails": serve,
    "own": lambda: agui.connect(DEAD, headers=header).ask("hello"),
}
for name, call in CALLS.items():
    try:
        call()
    except agui.AGUIError as error:
        print(f"== {name}", traceback.format_exc(), sep="\\n")
        assert name != "ask" or "ConnectError" in repr(error.__context__)
"""


def shown(tmp_path: Path, *flags: str) -> dict[str, str]:
    """The traceback of each call, as Python prints it."""
    path = tmp_path / "script.py"
    path.write_text(SCRIPT)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    run = [sys.executable, *flags, str(path)]
    done = subprocess.run(run, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    parts = done.stdout.split("== ")[1:]
    return dict(part.split("\n", 1) for part in parts)


def test_a_script_shows_where_its_user_called_and_one_frame_of_ours(tmp_path: Path) -> None:
    found = shown(tmp_path)
    assert len(found) == 11
    for name, text in found.items():
        assert text.count(f"{os.sep}agui_notebook{os.sep}") == 1, text
        assert "site-packages" not in text, text
        assert "script.py" in text, text
        assert "direct cause" not in text or name == "own", text
    assert "start the agent's server" in found["run"]
    assert "KeyError: 'my own'" in found["own"]
    assert "in header" in found["own"]


@pytest.mark.skipif(sys.version_info < (3, 11), reason="notes of exceptions are from Python 3.11")
def test_a_failing_agent_of_the_script_is_shown_with_its_line(tmp_path: Path) -> None:
    text = shown(tmp_path)["fails"]
    assert "in fails\n    return 1 / 0\nThe agent's own code failed: mend it" in text


def test_on_request_python_shows_all_of_it(tmp_path: Path) -> None:
    text = shown(tmp_path, "-X", "dev")["ask"]
    assert text.count(f"{os.sep}agui_notebook{os.sep}") > 5
    assert "httpx.ConnectError" in text
