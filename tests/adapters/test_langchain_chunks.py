"""What LangChain's runnables may yield: messages, whole or in pieces, and anything else.

The objects here have the shape of LangChain's; the real ones are in real/.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from support.answers.running import Tools
from support.runs import Ran, run

from agui_notebook.agents import AgentOptions, ModelAgent, Prompt, Reply
from agui_notebook.agents.adapters.langchain.chunks import LangChainReader

pytestmark = pytest.mark.anyio
C = {"name": "purge", "args": {"path": "/c"}, "id": "A"}


@dataclass
class Whole:
    """A message of a model that does not stream."""

    content: Any = ""
    id: str | None = None
    tool_calls: list[Any] = field(default_factory=list)
    invalid_tool_calls: list[Any] = field(default_factory=list)
    response_metadata: dict[str, Any] = field(default_factory=dict)
    additional_kwargs: dict[str, Any] = field(default_factory=dict)
    usage_metadata: Any = None


@dataclass
class Chunk(Whole):
    tool_call_chunks: list[Any] = field(default_factory=list)


class AddableDict(dict[str, Any]):
    """What parallel chains yield."""


def piece(args: str | None, name: str | None = None, **about: Any) -> Chunk:
    return Chunk(tool_call_chunks=[{"name": name, "args": args, "index": None, **about}])


async def answer(*chunks: Any) -> tuple[Ran, list[str]]:
    """One answer of these chunks, then ok."""
    tools, answers = Tools(), [[*chunks]]

    async def ask(prompt: Prompt, reply: Reply) -> None:
        reader = LangChainReader(reply)
        for chunk in answers.pop() if answers else [Chunk("ok")]:
            await reader.read(chunk)
        await reader.end()

    agent = ModelAgent(AgentOptions(model="m", tools=tools.all), ask)
    return await run(agent, "go", warned=True), tools.ran


@pytest.mark.parametrize(
    "chunks",
    [
        [Whole(tool_calls=[C])],
        [piece("", "purge", id="A"), piece('{"path":"/c"}', id=None)],
        [piece("", "purge", id="A", index=0), piece('{"path":"/c"}', id="B", index=0)],
        [piece("", "purge", id="A", index="lc_0"), piece('{"path":"/c"}', index="lc_0")],
        [
            Chunk(
                [{"type": "tool_use", "id": "A", "name": "purge", "input": {"path": "/c"}}],
                tool_call_chunks=[{"name": "purge", "args": "", "id": "A", "index": 0}],
            )
        ],
    ],
    ids=[
        "whole: disable_streaming",
        "no index: langchain-ai/langchain#40392, langchain-ai/langchain#40562",
        "another id: poolsideai/pool#9",
        "an index that is text: responses/v1",
        "the input in the content",
    ],
)
async def test_a_call_runs_with_its_arguments(chunks: list[Any]) -> None:
    _, ran = await answer(*chunks)
    assert ran == ["/c"]


async def test_a_call_without_arguments_is_one_where_its_content_says_so() -> None:
    block = {"type": "tool_use", "id": "A", "name": "purge", "input": {}, "index": 1}
    opening = {"name": "purge", "args": "", "id": "A", "index": 1}
    _, ran = await answer(Chunk([block], tool_call_chunks=[opening]))
    assert ran == ["/"]


async def test_arguments_that_did_not_parse_are_told_to_the_model() -> None:
    ran, called = await answer(
        Whole(invalid_tool_calls=[{"name": "purge", "args": '{"pa', "id": "A", "error": "x"}])
    )
    assert called == []
    [result] = [m["content"] for m in ran.said if m["role"] == "tool"]
    assert result.startswith("The arguments are not JSON")


@pytest.mark.parametrize(
    ("chunks", "text"),
    [
        (["hel", "lo"], "hello"),
        ([None, "hi", None], "hi"),
        ([7], "7"),
        ([["a", "b"]], "ab"),
        ([{"answer": "hi"}], '{"answer": "hi"}'),
        ([{}, {"a": "h"}, {"a": "hi", "b": 1}], '{"a": "hi", "b": 1}'),
        ([{"a": 1}, {"b": 2}], '{"a": 1}{"b": 2}'),
        ([AddableDict(answer="he"), AddableDict(answer="llo")], "hello"),
        ([AddableDict(a="he"), AddableDict(a="llo", b=1)], '{"a": "hello", "b": 1}'),
        ([[Whole("x")], Whole("y")], "xy"),
        ([Chunk([{"type": "text", "index": 0}]), Chunk([{"type": "text", "text": "x"}])], "x"),
        ([Chunk("hel", id="1"), Chunk("lo", id="1"), Whole("hello", id="1")], "hello"),
        ([Chunk("ha", id="1"), Whole("ha", id="2")], "haha"),
    ],
)
async def test_whatever_a_chain_yields_is_told_as_text(chunks: list[Any], text: str) -> None:
    ran, _ = await answer(*chunks)
    assert [m["content"] for m in ran.said] == [text]
    assert ran.end["type"] == "RUN_FINISHED"


@pytest.mark.parametrize(
    ("chunk", "text"),
    [
        (Chunk(additional_kwargs={"refusal": "No."}), "No."),
        (Chunk([{"type": "refusal", "refusal": "No."}]), "No."),
        (Chunk("half", response_metadata={"stop_reason": "refusal"}), "half"),
    ],
)
async def test_a_refusal_is_text_that_is_marked(chunk: Chunk, text: str) -> None:
    ran, _ = await answer(chunk)
    assert ran.said == [{"role": "assistant", "content": text, "metadata": {"refusal": "refusal"}}]


@pytest.mark.parametrize(
    "about",
    [
        {"finish_reason": "length"},
        {"stop_reason": "max_tokens"},
        {"done_reason": "length"},
        {"finish_reason": "MAX_TOKENS"},
        {"incomplete_details": {"reason": "max_output_tokens"}, "status": "incomplete"},
    ],
)
async def test_a_limit_is_a_warning_wherever_an_integration_keeps_it(about: Any) -> None:
    ran, called = await answer(piece("", "purge", id="A"), Chunk("half", response_metadata=about))
    assert called == []
    [warning] = ran.warnings
    assert "reached its limit" in warning


async def test_a_stream_of_a_provider_that_always_ends_with_a_reason_may_be_cut() -> None:
    ran, _ = await answer(Chunk("half", response_metadata={"model_provider": "openai"}))
    assert (ran.end["type"], ran.end["code"]) == ("RUN_ERROR", "incomplete")
