"""xAI's clients against the real SDK, over gRPC to a server of its own stubs."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, ClassVar

import grpc
import pytest
import xai_sdk
from google.protobuf.json_format import MessageToDict
from kind_cases import CALLS, KindCases, Words
from models import KEY, Hold, Scripted
from support.runs import run
from xai_sdk.proto import chat_pb2, sample_pb2

from agui_notebook.agents import wrap

COUNTS = {"prompt_tokens": 5, "completion_tokens": 4, "reasoning_tokens": 3, "total_tokens": 12}
STREAM = "/xai_api.Chat/GetCompletionChunk"


class Fault(bytes):
    """In place of a frame: the call fails with this text."""


def chunk(finish: str = "INVALID", usage: Any = None, **delta: Any) -> bytes:
    """One chunk of an answer."""
    role = chat_pb2.MessageRole.ROLE_ASSISTANT
    said = chat_pb2.Delta(role=role, **delta)
    reason = sample_pb2.FinishReason.Value(f"REASON_{finish}")
    output = chat_pb2.CompletionOutputChunk(delta=said, finish_reason=reason)
    made = chat_pb2.GetChatCompletionChunk(id="c", model="m", outputs=[output], usage=usage)
    return bytes(made.SerializeToString())


def call(name: str, given: Any, kind: str = "CLIENT_SIDE_TOOL") -> Any:
    function = {"name": "get_weather", "arguments": json.dumps(given)}
    sort = chat_pb2.ToolCallType.Value(f"TOOL_CALL_TYPE_{kind}")
    return chat_pb2.ToolCall(id=name, type=sort, function=function)


def calls(*made: tuple[str, Any]) -> list[bytes]:
    return [chunk(tool_calls=[call(*each)]) for each in made] + [chunk("TOOL_CALLS", COUNTS)]


END = [chunk("STOP", COUNTS)]
XAI = Words(
    hello=[chunk(content="Hel")],
    rest=[chunk(content="lo"), *END],
    calls=calls(*CALLS),
    call=calls(CALLS[0]),
    answer=[chunk(content="Cold."), *END],
    thought=[chunk(reasoning_content="Hm."), chunk(content="So."), *END],
    fault=[Fault(b"Rate limit reached")],
    limited=f"Rate limit reached for key {KEY}".encode(),
)


class ScriptedCalls(grpc.GenericRpcHandler):  # type: ignore[misc]
    """The scripted server's part of gRPC: what HTTP servers of models have, here for calls."""

    def __init__(self) -> None:
        self.frames: list[bytes | Hold] = []
        self.later: Sequence[bytes | Hold] | None = None
        self.content_type = ""
        self.refusal: tuple[int, bytes] | None = None
        self.requests: list[Any] = []
        self.holding, self.gone = threading.Event(), threading.Event()
        self._server = grpc.server(ThreadPoolExecutor(4), handlers=[self])
        self.url = f"localhost:{self._server.add_insecure_port('127.0.0.1:0')}"

    def __enter__(self) -> ScriptedCalls:
        self._server.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.gone.set()
        self._server.stop(None).wait()

    def service(self, details: Any) -> Any:
        """The one method that is there."""
        assert details.method == STREAM
        read = chat_pb2.GetCompletionsRequest.FromString
        return grpc.unary_stream_rpc_method_handler(self.answer, request_deserializer=read)

    def answer(self, request: Any, context: Any) -> Iterator[bytes]:
        self.requests.append(MessageToDict(request, preserving_proto_field_name=True))
        if self.refusal:
            context.abort(grpc.StatusCode.RESOURCE_EXHAUSTED, self.refusal[1].decode())
        again = len(self.requests) > 1 and self.later is not None
        for frame in (self.later or ()) if again else self.frames:
            if isinstance(frame, Fault):
                context.abort(grpc.StatusCode.RESOURCE_EXHAUSTED, frame.decode())
            if isinstance(frame, Hold):
                context.add_callback(self.gone.set)
                self.holding.set()
                self.gone.wait(20)
                return
            yield frame


@pytest.fixture
def scripted() -> Iterator[ScriptedCalls]:
    with ScriptedCalls() as running:
        yield running


def client(url: str, make: Any = xai_sdk.Client) -> Any:
    return make(api_key="k", api_host=url, use_insecure_channel=True)


class TestSync(KindCases):
    """See the cases."""

    packages: ClassVar = ("xai-sdk",)
    words = XAI

    def client(self, url: str) -> Any:
        return client(url)


class TestAsync(TestSync):
    """See the cases."""

    def client(self, url: str) -> Any:
        return client(url, xai_sdk.AsyncClient)

    def test_other_loops(self, scripted: Scripted) -> None:
        """One that belongs to another loop is refused before anything is asked."""
        self.script(scripted, *self.words.hello, *self.words.rest)

        async def make() -> Any:
            return self.client(scripted.url)

        foreign = asyncio.run(make())
        ran = asyncio.run(run(wrap(foreign, model="m"), "hello"))
        assert 'serve this one with loop="kernel"' in ran.end["message"]
        assert scripted.requests == []


@pytest.mark.anyio
async def test_sealed_reasoning_goes_back(scripted: Any) -> None:
    sealed = chunk(encrypted_content="c2ln")
    scripted.frames = [chunk(reasoning_content="Hm."), sealed, chunk(content="So."), *END]
    agent = wrap(client(scripted.url), model="m", params={"use_encrypted_content": True})
    ran = await run(agent, "hi")
    assert ran.said == [
        {"role": "reasoning", "content": "Hm.", "encryptedValue": "xai:c2ln"},
        {"role": "assistant", "content": "So."},
    ]
    await run(agent, [*ran.document["messages"], {"id": "u2", "role": "user", "content": "and?"}])
    assert scripted.requests[1]["messages"][1]["encrypted_content"] == "c2ln"


@pytest.mark.anyio
async def test_what_the_server_searches_itself_is_not_ours_to_run(scripted: Any) -> None:
    search = chunk(tool_calls=[call("s", {"query": "snow"}, "WEB_SEARCH_TOOL")])
    scripted.frames = [search, chunk(content="Snow."), *END]
    ran = await run(wrap(client(scripted.url), model="m"), "look", warned=True)
    assert ran.said == [{"role": "assistant", "content": "Snow."}]
    assert "web_search_tool" in json.dumps(ran.warnings)
