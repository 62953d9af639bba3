"""Connecting says at once whether the agent answers and what it can, and runs nothing for it."""

from __future__ import annotations

import gzip
import socket
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import comm
import pytest
from support.scripted import Browser
from support.servers import Reply, serve_frames

import agui_notebook as agui
from agui_notebook import LocalServer
from agui_notebook.jupyter import reach
from agui_notebook.jupyter.chats import Chat, chats

Serving = Callable[..., LocalServer]
ran: list[str] = []


def agent(text: str) -> str:
    ran.append(text)
    return "hello"


@pytest.fixture(autouse=True)
def page(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    Browser.opened = []
    ran.clear()
    monkeypatch.setattr(comm, "create_comm", Browser)
    yield
    chats.close()


def connected(url: str, **options: Any) -> Chat:
    """A chat with what is at ``url``, once it knows whether that answers."""
    told = threading.Event()
    asked = reach._ask

    async def ask(chat: Chat) -> None:
        await asked(chat)
        told.set()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reach, "_ask", ask)
        chat = agui.chat(url, **options).chat
        assert told.wait(20)
    return chat


def seen(chat: Chat) -> dict[str, Any]:
    found: dict[str, Any] = chat.widget._view()["agent"]
    return {key: found[key] for key in ("problem", "can", "files") if key in found}


def test_what_an_agent_declares_is_known_after_connecting(serving: Serving) -> None:
    server = serving(agent)
    chat = connected(server.url, token=server.token)
    assert chat.session.capabilities is not None
    assert chat.session.capabilities["identity"]["type"] == "agui_notebook"
    assert seen(chat) == {}
    assert ran == [], "nothing was run for it"


def test_a_server_that_says_nothing_does_not_hold_up_the_cell_and_is_left_with_its_chat(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("agui_notebook.wire.probe.SECONDS", 60.0)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.settimeout(20)
        before = time.monotonic()
        agui.chat(f"http://127.0.0.1:{silent.getsockname()[1]}/", name="silent")
        assert time.monotonic() - before < 10, "nobody waits for what does not come"
        asking, _ = silent.accept()
        with asking:
            asking.settimeout(20)
            assert asking.recv(10_000).startswith(b"GET /capabilities ")
            chats.close()
            assert asking.recv(10_000) == b"", "who asked has gone"


def test_a_dead_endpoint_is_told() -> None:
    chat = connected("http://127.0.0.1:1/")
    assert seen(chat)["problem"].startswith("No server answers at http://127.0.0.1:1/: start")


def test_a_wrong_token_is_told_before_the_first_message(serving: Serving) -> None:
    chat = connected(serving(agent).url, token="wrong-token")
    assert "wants credentials" in seen(chat)["problem"]
    assert "wrong-token" not in seen(chat)["problem"]


class Elsewhere(BaseHTTPRequestHandler):
    """A server of another make; ``answers`` are its statuses and bodies by path."""

    answers: dict[str, tuple[int, bytes]]
    asked: list[str]

    def do_GET(self) -> None:
        self.asked.append(f"GET {self.path}")
        status, body = self.answers.get(self.path, (404, b"no"))
        self.send_response(status)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing is printed."""


@pytest.fixture
def elsewhere() -> Iterator[Callable[..., tuple[str, list[str]]]]:
    servers: list[ThreadingHTTPServer] = []

    def start(**answers: tuple[int, bytes]) -> tuple[str, list[str]]:
        paths = {"/" + path.replace("_", "/"): answer for path, answer in answers.items()}
        kind = type("Made", (Elsewhere,), {"answers": paths, "asked": []})
        servers.append(ThreadingHTTPServer(("127.0.0.1", 0), kind))
        threading.Thread(target=servers[-1].serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{servers[-1].server_port}/agent", kind.asked  # type: ignore[attr-defined]

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def test_capabilities_are_found_below_the_path_or_at_it(elsewhere: Any) -> None:
    told = b'{"tools": {"supported": true}, "multimodal": {"input": {"image": true}}}'
    for answers in ({"agent_capabilities": (200, told)}, {"agent": (200, told)}):
        url, asked = elsewhere(**answers)
        assert seen(connected(url)) == {"can": "tools, pictures"}
        assert len(asked) <= 2
        assert all(line.startswith("GET ") for line in asked)


@pytest.mark.parametrize("body", [b"<html>", b'{"tools": "yes"}', b"", b"[" * 5000])
def test_what_is_no_declaration_is_no_trouble(elsewhere: Any, body: bytes) -> None:
    url, _ = elsewhere(agent_capabilities=(200, body))
    chat = connected(url)
    assert chat.session.capabilities is None
    assert seen(chat) == {}


def test_a_server_that_knows_no_get_is_no_trouble_and_a_dead_gateway_is(elsewhere: Any) -> None:
    url, _ = elsewhere(agent=(405, b""))
    assert seen(connected(url)) == {}
    url, _ = elsewhere(agent_capabilities=(502, b"bad gateway"))
    assert "answered HTTP 502" in seen(connected(url))["problem"]


def test_what_it_does_not_take_is_not_offered(elsewhere: Any) -> None:
    nothing = b'"image":false,"audio":false,"video":false,"pdf":false,"file":false'
    told = b'{"tools":{"clientProvided":false},"multimodal":{"input":{' + nothing + b"}}}"
    url, _ = elsewhere(agent_capabilities=(200, told))
    chat = connected(url, tools=[agent])
    assert seen(chat) == {"files": False}
    chat.session.ask("hi", check=False)  # it refuses the POST: what counts is what would be sent
    assert chat.session.warnings[0] == (
        "This agent says that it takes no tools: agent stayed here."
    )


def test_where_it_is_not_wanted_nothing_is_asked(elsewhere: Any) -> None:
    url, asked = elsewhere()
    agui.chat(url, probe=False)
    agui.connect(url)
    assert asked == []
    with pytest.raises(agui.InvalidInput, match="probe"):
        agui.chat(agent, probe=False)


def test_an_agent_of_this_kernel_needs_no_asking() -> None:
    chat = agui.chat(agent).chat
    assert chat.session.capabilities is not None
    assert chat.problem == ""


async def _probe(url: str) -> str:
    return await agui.connect(url).probe()


@pytest.mark.anyio
async def test_a_session_without_a_notebook_can_be_asked_as_well() -> None:
    assert (await _probe("http://127.0.0.1:1/")).startswith("No server answers")


SAID = {
    "nothing": b"",
    "a list": b"[1]",
    "depth": b'{"tools":' + b"[" * 100_000,
    "10 MB": b'{"custom":{"a":"' + b"x" * 10_000_000 + b'"}}',
    "a group of a wrong type": b'{"tools":5}',
    "a flag of a wrong type": b'{"tools":{"supported":"yes"}}',
    "inputs of a wrong type": b'{"multimodal":{"input":[]}}',
    "a member twice": b'{"tools":{},"tools":{"supported":true}}',
    "a number beyond a double": b'{"tools":{"supported":true},"custom":{"a":1e999}}',
    "a number without end": b'{"tools":{"supported":true},"custom":' + b"9" * 5_000 + b"}",
    "no text": b"\xff\xfe",
}


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("name", SAID)
def test_a_malformed_declaration_is_passed_over(name: str, packed: bool) -> None:
    head = {"content-type": "application/json", **({"content-encoding": "gzip"} if packed else {})}
    body = gzip.compress(SAID[name]) if packed else SAID[name]
    with serve_frames(lambda request: Reply([body], 200, head)) as server:
        chat = connected(server.url)
        assert chat.session.capabilities is None
        assert seen(chat) == {}


def test_a_declaration_that_becomes_far_more_than_it_was_is_not_read_on() -> None:
    head = {"content-type": "application/json", "content-encoding": "gzip"}
    bomb = gzip.compress(b" " * 300_000_000)
    with serve_frames(lambda request: Reply([bomb], 200, head)) as server:
        since = time.process_time()
        chat = connected(server.url)
        assert time.process_time() - since < 5
        assert seen(chat) == {}
