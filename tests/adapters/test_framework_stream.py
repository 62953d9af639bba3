"""Agent Framework's own stream, of which calls come in pieces of many shapes.

The agent and its package are stand-ins that have what is asked of them.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any

import pytest
from support.runs import run

from agui_notebook.agents import AgentOptions
from agui_notebook.agents.adapters.agent_framework.own_stream import FrameworkStream

pytestmark = pytest.mark.anyio


class Content(SimpleNamespace):
    """The package's content; made by its kind."""

    @classmethod
    def from_text(cls, text: str) -> Content:
        return cls(type="text", text=text)


LIBRARY = SimpleNamespace(Content=Content, Message=lambda role, contents: (role, contents))


def text(said: str) -> Content:
    return Content.from_text(said)


def piece(call: Any = "", name: str = "", arguments: Any = None) -> Content:
    return Content(type="function_call", call_id=call, name=name, arguments=arguments)


def result(call: str, value: Any = "ok") -> Content:
    return Content(type="function_result", call_id=call, result=value)


class Agent:
    """Says its contents, each in an update of its own."""

    name = "agent"

    def __init__(self, *contents: Content) -> None:
        self._contents = contents

    async def run(self, messages: Any, stream: bool) -> AsyncIterator[Any]:
        for content in self._contents:
            yield SimpleNamespace(contents=[content])


async def said(*contents: Content) -> list[tuple[str, ...]]:
    """What came of it: calls with their arguments, results and texts."""
    ran = await run(FrameworkStream(LIBRARY, Agent(*contents), AgentOptions()), "go")
    assert ran.end["type"] == "RUN_FINISHED", ran.end
    told: list[tuple[str, ...]] = []
    for message in ran.said:
        told += [
            (call["id"], call["function"]["name"], call["function"]["arguments"])
            for call in message.get("toolCalls", ())
        ]
        if message.get("content"):
            told.append((message.get("toolCallId", message["role"]), message["content"]))
    return told


CALL = ("a", "purge", '{"path":"/c"}')
PIECES: dict[str, list[Content]] = {
    "whole": [piece("a", "purge", '{"path":"/c"}')],
    "an object": [piece("a", "purge", {"path": "/c"})],
    "in pieces, with the id once": [piece("a", "purge", ""), piece("", "", '{"path":"/c"}')],
    "in pieces, with the id each time": [
        piece("a", "purge", '{"path":'),
        piece("a", "", '"/c"}'),
    ],
    "the name last": [piece("a", "", ""), piece("a", "purge", '{"path":"/c"}')],
    "each piece with all before it": [
        piece("a", "purge", '{"path"'),
        piece("a", "purge", '{"path":"/c"}'),
    ],
}


@pytest.mark.parametrize("shape", PIECES)
async def test_a_call_is_told_whole_whatever_pieces_it_came_in(shape: str) -> None:
    told = await said(*PIECES[shape], result("a"), text("done"))
    assert told == [("a", "purge", told[0][2]), ("a", "ok"), ("assistant", "done")]
    assert told[0][2].replace(" ", "") == CALL[2]


async def test_an_id_used_again_is_another_call_and_its_result_belongs_to_it() -> None:
    one, two = piece("a", "purge", '{"path":"/a"}'), piece("a", "purge", '{"path":"/b"}')
    first, answered, second, again = await said(one, result("a", "A"), two, result("a", "B"))
    assert (first, answered) == (("a", "purge", '{"path":"/a"}'), ("a", "A"))
    assert second == (again[0], "purge", '{"path":"/b"}')
    assert again[0] != "a"
    assert again[1] == "B"


async def test_a_call_without_an_answer_ends_with_the_stream() -> None:
    assert await said(piece("a", "ping", {})) == [("a", "ping", "{}")]
