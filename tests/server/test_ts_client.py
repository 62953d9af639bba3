"""The official TypeScript client understands everything our server says, without a word of warning.

It is fetched from npm into .lanes/ts when first needed.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from agui_notebook import Emitter, serve
from agui_notebook.agents import Demo, RunRequest

pytestmark = pytest.mark.lane
ROOT = Path(__file__).resolve().parents[2]
LANE = ROOT / ".lanes" / "ts"
PACKAGE = "@ag-ui/client@1.0.0"
DRIVER = Path(__file__).with_name("ts_client.mjs")
QUIET = ("text", "tools", "reasoning", "plan", "state", "error", "interrupt", "frontend", "thread")


class Watched(Demo):
    """The demo, which tells when a run of it was cut off."""

    cut = threading.Event()

    async def run(self, request: RunRequest, emit: Emitter) -> None:
        done = False
        try:
            await super().run(request, emit)
            done = True
        finally:
            if not done:
                self.cut.set()


def install() -> None:
    if not (npm := shutil.which("npm")) or not shutil.which("node"):
        pytest.skip("the TypeScript client needs node and npm")
    if not (LANE / "node_modules" / "@ag-ui" / "client").is_dir():
        LANE.mkdir(parents=True, exist_ok=True)
        command = [npm, "install", "--no-audit", "--no-fund", "--prefix", str(LANE), PACKAGE]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            pytest.skip(f"npm could not fetch {PACKAGE}: {done.stderr[-300:]}")


@pytest.fixture(scope="module")
def report() -> Iterator[dict[str, Any]]:
    install()
    with serve(Watched(pace=2000), name="ts") as server:
        command = ["node", str(DRIVER), str(LANE), server.url, str(server.token)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)
        assert done.returncode == 0, done.stderr
        yield json.loads(done.stdout)


@pytest.mark.parametrize("scene", QUIET)
def test_nothing_is_rejected_and_nothing_is_warned_about(
    report: dict[str, Any], scene: str
) -> None:
    assert report[scene]["warnings"] == []
    assert [run["failed"] for run in report[scene]["runs"]] == [None] * len(report[scene]["runs"])


def test_text_arrives_whole(report: dict[str, Any]) -> None:
    (run,) = report["text"]["runs"]
    assert run["types"] == [
        "RUN_STARTED",
        "TEXT_MESSAGE_START",
        "TEXT_MESSAGE_CONTENT",
        "TEXT_MESSAGE_END",
        "RUN_FINISHED",
    ]
    assert run["messages"][1]["content"].startswith("## A small tour of Markdown")
    assert run["outcome"] == {"type": "success"}


def test_tool_calls_hang_on_one_message_and_are_answered(report: dict[str, Any]) -> None:
    messages = report["tools"]["runs"][0]["messages"]
    assert [m["role"] for m in messages] == ["user", "assistant", "tool", "tool", "assistant"]
    calls = messages[1]["toolCalls"]
    assert [call["id"] for call in calls] == [m["toolCallId"] for m in messages[2:4]]


def test_reasoning_precedes_the_answer(report: dict[str, Any]) -> None:
    assert [m["role"] for m in report["reasoning"]["runs"][0]["messages"]] == [
        "user",
        "reasoning",
        "assistant",
    ]


def test_an_approval_interrupts_and_the_answer_is_obeyed(report: dict[str, Any]) -> None:
    asked, resumed = report["interrupt"]["runs"]
    assert asked["outcome"]["type"] == "interrupt"
    results = [m["content"] for m in resumed["messages"] if m["role"] == "tool"]
    assert results == ["Sent to ada@example.com: Lunch on Friday"]
    assert resumed["outcome"] == {"type": "success"}


def test_a_frontend_call_is_pending_and_its_result_is_read(report: dict[str, Any]) -> None:
    called, told = report["frontend"]["runs"]
    assert len(called["outcome"]["pendingToolCallIds"]) == 1
    assert "42 rows" in told["messages"][-1]["content"]


def test_the_state_is_shared_and_a_plan_shows_its_progress(report: dict[str, Any]) -> None:
    assert len(report["state"]["runs"][0]["state"]["todo"]) == 3
    activities = [m for m in report["plan"]["runs"][0]["messages"] if m["role"] == "activity"]
    assert activities[0]["content"]["done"] == 3


def test_an_error_is_told_and_what_was_said_stays(report: dict[str, Any]) -> None:
    (run,) = report["error"]["runs"]
    assert run["error"]["code"] == "demo"
    assert run["messages"][1]["content"].startswith("I begin to answer")


def test_aborting_stops_the_agent(report: dict[str, Any]) -> None:
    (run,) = report["cancel"]["runs"]
    assert run["error"]["code"] == "abort"
    assert Watched.cut.wait(5)


def test_the_thread_goes_on(report: dict[str, Any]) -> None:
    assert "What is 2 + 2?" in report["thread"]["runs"][1]["messages"][-1]["content"]
