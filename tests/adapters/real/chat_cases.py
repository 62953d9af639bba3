"""What every raw chat client must do once wrapped, whichever dialect it speaks.

A test module gives a Dialect and the clients; these cases are the same for all of them.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from models import KEY, Aimock, Hold, Scripted, until
from support.runs import WEATHER_TOOL, Ran, calls_said, get_weather, request_of, run

from agui_notebook import Agent, Emitter
from agui_notebook.agents import drive, wrap

PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5Erk"
    "Jggg=="
)


def without_host(told: str) -> str:
    """An error's text where the server's port does not matter."""
    return re.sub(r" at 127\.0\.0\.1:\d+", "", told)


@dataclass
class Dialect:
    """A provider's own bytes and words, for the scripted server and for what is compared."""

    usage: dict[str, Any]
    hello: Sequence[bytes]  # a stream that has said "Hel" and goes on
    rest: Sequence[bytes]  # "lo", and the end
    fault: Sequence[bytes]  # a rate limit that strikes in the middle of a stream
    fault_said: tuple[str, str | None]  # message and code of RUN_ERROR for it
    picture: dict[str, Any]  # the request for a picture with instructions and a temperature
    limit_said: tuple[str, str | None] = (
        "openai answered 429: Rate limit reached for key ***",
        "rate_limit_exceeded",
    )
    call_ids: Sequence[str] = ("call_a", "call_b")
    reasons: bool = True
    seal: str | None = None  # the encryptedValue that aimock's reasoning comes with
    params: dict[str, Any] = field(default_factory=lambda: {"temperature": 0.5})
    content_type: str = "text/event-stream"


class ChatModelCases:
    """Subclass, set ``dialect``, make clients, and parametrize ``flavour``."""

    dialect: Dialect

    def client(self, flavour: str, url: str) -> Any:
        raise NotImplementedError

    def model(self, flavour: str, url: str, **options: Any) -> Agent:
        return wrap(self.client(flavour, url), **{"model": "m", **options})

    def asked(self) -> list[dict[str, Any]]:
        """What aimock's turn with two calls becomes: one message, or two."""
        return [calls_said()]

    def fault_said(self, flavour: str) -> tuple[str, str | None]:
        return self.dialect.fault_said

    @pytest.fixture
    def flavour(self, request: pytest.FixtureRequest) -> str:
        return str(request.param)

    def scripted(self, server: Scripted, *frames: bytes | Hold) -> str:
        server.frames, server.content_type = list(frames), self.dialect.content_type
        return server.url

    @pytest.mark.anyio
    async def test_text_arrives_as_it_is_written_and_tokens_are_counted(
        self, flavour: str, aimock: Aimock
    ) -> None:
        ran = await run(self.model(flavour, aimock.url), "hello")
        assert ran.said == [{"role": "assistant", "content": "Hello from the model"}]
        assert [e["type"] for e in ran.events].count("TEXT_MESSAGE_CONTENT") > 1
        assert ran.end == {
            "type": "RUN_FINISHED",
            "outcome": {"type": "success"},
            "usage": [self.dialect.usage],
        }

    @pytest.mark.anyio
    async def test_reasoning_comes_before_the_answer(self, flavour: str, aimock: Aimock) -> None:
        if not self.dialect.reasons:
            pytest.skip("aimock has no reasoning in this dialect; see the module's own test")
        ran = await run(self.model(flavour, aimock.url), "think")
        thought = {"role": "reasoning", "content": "First I think."}
        if self.dialect.seal:
            thought["encryptedValue"] = self.dialect.seal
        assert ran.said == [thought, {"role": "assistant", "content": "So."}]

    @pytest.mark.anyio
    async def test_parallel_tools_of_ours_run_and_the_model_goes_on(
        self, flavour: str, aimock: Aimock
    ) -> None:
        ran = await run(self.model(flavour, aimock.url, tools=[get_weather]), "two cities")
        assert with_plain_calls(ran) == [
            *self.asked(),
            {"role": "tool", "toolCallId": "call_a", "content": "3"},
            {"role": "tool", "toolCallId": "call_b", "content": "20"},
            {"role": "assistant", "content": "Oslo 3, Rome 20"},
        ]

    @pytest.mark.anyio
    async def test_the_callers_tools_are_left_to_the_caller_and_its_answers_go_on(
        self, flavour: str, aimock: Aimock
    ) -> None:
        agent = self.model(flavour, aimock.url)
        ran = await run(agent, "two cities", tools=[WEATHER_TOOL])
        asked = ran.document["messages"][-1]["toolCalls"]
        assert with_plain_calls(ran) == self.asked()
        assert ran.end["outcome"] == {
            "type": "success",
            "pendingToolCallIds": [call["id"] for call in asked],
        }
        answers = [
            {"id": f"tool-{call['id']}", "role": "tool", "toolCallId": call["id"], "content": "3"}
            for call in asked
        ]
        history = [*ran.document["messages"], *answers]
        again = await run(agent, history, tools=[WEATHER_TOOL])
        assert again.said == [{"role": "assistant", "content": "Oslo 3, Rome 20"}]

    @pytest.mark.anyio
    async def test_a_rate_limit_at_the_start_is_an_error_without_the_key(
        self, flavour: str, aimock: Aimock
    ) -> None:
        ran = await run(self.model(flavour, aimock.url), "limit")
        message, code = self.dialect.limit_said
        told = without_host(ran.end["message"].replace(aimock.url, "URL"))
        assert (told, ran.end.get("code")) == (message, code)
        assert KEY not in json.dumps(ran.events)

    @pytest.mark.anyio
    async def test_a_rate_limit_in_the_middle_keeps_what_was_said(
        self, flavour: str, scripted: Scripted
    ) -> None:
        url = self.scripted(scripted, *self.dialect.hello, *self.dialect.fault)
        ran = await run(self.model(flavour, url), "hello")
        assert ran.said == [{"role": "assistant", "content": "Hel"}]
        told = without_host(ran.end["message"])
        assert (told, ran.end.get("code")) == self.fault_said(flavour)
        assert len(scripted.requests) == 1

    @pytest.mark.anyio
    async def test_an_answer_that_is_cut_off_is_never_a_success(
        self, flavour: str, scripted: Scripted
    ) -> None:
        url = self.scripted(scripted, *self.dialect.hello)
        ran = await run(self.model(flavour, url), "hello")
        assert ran.said == [{"role": "assistant", "content": "Hel"}]
        assert ran.end["type"] == "RUN_ERROR"
        assert ran.end["message"] == "The model's answer was cut off before its end."

    @pytest.mark.anyio
    async def test_leaving_stops_the_model(self, flavour: str, scripted: Scripted) -> None:
        url = self.scripted(scripted, *self.dialect.hello, Hold())
        agent = self.model(flavour, url)
        await leave_in_the_middle(agent, scripted)

    @pytest.mark.anyio
    async def test_a_picture_instructions_and_sampling_reach_the_model(
        self, flavour: str, scripted: Scripted
    ) -> None:
        url = self.scripted(scripted, *self.dialect.hello, *self.dialect.rest)
        options = {"instructions": "Be brief.", "params": self.dialect.params}
        agent = self.model(flavour, url, **options)
        source = {"type": "data", "value": PIXEL, "mimeType": "image/png"}
        content = [{"type": "text", "text": "What is it?"}, {"type": "image", "source": source}]
        context = [{"description": "Language", "value": "English"}]
        message = {"id": "u", "role": "user", "content": content}
        ran = await run(agent, [message], context=context)
        assert ran.said == [{"role": "assistant", "content": "Hello"}]
        assert scripted.requests == [self.dialect.picture]


class AdoptionCases:
    """For async clients: subclass, set ``dialect``, and make a client."""

    dialect: Dialect

    def serve(self, client: Any) -> Agent:
        return wrap(client, model="m")

    def client(self, flavour: str, url: str) -> Any:
        raise NotImplementedError

    def test_a_client_used_on_another_loop_serves_with_one_request_per_answer(
        self, scripted: Scripted
    ) -> None:
        scripted.frames = [*self.dialect.hello, *self.dialect.rest]
        scripted.content_type = self.dialect.content_type
        client = self.client("async", scripted.url)

        async def ask() -> Ran:
            return await run(self.serve(client), "hello")

        for loop_number in (1, 2, 3):
            ran = asyncio.run(ask())
            assert ran.said == [{"role": "assistant", "content": "Hello"}]
            assert len(scripted.requests) == loop_number


def with_plain_calls(ran: Ran) -> list[dict[str, Any]]:
    """What was said, call ids replaced by aimock's and arguments without spaces."""
    calls = [c["id"] for m in ran.document["messages"] for c in m.get("toolCalls", ())]
    names = dict(zip(calls, ("call_a", "call_b"), strict=True))
    text = json.dumps(ran.said).replace('\\"city\\": ', '\\"city\\":')
    for given, name in names.items():
        text = text.replace(given, name)
    plain: list[dict[str, Any]] = json.loads(text)
    tools = [m for m in plain if m["role"] == "tool"]
    tools.sort(key=lambda message: message["toolCallId"])  # they run side by side
    return [tools.pop(0) if m["role"] == "tool" else m for m in plain]


async def leave_in_the_middle(
    agent: Agent, server: Scripted, begun: str = "TEXT_MESSAGE_CONTENT"
) -> None:
    """Leave a run whose answer has begun; its model server must notice within a second."""
    events: list[dict[str, Any]] = []

    async def send(event: dict[str, Any]) -> None:
        events.append(event)

    request = request_of("hello")
    task = asyncio.create_task(drive(agent, request, Emitter(request, send)))
    await reached(lambda: any(e["type"] == begun for e in events))
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await asyncio.to_thread(server.gone.wait, 1.0)
    assert events[-1]["outcome"] == {"type": "cancelled"}


async def reached(true: Callable[[], bool]) -> None:
    """Wait for something that happens on this loop."""
    await asyncio.to_thread(until, true)
