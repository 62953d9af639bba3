"""Functions as tools before the first call: right in schema and value, or refused by name.

Most rows are reports: one tool that is never called broke every turn, a default that is no JSON,
a method that asked for self, two partials of one name.
"""

from __future__ import annotations

import asyncio
import collections
import collections.abc
import dataclasses
import datetime
import decimal
import enum
import fractions
import functools
import json
import re
import typing
import uuid
from collections.abc import Callable, Sequence
from typing import Annotated, Any, Literal, NewType, TypedDict, TypeVar

import numpy
import pandas
import pydantic
import pytest

from agui_notebook import InvalidInput, Tool, ToolFailed, tool
from agui_notebook.tools import offer


class Colour(enum.Enum):
    RED = 1
    BLUE = "b"


class Odd(enum.Enum):
    RAW = b"x"
    PAIR = (1, 2)


class Access(enum.Flag):
    READ = 1
    WRITE = 2


class Level(enum.IntEnum):
    LOW = 1
    HIGH = 2


UserId = NewType("UserId", int)
Whole = TypeVar("Whole", bound=int)


def taking(hint: Any, **default: Any) -> Tool:
    """A tool with one parameter ``x``."""
    if default:

        def f(x=default["x"]):  # type: ignore[no-untyped-def]
            return x
    else:

        def f(x):  # type: ignore[misc, no-untyped-def]
            return x

    f.__annotations__ = {"x": hint}
    return tool(f)


HINTS: list[tuple[Any, dict[str, Any], list[tuple[Any, Any]]]] = [
    (Literal["a", "b"], {"type": "string", "enum": ["a", "b"]}, [("a", "a")]),
    (Literal[Colour.RED], {"type": "integer", "enum": [1]}, [(1, Colour.RED)]),
    (Literal[True, 1], {"enum": [True, 1]}, [(True, True), (1, 1)]),
    (Colour, {"enum": [1, "b"]}, [(1, Colour.RED), ("1", Colour.RED), ("b", Colour.BLUE)]),
    (Odd, {"type": "string", "enum": ["RAW", "PAIR"]}, [("PAIR", Odd.PAIR)]),
    (Access, {"type": "integer"}, [(3, Access.READ | Access.WRITE)]),
    (Level, {"type": "integer", "enum": [1, 2]}, [("2", Level.HIGH)]),
    (uuid.UUID, {"type": "string", "format": "uuid"}, [("0" * 31 + "1", uuid.UUID(int=1))]),
    (decimal.Decimal, {"anyOf": [{"type": "number"}, {"type": "string"}]},
     [(1.5, decimal.Decimal("1.5")), ("1.50", decimal.Decimal("1.50"))]),
    (fractions.Fraction, {"anyOf": [{"type": "number"}, {"type": "string"}]},
     [("1/3", fractions.Fraction(1, 3)), (0.5, fractions.Fraction(1, 2))]),
    (datetime.timedelta, {"anyOf": [{"type": "number"}, {"type": "string", "format": "duration"}]},
     [("PT1H30M", datetime.timedelta(hours=1.5)), (60, datetime.timedelta(minutes=1))]),
    (frozenset, {"type": "array"}, [([1], frozenset({1}))]),
    (collections.abc.Set[int], {"type": "array", "items": {"type": "integer"}}, [([1], {1})]),
    (collections.deque[int], {"type": "array", "items": {"type": "integer"}},
     [([1], collections.deque([1]))]),
    (UserId, {"type": "integer"}, [("1", 1)]),
    (Whole, {"type": "integer"}, [(1, 1)]),
    (dict[int, str], {"type": "object", "additionalProperties": {"type": "string"}},
     [({"1": "a"}, {1: "a"})]),
    (collections.abc.MutableMapping[str, int],
     {"type": "object", "additionalProperties": {"type": "integer"}}, [({"a": 1}, {"a": 1})]),
    (bytes, {"type": "string", "contentEncoding": "base64"}, [("aGk=", b"hi")]),
    (re.Pattern, {"type": "string", "format": "regex"}, [("a+", re.compile("a+"))]),
    (datetime.date | str, {"anyOf": [{"type": "string", "format": "date"}, {"type": "string"}]},
     [("2026-01-01", datetime.date(2026, 1, 1)), ("tomorrow", "tomorrow")]),
    (Annotated[list[int], {"minLength": 2}],
     {"type": "array", "items": {"type": "integer"}, "minItems": 2}, [([1, 2], [1, 2])]),
    (int, {"type": "integer"}, [("3", 3), (3.0, 3), (" 3 ", 3), ("3.0", 3)]),
    (float, {"type": "number"}, [("3.5", 3.5), (3, 3.0), ("1e3", 1000.0)]),
    (bool, {"type": "boolean"}, [("true", True), ("no", False), (1, True), (0, False)]),
    (list[str], {"type": "array", "items": {"type": "string"}}, [('["a"]', ["a"])]),
    (list[int], {"type": "array", "items": {"type": "integer"}}, [('["1", 2]', [1, 2])]),
    (dict, {"type": "object"}, [('{"a": 1}', {"a": 1})]),
    (int | str, {"anyOf": [{"type": "integer"}, {"type": "string"}]}, [("3", "3"), (3, 3)]),
    (int | None, {"anyOf": [{"type": "integer"}, {"type": "null"}]}, [("3", 3), (None, None)]),
]  # fmt: skip


@pytest.mark.parametrize(("hint", "schema", "values"), HINTS, ids=lambda row: str(row)[:40])
def test_a_hint_has_a_schema_and_what_is_sent_becomes_what_it_promises(
    hint: Any, schema: dict[str, Any], values: list[tuple[Any, Any]]
) -> None:
    made = taking(hint)
    assert made.parameters["properties"]["x"] == schema
    json.dumps(made.definition(), allow_nan=False)
    for sent, meant in values:
        read = made.arguments(json.dumps({"x": sent}))["x"]
        assert (read, type(read)) == (meant, type(meant))


class Paint(enum.Enum):
    RED = "red"
    BLUE = 2
    SEA = 2  # noqa: PIE796


class Twins(enum.Enum):
    a = "A"
    A = "x"
    B = "b"
    b_ = "B"


LAX: list[tuple[Any, Sequence[Any]]] = [
    (datetime.date, ["2026-01-02T00:00", "2026-01-02 00:00:00"]),
    (datetime.datetime, ["2026-01-02", "2026-01-02T03:04:05Z", "2026-01-02 03:04"]),
    (datetime.time, ["03:04", "10:00:00.5"]),
    (datetime.timedelta, ["1:30:00", "1 day, 2:00:00", "1d 0:00:01", "P1D", "PT1.5S", 90]),
    (Paint, ["red", 2]),
    (bool, ["yes", "T", "OFF", 1.0, 0]),
    (int, ["3", "3.0", 3.0]),
    (float, ["1e3", " 2 "]),
    (set[int], [["1", 1]]),
    (decimal.Decimal, [" 1.5 ", 2]),
    (uuid.UUID, ["12345678123456781234567812345678"]),
]  # fmt: skip


@pytest.mark.parametrize(("hint", "sent"), [(hint, one) for hint, many in LAX for one in many])
def test_what_pydantics_lax_mode_reads_is_read_as_that(hint: Any, sent: Any) -> None:
    meant = pydantic.TypeAdapter(hint).validate_python(sent)
    assert taking(hint).arguments(json.dumps({"x": sent})) == {"x": meant}


@pytest.mark.parametrize(
    ("hint", "sent", "meant"),
    [
        (datetime.date, "2026-1-2", datetime.date(2026, 1, 2)),
        (datetime.date | str, "2026-1-2", datetime.date(2026, 1, 2)),
        (datetime.datetime, "2026-1-2T3:04", datetime.datetime(2026, 1, 2, 3, 4)),
        (datetime.time, "9:30", datetime.time(9, 30)),
        (datetime.timedelta, "90", datetime.timedelta(seconds=90)),
        (Paint, "RED", Paint.RED), (Paint, "Blue", Paint.BLUE), (Paint, "SEA", Paint.BLUE),
        (Paint | None, "Red", Paint.RED), (list[Paint], ["BLUE"], [Paint.BLUE]),
        (Twins, "A", Twins.a), (Twins, "a", Twins.a), (Twins, "X", Twins.A),
        (Literal["celsius", "kelvin"], "Celsius", "celsius"),
    ],
)  # fmt: skip
def test_what_has_one_reading_is_read_as_that(hint: Any, sent: Any, meant: Any) -> None:
    assert taking(hint).arguments(json.dumps({"x": sent})) == {"x": meant}


@pytest.mark.parametrize(
    ("hint", "sent"),
    [
        (datetime.date, "2026-13-1"), (datetime.date, "1-2-2026"), (datetime.date, "2026/1/2"),
        (datetime.timedelta, "1:30"), (Paint, "green"), (Literal["a", "A"], "ä"),
        (Literal["ab", "AB"], "Ab"), (int, "3.5"), (int, True),
        (int, "1e3"), (int, ""), (float, "nan"), (bool, 2),
        (list[str], "a"), (str, 3), (bool | int, "1"), (int | None, ""),
        (uuid.UUID, "no"), (decimal.Decimal, "NaN"), (fractions.Fraction, "1/0"),
        (datetime.timedelta, "P"), (bytes, "?"),
    ],
)  # fmt: skip
def test_what_has_no_reading_or_two_is_refused(hint: Any, sent: Any) -> None:
    with pytest.raises(ToolFailed, match=r"Wrong arguments.*x"):
        taking(hint).arguments(json.dumps({"x": sent}))


def test_what_json_cannot_say_is_no_argument() -> None:
    with pytest.raises(ToolFailed, match="NaN is no JSON"):
        taking(float).arguments('{"x": NaN}')


def test_arguments_written_twice_over_are_read_once_more() -> None:
    assert taking(int).arguments(json.dumps('{"x": 1}')) == {"x": 1}


@pytest.mark.parametrize(
    ("hint", "value", "told"),
    [
        (float, float("inf"), None), (float, float("nan"), None), (Any, object(), None),
        (bytes, b"x", None), (datetime.date, datetime.date(2026, 1, 2), "2026-01-02"),
        (decimal.Decimal, decimal.Decimal("1.5"), "1.5"), (Colour, Colour.BLUE, "b"),
        (list, [1], [1]), (int, 5, 5),
    ],
)  # fmt: skip
def test_a_default_is_told_where_json_can_say_it(hint: Any, value: Any, told: Any) -> None:
    made = taking(hint, x=value)
    assert made.parameters["properties"]["x"].get("default") == told
    assert "required" not in made.parameters
    json.dumps(made.definition(), allow_nan=False)


@pytest.mark.parametrize(
    "hint", [Callable[[int], int], Literal[b"x"], range, type, Annotated[int, {"default": b"x"}]]
)
def test_a_tool_that_cannot_be_described_is_refused_by_name(hint: Any) -> None:
    def hopeless(x: Any) -> None: ...

    hopeless.__annotations__ = {"x": hint}
    with pytest.raises(InvalidInput, match=r"Tool hopeless cannot be described: parameter x"):
        tool(hopeless)


def test_what_no_agent_can_give_and_none_needs_to_is_left_out() -> None:
    def f(a: int, key: Callable[[int], int] = abs, _private: int = 1) -> int:
        return key(a) + _private

    assert list(tool(f).parameters["properties"]) == ["a"]


class Trip(TypedDict, total=False):
    to: typing.Required[int] if hasattr(typing, "Required") else int  # type: ignore[valid-type]
    via: str


@pytest.mark.skipif(not hasattr(typing, "Required"), reason="Python 3.11 has it first")
def test_what_a_typed_dict_needs_may_be_written_as_text() -> None:
    schema = taking(Trip).parameters["properties"]["x"]
    assert schema == {
        "type": "object",
        "properties": {"to": {"type": "integer"}, "via": {"type": "string"}},
        "additionalProperties": False,
        "required": ["to"],
    }


def walk(path: str, depth: int = 2) -> str:
    """Walk.

    Args:
        path: where
    """
    return f"{path} {depth}"


def test_a_partial_keeps_name_words_and_hints_and_what_it_settled_is_settled() -> None:
    made = tool(functools.partial(walk, depth=3))
    assert made.definition() == {
        "name": "walk",
        "description": "Walk.",
        "parameters": {
            "type": "object",
            "properties": {"path": {"type": "string", "description": "where"}},
            "additionalProperties": False,
            "required": ["path"],
        },
    }
    assert made(**made.arguments('{"path": "/a"}')) == "/a 3"
    assert list(tool(functools.partial(walk, "/a")).parameters["properties"]) == ["depth"]


def test_a_method_is_a_tool_of_its_object() -> None:
    class Shop:
        def __init__(self, stock: int) -> None:
            self.stock = stock

        @tool
        def sell(self, count: int) -> int:
            """Sell."""
            return self.stock - count

    made = Shop(5).sell
    assert list(made.parameters["properties"]) == ["count"]
    assert made(**made.arguments('{"count": 2}')) == 3
    with pytest.raises(InvalidInput, match=r"sell is a method: add the one of an object, Shop\(\)"):
        offer({}, Shop.sell)


def test_an_async_generator_gives_all_it_yields() -> None:
    async def numbers(to: int) -> Any:
        for number in range(to):
            yield number

    made = tool(numbers)
    assert made.is_async
    assert asyncio.run(made(to=3)) == [0, 1, 2]


def test_pydantics_field_as_a_default_is_its_default() -> None:
    pydantic = pytest.importorskip("pydantic")

    def f(a: int = pydantic.Field(5, description="how many", ge=1)) -> int:
        return a

    made = tool(f)
    assert made.parameters["properties"]["a"] == {
        "type": "integer", "minimum": 1, "description": "how many", "default": 5,
    }  # fmt: skip
    assert made(**made.arguments("{}")) == 5


def test_types_of_pydantic_that_are_no_models_are_described() -> None:
    pydantic = pytest.importorskip("pydantic")
    secret = taking(pydantic.SecretStr).arguments('{"x": "s"}')["x"]
    assert secret.get_secret_value() == "s"
    with pytest.raises(ToolFailed, match="x"):
        taking(pydantic.HttpUrl).arguments('{"x": "no url"}')


def test_an_attrs_class_is_an_object() -> None:
    attrs = pytest.importorskip("attrs")
    point = attrs.make_class("Point", {"a": attrs.field(type=int), "b": attrs.field(default=2)})
    made = taking(point)
    assert made.parameters["properties"]["x"]["required"] == ["a"]
    assert made.arguments('{"x": {"a": "1"}}') == {"x": point(1, 2)}


def test_a_function_that_names_no_parameter_is_refused() -> None:
    def anything(*args: Any, **kwargs: Any) -> None: ...

    with pytest.raises(InvalidInput, match="Tool anything takes anything"):
        tool(anything)


@pytest.mark.parametrize("name", ["<lambda>", "città", "a" * 65, "a b", ""])
def test_a_name_that_no_model_takes_is_refused_when_it_is_added(name: str) -> None:
    made = tool(lambda x: x)
    made.name = name
    with pytest.raises(InvalidInput, match="Models take no tool named"):
        offer({}, made)


def test_two_functions_of_one_name_do_not_replace_each_other_in_silence() -> None:
    tools: dict[str, Tool] = {}
    offer(tools, tool(functools.partial(walk, depth=1)))
    with pytest.raises(InvalidInput, match="There is another tool named walk"):
        offer(tools, tool(functools.partial(walk, depth=2)))
    again = tool(functools.partial(walk, depth=3))
    again.name = "other"
    offer(tools, again)
    offer(tools, again)
    assert list(tools) == ["walk", "other"]


class Maker:
    """Makes a thing."""

    def __init__(self, size: int, names: list[str] | None = None) -> None:
        self.size, self.names = size, names


@dataclasses.dataclass
class Made:
    size: int
    inner: Made | None = None


class Called:
    async def __call__(self, size: int) -> int:
        """Count on."""
        return size + 1


def test_a_class_is_a_tool_that_makes_its_objects() -> None:
    made = Tool(Maker)
    assert made.description == "Makes a thing."
    assert made.parameters["properties"]["size"] == {"type": "integer"}
    assert made(**made.arguments('{"size": "3", "names": "[\\"a\\"]"}')).names == ["a"]
    data = Tool(Made)
    assert data.description == ""  # that of dataclasses is their signature
    assert data(**data.arguments('{"size": 1, "inner": {"size": 2}}')) == Made(1, Made(2))


def test_an_object_with_an_async_call_is_awaited() -> None:
    assert (Tool(Called()).is_async, Tool(Called()).description) == (True, "Count on.")


def test_a_function_is_awaited_by_what_it_is_wrapped_in() -> None:
    def plain(size: int) -> int:
        return size

    @functools.wraps(plain)
    async def later(size: int) -> int:
        return size

    assert (Tool(plain).is_async, Tool(later).is_async) == (False, True)


def test_a_parameter_may_be_named_as_python_names_its_own() -> None:
    def odd(self: int, cls: int, args: int) -> int:
        return self + cls + args

    made = Tool(odd)
    assert made(**made.arguments('{"self": 1, "cls": 2, "args": 3}')) == 6


def test_nothing_is_said_of_a_lambda_but_its_name() -> None:
    assert tool(name="twice")(lambda x: x * 2).description == ""


@pytest.mark.parametrize(
    ("hint", "kind", "sent", "read"),
    [
        (numpy.int64, "integer", "3", numpy.int64(3)),
        (numpy.float32, "number", 1.5, numpy.float32(1.5)),
        (pandas.Timestamp, "string", "2026-01-02", pandas.Timestamp("2026-01-02")),
        (numpy.ndarray, "array", [1, 2], numpy.array([1, 2])),
        (pandas.DataFrame, "array", [{"a": 1}], pandas.DataFrame({"a": [1]})),
        (pandas.Series, "array", [1, 2], pandas.Series([1, 2])),
        (datetime.date, "string", "2026-01-02T00:00:00Z", datetime.date(2026, 1, 2)),
        (bytes, "string", "-_8", b"\xfb\xff"),
    ],
)
def test_what_notebooks_are_full_of_is_read_as_what_it_is(
    hint: Any, kind: str, sent: Any, read: Any
) -> None:
    made = taking(hint)
    assert made.parameters["properties"]["x"]["type"] == kind
    [found] = made.arguments(json.dumps({"x": sent})).values()
    assert type(found) is type(read)
    assert numpy.all(found == read)


def test_arguments_that_were_written_several_times_over_are_read_once() -> None:
    made = taking(str)
    assert made.arguments('{"x":"a"}{"x":"a"}') == {"x": "a"}
    for text in ('{"x":"a"}{"x":"b"}', '{"x":"a"}{"x":', '{"x":"a"} and'):
        with pytest.raises(ToolFailed, match="are not JSON"):
            made.arguments(text)
