"""The wire's edges: where a turn ends, odd frames, half characters, redirects, models' errors."""

from __future__ import annotations

import asyncio
import contextlib
import json
import select
import socketserver
import threading
import time
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.servers import CUT, FINISHED, HANG, STARTED, Reply, answer, called, said, serve_frames

from agui_notebook import (
    AGUIError,
    HTTPStatusError,
    InvalidInput,
    RunFailed,
    TransportError,
    connect,
    serve,
)
from agui_notebook.wire import read_events, transport
from agui_notebook.wire.http_errors import WORDS
from agui_notebook.wire.sse_decoder import PlainDecoder
from agui_notebook.wire.surrogates import Halves, whole

DONE = answer("done", mid="end")


def test_a_turn_ends_with_its_terminal_event_and_not_when_the_server_hangs_up() -> None:
    with serve_frames([*answer("done"), HANG]) as server:
        before = time.monotonic()
        assert connect(server.url).ask("hi").text == "done"
        assert time.monotonic() - before < transport.GRACE + 5
        assert server.gone.wait(10)


def test_what_comes_close_behind_the_terminal_event_still_counts() -> None:
    late = {"type": "STATE_SNAPSHOT", "snapshot": {"late": True}}
    events = [*answer("done"), ("gate", "soon"), late, HANG]
    with serve_frames(events) as server:
        session = connect(server.url)
        session.observe_events(
            lambda record: (
                server.gate("soon").set() if record["event"]["type"] == "RUN_FINISHED" else None
            )
        )
        assert session.ask("hi").text == "done"
    assert "STATE_SNAPSHOT" in [event["type"] for event in session.result.events]


def test_a_relay_ends_with_the_terminal_event_too() -> None:
    with (
        serve_frames([*answer("done"), HANG]) as server,
        serve(server.url, name="relayed") as relay,
    ):
        assert connect(relay.url, token=relay.token).ask("hi").text == "done"


def test_a_keep_alive_behind_the_terminal_event_does_not_keep_the_turn(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(transport, "GRACE", 0.05)

    async def endless() -> Any:
        yield ("the end",)
        while True:
            yield ()
            await asyncio.sleep(0)

    async def read() -> list[Any]:
        got: list[Any] = []
        frames = SimpleNamespace(bursts=endless())
        async for burst in transport.Bursts(frames, lambda: len(got) > 0):  # noqa: B023
            got += burst
        return got

    assert asyncio.run(asyncio.wait_for(read(), 10)) == ["the end"]


ODD = {
    "a ping with a date": b'event: ping\ndata: {"timestamp": "2026-11-28"}\n\n',
    "an empty object": b"event: heartbeat\ndata: {}\n\n",
    "no JSON": b"event: ping\ndata: 2026-11-28 12:00\n\n",
    "null": b"event: keep-alive\ndata: null\n\n",
    "an error object": b'event: error\ndata: {"detail": "quota"}\n\n',
}


@pytest.mark.parametrize("odd", ODD)
def test_a_named_frame_that_is_no_agui_is_passed_over_with_a_warning(odd: str) -> None:
    with serve_frames([STARTED, ODD[odd], *said("hello"), FINISHED]) as server:
        session = connect(server.url)
        assert session.ask("hi").text == "hello"
        name, data = next(read_events(ODD[odd].decode()))
        [told] = session.warnings
        assert told.startswith(f"The agent sent frames named {name!r} that are no AG-UI events")
        assert repr(data) in told


@pytest.mark.parametrize(
    ("frame", "words"),
    [
        (b'event: error\ndata: {"error": "boom"}\n\n', "boom"),
        (b'event: error\ndata: {"error": {"message": "no quota"}}\n\n', "no quota"),
        (b"event: error\ndata: Internal failure\n\n", "Internal failure"),
    ],
)
@pytest.mark.parametrize("before", [[], [STARTED, *said("hel")[:2]]])
@pytest.mark.parametrize("after", [[], [CUT]])
def test_a_frame_named_error_tells_why_a_stream_has_no_other_end(
    frame: bytes, words: str, before: list[Any], after: list[Any]
) -> None:
    """As frameworks for streams send it when the agent's code raises."""
    with serve_frames([*before, frame, *after]) as server:
        session = connect(server.url)
        with pytest.raises(RunFailed, match=f"^{words}$"):
            session.ask("hi")
        assert session.result.text == ("hel" if before else "")
        with serve(server.url, name="relayed") as relay, pytest.raises(AGUIError, match=words):
            connect(relay.url, token=relay.token).ask("hi")


def test_a_named_frame_that_is_agui_is_read_as_one() -> None:
    named = b'event: TEXT\ndata: {"type": "STATE_SNAPSHOT", "snapshot": 1}\n\n'
    with serve_frames([STARTED, named, *said("hello"), FINISHED]) as server:
        session = connect(server.url)
        session.ask("hi")
        assert (session.state, session.warnings) == (1, [])


@pytest.mark.parametrize(
    "frame",
    [
        "data: 1",
        "event: x\ndata: 1",
        "data:1\ndata: 2",
        ": c\nid: 3\nretry: 5\ndata: 1",
        "event: x",
        "nonsense",
        "",
    ],
)
def test_our_own_field_rules_give_what_httpx_sse_gives(
    frame: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_library = [(name or "message", data) for name, data in read_events(frame) if data]
    monkeypatch.setattr("agui_notebook.wire.sse_decoder._Decoder", PlainDecoder)
    assert [event for event in read_events(frame) if event[1]] == by_library


@pytest.mark.parametrize(
    ("deltas", "text"),
    [
        (["a\ud800b"], "a\ufffdb"),
        (["a\ud83d", "\ude00b"], "a\U0001f600b"),
        (["a\ud83d", "b"], "a\ufffdb"),
        (["\ude00"], "\ufffd"),
        (["x\ud83d"], "x\ufffd"),
        (["\ud83d", "\ude00"], "\U0001f600"),
    ],
)
def test_half_characters_are_joined_or_shown_as_lost(deltas: list[str], text: str) -> None:
    message = [
        {"type": "TEXT_MESSAGE_START", "messageId": "m", "role": "assistant"},
        *({"type": "TEXT_MESSAGE_CONTENT", "messageId": "m", "delta": d} for d in deltas),
        {"type": "TEXT_MESSAGE_END", "messageId": "m"},
    ]
    written = [f"data: {json.dumps(event)}\n\n".encode() for event in message]
    with serve_frames([STARTED, *written, FINISHED], DONE) as server:
        session = connect(server.url)
        assert session.ask("hi").text == text
        assert session.messages[-1]["content"] == text
        session.ask("more")
        assert server.requests[1].body["messages"][1]["content"] == text


def test_halves_are_joined_whatever_streams_between_them() -> None:
    def delta(mid: str, text: str) -> dict[str, Any]:
        return {
            "type": "TEXT_MESSAGE_CONTENT",
            "messageId": mid,
            "delta": text,
            "timestamp": next(at),
        }

    at = iter(range(100))
    frames = [
        delta("a", "1\ud83d"),
        delta("b", "2\ud83e"),
        {"type": "STATE_SNAPSHOT", "snapshot": 1},
        delta("a", "\ude00"),
        delta("b", "\udd16"),
        delta("a", "\ud83d"),
        {"type": "TEXT_MESSAGE_END", "messageId": "a"},
        delta("b", "\ud83d"),
        {"type": "RUN_FINISHED"},
    ]
    halves, texts = Halves(), {"a": "", "b": ""}
    for each in [out for one in frames for out in halves.mend(one)]:
        if "delta" in each:
            texts[each["messageId"]] += each["delta"]
    assert texts == {"a": "1\U0001f600\ufffd", "b": "2\U0001f916\ufffd"}


def test_what_our_server_writes_has_whole_characters_in_every_frame() -> None:
    async def agent(text: str) -> Any:
        yield "a\ud83d"
        yield "\ude00b\ud83d"

    with serve(agent, name="cutting") as server:
        response = httpx.post(
            server.url,
            headers=server.headers,
            json={"messages": [{"role": "user", "content": "x"}]},
        )
    deltas = [json.loads(line[6:]).get("delta") for line in response.text.splitlines() if line]
    assert [d.encode() for d in deltas if d] == [b"a", "\U0001f600b".encode(), "\ufffd".encode()]


@given(st.lists(st.text("aé\ud83d\ude00\ud800", max_size=3), max_size=6))
def test_no_text_is_lost_where_halves_are_mended(deltas: list[str]) -> None:
    halves = Halves()
    frames = [{"type": "T", "messageId": "m", "delta": delta} for delta in deltas]
    mended = [out for frame in frames for out in halves.mend(frame)] + list(halves.end())
    assert "".join(frame["delta"] for frame in mended) == whole("".join(deltas))


def test_halves_in_any_other_place_are_mended_too() -> None:
    event = {"type": "STATE_SNAPSHOT", "snapshot": {"caf\udce9": ["\ud800", 1, None]}}
    written = f"data: {json.dumps(event)}\n\n".encode()
    with serve_frames([STARTED, written, FINISHED], DONE) as server:
        session = connect(server.url)
        session.ask("hi")
        assert session.state == {"caf\ufffd": ["\ufffd", 1, None]}
        assert session.ask("more").text == "done"


NUMBERS = ["NaN", "-Infinity", "Infinity", "1e999", "-1e400", "9" * 400]


@pytest.mark.parametrize("number", NUMBERS)
def test_a_number_that_json_lacks_is_told_at_once_and_the_next_turn_goes_on(number: str) -> None:
    odd = f'data: {{"type": "STATE_SNAPSHOT", "snapshot": {{"x": [1, {number}]}}}}\n\n'
    with serve_frames([STARTED, odd.encode(), *said("fine"), FINISHED], DONE) as server:
        session = connect(server.url)
        assert session.ask("hi").text == "fine"
        assert session.state == {"x": [1, None]}
        shown = number if len(number) <= 20 else f"{number[:20]}…"
        assert session.warnings == [
            f"The agent sent STATE_SNAPSHOT with {shown} at '/snapshot/x/1', which is no JSON "
            "number and is read as null: event 2 of this run."
        ]
        assert session.ask("more").text == "done"
        assert server.requests[1].body["state"] == {"x": [1, None]}
    with serve_frames([STARTED, odd.encode(), *said("fine"), FINISHED], DONE) as server:
        strict = connect(server.url, strict=True)
        assert number[:20] in str(strict.ask("hi", check=False).error)
        assert strict.ask("more").text == "done"


def test_a_relay_passes_on_null_for_a_number_that_json_lacks() -> None:
    odd = b'data: {"type": "STATE_SNAPSHOT", "snapshot": {"x": NaN}}\n\n'
    with (
        serve_frames([STARTED, odd, *said("fine"), FINISHED]) as server,
        serve(server.url, name="relaying-numbers") as relay,
    ):
        session = connect(relay.url, token=relay.token)
        assert (session.ask("hi").text, session.state) == ("fine", {"x": None})


def test_another_fault_beside_such_a_number_is_fatal() -> None:
    odd = b'data: {"type": "STATE_SNAPSHOT", "snapshot": {"x": NaN, "x": 1}}\n\n'
    with serve_frames([STARTED, odd, FINISHED]) as server:
        assert "NaN is no JSON number" in str(connect(server.url).ask("hi", check=False).error)


@pytest.mark.parametrize("arguments", ["null", "[]", '""', " ", "{}", ""])
def test_arguments_that_say_nothing_run_a_tool_without_parameters(arguments: str) -> None:
    def ping() -> str:
        """Ping."""
        return "pong"

    with serve_frames([STARTED, *called("ping", arguments), FINISHED], DONE) as server:
        session = connect(server.url, tools=[ping])
        assert session.ask("hi").text == "done"
        [told] = [m for m in server.requests[1].body["messages"] if m["role"] == "tool"]
        assert told["content"] == "pong"


def test_a_chain_of_redirects_on_the_same_server_is_followed() -> None:
    moved = [Reply([], 307, {"location": f"/{n}"}) for n in range(3)]
    with serve_frames(*moved, DONE) as server:
        assert connect(server.url, token="secret-token").ask("hi").text == "done"
        assert [request.path for request in server.requests] == ["/", "/0", "/1", "/2"]
        assert all(r.headers["authorization"] == "Bearer secret-token" for r in server.requests)


def test_redirects_in_a_circle_end() -> None:
    with serve_frames(Reply([], 307, {"location": "/"})) as server:
        with pytest.raises(TransportError, match="redirects in circles"):
            connect(server.url).ask("hi")
        assert len(server.requests) == 5


def test_no_address_without_tls_is_ever_advised() -> None:
    headers = {"location": "http://example.org/agent/"}
    error = WORDS["agent"].status_error("https://example.org/agent", 307, "", headers)
    assert "without TLS" in str(error)
    assert "http://example.org" not in str(error)


@pytest.mark.parametrize("model", [False, True])
def test_a_200_with_a_json_error_keeps_the_providers_words(model: bool) -> None:
    body = {"error": {"message": "The model is overloaded. " + "x" * 300, "type": "server_error"}}
    reply = Reply([json.dumps(body).encode()], 200, {"content-type": "application/json"})
    with serve_frames(reply) as server:
        if model:
            with serve(f"{server.url}v1", model="m", name="model-error") as ours:
                told = str(connect(ours.url, token=ours.token).ask("hi", check=False).error)
        else:
            told = str(connect(server.url).ask("hi", check=False).error)
    assert "The model is overloaded." in told
    assert ("AG-UI" in told) is not model


@pytest.mark.parametrize(
    ("status", "words"),
    [(404, "check model="), (401, "pass headers="), (503, "wait a little"), (409, "busy")],
)
def test_no_advice_speaks_of_agents_where_a_model_answered(status: int, words: str) -> None:
    told = str(WORDS["model"].status_error("http://x/v1/chat/completions", status, ""))
    assert words in told
    assert "agent" not in told.lower()


def test_a_model_that_is_not_there_is_no_agent() -> None:
    with serve("http://127.0.0.1:9/v1", model="m", name="no-model") as ours:
        told = str(connect(ours.url, token=ours.token).ask("hi", check=False).error)
    assert "start the model's server" in told


@pytest.mark.parametrize("token", [" secret-token\n", "\tsecret-token", "secret-token\r\n"])
def test_a_token_loses_the_white_space_that_copying_adds(token: str) -> None:
    with serve_frames(DONE) as server:
        connect(server.url, token=token).ask("hi")
        assert server.requests[0].headers["authorization"] == "Bearer secret-token"


@pytest.mark.parametrize("token", ["secret token", "secret\ntoken", "sécret-token", " ", 7])
def test_a_token_that_cannot_be_sent_is_refused_unseen(token: Any) -> None:
    with pytest.raises(InvalidInput, match="token cannot be sent") as caught:
        connect("http://127.0.0.1:9/", token=token)
    assert "cret" not in str(caught.value)


def test_a_header_that_cannot_be_sent_is_named_and_its_value_is_not_shown() -> None:
    with serve_frames(DONE) as server:
        headers = {"X-Key": "secret\nvalue"}
        with pytest.raises(InvalidInput, match="The header 'X-Key' cannot be sent") as caught:
            connect(server.url, headers=headers).ask("hi")
        assert "secret" not in str(caught.value)
        connect(server.url, headers={"X-Key": " value \n"}).ask("hi")
        assert server.requests[0].headers["x-key"] == "value"


def test_a_busy_or_full_server_has_a_sentence_each() -> None:
    for status, words in ((409, "busy with another run"), (503, "full or not ready")):
        with (
            serve_frames(Reply([], status)) as server,
            pytest.raises(HTTPStatusError, match=words),
        ):
            connect(server.url).ask("hi")


def test_what_comes_drop_by_drop_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that sends a byte now and then never runs into the time between two bytes."""
    monkeypatch.setattr("agui_notebook.wire.probe.SECONDS", 0.5)
    monkeypatch.setattr("agui_notebook.limits.ERROR_SECONDS", 1.0)
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Dripping) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.05,)).start()
        try:
            session = connect(f"http://127.0.0.1:{server.server_address[1]}/")
            assert "did not tell within 0.5 s" in asyncio.run(session.probe())
            with pytest.raises(HTTPStatusError) as caught:
                session.ask("hi")
            assert 0 < len(caught.value.body) < 1_000
            session.close()
        finally:
            server.shutdown()


class Dripping(socketserver.BaseRequestHandler):
    """Answers with an error whose text never ends."""

    def handle(self) -> None:
        self.request.recv(65_536)
        self.request.sendall(b"HTTP/1.1 500 No\r\ncontent-type: text/plain\r\n\r\n")
        with contextlib.suppress(OSError):  # until the caller has hung up
            while not self._has_gone():
                self.request.sendall(b"x")

    def _has_gone(self) -> bool:
        """After a moment; what is readable may also be the rest of what was asked."""
        readable = select.select([self.request], [], [], 0.05)[0]
        return bool(readable) and self.request.recv(65_536) == b""
