"""What goes wrong between us and an agent: one sentence each, and nothing received is lost."""

from __future__ import annotations

import asyncio
import errno
import json
import socket
import socketserver
import threading
from typing import Any

import httpx
import pytest
from support.servers import CUT, FINISHED, HANG, STARTED, Reply, answer, frame, said, serve_frames

from agui_notebook import (
    HTTPStatusError,
    IncompleteRun,
    InvalidInput,
    ProtocolError,
    Timeout,
    TransportError,
    connect,
)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def refused(status: int, body: str = "", **headers: str) -> Reply:
    return Reply([body.encode()], status, {"content-type": "text/plain", **headers})


def test_no_server_at_the_url() -> None:
    url = f"http://127.0.0.1:{free_port()}/"
    session = connect(url)
    with pytest.raises(TransportError) as caught:
        session.ask("hi")
    assert str(caught.value) == (
        f"No server answers at {url}: start the agent's server, or check the URL's host and port."
    )
    assert caught.value.url == url
    assert caught.value.result.outcome == "error"
    assert caught.value.result.events == []
    assert [run["status"] for run in session.runs] == ["error"]


def test_the_chat_goes_on_after_a_fault() -> None:
    with serve_frames(refused(500, "boom"), answer("fine")) as server:
        session = connect(server.url)
        with pytest.raises(HTTPStatusError):
            session.ask("one")
        assert session.ask("two").text == "fine"
        assert [m["content"] for m in server.requests[1].body["messages"]] == ["one", "two"]


def test_an_unknown_host() -> None:
    with pytest.raises(TransportError, match=r"The host 'no-such-host.invalid' is unknown: check"):
        connect("http://no-such-host.invalid/").ask("hi")


@pytest.mark.parametrize(
    ("status", "body", "advice"),
    [
        (401, "", "it wants credentials: pass token=... or headers=..."),
        (403, "no", "refuses these credentials or this origin"),
        (404, '{"detail":"Not Found"}', r"no agent at this path.* It said: Not Found"),
        (304, "", "it took the request for a page that has not changed: a cache stands between"),
        (405, "", "takes no POST"),
        (407, "", "a proxy before it wants credentials: put them into HTTP_PROXY or HTTPS_PROXY"),
        (422, '{"detail":[{"loc":["runId"]}]}', r'rejected .* It said: \[{"loc": \["runId"\]}\]'),
        (429, "", "wait a little"),
        (500, "<h1>Internal</h1>\n  oops", "see its log. It said: <h1>Internal</h1> oops"),
        (418, "x" * 900, r"check the URL. It said: x{200}…"),
    ],
)
def test_a_status_instead_of_a_stream(status: int, body: str, advice: str) -> None:
    with (
        serve_frames(refused(status, body)) as server,
        pytest.raises(HTTPStatusError, match=advice) as caught,
    ):
        connect(server.url).ask("hi")
    assert str(caught.value).startswith(f"{server.url} answered HTTP {status}; ")
    assert (caught.value.status, caught.value.body) == (status, body[:500])


def test_a_missing_slash_is_followed_on_the_same_server() -> None:
    moved = Reply([], 307, {"location": "/agent/"})
    with serve_frames(moved, answer("here")) as server:
        assert connect(server.url + "agent", token="t").ask("hi").text == "here"
    assert [request.path for request in server.requests] == ["/agent", "/agent/"]
    assert server.requests[1].body == server.requests[0].body
    assert server.requests[1].headers["authorization"] == "Bearer t"


def test_an_https_address_of_a_server_without_tls() -> None:
    with socketserver.TCPServer(("127.0.0.1", 0), NoTLS) as server:
        threading.Thread(target=server.handle_request).start()
        with pytest.raises(TransportError, match=r"does not speak TLS .*try http://"):
            connect(f"https://127.0.0.1:{server.server_address[1]}/").ask("hi")


class NoTLS(socketserver.BaseRequestHandler):
    """Answers whatever comes in plain words."""

    def handle(self) -> None:
        self.request.recv(1024)
        self.request.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")


def test_a_conversation_is_never_sent_on_to_another_host() -> None:
    with serve_frames(answer("stolen")) as other:
        moved = Reply([], 307, {"location": other.url})
        complaint = f"redirects to {other.url}: connect to that"
        with serve_frames(moved) as server, pytest.raises(HTTPStatusError, match=complaint):
            connect(server.url).ask("hi")
        assert other.requests == []


@pytest.mark.parametrize(
    ("location", "advice"),
    [
        ("", "it redirects without saying where: check the URL"),
        ("javascript:alert(1)", "is no address, or redirects to what is none"),
        ("http://[half", "no address: check the URL"),
        ("https://ann:secret@example.org/?key=abc", r"https://\*\*\*@example.org/\?key=\*\*\*"),
        ("http://127.0.0.1:99999/", "no address"),
    ],
)
def test_an_odd_location_gets_the_right_sentence(location: str, advice: str) -> None:
    given = {"location": location} if location else {}
    with (
        serve_frames(refused(302, **given)) as server,
        pytest.raises(TransportError, match=advice) as caught,
    ):
        connect(server.url).ask("hi")
    assert "secret" not in str(caught.value)


def test_retry_after_is_told_and_kept() -> None:
    with serve_frames(refused(429, **{"retry-after": "7"})) as server:
        with pytest.raises(HTTPStatusError, match=r"run again. It asks to wait 7 s.") as caught:
            connect(server.url).ask("hi")
        assert caught.value.retry_after == 7
    busy = refused(503, **{"retry-after": "0"})
    with serve_frames(busy, answer("now")) as server:
        assert connect(server.url, retries=1).ask("hi").text == "now"
    dated = refused(503, **{"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"})
    with serve_frames(dated, answer("now")) as server:
        assert connect(server.url, retries=1).ask("hi").text == "now"


@pytest.mark.parametrize("wait", ["100000", "-1", "soon", "9" * 5000, "Wed, 99 Oct 2999"])
def test_a_wait_that_is_too_long_or_none_is_no_reason_to_try_again(wait: str) -> None:
    with serve_frames(refused(503, **{"retry-after": wait}), answer("now")) as server:
        with pytest.raises(HTTPStatusError):
            connect(server.url, retries=1).ask("hi")
        assert len(server.requests) == 1


def test_a_process_out_of_files_is_told_so() -> None:
    class Exhausted(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            cause = OSError(errno.EMFILE, "Too many open files")
            raise httpx.ConnectError("All connection attempts failed") from cause

    client = httpx.AsyncClient(transport=Exhausted())
    with pytest.raises(TransportError, match="as many files and connections open as it may"):
        connect("http://example.org/", client=client).ask("hi")


PAGE = "<!doctype html><title>Welcome</title>" + "x" * 300


@pytest.mark.parametrize(
    ("reply", "kind", "shown"),
    [
        (Reply([PAGE.encode()], 200, {"content-type": "text/html"}), "text/html", PAGE[:200]),
        (Reply([b'{"ok":1}'], 200, {"content-type": "application/json"}), "json", '{"ok":1}'),
        (Reply([], 200, {}), "no content-type", "it is empty"),
        (Reply([b": ping\n\n"]), "text/event-stream", ": ping"),
    ],
)
def test_an_answer_without_any_event_is_named_and_shown(
    reply: Reply, kind: str, shown: str
) -> None:
    with serve_frames(reply) as server, pytest.raises(TransportError) as caught:
        connect(server.url).ask("hi")
    assert "holds no AG-UI events" in str(caught.value)
    assert kind in str(caught.value)
    assert shown in str(caught.value)


def test_events_under_a_wrong_content_type_are_read_all_the_same() -> None:
    with serve_frames(Reply(answer("hi"), 200, {"content-type": "text/plain"})) as server:
        assert connect(server.url).ask("hi").text == "hi"


def test_a_stream_cut_in_the_middle_keeps_what_came() -> None:
    with serve_frames([STARTED, *said("half a")[:-1], CUT]) as server:
        session = connect(server.url)
        with pytest.raises(TransportError, match="was lost") as caught:
            session.ask("hi")
    result = caught.value.result
    assert (result.outcome, result.text) == ("incomplete", "half a")
    assert session.runs[-1]["status"] == "incomplete"


def test_a_cut_after_the_end_of_the_run_takes_nothing_back() -> None:
    with serve_frames([*answer("all of it"), CUT]) as server:
        result = connect(server.url).ask("hi")
    assert (result.outcome, result.text) == ("success", "all of it")


def test_a_stream_that_merely_stops_is_never_a_success() -> None:
    with serve_frames([STARTED, *said("almost")]) as server:
        with pytest.raises(IncompleteRun, match="cut off") as caught:
            connect(server.url).ask("hi")
        assert caught.value.result.outcome == "incomplete"
        assert connect(server.url).ask("hi", check=False).outcome == "incomplete"


def test_a_last_event_that_was_cut_off_counts_as_not_received() -> None:
    torn = frame({"type": "RUN_FINISHED", "threadId": "t", "runId": "r"})[:-20]
    with serve_frames([STARTED, *said("x"), torn]) as server, pytest.raises(IncompleteRun):
        connect(server.url).ask("hi")


def test_an_agent_that_falls_silent_is_given_up(anyio_backend: str) -> None:
    with serve_frames([STARTED, *said("so far")[:-1], HANG]) as server:
        session = connect(server.url, timeout=Timeout(idle=0.2))
        with pytest.raises(TransportError, match=r"for 0.2 s; .*timeout=Timeout\(idle") as caught:
            session.ask("hi")
        assert server.gone.wait(10)
    assert (caught.value.result.outcome, caught.value.result.text) == ("incomplete", "so far")


def test_a_turn_that_takes_too_long_is_stopped() -> None:
    with serve_frames([STARTED, *said("so far")[:-1], HANG]) as server:
        session = connect(server.url)
        with pytest.raises(TransportError, match=r"longer than 0\.3 s") as caught:
            session.ask("hi", timeout=Timeout(run=0.3))
        assert server.gone.wait(10)
    assert (caught.value.result.outcome, caught.value.result.text) == ("incomplete", "so far")
    assert session.runs[-1]["status"] == "incomplete"


def test_a_server_that_accepts_and_never_answers() -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        url = f"http://127.0.0.1:{deaf.getsockname()[1]}/"
        with pytest.raises(TransportError, match="Nothing came from"):
            connect(url, timeout=0.2).ask("hi")


def test_a_frame_that_is_no_json_fails_the_run_and_keeps_the_rest() -> None:
    events = [STARTED, *said("good"), b"data: {oops\n\n", FINISHED]
    with serve_frames(events) as server, pytest.raises(ProtocolError, match="not JSON") as caught:
        connect(server.url).ask("hi")
    assert (caught.value.result.outcome, caught.value.result.text) == ("error", "good")


def test_a_frame_of_more_than_10_mb_is_refused() -> None:
    with serve_frames([STARTED, b"data: " + b"x" * (10 * 2**20 + 100), HANG]) as server:
        with pytest.raises(ProtocolError, match="10 MB"):
            connect(server.url).ask("hi")
        assert server.gone.wait(10)


NO_ADDRESS = r"write it like http://127.0.0.1:8888/|Which agent|takes an agent's URL"


@pytest.mark.parametrize(
    "url",
    [
        *("127.0.0.1:8888", "ftp://x/", "http://", "", None, 7),
        *("http://[::1", "http://x:99999/", "http://a b/"),
    ],
)
def test_what_is_no_url_is_said_at_once(url: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AGUI_SERVER_URL", raising=False)
    with pytest.raises(InvalidInput, match=NO_ADDRESS):
        connect(url)


def test_space_around_a_url_is_no_part_of_it() -> None:
    assert connect(" http://127.0.0.1:1/x\n").url == "http://127.0.0.1:1/x"


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"timeout": -1}, "seconds above 0"),
        ({"timeout": "fast"}, "seconds above 0"),
        ({"context": "it rains"}, "The context is a dict"),
        ({"messages": ["hi"]}, "is no message"),
        ({"messages": [{"role": "user"}]}, "cannot be sent"),
    ],
)
def test_an_option_that_cannot_be_used_is_said_at_once(options: Any, told: str) -> None:
    with pytest.raises(InvalidInput, match=told):
        connect("http://127.0.0.1:1/", **options)


def test_a_run_takes_what_may_differ_from_run_to_run() -> None:
    with pytest.raises(InvalidInput, match=r"no tools, only context.*give it to connect\(\)"):
        connect("http://127.0.0.1:1/").ask("hi", tools=[])  # type: ignore[call-arg]


def test_the_url_may_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AGUI_SERVER_URL", "http://127.0.0.1:1/x")
    assert connect().url == "http://127.0.0.1:1/x"


def test_retries_happen_only_when_asked_for_and_under_a_new_run_id() -> None:
    with serve_frames([CUT], [CUT], answer("third time")) as server:
        with pytest.raises(TransportError):
            connect(server.url).ask("hi")
        session = connect(server.url, retries=1)
        assert session.ask("hi").text == "third time"
    ids = [request.body["runId"] for request in server.requests]
    assert len(set(ids)) == 3
    assert [run["status"] for run in session.runs] == ["success"]


def test_nothing_is_retried_once_the_agent_has_spoken() -> None:
    with serve_frames([STARTED, CUT], answer("never asked")) as server:
        with pytest.raises(TransportError):
            connect(server.url, retries=3).ask("hi")
        assert len(server.requests) == 1


def test_a_refusal_is_not_retried() -> None:
    with serve_frames(refused(503), answer("never asked")) as server:
        with pytest.raises(HTTPStatusError):
            connect(server.url, retries=3).ask("hi")
        assert len(server.requests) == 1


def test_what_is_sent() -> None:
    with serve_frames(answer("ok")) as server:
        connect(server.url, thread_id="t1", context={"city": "Oslo"}, state={"n": 1}).ask("hi")
    [request] = server.requests
    assert request.headers["content-type"] == "application/json"
    assert request.headers["accept"] == "text/event-stream"
    body = request.body
    run_id, message_id = body.pop("runId"), body["messages"][0].pop("id")
    assert run_id
    assert message_id
    assert body == {
        "threadId": "t1",
        "protocolVersion": "1.0",
        "state": {"n": 1},
        "messages": [{"role": "user", "content": "hi"}],
        "tools": [],
        "context": [{"description": "city", "value": "Oslo"}],
        "forwardedProps": {},
    }


def test_headers_tokens_and_auth() -> None:
    tokens = iter("abc")

    async def fresh() -> dict[str, str]:
        return {"X-Token": next(tokens)}

    mine = {"X-Mine": "1", "accept": "text/html"}
    with serve_frames(answer("ok")) as server:
        session = connect(server.url, headers=fresh)
        session.ask("one")
        session.ask("two", headers=mine)
        connect(server.url, token="secret", headers=mine).ask("three")
        connect(server.url, auth=("me", "pw")).ask("four")
    one, two, three, four = [request.headers for request in server.requests]
    assert one["x-token"] == "a"
    assert (two["x-token"], two["x-mine"]) == ("b", "1")
    assert three["authorization"] == "Bearer secret"
    assert three["accept"] == "text/event-stream"
    assert four["authorization"].startswith("Basic ")
    assert mine == {"X-Mine": "1", "accept": "text/html"}


@pytest.mark.anyio
async def test_a_given_client_is_used_on_the_callers_loop_and_stays_open() -> None:
    seen: list[Any] = []

    async def look(request: httpx.Request) -> None:
        seen.append((request.headers["x-own"], asyncio.get_running_loop()))

    with serve_frames(answer("ok"), answer("ok", mid="m2")) as server:
        hooks = {"request": [look]}
        async with httpx.AsyncClient(headers={"x-own": "1"}, event_hooks=hooks) as client:
            session = connect(server.url, client=client)
            assert (await session.run("hi")).text == "ok"
            session.close()
            assert (await session.run("hi")).text == "ok"
            assert not client.is_closed
    assert seen == [("1", asyncio.get_running_loop())] * 2


def test_what_cannot_be_json_is_refused_before_anything_is_sent() -> None:
    with serve_frames(answer("never asked")) as server:
        session = connect(server.url)
        with pytest.raises(InvalidInput, match="JSON"):
            session.ask("hi", forwarded_props={"x": object()})
        with pytest.raises(InvalidInput, match="must be JSON"):
            session.set_state(float("nan"))
        assert server.requests == []


def test_non_ascii_survives_both_ways() -> None:
    text = "å 日本 👩‍🔬 \u2028\x85"
    with serve_frames(lambda request: answer(request.body["messages"][-1]["content"])) as server:
        assert connect(server.url).ask(text).text == text
    assert json.dumps(text)
