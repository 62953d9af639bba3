"""Python values as JSON: what a model reads of a tool's result, and what an event may carry.

Most rows are reports of results that reached a model as Python source, as an object's address, or
that made every later turn of a conversation fail.
"""

from __future__ import annotations

import collections
import dataclasses
import datetime
import decimal
import enum
import itertools
import json
import pathlib
import uuid
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agui_notebook.tools import as_json_value as as_json
from agui_notebook.tools import as_plain_json, as_text
from agui_notebook.tools.as_json import DEEPEST, MOST_DRAWN


class Colour(enum.Enum):
    RED = object()
    BLUE = "blue"


class Size(enum.IntEnum):
    SMALL = 1


@dataclasses.dataclass
class Visit:
    place: str
    when: Any


class Pair(NamedTuple):
    left: int
    right: int


class Mute:
    def __str__(self) -> str:
        raise SystemExit("no words")


class OnlyDict:
    def to_dict(self) -> dict[str, int]:
        return {"a": 1}


class Modelled:
    """As pydantic models are, of which one field has no JSON form."""

    def model_dump(self, mode: str = "python") -> dict[str, Any]:
        if mode == "json":
            raise ValueError("no JSON form")
        return {"u": uuid.UUID(int=1)}


def drawn() -> Any:
    yield 1
    yield {"a": datetime.time(10)}


circle: list[Any] = []
circle.append(circle)
DATA: dict[str, tuple[Any, Any]] = {
    "a Decimal": ({"price": decimal.Decimal("1.50")}, {"price": "1.50"}),
    "a UUID, a path, bytes": (
        [uuid.UUID(int=1), pathlib.PurePosixPath("a/b"), b"x"],
        ["00000000-0000-0000-0000-000000000001", "a/b", "eA=="],
    ),
    "times": (
        [datetime.date(2026, 1, 2), datetime.datetime(2026, 1, 2, 3), datetime.time(4)],
        ["2026-01-02", "2026-01-02T03:00:00", "04:00:00"],
    ),
    "durations": (
        [datetime.timedelta(hours=1), datetime.timedelta(seconds=-1.5), datetime.timedelta()],
        ["PT3600S", "-PT1.5S", "PT0S"],
    ),
    "names that are dates, numbers, tuples, nothing": (
        {datetime.date(2026, 1, 1): 1, 3: 4, ("a", 1): 2, None: 1, Colour.BLUE: 5},
        {"2026-01-01": 1, "3": 4, '["a", 1]': 2, "null": 1, "blue": 5},
    ),
    "names that are Decimals and UUIDs": (
        {decimal.Decimal("1.5"): 1, uuid.UUID(int=1): 2},
        {"1.5": 1, "00000000-0000-0000-0000-000000000001": 2},
    ),
    "numbers JSON does not have": ([float("nan"), float("inf"), 1.5], [None, None, 1.5]),
    "sets, queues, ranges, views": (
        [{"b", "a"}, frozenset({1}), collections.deque([1]), range(2), {"a": 1}.values()],
        [["a", "b"], [1], [1], [0, 1], [1]],
    ),
    "what is made as it goes": ([drawn(), map(str, [1])], [[1, {"a": "10:00:00"}], ["1"]]),
    "enums": ([Colour.BLUE, Colour.RED, Size.SMALL], ["blue", "RED", 1]),
    "a dataclass": (Visit("x", datetime.date(2026, 1, 2)), {"place": "x", "when": "2026-01-02"}),
    "a named tuple": (Pair(1, 2), {"left": 1, "right": 2}),
    "half a character": ({"caf\udce9": "caf\udce9.txt"}, {"caf\ufffd": "caf\ufffd.txt"}),
    "whole characters": (["😀", "é"], ["😀", "é"]),
    "an object that knows its dict": (OnlyDict(), {"a": 1}),
    "a model with an odd field": (Modelled(), {"u": "00000000-0000-0000-0000-000000000001"}),
}


@pytest.mark.parametrize("name", DATA)
def test_data_has_one_form_in_json(name: str) -> None:
    value, expected = DATA[name]
    if name == "what is made as it goes":  # it can be gone through once
        assert as_json(value) == expected
    else:
        assert (as_json(value), as_plain_json(value)) == (expected, expected)
        assert json.loads(as_text(value)) == expected


ODD: dict[str, tuple[Any, str]] = {
    "an object": (object(), "<object object>"),
    "an object within": ({"a": object()}, '{"a": "<object object>"}'),
    "a function": (drawn, "<function drawn>"),
    "a complex number": (1 + 2j, "(1+2j)"),
    "an error": (ValueError("bad"), "ValueError: bad"),
    "a circle": (circle, '["(the same again)"]'),
    "no words": (Mute(), "(a Mute that cannot be shown: SystemExit: no words)"),
    "no words within": ([1, Mute()],
                        '[1, "(a Mute that cannot be shown: SystemExit: no words)"]'),
}  # fmt: skip


@pytest.mark.parametrize("name", ODD)
def test_what_is_no_data_becomes_words_without_an_address_for_a_model(name: str) -> None:
    value, expected = ODD[name]
    assert as_text(value) == expected


@pytest.mark.parametrize("name", ODD)
def test_what_is_no_data_is_refused_in_an_event(name: str) -> None:
    with pytest.raises((TypeError, ValueError)):
        as_json(ODD[name][0])


def test_text_and_single_values_stand_as_they_are() -> None:
    told = ["as it is", None, True, 1.5, decimal.Decimal("1.5"), Colour.BLUE, "caf\udce9"]
    assert [as_text(value) for value in told] == [
        "as it is", "null", "true", "1.5", "1.5", "blue", "caf\ufffd",
    ]  # fmt: skip


def test_what_never_ends_is_cut() -> None:
    read = as_json(itertools.count())
    assert len(read) == MOST_DRAWN + 1
    assert read[-1] == "(more than 100,000 items; the rest is left out)"


def test_what_is_nested_without_measure_is_told_and_raises_nothing() -> None:
    deep: Any = 1
    for _ in range(5_000):
        deep = [deep]
    assert as_text(deep) == "[" * DEEPEST + '"(nested too deep)"' + "]" * DEEPEST
    with pytest.raises(ValueError, match="nested too deep"):
        as_json(deep)


def test_a_long_result_keeps_its_beginning_and_end_and_says_what_is_missing() -> None:
    text = "a" * 500_000 + "b" * 500_000
    shown = as_text(text, 1_000)
    assert shown == "a" * 750 + (
        "\n[... 999,000 of 1,000,000 characters are left out here ...]\n"
    ) + "b" * 250  # fmt: skip
    assert as_text(text) == text
    assert as_text("short", 1_000) == "short"


def test_numpy_and_pandas_values_are_data() -> None:
    numpy, pandas = pytest.importorskip("numpy"), pytest.importorskip("pandas")
    frame = pandas.DataFrame({"a": [1, 2], "b": ["x", "y"]})
    row = {"t": pandas.Timestamp("2026-01-01"), "n": pandas.NaT, "m": pandas.NA}
    assert as_json([numpy.float32(1.5), numpy.array([1.0, numpy.nan]), {numpy.int64(1): 2}]) == [
        1.5, [1.0, None], {"1": 2},
    ]  # fmt: skip
    assert as_json(row) == {"t": "2026-01-01T00:00:00", "n": None, "m": None}
    assert as_json({"t": frame}) == {"t": [{"a": 1, "b": "x"}, {"a": 2, "b": "y"}]}
    assert json.loads(as_text({"t": frame})) == {"t": str(frame)}
    assert as_text(frame.describe()) == str(frame.describe())


def test_an_array_that_no_model_would_read_whole_is_told_as_it_prints_itself() -> None:
    numpy = pytest.importorskip("numpy")
    large, small = numpy.zeros((400, 300)), numpy.zeros((2, 1))
    assert as_text(large) == f"{large}\n(an array of 400 x 300 values)"
    assert as_text(small) == "[[0.0], [0.0]]"
    assert as_json(large) == large.tolist()


def test_a_styled_table_is_read_as_the_table() -> None:
    pandas = pytest.importorskip("pandas")
    pytest.importorskip("jinja2")
    frame = pandas.DataFrame({"a": [1, 2]})
    assert as_text(frame.style) == str(frame)


def test_what_ipython_would_show_is_read_as_its_source() -> None:
    display = pytest.importorskip("IPython.display")
    assert as_text(display.Markdown("**a**")) == "**a**"
    assert as_text(display.HTML("<b>a</b>")) == "<b>a</b>"


keys = st.one_of(st.text(), st.integers(), st.dates(), st.uuids(), st.none(), st.booleans())
leaves = st.one_of(
    st.none(),
    st.floats(),
    st.integers(),
    st.text(),
    st.binary(),
    st.decimals(),
    st.timedeltas(),
    st.datetimes(),
    st.complex_numbers(),
    st.sets(st.integers()),
)


@given(st.recursive(leaves, lambda inner: st.lists(inner) | st.dictionaries(keys, inner)))
def test_no_value_makes_a_text_that_cannot_be_sent(value: Any) -> None:
    json.dumps(as_plain_json(value), allow_nan=False, ensure_ascii=False).encode()
    as_text(value).encode()
