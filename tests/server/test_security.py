"""Who is turned away, with which status, and that nobody who is turned away stops the others."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
import time
from collections.abc import Callable, Iterator

import httpx
import pytest
from support.wire import all_of, asked, kinds, said

from agui_notebook import InvalidInput, LocalServer
from agui_notebook.agents import Demo, explain, mask_secrets

pytestmark = pytest.mark.anyio
Serving = Callable[..., LocalServer]


def post(server: LocalServer, *, path: str = "", **headers: str) -> httpx.Response:
    given = {**server.headers, "Content-Type": "application/json", **headers}
    return httpx.post(
        server.url + path,
        content=b'{"messages": []}',
        headers={k: v for k, v in given.items() if v},
    )


REFUSED = [
    ("a foreign Host", {"Host": "evil.example"}, 421, "answers only to"),
    ("a name that starts like ours", {"Host": "127.0.0.1.evil.example"}, 421, "answers only to"),
    ("an address with a name behind it", {"Host": "[::1].evil.tld"}, 421, "answers only to"),
    ("a name with a user before it", {"Host": "localhost@evil.tld"}, 421, "answers only to"),
    ("a name with another behind its port", {"Host": "localhost:8.evil"}, 421, "answers only to"),
    ("a foreign Origin", {"Origin": "https://evil.example"}, 403, "origins=[...]"),
    ("a null Origin", {"Origin": "null"}, 403, "origins=[...]"),
    ("our own address as Origin", {"Origin": "http://127.0.0.1:1"}, 403, "origins=[...]"),
    ("no token", {"Authorization": ""}, 401, "Authorization: Bearer <token>"),
    ("a wrong token", {"Authorization": "Bearer nope"}, 401, "server.token"),
    ("an empty token", {"Authorization": "Bearer"}, 401, "server.token"),
    ("another scheme", {"Authorization": "Basic abc"}, 401, "server.token"),
    ("text/plain", {"Content-Type": "text/plain"}, 415, "application/json"),
    ("a form", {"Content-Type": "application/x-www-form-urlencoded"}, 415, "application/json"),
    ("no media type", {"Content-Type": ""}, 415, "application/json"),
]


@pytest.mark.parametrize(
    ("headers", "status", "sentence"), [r[1:] for r in REFUSED], ids=[r[0] for r in REFUSED]
)
def test_strangers_are_turned_away_with_a_reason(
    serving: Serving, headers: dict[str, str], status: int, sentence: str
) -> None:
    response = post(serving(Demo(pace=0)), **headers)
    assert response.status_code == status
    assert sentence in response.json()["detail"]
    assert "access-control-allow-origin" not in response.headers


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]", "LOCALHOST"])
def test_loopback_names_are_ours(serving: Serving, host: str) -> None:
    assert post(serving(Demo(pace=0)), Host=f"{host}:99").status_code == 200


PROXIED = [
    ({"origins": ["https://hub.example.org"]}, "hub.example.org", 200),
    ({"origins": ["https://hub.example.org:8443/"]}, "HUB.example.org:443", 200),
    ({"hosts": ["hub.example.org"]}, "hub.example.org", 200),
    ({"hosts": ["hub.example.org:8000"]}, "hub.example.org", 200),
    ({"hosts": ["[2001:db8::1]"]}, "[2001:db8::1]:80", 200),
    ({"hosts": ["hub.example.org"]}, "localhost", 200),
    ({"hosts": ["hub.example.org"]}, "evil.example", 421),
    ({"hosts": ["hub.example.org"]}, "hub.example.org.evil.tld", 421),
    ({"hosts": ["hub.example.org"]}, "a.hub.example.org", 421),
    ({"origins": ["*", "null"]}, "evil.example", 421),
]


@pytest.mark.parametrize(("options", "host", "status"), PROXIED)
def test_behind_a_proxy_the_names_that_are_listed_are_ours_and_no_others(
    serving: Serving, options: dict[str, list[str]], host: str, status: int
) -> None:
    """Behind a proxy the page's host is not ours: jupyterhub/jupyter-server-proxy#248."""
    assert post(serving(Demo(pace=0), **options), Host=host).status_code == status


def test_a_host_alone_lets_no_page_call(serving: Serving) -> None:
    server = serving(Demo(pace=0), hosts=["hub.example.org"])
    refused = post(server, Host="hub.example.org", Origin="https://hub.example.org")
    assert refused.status_code == 403


@pytest.mark.parametrize("hosts", ["hub.example.org", ["*"], [""], ["https://a.b/"], [5]])
def test_a_host_that_is_no_name_is_refused_in_a_sentence(hosts: object) -> None:
    from agui_notebook import serve

    with pytest.raises(InvalidInput, match="host"):
        serve(Demo(pace=0), hosts=hosts)  # type: ignore[arg-type]


def test_pages_that_are_listed_may_call_and_are_told_so(serving: Serving) -> None:
    server = serving(Demo(pace=0), origins=["http://localhost:8888/"])
    allowed = post(server, Origin="http://localhost:8888")
    assert allowed.status_code == 200
    assert allowed.headers["access-control-allow-origin"] == "http://localhost:8888"
    assert allowed.headers["vary"] == "Origin"
    assert post(server, Origin="http://localhost:9999").status_code == 403
    ask = {"Origin": "http://localhost:8888", "Access-Control-Request-Method": "POST"}
    preflight = httpx.options(server.url, headers=ask)
    assert (preflight.status_code, preflight.content) == (204, b"")
    assert preflight.headers["access-control-allow-headers"].startswith("authorization")
    assert httpx.options(server.url, headers={**ask, "Origin": "null"}).status_code == 403


def test_a_refusal_for_a_listed_page_can_be_read_by_it(serving: Serving) -> None:
    server = serving(Demo(pace=0), origins=["*"])
    refused = post(server, Origin="http://a.example", Authorization="")
    assert refused.status_code == 401
    assert refused.headers["access-control-allow-origin"] == "http://a.example"
    assert post(server, Origin="null").status_code == 403


def test_without_a_token_there_is_a_warning(serving: Serving) -> None:
    from agui_notebook import serve

    with pytest.warns(UserWarning, match="asks for no token"):
        server = serve(Demo(pace=0), token=False)
    assert post(server).status_code == 200
    server.stop()


@pytest.mark.parametrize("chunked", [False, True], ids=["announced", "chunked"])
@pytest.mark.parametrize("times", [2, 20])
def test_a_body_over_the_limit_is_refused(serving: Serving, chunked: bool, times: int) -> None:
    server = serving(Demo(pace=0), max_body=200_000)
    body = b'{"messages": [], "state": "' + b"x" * 200_000 * times + b'"}'

    def pieces() -> Iterator[bytes]:
        for at in range(0, len(body), 65536):
            yield body[at : at + 65536]

    headers = {**server.headers, "Content-Type": "application/json"}
    try:
        response = httpx.post(server.url, content=pieces() if chunked else body, headers=headers)
    except httpx.TransportError:
        assert times == 20  # so far over the limit that hanging up is the answer
        return
    assert response.status_code == 413
    assert response.json()["detail"].startswith("The run input is larger than 200,000 bytes")


def connection(server: LocalServer) -> socket.socket:
    return socket.create_connection(("127.0.0.1", server.port), timeout=5)


def head(server: LocalServer, length: int) -> bytes:
    return (
        f"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {server.token}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n"
    ).encode()


def test_a_body_that_comes_too_slowly_is_given_up(serving: Serving) -> None:
    server = serving(Demo(pace=0), body_timeout=0.2)
    with connection(server) as slow:
        slow.sendall(head(server, 1000) + b'{"messages"')
        with slow.makefile("rb") as answers:
            answer = answers.read()
    assert answer.startswith(b"HTTP/1.1 408")
    assert b"came too slowly" in answer


async def test_slow_bodies_and_idle_connections_do_not_stop_other_streams(
    serving: Serving,
) -> None:
    server = serving(Demo(pace=0))
    with contextlib.ExitStack() as stack:
        held = [stack.enter_context(connection(server)) for _ in range(220)]
        for slow in held[:20]:
            slow.sendall(head(server, 1000) + b"{")
        began = time.monotonic()
        assert said(await all_of(server, asked("What is 2 + 2?"))) == "2 + 2 equals 4."
        assert time.monotonic() - began < 10  # the slow ones would be waited for 30 s
        await asyncio.to_thread(server.stop)
        assert not server.running


def test_only_connections_that_send_no_whole_headers_are_closed(
    serving: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("agui_notebook.server.silent_connections.HEADERS", 0.5)
    server = serving(Demo(pace=0))
    with contextlib.ExitStack() as stack:
        silent, begun, again, asking = (stack.enter_context(connection(server)) for _ in range(4))
        body = b'{"messages": []}'
        asking.sendall(head(server, len(body)) + body[:1])
        begun.sendall(b"POST / HTTP/1.1\r\nHost: ")
        again.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\nGET ")
        assert again.recv(1000).startswith(b"HTTP/1.1 200")
        while again.recv(1000):
            pass
        assert (silent.recv(1), begun.recv(1)) == (b"", b"")
        asking.sendall(body[1:])
        assert asking.recv(12) == b"HTTP/1.1 200"


async def test_the_token_is_in_no_log_no_repr_and_no_answer(
    serving: Serving, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)

    def fails(text: str) -> float:
        return 1 / 0

    server = serving(fails, token="a-token-of-mine-1234567")
    events = await all_of(server)
    assert kinds(events)[-1] == "RUN_ERROR"
    post(server, Authorization="Bearer wrong")
    answers = [httpx.get(server.url + path).text for path in ("", "healthz", "capabilities")]
    server.stop()
    captured = capfd.readouterr()
    shown = [repr(server), str(server), caplog.text, captured.out, captured.err, *answers]
    assert [each for each in shown if "a-token-of-mine" in each] == []


SECRET_TEXTS = [
    ("Incorrect API key provided: sk-proj-abcDEF1234567890abcdef.", "sk-proj"),
    ("Authorization: Bearer abc123def456ghi789", "abc123def456"),
    ("headers={'x-api-key': 'ABCDEFG1234567'}", "ABCDEFG1234567"),
    ("api_key=AbC123456789", "AbC123456789"),
    ("postgres://user:hunter2xyz@db/x failed", "hunter2xyz"),
    ("token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abcdef", "eyJhbGci"),
    ("?sig=a%2Fb3c4d5e6f7&se=2026", "b3c4d5e6f7"),
    ("AIzaSyD-1234567890abcdefghijk is invalid", "AIzaSyD"),
    ("password: correcthorse1battery", "correcthorse1"),
]


@pytest.mark.parametrize(("text", "secret"), SECRET_TEXTS)
def test_secrets_are_masked_in_error_texts(text: str, secret: str) -> None:
    assert secret not in mask_secrets(text)
    assert "***" in mask_secrets(text)


@pytest.mark.parametrize(
    "text",
    [
        "no such city: Atlantis",
        "the token limit of 4096 was reached",
        "token count exceeded",
        "Set the OPENAI_API_KEY environment variable",
        "password required for user",
    ],
)
def test_ordinary_error_texts_stay_as_they_are(text: str) -> None:
    assert mask_secrets(text) == text


def test_an_exception_is_explained_without_its_secrets() -> None:
    error = PermissionError("Incorrect API key provided: sk-proj-abcDEF1234567890abcdef")
    assert explain(error)[0] == "PermissionError: Incorrect API key provided: ***"


def test_an_exception_is_named_and_bounded() -> None:
    assert explain(KeyError("x")) == ("KeyError: 'x'", "KeyError")
    message, code = explain(RuntimeError("y" * 10_000))
    assert (len(message), code) == (2000, "RuntimeError")
