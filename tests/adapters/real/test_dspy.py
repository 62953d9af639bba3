"""Modules of DSPy against the real package, with LiteLLM underneath."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar

import dspy
import pytest
from chat_cases import leave_in_the_middle
from kind_cases import CHAT, STOP, FrameworkCases, chunk, spoken
from models import Hold, Scripted, sse
from support.runs import run

from agui_notebook import UnsupportedAgent
from agui_notebook.agents import wrap

ANSWER = "[[ ## reasoning ## ]]\nHm.\n\n[[ ## answer ## ]]\nCold and dark.\n\n[[ ## completed ## ]]"


@pytest.fixture
def model(scripted: Scripted) -> Any:
    pieces = [ANSWER[at : at + 5] for at in range(0, len(ANSWER), 5)]
    scripted.frames = sse(*(chunk(content=each) for each in pieces)) + STOP
    url = f"{scripted.url}/v1"
    return dspy.LM("openai/m", api_base=url, api_key="k", num_retries=0, cache=False)


@pytest.mark.anyio
async def test_outputs_stream_and_reasoning_is_reasoning(model: Any) -> None:
    module = dspy.ChainOfThought("question -> answer")
    module.set_lm(model)
    ran = await run(wrap(module), "weather?")
    assert spoken(ran) == [("reasoning", "Hm."), ("assistant", "Cold and dark.")]
    assert ran.end["outcome"] == {"type": "success"}


@pytest.mark.anyio
async def test_a_history_gets_the_conversation(model: Any, scripted: Scripted) -> None:
    class Talk(dspy.Signature):
        history: dspy.History = dspy.InputField()
        question: str = dspy.InputField()
        answer: str = dspy.OutputField()

    module = dspy.ChainOfThought(Talk)
    module.set_lm(model)
    said = [("user", "first question"), ("assistant", "first answer"), ("user", "second")]
    history = [{"id": f"h{n}", "role": r, "content": c} for n, (r, c) in enumerate(said)]
    await run(wrap(module), history)
    asked = str(scripted.requests[-1]["messages"])
    assert all(text in asked for _, text in said)


def test_a_module_that_a_chat_cannot_fill_is_refused_in_a_sentence() -> None:
    with pytest.raises(UnsupportedAgent, match="this one has a, b"):
        wrap(dspy.Predict("a, b -> c"))


def pieces(text: str) -> list[bytes]:
    return sse(*(chunk(content=text[at : at + 5]) for at in range(0, len(text), 5)))


ANSWERS = "[[ ## answer ## ]]\n"
OVER = pieces("\n\n[[ ## completed ## ]]") + STOP


class Talk(dspy.Signature):
    """Answer."""

    history: dspy.History = dspy.InputField()
    question: str = dspy.InputField()
    answer: str = dspy.OutputField()


class TestKind(FrameworkCases):
    """See the cases; its listeners hold back the last words, as they may be a mark."""

    packages: ClassVar = ("dspy",)
    words: ClassVar = replace(
        CHAT,
        hello=pieces(f"{ANSWERS}Hel"),
        rest=pieces("lo") + OVER,
        thought=pieces(f"[[ ## reasoning ## ]]\nHm.\n\n{ANSWERS}So.") + OVER,
    )
    lacks: ClassVar = {
        "tool": "a module calls its tools inside",
        "parallel tools": "a module calls its tools inside",
        "image": "a module's question is text",
        "approval": "a module calls its tools inside",
    }
    make_module: ClassVar[Any] = dspy.Predict

    def client(self, url: str, tools: Any = ()) -> Any:
        module = self.make_module(Talk)
        place: Any = {"api_base": f"{url}/v1", "api_key": "k", "num_retries": 0, "cache": False}
        module.set_lm(dspy.LM("openai/m", **place))
        return module

    @pytest.mark.anyio
    async def test_reasoning(self, scripted: Scripted) -> None:
        self.make_module = dspy.ChainOfThought  # type: ignore[misc]
        await super().test_reasoning(scripted)

    @pytest.mark.anyio
    async def test_stop(self, scripted: Scripted) -> None:
        begun = pieces(f"{ANSWERS}Hello there, and so on, and on, and on, and on and on")
        agent = self.make(self.script(scripted, *begun, Hold()))
        await leave_in_the_middle(agent, scripted)

    @pytest.mark.anyio
    async def test_error_in_the_middle(self, scripted: Scripted) -> None:
        begun = pieces(f"{ANSWERS}Hello there, and so on, and on, and on, and on and on")
        url = self.script(scripted, *begun, *self.words.fault)
        ran = await run(self.make(url), "hello")
        assert "Hello there" in str(spoken(ran))
        assert ran.end["type"] == "RUN_ERROR"
        assert "Rate limit reached" in ran.end["message"]
