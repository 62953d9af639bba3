"""Virtual environments with the real provider packages, one per set of pins that fits together.

``python tests/support/lanes.py [name ...]`` makes them under .lanes/, and does nothing for those
that are as wanted already. Tests in real/ run inside them (see test_lanes.py).
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LANES = ROOT / ".lanes"
REAL = ROOT / "tests" / "adapters" / "real"
OURS = (
    "anyio",
    "httpx",
    "httpx-sse",
    "docstring-parser",
    "nest-asyncio2",
    "pytest",
    "pytest-timeout",
    "starlette",
    "uvicorn",
)
AIMOCK = "@copilotkit/aimock@1.43.0"


class Unavailable(Exception):
    """This machine cannot make the lane; the text says why."""


@dataclass(frozen=True)
class Lane:
    """One environment: what is installed, and the test modules that run in it."""

    name: str
    packages: Sequence[str]
    modules: Sequence[str]

    @property
    def home(self) -> Path:
        return LANES / self.name

    @property
    def python(self) -> Path:
        return self.home / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


ALL = (
    Lane(
        "clients",
        ("openai==3.54.0", "anthropic==2.12.0", "google-genai==3.4.0", "ollama==0.6.3"),
        (
            "test_answers.py",
            "test_openai_chat.py",
            "test_openai_responses.py",
            "test_openai_url.py",
            "test_anthropic.py",
            "test_google_genai.py",
            "test_ollama.py",
            "test_serving.py",
        ),
    ),
    Lane(
        "agent-framework",  # the one framework that is still on ag-ui-protocol 0.1
        (
            "ag-ui-protocol==0.1.22",
            "agent-framework-core==1.23.0",
            "agent-framework-ag-ui==1.7.0",
            "agent-framework-openai==1.17.0",
        ),
        ("test_agent_framework.py", "test_agent_framework_server.py"),
    ),
    Lane(
        "frameworks",
        (
            "ag-ui-protocol==1.0.0",
            "ag-ui-langgraph[fastapi]==0.0.47",
            "langchain==1.4.7",
            "langchain-anthropic",
            "langchain-openai==1.7.3",
            "langgraph==1.2.22",
            "pydantic-ai-slim[ag-ui,openai]==2.68.0",
        ),
        (
            "test_pydantic_ai.py",
            "test_langgraph.py",
            "test_answers.py",
            "test_langchain.py",
            "test_framework_servers.py",
        ),
    ),
    Lane(
        "litellm", ("litellm==1.106.2", "mcp", "openai<3"), ("test_answers.py", "test_litellm.py")
    ),
)
RAY = Lane(
    "ray", ("ray[serve]==2.60.0",), ()
)  # for what is exported, see tests/exports/test_export.py
BY_NAME = {lane.name: lane for lane in (*ALL, RAY)}


def ready(lane: Lane) -> Lane:
    """Make the lane unless it is there already. Raises Unavailable."""
    wanted = sorted({*lane.packages, *OURS})
    mark = lane.home / "wanted.txt"
    digest = hashlib.sha256("\n".join(wanted).encode()).hexdigest()
    if not (mark.is_file() and mark.read_text(encoding="utf-8") == digest):
        shutil.rmtree(lane.home, ignore_errors=True)
        _install(lane, wanted)
        mark.write_text(digest, encoding="utf-8")
    return lane


def _install(lane: Lane, wanted: Sequence[str]) -> None:
    if uv := _uv():
        _run([uv, "venv", "-q", "--python", ">=3.11", str(lane.home)])
        _run([uv, "pip", "install", "-q", "--python", str(lane.python), *wanted])
        return
    if sys.version_info < (3, 11):
        raise Unavailable("the real packages need Python 3.11, and there is no uv to find one")
    _run([sys.executable, "-m", "venv", str(lane.home)])
    _run([str(lane.python), "-m", "pip", "install", "-q", *wanted])


def _uv() -> str | None:
    beside = Path(sys.executable).with_name("uv")
    return str(beside) if beside.is_file() else shutil.which("uv")


def aimock() -> Path:
    """The mock model server's script, installed from npm. Raises Unavailable."""
    home = LANES / "aimock"
    script = home / "node_modules/@copilotkit/aimock/dist/cli.js"
    if not script.is_file():
        if not (npm := shutil.which("npm")):
            raise Unavailable("the mock model server needs npm")
        home.mkdir(parents=True, exist_ok=True)
        _run([npm, "install", "--no-audit", "--no-fund", "--prefix", str(home), AIMOCK])
    return script


def _run(command: Sequence[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Unavailable(f"{' '.join(command[:4])} ... failed: {done.stderr.strip()[-600:]}")


if __name__ == "__main__":
    print(aimock())
    for chosen in [BY_NAME[name] for name in sys.argv[1:]] or ALL:
        print(ready(chosen).home)
