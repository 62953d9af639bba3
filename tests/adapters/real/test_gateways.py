"""Gateways that answer a request for a stream with all of it at once, through the real SDKs."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import anthropic
import openai
import pytest
from kind_cases import called_in, spoken
from models import KEY, Hold, Scripted
from support.runs import Ran, get_weather, run

from agui_notebook.agents import wrap

pytestmark = pytest.mark.anyio
OSLO = {"city": "Oslo"}
CHAT_CALL = {
    "id": "call_a",
    "type": "function",
    "function": {"name": "get_weather", "arguments": json.dumps(OSLO)},
}


def chat(finish: str = "stop", **message: Any) -> dict[str, Any]:
    choice = {"index": 0, "message": {"role": "assistant", **message}, "finish_reason": finish}
    usage = {"prompt_tokens": 5, "completion_tokens": 7, "total_tokens": 12}
    about = {"id": "c", "object": "chat.completion", "created": 1, "model": "m"}
    return {**about, "choices": [choice], "usage": usage}


def response(*output: Any, **about: Any) -> dict[str, Any]:
    usage = {"input_tokens": 5, "output_tokens": 7, "total_tokens": 12}
    head = {"id": "r", "object": "response", "created_at": 1, "model": "m", "status": "completed"}
    return {**head, "output": list(output), "usage": usage, **about}


def spoken_item(text: str) -> dict[str, Any]:
    part = {"type": "output_text", "text": text, "annotations": []}
    about = {"type": "message", "id": "i", "role": "assistant", "status": "completed"}
    return {**about, "content": [part]}


def message(*content: Any, stop: str = "end_turn") -> dict[str, Any]:
    usage = {"input_tokens": 5, "output_tokens": 7}
    head = {"id": "m", "type": "message", "role": "assistant", "model": "m"}
    return {**head, "content": list(content), "stop_reason": stop, "usage": usage}


CALLED_ITEM = {
    "type": "function_call",
    "id": "i",
    "call_id": "call_a",
    "name": "get_weather",
    "arguments": json.dumps(OSLO),
    "status": "completed",
}
TOOL_USE = {"type": "tool_use", "id": "call_a", "name": "get_weather", "input": OSLO}
CUT_OUTPUT = {"status": "incomplete", "incomplete_details": {"reason": "max_output_tokens"}}
# what each dialect's server says: text, a call, text that a limit cut
SAID: dict[str, tuple[Any, Any, Any]] = {
    "chat": (
        chat(content="Hello"),
        chat("tool_calls", content=None, tool_calls=[CHAT_CALL]),
        chat("length", content="Hello"),
    ),
    "responses": (
        response(spoken_item("Hello")),
        response(CALLED_ITEM),
        response(spoken_item("Hello"), **CUT_OUTPUT),
    ),
    "messages": (
        message({"type": "text", "text": "Hello"}),
        message(TOOL_USE, stop="tool_use"),
        message({"type": "text", "text": "Hello"}, stop="max_tokens"),
    ),
}
KINDS = [f"{dialect}, {way}" for dialect in SAID for way in ("async", "sync")]


def client(kind: str, url: str) -> Any:
    dialect, _, way = kind.partition(", ")
    library: Any = anthropic if dialect == "messages" else openai
    name = "Anthropic" if dialect == "messages" else "OpenAI"
    made = getattr(library, f"Async{name}" if way == "async" else name)(
        base_url=url, api_key="k", max_retries=0
    )
    return made.responses if dialect == "responses" else made


async def ask(kind: str, server: Scripted, *bodies: Any, **options: Any) -> Ran:
    server.content_type = "application/json; charset=utf-8"
    first, *later = [json.dumps(body).encode() for body in bodies]
    server.frames, server.later = [first[:9], first[9:]], later or None
    return await run(wrap(client(kind, server.url), model="m", **options), "hi", warned=True)


@pytest.mark.parametrize("kind", KINDS)
async def test_a_whole_answer_is_read(kind: str, scripted: Scripted) -> None:
    ran = await ask(kind, scripted, SAID[kind.partition(",")[0]][0])
    assert spoken(ran) == [("assistant", "Hello")]
    assert (ran.end["outcome"], ran.warnings) == ({"type": "success"}, [])
    assert ran.end["usage"][0]["outputTokens"] == 7
    assert len(scripted.requests) == 1


@pytest.mark.parametrize("kind", KINDS)
async def test_its_calls_run_once(kind: str, scripted: Scripted) -> None:
    text, call, _ = SAID[kind.partition(",")[0]]
    ran = await ask(kind, scripted, call, text, tools=[get_weather])
    assert called_in(ran) == [("get_weather", OSLO)]
    assert spoken(ran) == [("tool", "3"), ("assistant", "Hello")]
    assert len(scripted.requests) == 2


@pytest.mark.parametrize("kind", KINDS)
async def test_its_limit_is_told(kind: str, scripted: Scripted) -> None:
    ran = await ask(kind, scripted, SAID[kind.partition(",")[0]][2])
    assert spoken(ran) == [("assistant", "Hello")]
    assert "limit" in ran.warnings[0]


@pytest.mark.parametrize("kind", KINDS)
async def test_an_error_in_its_place_keeps_its_words_and_no_key(
    kind: str, scripted: Scripted
) -> None:
    said = {"message": f"No quota for {KEY}", "type": "quota"}
    ran = await ask(kind, scripted, {"type": "error", "error": said})
    assert ran.end["type"] == "RUN_ERROR"
    assert "No quota for ***" in ran.end["message"]
    assert KEY not in json.dumps(ran.events)


@pytest.mark.parametrize("kind", KINDS)
async def test_half_of_one_is_an_answer_cut_off(kind: str, scripted: Scripted) -> None:
    scripted.content_type, scripted.frames = "application/json", [b'{"choices": [{"me']
    ran = await run(wrap(client(kind, scripted.url), model="m"), "hi")
    assert ran.end["message"] == "The model's answer was cut off before its end."


@pytest.mark.parametrize("kind", ["chat, async", "chat, sync"])
async def test_stop_ends_the_wait_for_one(kind: str, scripted: Scripted) -> None:
    scripted.content_type, scripted.frames = "application/json", [b'{"choices": ', Hold()]
    asked = asyncio.create_task(run(wrap(client(kind, scripted.url), model="m"), "hi"))
    assert await asyncio.to_thread(scripted.holding.wait, 10)
    asked.cancel()
    assert await asyncio.to_thread(scripted.gone.wait, 1.0)
    with pytest.raises(asyncio.CancelledError):
        await asked
