"""What every kind of agent must do once wrapped, as far as its own package has it.

A test module gives the words its model server speaks and makes the agents; a feature its package
does not have is named with the package's reason. ``docs/agents.md`` shows the outcome as a table.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import pytest
from chat_cases import PIXEL, leave_in_the_middle
from models import KEY, Hold, Scripted, sse
from served_cases import ServedCases
from support.runs import Ran, get_weather, run

from agui_notebook import Agent
from agui_notebook.agents import wrap

CALLS = (("call_a", {"city": "Oslo"}), ("call_b", {"city": "Rome"}))
LIMITED = {
    "error": {
        "message": f"Rate limit reached for key {KEY}",
        "type": "rate_limit_error",
        "code": "rate_limit_exceeded",
    }
}


def chunk(finish: str | None = None, usage: Mapping[str, int] | None = None, **delta: Any) -> Any:
    """One chunk of Chat Completions."""
    choices = [] if usage else [{"index": 0, "delta": delta, "finish_reason": finish}]
    head = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m"}
    return {**head, "choices": choices, **({"usage": usage} if usage else {})}


def called(index: int, call: str, arguments: str) -> dict[str, Any]:
    function = {"name": "get_weather", "arguments": arguments}
    return {"index": index, "id": call, "type": "function", "function": function}


def noting_weather() -> tuple[Callable[[str], str], list[str]]:
    """A tool, and what it ran with."""
    ran_with: list[str] = []

    def get_weather(city: str) -> str:
        """The weather in a city."""
        ran_with.append(city)
        return "3"

    return get_weather, ran_with


async def decide(agent: Any, ran: Any, *payloads: Any) -> Any:
    """The run that goes on with these answers, one to each question that was asked."""
    asked = ran.end["outcome"]["interrupts"]
    entries = [
        {"interruptId": each["id"], "status": "resolved", "payload": payload}
        for each, payload in zip(asked, payloads, strict=True)
    ]
    messages = ran.document["messages"]
    return await run(agent, messages, resume=entries, threadId=ran.request["threadId"])


@dataclass
class Words:
    """A model server's own bytes: what it says when it says this."""

    hello: Sequence[bytes]  # a stream that has said "Hel" and goes on
    rest: Sequence[bytes]  # "lo", the end, and 5 + 7 tokens
    calls: Sequence[bytes]  # the weather in Oslo and in Rome
    call: Sequence[bytes]  # the weather in Oslo
    answer: Sequence[bytes]  # "Cold."
    thought: Sequence[bytes]  # it thinks "Hm." and says "So."
    fault: Sequence[bytes]  # a rate limit that strikes in the middle of a stream
    content_type: str = "text/event-stream"
    limited: bytes = json.dumps(LIMITED).encode()


def chat_calls(*calls: tuple[str, dict[str, Any]]) -> list[bytes]:
    """Calls, their arguments in two pieces each."""
    frames = []
    for index, (call, arguments) in enumerate(calls):
        text = json.dumps(arguments)
        frames += [chunk(role="assistant", tool_calls=[called(index, call, text[:3])])]
        more = {"index": index, "function": {"arguments": text[3:]}}
        frames += [chunk(tool_calls=[more])]
    return sse(*frames, chunk(finish="tool_calls")) + DONE


DONE = [b"data: [DONE]\n\n"]
COUNTS = {"prompt_tokens": 5, "completion_tokens": 7, "total_tokens": 12}
STOP = sse(chunk(finish="stop"), chunk(usage=COUNTS)) + DONE
CHAT = Words(
    hello=sse(chunk(role="assistant", content="Hel")),
    rest=sse(chunk(content="lo")) + STOP,
    calls=chat_calls(*CALLS),
    call=chat_calls(CALLS[0]),
    answer=sse(chunk(role="assistant", content="Cold.")) + STOP,
    thought=sse(chunk(role="assistant", reasoning_content="Hm."), chunk(content="So.")) + STOP,
    fault=sse({"error": {"message": "Rate limit reached", "type": "rate_limit_error"}}),
)


class KindCases(ServedCases):
    """Subclass, set what differs, and make agents."""

    words: ClassVar[Words] = CHAT
    packages: ClassVar[tuple[str, ...]] = ()
    lacks: ClassVar[dict[str, str]] = {}
    tool_name: ClassVar[str] = "get_weather"
    usage: ClassVar[dict[str, Any]] = {"inputTokens": 5, "outputTokens": 7, "totalTokens": 12}

    options: ClassVar[dict[str, Any]] = {"model": "m"}

    @pytest.fixture(autouse=True)
    async def close_agents(self, anyio_backend: str) -> AsyncIterator[None]:
        """What was made for a test lets go of its connections on the loop it used."""
        self.made: list[Agent] = []
        yield
        for each in self.made:
            await close(each)

    def client(self, url: str) -> Any:
        """What a user has that asks a model server."""
        raise NotImplementedError

    def agent(self, url: str, **options: Any) -> Agent:
        """It wrapped; kinds that have tools of their own give it ``tools`` and ``approve``."""
        return wrap(self.client(url), **self.options, **options)

    def make(self, url: str, **options: Any) -> Agent:
        self.made.append(self.agent(url, **options))
        return self.made[-1]

    def keep(self, client: Any) -> Agent:
        self.made.append(wrap(client, **self.options))
        return self.made[-1]

    def pictures(self, request: Any) -> bool:
        """Whether a request to the model holds the picture."""
        return PIXEL in json.dumps(request)

    def decision(self, yes: bool, edits: Any = None) -> Any:
        """The payload of an answer to a question for a yes."""
        return {"approved": yes, **({"editedArgs": edits} if edits else {})}

    def ran_edited(self, result: str) -> bool:
        """Whether a call's result is that of the changed arguments."""
        return result == self.shown("20")

    def shown(self, result: str) -> str:
        """A tool's result as this kind passes it on."""
        return result

    def has(self, feature: str) -> None:
        if reason := self.lacks.get(feature):
            pytest.skip(reason)

    def script(self, server: Scripted, *frames: bytes | Hold, then: Sequence[bytes] = ()) -> str:
        server.frames, server.content_type = list(frames), self.words.content_type
        server.later = list(then) or None
        return server.url

    @pytest.mark.anyio
    async def test_text(self, scripted: Scripted) -> None:
        url = self.script(scripted, *self.words.hello, *self.words.rest)
        ran = await run(self.make(url), "hello")
        assert spoken(ran) == [("assistant", "Hello")]
        assert ran.end["outcome"] == {"type": "success"}
        assert [e["type"] for e in ran.events].count("TEXT_MESSAGE_CONTENT") > 1
        assert len(scripted.requests) == 1

    @pytest.mark.anyio
    async def test_history(self, scripted: Scripted) -> None:
        self.has("history")
        url = self.script(scripted, *self.words.hello, *self.words.rest)
        said = [("user", "first question"), ("assistant", "first answer"), ("user", "second")]
        history = [{"id": f"h{n}", "role": r, "content": c} for n, (r, c) in enumerate(said)]
        ran = await run(self.make(url), history)
        assert spoken(ran) == [("assistant", "Hello")]
        asked = json.dumps(scripted.requests[-1])
        assert all(asked.count(text) == 1 for _, text in said)

    @pytest.mark.anyio
    async def test_usage(self, scripted: Scripted) -> None:
        self.has("usage")
        url = self.script(scripted, *self.words.hello, *self.words.rest)
        ran = await run(self.make(url), "hello")
        [counted] = ran.end["usage"]
        assert {key: counted.get(key) for key in self.usage} == self.usage

    @pytest.mark.anyio
    async def test_reasoning(self, scripted: Scripted) -> None:
        self.has("reasoning")
        ran = await run(self.make(self.script(scripted, *self.words.thought)), "think")
        assert spoken(ran) == [("reasoning", "Hm."), ("assistant", "So.")]

    @pytest.mark.anyio
    async def test_tool(self, scripted: Scripted) -> None:
        self.has("tool")
        url = self.script(scripted, *self.words.call, then=self.words.answer)
        ran = await run(self.make(url, tools=[get_weather]), "weather?")
        assert called_in(ran) == [(self.tool_name, {"city": "Oslo"})]
        assert spoken(ran)[-2:] == [("tool", self.shown("3")), ("assistant", "Cold.")]

    @pytest.mark.anyio
    async def test_parallel_tools(self, scripted: Scripted) -> None:
        self.has("parallel tools")
        url = self.script(scripted, *self.words.calls, then=self.words.answer)
        ran = await run(self.make(url, tools=[get_weather]), "weather?")
        assert sorted(called_in(ran), key=str) == [(self.tool_name, given) for _, given in CALLS]
        results = sorted(text for role, text in spoken(ran) if role == "tool")
        assert results == [self.shown("20"), self.shown("3")]
        assert spoken(ran)[-1] == ("assistant", "Cold.")

    @pytest.mark.anyio
    async def test_image(self, scripted: Scripted) -> None:
        self.has("image")
        url = self.script(scripted, *self.words.hello, *self.words.rest)
        source = {"type": "data", "value": PIXEL, "mimeType": "image/png"}
        content = [{"type": "text", "text": "What is it?"}, {"type": "image", "source": source}]
        ran = await run(self.make(url), [{"id": "u", "role": "user", "content": content}])
        assert spoken(ran) == [("assistant", "Hello")]
        assert self.pictures(scripted.requests[-1])

    @pytest.mark.anyio
    @pytest.mark.parametrize("yes", [True, False], ids=["yes", "no"])
    async def test_approval(self, yes: bool, scripted: Scripted) -> None:
        self.has("approval")
        url = self.script(scripted, *self.words.call, then=self.words.answer)
        tool, ran_with = noting_weather()
        agent = self.make(url, tools=[tool], approve=[self.tool_name])
        ran = await run(agent, "weather?")
        assert ran_with == []
        again = await decide(agent, ran, self.decision(yes))
        assert [said for said in spoken(again) if said[0] != "tool"] == [("assistant", "Cold.")]
        assert ran_with == (["Oslo"] if yes else [])

    @pytest.mark.anyio
    async def test_edited_approval(self, scripted: Scripted) -> None:
        self.has("approval")
        self.has("edited approval")
        url = self.script(scripted, *self.words.call, then=self.words.answer)
        agent = self.make(url, tools=[get_weather], approve=[self.tool_name])
        ran = await run(agent, "weather?")
        again = await decide(agent, ran, self.decision(True, {"city": "Rome"}))
        told, last = spoken(again)
        assert (told[0], self.ran_edited(told[1]), last) == ("tool", True, ("assistant", "Cold."))

    @pytest.mark.anyio
    async def test_two_approvals(self, scripted: Scripted) -> None:
        """Each call has an answer of its own, and neither runs before it."""
        self.has("approval")
        self.has("two approvals")
        url = self.script(scripted, *self.words.calls, then=self.words.answer)
        tool, ran_with = noting_weather()
        agent = self.make(url, tools=[tool], approve=[self.tool_name])
        ran = await run(agent, "weather?")
        assert (len(ran.end["outcome"]["interrupts"]), ran_with) == (2, [])
        again = await decide(agent, ran, self.decision(False), self.decision(True))
        assert spoken(again)[-1] == ("assistant", "Cold.")
        assert ran_with == ["Rome"]

    @pytest.mark.anyio
    async def test_stop(self, scripted: Scripted) -> None:
        self.has("stop")
        agent = self.make(self.script(scripted, *self.words.hello, Hold()))
        await leave_in_the_middle(agent, scripted)

    @pytest.mark.anyio
    async def test_error_at_the_start(self, scripted: Scripted) -> None:
        self.has("error at the start")
        scripted.refusal = (429, self.words.limited)
        ran = await run(self.make(scripted.url), "hello")
        assert ran.end["type"] == "RUN_ERROR"
        assert "Rate limit reached" in ran.end["message"]
        assert KEY not in json.dumps(ran.events)
        assert len(scripted.requests) == 1

    @pytest.mark.anyio
    async def test_error_in_the_middle(self, scripted: Scripted) -> None:
        self.has("error in the middle")
        url = self.script(scripted, *self.words.hello, *self.words.fault)
        ran = await run(self.make(url), "hello")
        assert ("assistant", "Hel") in spoken(ran)
        assert ran.end["type"] == "RUN_ERROR"
        assert "Rate limit reached" in ran.end["message"]

    @pytest.mark.anyio
    async def test_cut(self, scripted: Scripted) -> None:
        self.has("a cut stream is an error")
        ran = await run(self.make(self.script(scripted, *self.words.hello)), "hello")
        assert ran.end["type"] == "RUN_ERROR"

    def test_other_loops(self, scripted: Scripted) -> None:
        """What was used on another event loop serves, with one request per answer."""
        self.has("other loops")
        client = self.client(self.script(scripted, *self.words.hello, *self.words.rest))

        async def ask() -> Ran:
            agent = wrap(client, **self.options)
            ran = await run(agent, "hello")
            await close(agent)
            return ran

        for number in (1, 2):
            assert spoken(asyncio.run(ask())) == [("assistant", "Hello")]
            assert len(scripted.requests) == number


class FrameworkCases(KindCases):
    """The same for agents that have their tools inside: make them in ``client``."""

    options: ClassVar[dict[str, Any]] = {}

    def client(self, url: str, tools: Sequence[Any] = ()) -> Any:
        raise NotImplementedError

    asked_here: ClassVar[bool] = False  # whether ``approve=`` names the tools to ask about

    def asking(self, url: str, tools: Sequence[Any]) -> Any:
        """The same, asking before each call in the framework's own way."""
        raise NotImplementedError

    def agent(self, url: str, **options: Any) -> Agent:
        tools, approve = options.get("tools", ()), options.get("approve")
        if approve and self.asked_here:
            return wrap(self.client(url, tools), approve=approve)
        return wrap((self.asking if approve else self.client)(url, tools))


async def close(agent: Agent) -> None:
    """Let go of its connections, if it holds any."""
    if let_go := getattr(agent, "aclose", None):
        await let_go()


def spoken(ran: Ran) -> list[tuple[str, str]]:
    """Role and text of what was said."""
    said = [(m["role"], m.get("content")) for m in ran.said]
    return [(role, text) for role, text in said if text]


def called_in(ran: Ran) -> list[tuple[str, Any]]:
    """Name and arguments of every call."""
    calls = [call["function"] for m in ran.said for call in m.get("toolCalls") or ()]
    return [(call["name"], json.loads(call["arguments"])) for call in calls]
