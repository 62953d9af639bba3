"""Answers in plain JSON where an event stream belongs: lines, a list, a whole completion."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import cycle
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.runs import Ran, get_weather, run
from support.servers import CUT, FINISHED, STARTED, Reply, Request, said, serve_frames

from agui_notebook import TransportError, connect, serve
from agui_notebook.agents import wrap
from agui_notebook.client import JudgedFrames
from agui_notebook.wire import JSONValues

TEXT = 'a "quoted" } brace, \\ and é'


TOLD = "The agent answered in plain JSON where an event stream belongs"


def events(request: Request) -> list[Any]:
    """The events of an answer, with the ids that were asked for."""
    ids = {key: request.body[key] for key in ("threadId", "runId")}
    return [{**STARTED, **ids}, *said(TEXT), {**FINISHED, **ids}]


FORMS: dict[str, Callable[[list[Any]], str]] = {
    "one behind the other": lambda told: "".join(map(json.dumps, told)),
    "lines": lambda told: "\n".join(map(json.dumps, told)) + "\n",
    "lines of Windows": lambda told: "\r\n".join(json.dumps(e, ensure_ascii=False) for e in told),
    "a list": json.dumps,
    "a list with line feeds": lambda told: json.dumps(told, indent=2, ensure_ascii=False),
    "a mark and white space first": lambda told: "\ufeff\n  " + json.dumps(told),
    "the last word of a stream behind": lambda told: json.dumps(told) + "data: [DONE]\n\n",
}


KINDS = ("text/event-stream", "application/x-ndjson", "application/json")


def cut(text: str, size: int) -> list[bytes]:
    data = text.encode()
    return [data[at : at + size] for at in range(0, len(data), size)]


@pytest.mark.parametrize(("form", "kind"), list(zip(FORMS, cycle(KINDS), strict=False)))
def test_events_in_plain_json_are_read_with_one_warning(form: str, kind: str) -> None:
    """Objects with nothing between them (agno-agi/agno#3908) are one of the forms."""

    def answer(request: Request) -> Reply:
        return Reply(cut(FORMS[form](events(request)), 7), 200, {"content-type": kind})

    with serve_frames(answer) as server:
        session = connect(server.url)
        assert session.ask("hi").text == TEXT
        [told] = session.warnings
        assert told.startswith(TOLD)
        rows = JudgedFrames(session.thread.captures, session.secrets).more(100)
    assert [row["type"] for row in rows[1:]] == [e["event"]["type"] for e in session.events]
    assert {row["verdict"] for row in rows[1:]} == {"taken"}


def listed(request: Request) -> Reply:
    return Reply([json.dumps(events(request)).encode()])


def test_strict_refuses_them_and_names_what_came() -> None:
    with (
        serve_frames(listed) as server,
        pytest.raises(TransportError, match="holds no AG-UI events"),
    ):
        connect(server.url, strict=True).ask("hi")


def test_what_is_served_on_is_a_stream() -> None:
    with serve_frames(listed) as server:
        relay = serve(server.url, name="relayed in JSON")
        session = connect(relay.url, token=relay.token)
        assert (session.ask("hi").text, session.warnings) == (TEXT, [])
        relay.stop()


def test_lines_that_end_too_early_are_incomplete_and_keep_what_came() -> None:
    def answer(request: Request) -> Reply:
        lines = [f"{json.dumps(event)}\n".encode() for event in events(request)]
        return Reply([*lines[:3], lines[3][:9], CUT])

    with serve_frames(answer) as server:
        session = connect(server.url)
        with pytest.raises(TransportError) as caught:
            session.ask("hi")
    assert caught.value.result.outcome == "incomplete"


def test_a_line_that_is_no_json_among_events_is_the_agents_fault() -> None:
    def answer(request: Request) -> Reply:
        first, *_ = events(request)
        return Reply([json.dumps(first).encode(), b'\n{"type": oops}\n'])

    with serve_frames(answer) as server:
        session = connect(server.url)
        with pytest.raises(Exception, match="cannot be read"):
            session.ask("hi")


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ('{"error": {"message": "no quota"}}', "It said: no quota"),
        ('{"detail": "Not here"}', "It said: Not here"),
        ('{"type": "error", "error": {"message": "overloaded"}}', "It said: overloaded"),
        ('{"ok": 1}', "holds no AG-UI events"),
        ("[]", "holds no AG-UI events"),
    ],
)
def test_json_without_events_keeps_the_servers_words(body: str, words: str) -> None:
    with serve_frames(Reply([body.encode()])) as server, pytest.raises(TransportError, match=words):
        connect(server.url).ask("hi")


def test_json_that_holds_no_event_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agui_notebook.limits.SILENT_BYTES", 1000)
    with (
        serve_frames(Reply([b"[" * 600] * 2)) as server,
        pytest.raises(Exception, match="no events"),
    ):
        connect(server.url).ask("hi")


def test_an_object_without_an_end_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agui_notebook.limits.FRAME_BYTES", 1000)
    endless = json.dumps({"type": "CUSTOM", "name": "x" * 2000})
    with (
        serve_frames(Reply(cut(endless, 300))) as server,
        pytest.raises(Exception, match="FRAME_BYTES"),
    ):
        connect(server.url).ask("hi")


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.lists(st.dictionaries(st.text(), PLAIN, max_size=3), max_size=4), st.data())
def test_objects_are_found_wherever_the_network_cuts_them(
    objects: list[dict[str, Any]], data: st.DataObject
) -> None:
    escaped = data.draw(st.booleans())
    between = data.draw(st.sampled_from(["", "\n", ", ", "]["]))
    text = between.join(json.dumps(each, ensure_ascii=escaped) for each in objects)
    values, found, at = JSONValues(), list[str](), 0
    while at < len(text):
        size = data.draw(st.integers(1, 9))
        found += values.feed(text[at : at + size])
        at += size
    assert [json.loads(each) for each in found] == objects


# -- gateways that answer stream=true with all of it -------------------------------------------

USAGE = {"prompt_tokens": 5, "completion_tokens": 7, "total_tokens": 12}


def completion(finish: str = "stop", **message: Any) -> bytes:
    choice = {"index": 0, "message": {"role": "assistant", **message}, "finish_reason": finish}
    about = {"id": "c", "object": "chat.completion", "created": 1, "model": "m"}
    return json.dumps({**about, "choices": [choice], "usage": USAGE}, indent=1).encode()


async def ask(url: str, *, warned: bool = False, **options: Any) -> Ran:
    agent: Any = wrap(f"{url}v1", model="m", **options)
    try:
        return await run(agent, "hi", warned=warned)
    finally:
        await agent.aclose()


def of_gateway(*bodies: bytes) -> Any:
    kind = {"content-type": "application/json"}
    return serve_frames(*[Reply([body], 200, kind) for body in bodies])


@pytest.mark.parametrize("behind", [b"", b"data: [DONE]\n\n"])
@pytest.mark.anyio
async def test_a_whole_completion_is_an_answer(behind: bytes) -> None:
    """Also with a stream's last word behind it (decolua/9router#3492)."""
    with of_gateway(completion(content="Hello", reasoning_content="Hm.") + behind) as server:
        ran = await ask(server.url)
    assert ran.said == [
        {"role": "reasoning", "content": "Hm."},
        {"role": "assistant", "content": "Hello"},
    ]
    assert ran.end["outcome"] == {"type": "success"}
    assert ran.end["usage"][0]["outputTokens"] == 7


@pytest.mark.anyio
async def test_the_calls_of_a_whole_completion_run_once_and_the_model_goes_on() -> None:
    function = {"name": "get_weather", "arguments": '{"city": "Oslo"}'}
    call = {"id": "call_a", "type": "function", "function": function}
    first = completion("tool_calls", content=None, tool_calls=[call])
    with of_gateway(first, completion(content="Cold.")) as server:
        ran = await ask(server.url, tools=[get_weather])
        assert len(server.requests) == 2
    assert [m["content"] for m in ran.said if m.get("content")] == ["3", "Cold."]


@pytest.mark.anyio
async def test_a_whole_completion_that_a_limit_cut_is_told() -> None:
    with of_gateway(completion("length", content="half")) as server:
        ran = await ask(server.url, warned=True)
    assert "length" in ran.warnings[0]


@pytest.mark.anyio
async def test_an_error_in_place_of_a_completion_keeps_its_words() -> None:
    with of_gateway(b'{"error": {"message": "no quota"}}') as server:
        ran = await ask(server.url)
    assert ran.end["type"] == "RUN_ERROR"
    assert "no quota" in ran.end["message"]
