"""What deployed servers really sent, read tolerantly into the document they meant."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from agui_notebook.protocol import Document, Pipeline, new_document
from agui_notebook.wire import FrameReader, decode

SHARED = Path(__file__).resolve().parents[3] / "shared" / "recordings"
SDK_STREAMS = sorted((SHARED / "python_sdk_versions").glob("*.sse"))
RECORDINGS = [
    path.with_name(path.name.removesuffix(".meta.json"))
    for path in sorted(SHARED.glob("*/*.meta.json"))
    if json.loads(path.read_text("utf-8"))["status"] == 200
]
NEEDS_SHARED = pytest.mark.skipif(not SHARED.is_dir(), reason="no recordings in ../shared")
pytestmark = NEEDS_SHARED


def played(stream: Path, request: dict[str, Any]) -> tuple[Document, Pipeline]:
    """The document after a recorded stream, or ProtocolError."""
    messages = [message for message in request.get("messages", ()) if "id" in message]
    thread = request.get("threadId") or request.get("thread_id") or "t"
    document = new_document(thread, messages, request.get("state"))
    pipeline = Pipeline(document, request)
    for frame in frames(stream.read_bytes()):
        for _ in pipeline.feed(frame, 1):
            pass
    for _ in pipeline.close(2):
        pass
    return document, pipeline


def frames(data: bytes) -> Iterator[object]:
    reader = FrameReader()
    yield from map(decode, reader.feed(data))
    yield from map(decode, reader.close())


def anonymous(messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Messages without the ids that a client mints for the retired reasoning events."""
    return [
        {
            key: item
            for key, item in message.items()
            if key != "id" or message["role"] != "reasoning"
        }
        for message in messages
    ]


@pytest.mark.parametrize("stream", SDK_STREAMS, ids=lambda path: path.stem)
def test_every_version_of_the_python_sdk_is_understood(stream: Path) -> None:
    document, pipeline = played(stream, {"threadId": "t-ref", "runId": "r-ref"})
    reference = json.loads((SDK_STREAMS[-1].parent / "1.0.0-encoder.reference.json").read_text())
    assert anonymous(document["messages"]) == anonymous(reference["messages"])
    assert document["state"] == {"a": 1, "n": None, "b": None}
    assert pipeline.outcome == "success"
    assert len(pipeline.warnings) <= 3  # an old server is worth a word, not one per event


BETTER_THAN_FIRST_PARTY = {
    # it loses what came in one piece with the event it rejects
    "agent_framework/workflow_error",
    # it moves a result that the snapshot names anew behind the answer
    "agent_framework/hitl_approve_2",
    "agent_framework/hitl_deny_2",
    # it puts what the snapshot has and we do not, the system message say, behind the answer
    "agent_framework/seed_client_body",
    "llama/chat",
    "llama/reasoning",
}


@pytest.mark.parametrize("recording", RECORDINGS, ids=lambda p: f"{p.parent.name}/{p.name}")
def test_every_recorded_server_is_understood(recording: Path) -> None:
    request = json.loads(recording.with_suffix(".request.json").read_text("utf-8"))
    theirs = json.loads(recording.with_suffix(".ts_client.json").read_text("utf-8"))
    document, pipeline = played(recording.with_suffix(".sse"), request)
    meant = list(map(terminal, frames(recording.with_suffix(".sse").read_bytes())))
    assert pipeline.outcome == next(filter(None, reversed(meant)))
    assert document["state"] == theirs["state"]
    if f"{recording.parent.name}/{recording.name}" not in BETTER_THAN_FIRST_PARTY:
        assert anonymous(document["messages"]) == anonymous(theirs["messages"])


@pytest.mark.parametrize("recording", RECORDINGS, ids=lambda p: f"{p.parent.name}/{p.name}")
def test_the_messages_of_every_recorded_server_come_in_an_order_a_chat_model_accepts(
    recording: Path,
) -> None:
    request = json.loads(recording.with_suffix(".request.json").read_text("utf-8"))
    messages = played(recording.with_suffix(".sse"), request)[0]["messages"]
    spoken = [m for m in messages if m["role"] not in ("activity", "reasoning")]
    systems = [n for n, m in enumerate(spoken) if m["role"] in ("system", "developer")]
    assert systems == list(range(len(systems)))
    for place, message in enumerate(spoken):
        if message["role"] == "tool":
            caller = next(m for m in reversed(spoken[:place]) if m["role"] != "tool")
            assert message["toolCallId"] in [call["id"] for call in caller.get("toolCalls", ())]


def terminal(frame: Any) -> str | None:
    """The outcome a terminal event declares."""
    if frame["type"] == "RUN_ERROR":
        return "error"
    if frame["type"] != "RUN_FINISHED":
        return None
    return (frame.get("outcome") or {}).get("type", "success")


def test_what_came_behind_a_run_error_does_not_hide_it() -> None:
    recording = SHARED / "agent_framework" / "workflow_error"
    request = json.loads(recording.with_suffix(".request.json").read_text("utf-8"))
    document, _ = played(recording.with_suffix(".sse"), request)
    assert document["runs"][-1]["error"] == {
        "message": "Workflow execution failed.",
        "code": "RuntimeError",
    }
    assert [message["role"] for message in document["messages"]] == ["user", "activity"]


def test_a_result_named_anew_stays_between_its_call_and_the_answer() -> None:
    recording = SHARED / "agent_framework" / "hitl_approve_2"
    request = json.loads(recording.with_suffix(".request.json").read_text("utf-8"))
    document, _ = played(recording.with_suffix(".sse"), request)
    assert [message["role"] for message in document["messages"]] == [
        *("user", "assistant", "assistant", "tool", "assistant")
    ]
