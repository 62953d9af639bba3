"""A tool is its function as it is defined now, whether its module was reloaded or its cell run
again; and its schema knows types of one name apart.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pydantic
import pytest
from IPython.extensions.autoreload import superreload
from support.runs import run
from support.servers import FINISHED, STARTED, answer, called, serve_frames

import agui_notebook
from agui_notebook import InvalidInput, Tool, ToolFailed, connect, tool
from agui_notebook.agents import AgentOptions, ModelAgent, Piece, Prompt, Reply

FIRST = "def walk(path: str) -> str:\n    '''Walk.'''\n    return path\n"
SECOND = (
    "def walk(depth: int, *, path: str = 'here') -> str:\n    '''Walk deeper.'''\n"
    "    return path * depth\n"
)


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    (tmp_path / "reloaded_tools.py").write_text(FIRST)
    yield importlib.import_module("reloaded_tools")
    del sys.modules["reloaded_tools"]


def test_after_autoreload_the_schema_and_the_call_are_those_of_the_new_definition(
    module: ModuleType,
) -> None:
    held: dict[Any, Any] = {}
    superreload(module, old_objects=held)
    made = Tool(module.walk)
    assert list(made.definition()["parameters"]["properties"]) == ["path"]
    Path(str(module.__file__)).write_text(SECOND)
    superreload(module, old_objects=held)
    told = made.definition()
    assert told["description"] == "Walk deeper."
    assert told["parameters"]["properties"] == {
        "depth": {"type": "integer"},
        "path": {"default": "here", "type": "string"},
    }
    assert made(**made.arguments('{"depth": "2"}')) == "herehere"
    with pytest.raises(ToolFailed, match="depth is missing"):
        made.arguments('{"path": "x"}')


def model_of(member: str) -> Any:
    inner = pydantic.create_model("Inner", **{member: (int, ...)})  # type: ignore[call-overload]
    return pydantic.create_model("Outer", first=(inner, ...), rest=(list[inner], []))  # type: ignore


def test_two_types_of_one_name_do_not_take_each_others_place() -> None:
    def both(one: Any, two: Any, three: Any = None) -> Any:
        """Take both."""

    first, second = model_of("x"), model_of("y")
    both.__annotations__ = {"one": first, "two": second, "three": first}
    made = Tool(both)
    assert sorted(made.parameters["$defs"]) == ["Inner", "Inner_2"]
    given = made.arguments('{"one": {"first": {"x": 1}}, "two": {"first": {"y": 2}}}')
    assert (given["one"].first.x, given["two"].first.y) == (1, 2)
    with pytest.raises(ToolFailed, match=r"two\.first\.y is missing"):
        made.arguments('{"one": {"first": {"x": 1}}, "two": {"first": {"x": 2}}}')


# -- cells that run again ----------------------------------------------------------------------

CELL = "def walk(path: str) -> str:\n    '''Walk.'''\n    return 'old ' + path\n"
AGAIN = "def walk(far: int = 1) -> str:\n    '''Walk far.'''\n    return 'new ' + str(far)\n"


def notebook(*cells: str) -> dict[str, Any]:
    """The namespace of a notebook in which these cells ran, each compiled by itself."""
    space: dict[str, Any] = {"__name__": "__main__", "agui": agui_notebook}
    for number, cell in enumerate(cells):
        exec(compile(cell, f"<cell {number}>", "exec"), space)
    return space


def run_cell(space: dict[str, Any], cell: str) -> None:
    exec(compile(cell, "<cell again>", "exec"), space)


@pytest.mark.parametrize("first", ["", "@agui.tool\n", "@agui.tool(thread=True)\n"])
@pytest.mark.parametrize("then", ["", "@agui.tool\n", "@agui.tool(approve=True)\n"])
def test_a_tool_is_its_function_as_its_cell_last_defined_it(first: str, then: str) -> None:
    space = notebook(first + CELL)
    held = tool(space["walk"])
    assert held.current() is held
    run_cell(space, then + AGAIN)
    now = held.current()
    assert (now.description, now()) == ("Walk far.", "new 1")
    assert now.approve is (then == "@agui.tool(approve=True)\n")
    assert now.current() is now
    assert held("x") == "old x"


def test_what_was_asked_of_a_tool_is_asked_of_the_one_that_takes_its_place() -> None:
    for again in (AGAIN, "@agui.tool\n" + AGAIN):
        space = notebook(CELL)
        session = connect("http://127.0.0.1:1", tools=[space["walk"]], approve=["walk"])
        offered = session.tools["walk"]
        run_cell(space, again)
        now = offered.current()
        assert (now.approve, now()) == (True, "new 1")
        run_cell(space, "@agui.tool\n" + CELL)
        assert now.current().approve is True


@pytest.mark.parametrize(
    "later",
    [
        "del walk",
        "walk = 5",
        "walk = functools.wraps(walk)(lambda path: walk(path))",
        "def run(far: int) -> str:\n    '''Run.'''\nwalk = run",
        "@agui.tool(name='run')\n" + AGAIN,
    ],
    ids=["gone", "no function", "wrapped", "another function", "of another name"],
)
def test_what_is_no_new_definition_of_it_leaves_a_tool_as_it_was(later: str) -> None:
    space = notebook("import functools", CELL)
    held = tool(space["walk"])
    run_cell(space, later)
    assert held.current() is held


def test_functions_of_one_name_that_are_each_a_tool_stay_apart() -> None:
    loop = notebook(
        "tools = []\nfor number in range(2):\n    def walk(n: int = number) -> int:\n"
        "        '''Walk.'''\n        return n\n    tools.append(agui.Tool(walk))\n"
    )
    assert [each.current()() for each in loop["tools"]] == [0, 1]
    space = notebook(CELL + "one = agui.tool(walk, name='one')", AGAIN)
    assert space["one"].current() is space["one"]


def test_a_new_definition_that_is_no_tool_is_refused_when_it_would_be_offered() -> None:
    space = notebook(CELL)
    held = tool(space["walk"])
    run_cell(space, "def walk(*anything): ...")
    with pytest.raises(InvalidInput, match="Tool walk takes anything"):
        held.current()


def test_the_next_turn_offers_and_runs_the_new_definition_and_asks_again() -> None:
    space = notebook(CELL)
    calls = [STARTED, *called("walk", '{"far": 3}'), FINISHED]
    with serve_frames(answer("hi"), calls, answer("done", mid="end")) as server:
        session = connect(server.url, tools=[space["walk"]])
        session.allow("walk")
        session.ask("hi")
        run_cell(space, AGAIN)
        session.ask("go")
        before, after, result = (request.body for request in server.requests)
    assert [list(b["tools"][0]["parameters"]["properties"]) for b in (before, after)] == [
        ["path"],
        ["far"],
    ]
    assert result["messages"][-1]["content"] == "new 3"
    assert session.permissions == []


@pytest.mark.anyio
async def test_so_does_the_next_run_of_a_model_with_tools() -> None:
    space = notebook(CELL)
    offered: list[Any] = []

    async def ask(prompt: Prompt, reply: Reply) -> None:
        offered.append(prompt.tools[0]["description"])
        if len(offered) == 2:
            await reply.call(Piece("c", "c", "walk", '{"far": 3}'))
        else:
            await reply.text("ok")
        reply.complete = True

    agent = ModelAgent(AgentOptions(model="m", tools=[space["walk"]]), ask)
    await run(agent, "hi")
    run_cell(space, AGAIN)
    ran = await run(agent, "go")
    assert offered == ["Walk.", "Walk far.", "Walk far."]
    assert [m["content"] for m in ran.said if m["role"] == "tool"] == ["new 3"]
