"""Whatever JSON a model server sends, in any order: no surprise, no text lost, no tool misled."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from support.answers.cases import of_all
from support.answers.dialects import ALL, Chunks
from support.answers.odd import ODD
from support.answers.readers import READERS, as_sdk
from support.answers.reported import REPORTED
from support.runs import run

from agui_notebook.agents import AgentOptions, CallPieces, ModelAgent, Prompt, Reply, piece_of

CASES = [*of_all(), *REPORTED, *ODD]
DIALECTS = {dialect.name: dialect for dialect in ALL}
scalars = st.none() | st.booleans() | st.integers() | st.text(max_size=4)
junk = st.recursive(
    scalars,
    lambda some: (
        st.lists(some, max_size=3) | st.dictionaries(st.text(max_size=4), some, max_size=3)
    ),
    max_leaves=6,
)


@st.composite
def streams(draw: st.DrawFn) -> tuple[str, list[Any]]:
    """Chunks of one dialect's cases in any order, some with a member that is something else."""
    name = draw(st.sampled_from(sorted(READERS)))
    chunks = [chunk for case in CASES if case.dialect.name == name for chunk in case.chunks]
    picked = draw(st.lists(st.sampled_from(chunks), min_size=1, max_size=6))
    return name, [as_sdk(name, bend(draw, json.loads(json.dumps(chunk)))) for chunk in picked]


@st.composite
def spoken(draw: st.DrawFn) -> tuple[str, list[Any], list[str]]:
    """Such a stream with words of the dialect's own between its chunks, and these words."""
    name, chunks = draw(streams())
    words = [f"word{number};" for number in range(draw(st.integers(1, 3)))]
    for word in words:
        place = draw(st.integers(0, len(chunks)))
        said: Chunks = DIALECTS[name].text(word)
        chunks[place:place] = [as_sdk(name, chunk) for chunk in said]
    return name, chunks, words


def bend(draw: st.DrawFn, value: Any) -> Any:
    """The same with something else in one place, perhaps."""
    turn = draw(st.integers(0, 9))
    if turn == 0:
        return draw(junk)
    if isinstance(value, dict) and value:
        key = draw(st.sampled_from(sorted(value)))
        return {**value, key: bend(draw, value[key])}
    if isinstance(value, list) and value:
        return [bend(draw, value[0]), *value[1:]]
    return value


@settings(max_examples=300, deadline=None)
@given(spoken())
def test_no_stream_surprises_loses_text_or_calls_with_what_nobody_said(
    stream: tuple[str, list[Any], list[str]],
) -> None:
    name, chunks, words = stream
    called: list[str] = []

    def purge(path: str = "/") -> str:
        """Purge."""
        called.append(path)
        return "purged"

    async def ask(prompt: Prompt, reply: Reply) -> None:
        read = READERS[name](reply)
        for chunk in chunks if not prompt.turns[1:] else ():
            if isinstance(chunk, dict):
                await read(chunk)
        reply.complete = True

    agent = ModelAgent(AgentOptions(model="m", tools=[purge], max_rounds=2), ask)
    ran = asyncio.run(run(agent, "go", warned=True))
    end = ran.end
    assert end["type"] == "RUN_FINISHED" or not end["message"].startswith(SURPRISES), end
    if end["type"] == "RUN_FINISHED":
        told = "".join(event.get("delta", "") for event in ran.events)
        assert [word for word in words if word not in told] == []
    text = json.dumps(chunks)
    assert all(path == "/" or json.dumps(path) in text or path in text for path in called)
    none_is_empty = name in ("google", "ollama")  # whose documents say so
    assert "/" not in called or "{}" in text or none_is_empty


SURPRISES = ("AttributeError", "KeyError", "TypeError", "ValueError", "IndexError", "Recursion")


@given(st.data(), st.dictionaries(st.text(max_size=3), scalars, min_size=1, max_size=3))
def test_arguments_are_what_was_sent_however_they_were_cut(
    data: st.DataObject, arguments: dict[str, Any]
) -> None:
    text = json.dumps(arguments)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=5)))
    pieces = [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    calls = CallPieces()
    call = calls.take(piece_of(0, "A", "purge", ""))
    told = ""
    for each in pieces:
        told += calls.take(piece_of(0, None, None, each)).arguments.fresh()
    text_at_last, rest, lost = call.arguments.end()
    assert (json.loads(text_at_last or ""), told + rest, lost) == (arguments, text_at_last, False)
    assert len(calls.calls) == 1
