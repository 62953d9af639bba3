"""Tables that a tool returns, as the page is told of them: pandas, polars, and their like."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any

import pandas as pd
import pytest
from IPython.core.interactiveshell import InteractiveShell
from support.scripted import session

import agui_notebook as agui

TABLE = "application/vnd.agui-notebook.table+json"
DAY = datetime.date(2026, 1, 2)
DATA: dict[str, list[Any]] = {
    "city": ["Lisbon", None],
    "n": [1, 2],
    "x": [1.23456789, float("nan")],
    "day": [DAY, DAY],
}
HEADS: list[dict[str, Any]] = [
    {"name": "city"},
    {"name": "n", "number": True, "decimals": -1},
    {"name": "x", "number": True, "decimals": 6},
    {"name": "day"},
]
ROWS: list[list[str | None]] = [
    ["Lisbon", "1", "1.23456789", "2026-01-02"],
    [None, "2", "NaN", "2026-01-02"],
]


@pytest.fixture(autouse=True)
def shell(ipython: InteractiveShell) -> InteractiveShell:
    return ipython


def output_of(value: Any) -> Any:
    """What the chat keeps of a tool's result."""

    def script(request: dict[str, Any]) -> Iterable[dict[str, Any]]:
        if request["messages"][-1]["role"] == "tool":
            return []
        begun = {"type": "TOOL_CALL_START", "toolCallId": "c", "toolCallName": "look"}
        return [begun, {"type": "TOOL_CALL_END", "toolCallId": "c"}]

    def look() -> Any:
        return value

    made = session(script, name="tables")
    made.add_tool(look)
    widget = agui.chat(made, name="tables")
    widget.ask("go")
    output = widget.session.document["outputs"]["c"]
    widget.close()
    return output


def table_of(value: Any) -> Any:
    return output_of(value).get(TABLE)


def told(columns: list[Any], rows: list[Any], **more: int) -> dict[str, Any]:
    width = sum("index" not in column for column in columns)
    return {
        "columns": columns,
        "rows": rows,
        "count": len(rows),
        "width": width,
        "cut": 0,
        **more,
    }


class Stream:
    """Speaks nothing but Arrow's stream protocol, again and again."""

    def __init__(self, frame: Any) -> None:
        self.frame = frame

    def __len__(self) -> int:
        return len(self.frame)

    def __arrow_c_stream__(self, schema: object = None) -> object:
        return self.frame.__arrow_c_stream__(schema)


class OnceOnly:
    """A reader: who reads it takes it away."""

    def __arrow_c_stream__(self, schema: object = None) -> object:
        raise AssertionError("nobody may read this to show it")


def test_a_frame_of_pandas_is_told_with_its_index_and_its_numbers() -> None:
    data = {**DATA, "city": ["Lisbon", float("nan")]}
    frame = pd.DataFrame(data, index=pd.Index([7, 8], name="id"))
    index = {"name": "id", "index": True, "number": True, "decimals": -1}
    rows = [["7", *ROWS[0]], ["8", "NaN", *ROWS[1][1:]]]
    output = output_of(frame)
    assert output[TABLE] == told([index, *HEADS], rows)
    assert {"text/html", "text/plain"} < output.keys(), "the others remain"


def test_levels_of_an_index_and_of_columns_are_told_each() -> None:
    frame = pd.DataFrame({"a": [1, 1], "b": ["x", "y"], "c": [0.5, 10.25]})
    grouped = frame.groupby(["a", "b"]).agg({"c": ["min", "max"]})
    assert table_of(grouped) == told(
        [
            {"name": "a", "index": True, "number": True, "decimals": -1},
            {"name": "b", "index": True},
            {"name": "c\nmin", "number": True, "decimals": 2},
            {"name": "c\nmax", "number": True, "decimals": 2},
        ],
        [["1", "x", "0.5", "0.5"], ["1", "y", "10.25", "10.25"]],
    )


def test_a_class_that_is_a_frame_besides_is_a_table_and_a_column_is_none() -> None:
    class Map(pd.DataFrame):
        pass

    assert table_of(Map({"a": [1]}))["rows"] == [["0", "1"]]
    assert table_of(pd.Series([1, 2])) is None
    assert table_of(OnceOnly()) is None
    assert table_of({"a": 1}) is None


def test_what_does_not_fit_is_left_out_and_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    wide = pd.DataFrame([["x" * 1_500] * 150] * 300)
    monkeypatch.setattr("agui_notebook.limits.TABLE_BYTES", 10**9)
    table = table_of(wide)
    assert {key: table[key] for key in ("count", "width", "cut")} == {
        "count": 300,
        "width": 150,
        "cut": 200 * 100,
    }
    assert (len(table["rows"]), len(table["columns"])) == (200, 101)
    assert {len(cell) for row in table["rows"] for cell in row[1:]} == {1_000}
    monkeypatch.undo()
    assert len(table_of(wide)["rows"]) == 5, "half a million characters"


def test_very_large_and_very_small_numbers_are_written_as_they_are() -> None:
    frame = pd.DataFrame({"a": [1e20, 1.0], "b": [2.0, 3.0], "c": [1e-9, 0.0], "d": [True, False]})
    table = table_of(frame)
    assert [each.get("decimals") for each in table["columns"][1:]] == [-1, 1, -1, None]
    assert table["rows"][0][1:] == ["1e+20", "2.0", "1e-09", "True"]


def test_polars_and_whatever_speaks_arrows_protocol_is_told_alike() -> None:
    polars = pytest.importorskip("polars")
    frame = polars.DataFrame(DATA)
    assert table_of(frame) == told(HEADS, ROWS)
    assert table_of(Stream(frame)) == told(HEADS, ROWS)
    assert table_of(frame["n"]) is None


@pytest.mark.filterwarnings("ignore:The Dataframe Interchange")
def test_what_speaks_the_interchange_protocol_is_told_too() -> None:
    class Exchanged:
        shape = (2, 1)

        def __dataframe__(self, **words: Any) -> Any:
            return pd.DataFrame({"n": [1, 2]}).__dataframe__(**words)

    assert [row[-1] for row in table_of(Exchanged())["rows"]] == ["1", "2"]


def test_an_object_that_fails_where_it_is_read_is_shown_in_words() -> None:
    class Broken:
        shape = (1, 1)

        def __dataframe__(self, **words: Any) -> Any:
            raise RuntimeError("gone")

        def __repr__(self) -> str:
            return "Broken()"

    assert output_of(Broken()) == {"text/plain": "Broken()"}
