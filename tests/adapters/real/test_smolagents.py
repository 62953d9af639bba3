"""Agents of smolagents against the real package, with OpenAI's SDK underneath."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any, ClassVar

import pytest
from chat_cases import leave_in_the_middle
from kind_cases import CHAT, DONE, FrameworkCases, called, called_in, chat_calls, chunk, spoken
from models import Hold, Scripted, sse
from smolagents import CodeAgent, OpenAIServerModel, ToolCallingAgent, tool
from support.runs import run

from agui_notebook.agents import wrap


@tool
def get_weather(city: str) -> str:
    """The weather in a city.

    Args:
        city: Its name.
    """
    return {"Oslo": "3", "Rome": "20"}[city]


def model(url: str) -> Any:
    about = {"max_retries": 0}
    return OpenAIServerModel(
        "m", api_base=f"{url}/v1", api_key="k", client_kwargs=about, retry=False
    )


def final(answer: str) -> list[bytes]:
    text = json.dumps({"answer": answer})
    call = {**called(0, "f", text), "function": {"name": "final_answer", "arguments": text}}
    usage = {"prompt_tokens": 5, "completion_tokens": 7, "total_tokens": 12}
    return sse(chunk(tool_calls=[call]), chunk(finish="tool_calls"), chunk(usage=usage)) + DONE


@pytest.mark.anyio
async def test_tools_run_and_the_final_answer_is_the_answer(scripted: Scripted) -> None:
    scripted.frames, scripted.later = chat_calls(("c1", {"city": "Oslo"})), final("Cold.")
    agent = wrap(ToolCallingAgent([get_weather], model(scripted.url), verbosity_level=0))
    ran = await run(agent, "weather?")
    assert called_in(ran) == [("get_weather", {"city": "Oslo"})]
    assert spoken(ran) == [("tool", "3"), ("assistant", "Cold.")]
    assert ran.end["usage"] == [{"inputTokens": 5, "outputTokens": 7, "totalTokens": 12}]


@pytest.mark.anyio
async def test_code_is_shown_as_a_call_with_what_it_gave(scripted: Scripted) -> None:
    code = "Thought: I look.\n<code>\nprint(get_weather('Rome'))\n</code>"
    answer = "Thought: done.\n<code>\nfinal_answer('Warm.')\n</code>"
    scripted.frames = sse(chunk(content=code), chunk(finish="stop")) + DONE
    scripted.later = sse(chunk(content=answer), chunk(finish="stop")) + DONE
    agent = wrap(CodeAgent([get_weather], model(scripted.url), verbosity_level=0))
    ran = await run(agent, "weather?")
    assert called_in(ran)[0] == ("python_interpreter", {"code": "print(get_weather('Rome'))"})
    assert ("tool", "Execution logs:\n20\nLast output from code snippet:\nNone") in spoken(ran)
    assert spoken(ran)[-1] == ("assistant", "Warm.")


@pytest.mark.anyio
async def test_the_conversation_reaches_the_model_and_threads_do_not_mix(
    scripted: Scripted,
) -> None:
    scripted.frames = final("yes")
    agent = wrap(ToolCallingAgent([], model(scripted.url), verbosity_level=0))
    said = [("user", "first question"), ("assistant", "first answer"), ("user", "second")]
    history = [{"id": f"h{n}", "role": r, "content": c} for n, (r, c) in enumerate(said)]
    await run(agent, history)
    assert all(text in str(scripted.requests[-1]) for _, text in said)
    await run(agent, "another thread")
    assert "first answer" not in str(scripted.requests[-1])


@pytest.mark.anyio
async def test_what_the_model_server_refused_is_told(scripted: Scripted) -> None:
    scripted.refusal = (401, b'{"error": {"message": "No such key"}}')
    agent = wrap(ToolCallingAgent([], model(scripted.url), verbosity_level=0))
    ran = await run(agent, "hi")
    assert ran.end["type"] == "RUN_ERROR"
    assert "No such key" in ran.end["message"]


THINKING = sse(chunk(content="Hm."))


class TestKind(FrameworkCases):
    """Its answers come whole, as the call of a tool for it; what comes before is reasoning."""

    packages: ClassVar = ("smolagents",)
    words: ClassVar = replace(
        CHAT,
        hello=(),
        rest=final("Hello"),
        answer=final("Cold."),
        thought=sse(chunk(content="Hm.")) + final("So."),
    )
    lacks: ClassVar = {
        "approval": "the framework asks about no call",
        "a cut stream is an error": "the framework does not tell",
    }

    def pictures(self, request: Any) -> bool:
        return "data:image/png;base64," in json.dumps(request)  # it writes pictures anew

    def begins(self) -> tuple[Any, str]:
        return THINKING, "REASONING_MESSAGE_CONTENT"

    def client(self, url: str, tools: Any = ()) -> Any:
        own = [tool(documented(each)) for each in tools]
        return ToolCallingAgent(own, model(url), verbosity_level=0)

    @pytest.mark.anyio
    async def test_text(self, scripted: Scripted) -> None:
        ran = await run(self.make(self.script(scripted, *final("Hello"))), "hello")
        assert spoken(ran) == [("assistant", "Hello")]
        assert ran.end["outcome"] == {"type": "success"}
        assert len(scripted.requests) == 1

    @pytest.mark.anyio
    async def test_stop(self, scripted: Scripted) -> None:
        agent = self.make(self.script(scripted, *THINKING, Hold()))
        await leave_in_the_middle(agent, scripted, "REASONING_MESSAGE_CONTENT")
        assert len(scripted.requests) == 1

    @pytest.mark.anyio
    async def test_error_in_the_middle(self, scripted: Scripted) -> None:
        ran = await run(self.make(self.script(scripted, *THINKING, *self.words.fault)), "hello")
        assert spoken(ran) == [("reasoning", "Hm.")]
        assert ran.end["type"] == "RUN_ERROR"
        assert "Rate limit reached" in ran.end["message"]


def documented(function: Any) -> Any:
    """The framework wants each argument described."""
    function.__doc__ = "The weather in a city.\n\nArgs:\n    city: Its name.\n"
    return function
