"""A scripted model for the tutorials, so that they run with no key and no network.

A script is a function that is told the turn and yields what a model would have said: pieces of
text, and ``Call`` for a tool it wants. ``chat_client`` puts it behind Agent Framework's own chat
client class, ``openai_url`` behind an OpenAI-compatible endpoint on this machine.
"""

from __future__ import annotations

import asyncio
import json
import re
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from typing import Any, NamedTuple

PAUSE = 0.01  # seconds between two words, so that streaming can be seen


class Call:
    """A tool the script wants to have called, with these arguments."""

    def __init__(self, name: str, /, **arguments: Any) -> None:
        self.name, self.arguments = name, json.dumps(arguments)


class Turn(NamedTuple):
    """What a script may look at before it answers."""

    text: str  # the last thing the user said
    results: list[str]  # what the tools called since then gave back
    said: list[str]  # everything the user said, oldest first
    system: str  # the instructions


Script = Callable[[Turn], Iterable["str | Call"]]


def turn_of(messages: Iterable[tuple[str, str]]) -> Turn:
    """From (role, text) pairs."""
    said: list[str] = []
    results: list[str] = []
    system: list[str] = []
    for role, text in messages:
        if role == "user" and text:
            said.append(text)
            results.clear()
        elif role == "tool":
            results.append(text)
        elif role in ("system", "developer"):
            system.append(text)
    return Turn(said[-1] if said else "", results, said, "\n".join(system))


def pieces(script: Script, turn: Turn) -> Iterator[str | Call]:
    """The script's answer, its text cut into words as a model would stream it."""
    for piece in script(turn):
        if isinstance(piece, str):
            yield from re.findall(r"\S+\s*|\s+", piece)
        else:
            yield piece


# --- Agent Framework --------------------------------------------------------------------------


def chat_client(script: Script) -> Any:
    """A real Agent Framework chat client whose model is ``script``."""
    from agent_framework import (
        BaseChatClient,
        ChatMiddlewareLayer,
        ChatResponse,
        ChatResponseUpdate,
        Content,
        FunctionInvocationLayer,
    )
    from agent_framework.observability import ChatTelemetryLayer

    class Scripted(  # the order of these layers is Agent Framework's own
        FunctionInvocationLayer, ChatMiddlewareLayer, ChatTelemetryLayer, BaseChatClient
    ):
        count = 0

        def _inner_get_response(self, *, messages: Any, stream: bool, **_: Any) -> Any:
            Scripted.count += 1
            number = Scripted.count
            if stream:
                return self._build_response_stream(self._updates(messages, number))

            async def whole() -> Any:
                updates = [update async for update in self._updates(messages, number)]
                return ChatResponse.from_updates(updates)

            return whole()

        async def _updates(self, messages: Any, number: int) -> AsyncIterator[Any]:
            pairs = [pair for message in messages for pair in framework_pairs(message)]
            for index, piece in enumerate(pieces(script, turn_of(pairs))):
                if isinstance(piece, Call):
                    call = f"call-{number}-{index}"
                    content = Content.from_function_call(
                        call, piece.name, arguments=piece.arguments
                    )
                else:
                    content = Content.from_text(piece)
                yield ChatResponseUpdate(
                    role="assistant",
                    contents=[content],
                    message_id=f"answer-{number}",
                    response_id=f"response-{number}",
                )
                await asyncio.sleep(PAUSE)

    return Scripted()


def framework_pairs(message: Any) -> Iterator[tuple[str, str]]:
    for content in message.contents:
        if content.type == "function_result":
            yield "tool", str(content.result)
        elif content.type == "text":
            yield str(message.role), content.text


# --- OpenAI-compatible ------------------------------------------------------------------------


def openai_url(script: Script) -> str:
    """Start an OpenAI-compatible endpoint on a free port of this machine; its base URL."""

    class Endpoint(Quiet):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            models = [{"id": "offline", "object": "model"}]
            self.wfile.write(json.dumps({"object": "list", "data": models}).encode())

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            pairs = [(m["role"], openai_text(m.get("content"))) for m in body["messages"]]
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.end_headers()
            for delta, finish in openai_deltas(pieces(script, turn_of(pairs))):
                self._chunk([{"index": 0, "delta": delta, "finish_reason": finish}])
                time.sleep(PAUSE)
            self._chunk([], usage={"prompt_tokens": 9, "completion_tokens": 7, "total_tokens": 16})
            self.wfile.write(b"data: [DONE]\n\n")

        def _chunk(self, choices: list[Any], **more: Any) -> None:
            head = {"id": "chat-1", "object": "chat.completion.chunk", "created": 0}
            chunk = {**head, "model": "offline", "choices": choices, **more}
            self.wfile.write(f"data: {json.dumps(chunk)}\n\n".encode())

    return f"http://127.0.0.1:{listen(Endpoint)}/v1"


def openai_text(content: Any) -> str:
    if isinstance(content, list):
        return "".join(part.get("text", "") for part in content)
    return content or ""


def openai_deltas(answer: Iterator[str | Call]) -> Iterator[tuple[dict[str, Any], str | None]]:
    calls = 0
    for piece in answer:
        if isinstance(piece, Call):
            function = {"name": piece.name, "arguments": piece.arguments}
            call = {"index": calls, "id": f"call-{calls}", "type": "function", "function": function}
            calls += 1
            yield {"tool_calls": [call]}, None
        else:
            yield {"role": "assistant", "content": piece}, None
    yield {}, "tool_calls" if calls else "stop"


# --- any server at all ------------------------------------------------------------------------


def answering(body: str | list[dict[str, Any]], kind: str = "text/event-stream") -> str:
    """Start a server that gives everyone this answer, right or wrong; its address.

    A list is sent as AG-UI events.
    """
    if not isinstance(body, str):
        body = "".join(f"data: {json.dumps(event)}\n\n" for event in body)

    class Endpoint(Quiet):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.end_headers()
            self.wfile.write(body.encode())

    return f"http://127.0.0.1:{listen(Endpoint)}/"


class Quiet(BaseHTTPRequestHandler):
    """Says nothing by itself: the notebook's output belongs to the tutorial."""

    def log_message(self, *_: Any) -> None:
        return


def listen(endpoint: type[Quiet]) -> int:
    """Serve on a free port of this machine until the kernel ends; the port."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), endpoint)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_port


# --- packages ---------------------------------------------------------------------------------

PACKAGES = {"agent_framework": "agent-framework-ag-ui"}  # where import and package names differ


class Missing(ImportError):
    """A package the tutorial uses is not installed."""

    def _render_traceback_(self) -> list[str]:
        return [str(self)]  # IPython then shows this one sentence and no traceback


def need(*modules: str) -> None:
    """Say in one sentence what to install, if any of these cannot be imported."""
    if missing := [name for name in modules if find_spec(name) is None]:
        wanted = " ".join(PACKAGES.get(name, name) for name in missing)
        raise Missing(f"This part needs one more package: run `%pip install {wanted}` in a cell.")
