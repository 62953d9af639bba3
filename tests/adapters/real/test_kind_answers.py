"""What comes of odd answers, through every kind of a lane that speaks Chat Completions.

A client of ours comes to what its model meant. A framework puts calls together and runs its tools
itself: no tool of it runs with arguments that the model never gave, and its run has an end.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from kind_cases import CHAT, KindCases, close
from models import KEY, Scripted, sse
from support import lanes
from support.answers.cases import Case, of_all
from support.answers.odd import ODD
from support.answers.reported import REPORTED
from support.answers.running import Tools
from support.runs import run

from agui_notebook.agents import ModelAgent

pytestmark = [pytest.mark.anyio, pytest.mark.filterwarnings("ignore")]
NEEDS_MORE = (
    "test_smolagents.py",
)  # frameworks that want each argument described, or tools of a kind

# what rule each stands for: pieces without a name, other ids, whole arguments at the end, length,
# refusals, nothing at all, errors in the middle, tokens twice, reasoning, parts of other kinds
CHOSEN = """
    a call with its arguments|a call without arguments|defaults that the model chose|
    two calls under one id|text cut by a limit|a call cut by a limit|a whole call and a limit|
    a filter over a call|a malformed call|a refusal in the middle|an answer that was cut|
    parallel calls without index|parallel calls of index 0|go to and fro|a piece of its own|
    no arguments at first|an empty piece last|an id that is a number|the last piece twice|
    a list for arguments|a word for nothing|Python for arguments|a tool nobody has|
    a call meant and never made|a stop, then a limit|tokens first, and cut|no reason, and tokens|
    a message in place of a delta|pieces under another id|tokens in every|two reasons
"""


# packages between a model and us that lose calls of these, or tell another end of their own
LOSING = {
    "test_any_llm": "parallel calls without index|go to and fro|an id that is a number",
    "test_litellm": "a message in place of|a stop, then a limit|go to and fro|an id that is a numb",
}
# What frameworks carry out themselves, and nobody beside them can keep back: the calls of an answer
# that a limit or a filter ended; one that was cut, with nothing in place of its arguments; what was
# said twice, or is no JSON.
ENDED = "a whole call and a limit|a filter over|a stop, then a limit"
CARRY_OUT = {
    "test_adk": f"{ENDED}|a call cut by|Python for arguments",
    "test_ag2": f"{ENDED}|a call cut by",
    "test_agno": ENDED,
    "test_autogen": f"{ENDED}|two calls under one id",
    "test_chatlas": ENDED,
    "test_haystack": f"{ENDED}|a call cut by",
    "test_llama_index": f"{ENDED}|a call cut by|a piece of its own|the last piece twice|"
    "Python for arguments|a word for nothing",
    "test_openai_agents": ENDED,
    "test_strands": "a stop, then a limit|of index 0 in one chunk|go to and fro|"
    "the last piece twice|Python for arguments|a word for nothing",
}


def told_by(table: dict[str, str], kind: type[KindCases], case: Case) -> bool:
    words = table.get(kind.__module__, "")
    return bool(words) and any(word in case.name for word in words.split("|"))


def modules() -> Iterator[Any]:
    """The test modules of this lane, whose packages it has."""
    here, lane = Path(__file__).parent, Path(sys.prefix).name.removeprefix("newest-")
    for name in sorted(lanes.BY_NAME[lane].modules):
        text = (here / name).read_text("utf-8")
        if "Cases):" in text and name not in NEEDS_MORE:
            yield import_module(name.removesuffix(".py"))


def kinds() -> Iterator[type[KindCases]]:
    """Classes of cases that speak this dialect, and have tools."""
    for module in modules():
        for made in vars(module).values():
            named = isinstance(made, type) and issubclass(made, KindCases)
            here = named and made.__module__ == module.__name__ and made.words is CHAT
            if here and "tool" not in made.lacks:
                yield made


def chosen() -> Iterator[Case]:
    words = [word.strip() for word in CHOSEN.replace("\n", "").split("|")]
    for case in [*of_all(), *REPORTED, *ODD]:
        if case.dialect.name == "chat" and any(word in case.name for word in words):
            yield case


def plain_tools(tools: Tools) -> list[Any]:
    """The same as functions, which frameworks want."""

    def purge(path: str = "/") -> str:
        """Purge a path."""
        return tools.purge(path)

    def ping() -> str:
        """Ping."""
        return tools.ping()

    return [purge, ping]


@pytest.mark.parametrize("case", list(chosen()), ids=str)
@pytest.mark.parametrize("kind", list(kinds()), ids=lambda kind: kind.__module__ + kind.__name__)
async def test_no_tool_runs_with_what_the_model_never_said(
    kind: type[KindCases], case: Case, scripted: Scripted
) -> None:
    tools, cases = Tools(), kind()
    scripted.frames = list(sse(*case.chunks))
    scripted.later = list(sse(*case.dialect.answer(case.dialect.text("ok"))))
    cases.made = []
    agent = cases.agent(scripted.url, tools=plain_tools(tools))
    try:
        ran = await run(agent, "go", warned=True)
    finally:
        await close(agent)
    assert ran.end["type"] in ("RUN_FINISHED", "RUN_ERROR")
    assert KEY not in json.dumps(ran.events)
    if not told_by(CARRY_OUT, kind, case):
        assert set(tools.ran) <= set(case.ran), (tools.ran, ran.end)
        assert len(tools.ran) <= len(case.ran)
    if isinstance(agent, ModelAgent) and not told_by(LOSING, kind, case) and case.code is None:
        assert sorted(tools.ran) == sorted(case.ran)
