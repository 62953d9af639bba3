"""Variables given to an agent by name: ``{name}`` in cells, @name in the chat, and by code."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

import comm
import matplotlib as mpl
import pandas as pd
import pytest
from IPython.core.interactiveshell import InteractiveShell
from matplotlib.figure import Figure
from support.scripted import Browser, session

import agui_notebook as agui
from agui_notebook import InvalidInput

mpl.use("agg")


@pytest.fixture(autouse=True)
def shell(ipython: InteractiveShell, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    Browser.opened = []
    monkeypatch.setattr(comm, "create_comm", Browser)
    ipython.run_line_magic("load_ext", "agui_notebook")
    yield ipython
    agui.chat(str.upper, name="reader").close()


def reader(heard: list[Any]) -> Any:
    """A chat whose agent keeps what it is told."""

    def script(request: dict[str, Any]) -> Iterable[dict[str, Any]]:
        heard.append([m["content"] for m in request["messages"] if m["role"] == "user"][-1])
        return []

    return agui.chat(session(script, name="reader"), name="reader")


def said(shell: InteractiveShell, cell: str, **names: Any) -> Any:
    """What the agent hears of a cell."""
    heard: list[Any] = []
    reader(heard)
    shell.user_ns.update(names)
    shell.run_cell_magic("agui", "reader -q", cell)
    return heard[0]


FRAME = pd.DataFrame({"month": ["Jan", "Feb"], "total": [120, 80]})
TOLD = (
    "Variable `sales` (pandas.DataFrame, 2 × 2):\n\ncolumns:\n- month: str\n- total: int64\n\n"
    "statistics:\n            total\ncount    2.000000\n"
)


def test_a_text_and_a_number_stand_where_they_are_named(shell: InteractiveShell) -> None:
    assert said(shell, "Sum up ({note}) in {n} words", note="a long story", n=3) == (
        "Sum up (a long story) in 3 words"
    )


def test_a_table_is_named_in_the_text_and_told_behind_it(shell: InteractiveShell) -> None:
    frame = FRAME.astype({"month": object})
    text, told = said(shell, "Which month of {sales} was best?", sales=frame)
    assert text == {"type": "text", "text": "Which month of `sales` was best?"}
    assert told["text"].startswith(f"\n\n{TOLD.replace('month: str', 'month: object')}")
    assert "all 2 rows:" in told["text"]


def test_a_figure_goes_along_as_a_picture(shell: InteractiveShell) -> None:
    figure = Figure(figsize=(1, 1))
    text, picture = said(shell, "What does {figure} show?", figure=figure)
    assert text["text"] == "What does `figure` show?"
    assert picture["type"] == "image"
    assert picture["metadata"] == {"filename": "figure.png"}
    assert picture["source"]["value"].startswith("iVBOR")


@pytest.mark.parametrize(
    "cell",
    [
        'Mend this: {"name": {n}, "b": {}}'.replace("{n}", "{ n }"),
        "```python\nprint(f'{n} of {sales}')\n```",
        'print(f"hello {n}")',
        "print(f'hello {n}')",
        '"{n} items".format(n=n)',
        "`{n}` and {{n}} and ${n} and \\frac{n}{n} and x^{n} and x_{n} and a{n}",
        "$$ \\{ {n} \\} $$",
        "body {n: red}",
        "{unknown} and {n.real} and {n!r} and {n:02} and {0} and {}",
        "{_own} and {os} and {len}",
        "set {n}(x) and {n}[0]",
    ],
)
def test_other_braces_stay_as_they_are(shell: InteractiveShell, cell: str) -> None:
    import os

    assert said(shell, cell, n=3, sales=FRAME, os=os, _own=1) == cell


def test_what_is_left_out_of_a_variable_is_said(shell: InteractiveShell) -> None:
    _, told = said(shell, "Look at {numbers}", numbers=list(range(20_000)))
    assert "characters are left out here ...]" in told["text"]
    assert len(told["text"]) < 20_200
    assert said(shell, "Read {book}", book="word " * 30_000) == "Read " + ("word " * 30_000).strip()


def test_a_cell_for_several_chats_takes_tables_and_no_picture(shell: InteractiveShell) -> None:
    heard: list[Any] = []
    reader(heard)
    other = agui.chat(str.lower, name="other")
    shell.user_ns.update(sales=FRAME, figure=Figure(figsize=(1, 1)))
    shell.run_cell_magic("agui", "reader other -q", "Look at {sales}")
    assert heard[0].startswith("Look at `sales`\n\nVariable `sales` (pandas.DataFrame, 2 × 2):")
    with pytest.raises(Exception, match="A picture goes to one chat at a time"):
        shell.run_cell_magic("agui", "reader other -q", "Look at {figure}")
    other.close()


def test_variables_are_context_by_code(shell: InteractiveShell) -> None:
    seen: list[Any] = []

    def script(request: dict[str, Any]) -> Iterable[dict[str, Any]]:
        seen.extend(request["context"])
        return []

    session(script, name="x").ask("Which?", context=agui.describe(sales=FRAME, note="the whole"))
    table, note = seen
    assert table["description"] == "Variable `sales` (pandas.DataFrame, 2 × 2)"
    assert table["value"].startswith("columns:\n- month: ")
    assert note == {"description": "Variable `note` (str, 9 characters)", "value": "the whole"}
    with pytest.raises(InvalidInput, match=r"fig is a picture, .*: attach=\[fig\]"):
        agui.describe(fig=Figure(figsize=(1, 1)))


def on_page(heard: list[Any]) -> Browser:
    widget = reader(heard)
    browser = next(one for one in Browser.opened if one.comm_id == widget.comm.comm_id)
    browser.says(kind="hello", page="p")
    return browser


def test_the_page_is_told_the_variables_and_what_would_be_sent(shell: InteractiveShell) -> None:
    shell.user_ns.update(sales=FRAME, note="a text", _own=1, json=json)
    browser = on_page([])
    browser.says(kind="variables")
    browser.until(lambda: browser.of("variables"))
    listed = browser.of("variables")[0]["variables"]
    assert [one for one in listed if one[0] in ("sales", "note", "_own", "json")] == [
        ["sales", "pandas.DataFrame", "2 × 2"],
        ["note", "str", "6 characters"],
    ]
    browser.says(kind="variable", name="note")
    browser.says(kind="variable", name="gone")
    browser.until(lambda: len(browser.of("variable")) == 2)
    told = {one["name"]: one for one in browser.of("variable")}
    part = {"type": "text", "text": "\n\nVariable `note` (str, 6 characters):\n\na text"}
    assert told["note"] == {"kind": "variable", "name": "note", "parts": [part], "fault": ""}
    assert told["gone"]["fault"].startswith("There is no variable 'gone': there is ")


def test_an_object_that_raises_is_a_sentence_on_the_page(shell: InteractiveShell) -> None:
    class Odd:
        def _repr_png_(self) -> bytes:
            raise RuntimeError("mine")

    shell.user_ns.update(
        odd=Odd(), large=type("Large", (), {"_repr_png_": lambda _: b"x" * 5_000_001})()
    )
    browser = on_page([])
    browser.says(kind="variable", name="odd")
    browser.says(kind="variable", name="large")
    browser.until(lambda: len(browser.of("variable")) == 2)
    faults = {one["name"]: one["fault"] for one in browser.of("variable")}
    assert faults["odd"] == "odd cannot be read: RuntimeError."
    assert faults["large"].startswith("large is a picture of 5,000,001 bytes, more than")
