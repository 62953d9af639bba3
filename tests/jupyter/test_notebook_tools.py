"""Tools for the user's notebook: what they tell of variables, and what they ask of the page."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any

import comm
import pytest
from IPython.core.interactiveshell import InteractiveShell
from support.scripted import Browser, session

import agui_notebook as agui
from agui_notebook import ChatWidget, InvalidInput, ToolFailed

Event = dict[str, Any]
NAMES = ["list_variables", "look_at_variable", "read_cells"]
NAMES += ["run_code", "insert_cell", "replace_cell"]


class Frame:
    """What has a table's words, of a package called tests."""

    columns, dtypes, shape = ("city", "degrees"), ("text", "int64"), (1000, 2)

    def head(self, rows: int) -> Frame:
        return self

    def describe(self) -> str:
        return "mean 21"

    def to_string(self) -> str:
        return "Lisbon 21"


@pytest.fixture
def shell(monkeypatch: pytest.MonkeyPatch) -> Iterator[InteractiveShell]:
    shell = InteractiveShell.instance()
    yield shell
    InteractiveShell.clear_instance()


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    Browser.opened = []
    monkeypatch.setattr(comm, "create_comm", Browser)
    yield
    for name in ("helper",):
        agui.chat(str.upper, name=name).close()


def calls(name: str, **arguments: Any) -> list[Event]:
    return [
        {"type": "TOOL_CALL_START", "toolCallId": "c", "toolCallName": name},
        {"type": "TOOL_CALL_ARGS", "toolCallId": "c", "delta": json.dumps(arguments)},
        {"type": "TOOL_CALL_END", "toolCallId": "c"},
    ]


def opened(name: str, approve: bool, **arguments: Any) -> tuple[ChatWidget, Browser]:
    """A chat with all the tools whose agent calls one of them, on a page."""

    def script(request: Event) -> Iterable[Event]:
        return [] if request["messages"][-1]["role"] == "tool" else calls(name, **arguments)

    made = session(script, name="helper")
    for each in agui.notebook_tools(approve=approve):
        made.add_tool(each)
    widget = agui.chat(made, name="helper")
    browser = next(one for one in Browser.opened if one.comm_id == widget.comm.comm_id)
    browser.says(kind="hello", page="p1")
    browser.says(kind="sync")
    browser.until(lambda: browser.seq >= 0)
    return widget, browser


def was_asked(browser: Browser, times: int) -> bool:
    return len(browser.of("cells")) == times


def result_of(widget: ChatWidget) -> Any:
    return widget.session.messages[-1]["content"]


def test_each_tool_asks_unless_it_is_said_otherwise_and_strangers_are_refused() -> None:
    made = agui.notebook_tools()
    assert [each.name for each in made] == NAMES
    assert all(each.needs_yes({}) for each in made)
    some = agui.notebook_tools("read_cells", "run_code", approve=["run_code"])
    assert {each.name: each.needs_yes({}) for each in some} == {
        "read_cells": False,
        "run_code": True,
    }
    with pytest.raises(InvalidInput, match="no notebook tool 'rm': there is list_variables"):
        agui.notebook_tools("rm")
    with pytest.raises(InvalidInput, match="seconds= is a whole number from 1 on"):
        agui.notebook_tools(seconds=0)


def test_variables_are_told_within_their_budget_and_what_is_cut_is_said(
    shell: InteractiveShell,
) -> None:
    shell.user_ns.update(frame=Frame(), text="x" * 5000, _own=1, sys=threading)
    listed, look, *_ = agui.notebook_tools(characters=600)
    lines = listed().splitlines()
    assert [line for line in lines if line.startswith(("frame", "text", "_own", "sys"))] == [
        "frame, tests.Frame, 1,000 × 2",
        "text, str, 5,000 characters",
    ]
    assert look("frame") == (
        "frame: tests.Frame, 1,000 × 2\n\n"
        "columns:\n- city: text\n- degrees: int64\n\n"
        "statistics:\nmean 21\n\nthe first 5 of 1,000 rows:\nLisbon 21"
    )
    assert "characters are left out here" in look("text")
    assert len(look("text")) < 700
    with pytest.raises(ToolFailed, match="There is no variable 'gone': there is"):
        look("gone")


@pytest.mark.usefixtures("page")
def test_code_runs_on_the_page_and_its_output_goes_back_cut_where_it_says_so() -> None:
    widget, browser = opened("run_code", False, code="6 * 7")
    widget.session.start("go")
    browser.until(lambda: browser.of("cells"))
    (asked,) = browser.of("cells")
    rid = asked.pop("rid")
    assert asked == {
        "kind": "cells",
        "page": "p1",
        "do": "run",
        "source": "6 * 7",
        "seconds": 60,
    }
    outputs = [
        {"kind": "stdout", "text": "hi\n", "cut": 10},
        {"kind": "error", "text": "\x1b[31mNameError\x1b[0m"},
        {"kind": "image/png", "text": "<Figure>"},
    ]
    value = {"cell": "c7", "ending": "error", "outputs": outputs}
    browser.says(kind="cells", rid="another", value=value)
    browser.says(kind="cells", rid=rid, value=value)
    browser.until(lambda: browser.status() == "success" and not widget.session.running)
    assert result_of(widget) == (
        "It failed. (cell c7)\nhi\n\n[... 7 characters are left out here ...]\nNameError\n"
        "(a picture, image/png, is shown below the cell) <Figure>"
    )


@pytest.mark.usefixtures("page")
def test_nothing_reaches_the_page_before_the_yes_and_nothing_that_was_not_given() -> None:
    widget, browser = opened("run_code", True, code="import os\n" * 100)
    widget.session.start("go")
    browser.until(lambda: widget.session.interrupts)
    (question,) = widget.session.interrupts
    assert json.loads(question.question["actions"][0]["args"]) == {"code": "import os\n" * 100}
    question.deny()
    widget.session.start_resume()
    browser.until(lambda: not widget.session.interrupts and not widget.session.running)
    assert browser.of("cells") == []

    for each in NAMES:
        widget.session.remove_tool(each)
    widget.session.start("again")
    browser.until(lambda: len(browser.document["runs"]) >= 3 and not widget.session.running)
    assert browser.of("cells") == []


@pytest.mark.usefixtures("page")
def test_of_two_pages_the_one_that_came_last_is_asked_and_no_other_answers() -> None:
    widget, browser = opened("insert_cell", False, source="1")
    browser.says(kind="hello", page="p2")
    widget.session.start("go")
    browser.until(lambda: browser.of("cells"))
    (asked,) = browser.of("cells")
    assert asked["page"] == "p2"
    browser.says(kind="cells", rid=asked["rid"], value={"cell": "c1"})
    browser.says(kind="cells", rid=asked["rid"], value={"cell": "c2"})
    browser.until(lambda: browser.status() == "success" and not widget.session.running)
    assert result_of(widget) == "Inserted as cell c1."


@pytest.mark.usefixtures("page")
def test_what_the_page_says_instead_of_an_answer_is_a_sentence() -> None:
    widget, browser = opened("replace_cell", False, cell="c9", source="1")
    answers = [({"error": "There is no cell c9."}, "no cell c9"), (7, "did not answer")]
    for count, (value, told) in enumerate(answers, 1):
        widget.session.new_thread()
        turn = widget.session.start("go")
        browser.until(partial(was_asked, browser, count))
        browser.says(kind="cells", rid=browser.of("cells")[-1]["rid"], value=value)
        turn.result()
        assert told in result_of(widget)


def test_without_a_page_the_agent_is_told_so() -> None:
    made = session(
        lambda request: [] if request["messages"][-1]["role"] == "tool" else calls("read_cells")
    )
    made.add_tool(agui.notebook_tools("read_cells", approve=False)[0])
    made.ask("go")
    assert made.messages[-1]["content"].startswith("Error: There is no notebook page here")
