"""Python functions as tools: what is advertised, what is accepted, what the model reads."""

from __future__ import annotations

import dataclasses
import datetime
import enum
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, TypedDict

import pytest

from agui_notebook import InvalidInput, ToolFailed, tool
from agui_notebook.tools import as_text, problems


class Unit(enum.Enum):
    METRIC = "metric"
    IMPERIAL = "imperial"


@dataclasses.dataclass
class Point:
    x: float
    y: float = 0.0


class Extra(TypedDict, total=False):
    note: str


class Pair(NamedTuple):
    left: int
    right: int = 2


def forecast(
    city: str,
    days: Annotated[int, "How many days ahead"] = 3,
    unit: Unit = Unit.METRIC,
    mode: Literal["short", "long"] = "short",
    at: Point | None = None,
    tags: list[str] | None = None,
    when: datetime.date | None = None,
    **more: Any,
) -> "DataFrame":  # type: ignore[name-defined]  # noqa: F821, UP037 - must not matter
    """Say how the weather will be.

    It is made up.

    Args:
        city: Where, in
            English.
        days (int): Not used, Annotated wins.
        mode: How much to say.

    Returns:
        A table.
    """
    return (city, days, unit, mode, at, tags, when)


def test_hints_docstring_and_annotated_make_the_schema() -> None:
    assert tool(forecast).definition() == {
        "name": "forecast",
        "description": "Say how the weather will be.\n\nIt is made up.",
        "parameters": {
            "type": "object",
            "properties": {
                "city": {"type": "string", "description": "Where, in English."},
                "days": {"type": "integer", "description": "How many days ahead", "default": 3},
                "unit": {"type": "string", "enum": ["metric", "imperial"], "default": "metric"},
                "mode": {
                    "type": "string",
                    "enum": ["short", "long"],
                    "description": "How much to say.",
                    "default": "short",
                },
                "at": {
                    "anyOf": [
                        {
                            "type": "object",
                            "properties": {"x": {"type": "number"}, "y": {"type": "number"}},
                            "additionalProperties": False,
                            "required": ["x"],
                        },
                        {"type": "null"},
                    ]
                },
                "tags": {
                    "anyOf": [{"type": "array", "items": {"type": "string"}}, {"type": "null"}]
                },
                "when": {"anyOf": [{"type": "string", "format": "date"}, {"type": "null"}]},
            },
            "additionalProperties": False,
            "required": ["city"],
        },
    }


def test_arguments_arrive_as_the_types_that_were_promised() -> None:
    text = (
        '{"city": "Oslo", "days": 2, "unit": "imperial", "at": {"x": 1}, "tags": ["a"],'
        ' "when": "2026-11-22"}'
    )
    assert tool(forecast).arguments(text) == {
        "city": "Oslo",
        "days": 2,
        "unit": Unit.IMPERIAL,
        "at": Point(1.0, 0.0),
        "tags": ["a"],
        "when": datetime.date(2026, 11, 22),
    }


def test_a_needless_null_means_the_default() -> None:
    assert tool(forecast).arguments('{"city": "Oslo", "days": null, "tags": null}') == {
        "city": "Oslo",
        "tags": None,
    }


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("{", "not JSON"),
        ("[1]", "must be a JSON object"),
        ("{}", "city is missing"),
        ('{"city": 3}', "city must be string, not 3"),
        ('{"city": "x", "days": true}', "days must be integer, not True"),
        ('{"city": "x", "days": 2.5}', "days must be integer, not 2.5"),
        ('{"city": "x", "mode": "huge"}', "mode must be short or long, not 'huge'"),
        ('{"city": "x", "at": {"x": "one"}}', "at.x must be number"),
        ('{"city": "x", "tags": ["a", 1]}', r"tags\[1\] must be string"),
        ('{"city": "x", "planet": "Mars"}', "planet is unknown"),
        ('{"city": "x", "when": "tomorrow"}', "Wrong arguments"),
    ],
)
def test_wrong_arguments_never_reach_the_function(text: str, complaint: str) -> None:
    with pytest.raises(ToolFailed, match=complaint) as caught:
        tool(forecast).arguments(text)
    assert caught.value.tool == "forecast"


def test_no_arguments_at_all_are_an_empty_object() -> None:
    def ping() -> str:
        return "pong"

    assert tool(ping).arguments("") == {}


@pytest.mark.parametrize("text", ["", " ", "null", '""'])
def test_arguments_that_are_not_there_are_not_made_up(text: str) -> None:
    def purge(path: str = "/") -> None:
        pass

    with pytest.raises(ToolFailed, match=r"came without its arguments|must be a JSON object"):
        tool(purge).arguments(text)
    assert tool(purge).arguments("{}") == {}  # whose default is the function's own


def sphinx(a: int, b: str = "") -> None:
    """Do it.

    :param a: the first
    :param str b: the second
    :returns: nothing
    """


def numpy_style(a: int, b: str = "") -> None:
    """Do it.

    Parameters
    ----------
    a : int
        the first
    b : str, optional
        the
        second

    Returns
    -------
    None
    """


@pytest.mark.parametrize("function", [sphinx, numpy_style])
def test_other_docstring_styles_describe_parameters_too(function: Any) -> None:
    made = tool(function).definition()
    assert made["description"] == "Do it."
    described = {k: v["description"] for k, v in made["parameters"]["properties"].items()}
    assert described == {"a": "the first", "b": "the second"}


def test_every_kind_of_hint_has_a_schema() -> None:
    def many(
        a: dict[str, int],
        b: tuple[int, str],
        c: set[int],
        d: tuple[float, ...],
        e: Extra,
        f: Pair,
        g: Path,
        h,
        i: Any,
        j: "Nowhere",  # type: ignore[name-defined]  # noqa: F821, UP037
        k: Annotated[int, {"minimum": 1}] = 1,
    ) -> None: ...

    made = tool(many)
    text = (
        '{"a": {"x": 1}, "b": [1, "z"], "c": [1, 1], "d": [1, 2], "e": {"note": "n"},'
        ' "f": {"left": 5}, "g": "/x", "h": 1, "i": [], "j": "any"}'
    )
    assert made.arguments(text) == {
        "a": {"x": 1},
        "b": (1, "z"),
        "c": {1},
        "d": (1.0, 2.0),
        "e": {"note": "n"},
        "f": Pair(5, 2),
        "g": Path("/x"),
        "h": 1,
        "i": [],
        "j": "any",
    }
    with pytest.raises(ToolFailed, match="k must be at least 1"):
        made.arguments(text[:-1] + ', "k": 0}')


def test_options_and_odd_callables() -> None:
    class Counter:
        """Counts."""

        def __call__(self, by: int) -> int:
            return by

    renamed = tool(name="n", description="d", thread=True)(lambda: None)
    assert (renamed.name, renamed.description, renamed.thread) == ("n", "d", True)
    assert tool(Counter()).parameters["properties"] == {"by": {"type": "integer"}}
    own = {"type": "object", "properties": {"q": {"type": "string"}}}
    assert tool(parameters=own)(lambda **kw: kw).arguments('{"q": "x"}') == {"q": "x"}
    assert tool(renamed) is renamed
    assert tool(forecast)("Oslo")[0] == "Oslo"


def test_what_cannot_be_a_tool_is_refused_at_once() -> None:
    def positional(a: int, /) -> None: ...

    with pytest.raises(InvalidInput, match="by name"):
        tool(positional)
    with pytest.raises(InvalidInput, match="no function"):
        tool(3)  # type: ignore[call-overload]
    with pytest.raises(InvalidInput, match="wrap it in a function"):
        tool(max)


@dataclasses.dataclass
class Folder:
    name: str
    inside: list[Folder] = dataclasses.field(default_factory=list)


def test_a_class_that_contains_itself_has_a_schema_with_an_end() -> None:
    def show(folder: Folder) -> None: ...

    inner = {"type": "array", "items": {"type": "object"}}
    members = {"name": {"type": "string"}, "inside": inner}
    made = tool(show)
    assert made.parameters["properties"]["folder"]["properties"] == members
    given = '{"folder": {"name": "a", "inside": [{"name": "b"}]}}'
    assert made.arguments(given) == {"folder": Folder("a", [Folder("b")])}


def test_a_hint_that_names_what_is_not_there_accepts_everything() -> None:
    @dataclasses.dataclass
    class Odd:
        x: NotThere  # type: ignore[name-defined]  # noqa: F821

    def take(odd: Odd) -> None: ...

    take.__annotations__ = {"odd": Odd}
    assert tool(take).arguments('{"odd": {"x": 1}}') == {"odd": Odd(1)}


def test_definitions_stand_where_references_look_for_them() -> None:
    class Nested:  # as pydantic says it, which need not be installed
        @staticmethod
        def model_json_schema() -> dict[str, Any]:
            part = {"type": "object", "properties": {"n": {"type": "integer"}}}
            return {"$defs": {"Part": part}, "properties": {"part": {"$ref": "#/$defs/Part"}}}

        model_validate = staticmethod(lambda value: value)

    def take(some: list[Nested]) -> None: ...

    take.__annotations__ = {"some": list[Nested]}
    made = tool(take)
    assert list(made.parameters["$defs"]) == ["Part"]
    assert "$defs" not in made.parameters["properties"]["some"]["items"]
    with pytest.raises(ToolFailed, match="must be integer"):
        made.arguments('{"some": [{"part": {"n": "x"}}]}')


class Model:
    def __repr__(self) -> str:
        return "a table"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("as it is", "as it is"),
        (None, "null"),
        ({"a": [1, 2.5]}, '{"a": [1, 2.5]}'),
        (Point(1, 2), '{"x": 1, "y": 2}'),
        ([Unit.METRIC, datetime.date(2026, 1, 2)], '["metric", "2026-01-02"]'),
        ({3}, "[3]"),
        (Model(), "a table"),
        ("å", "å"),
        (["å"], '["å"]'),
    ],
)
def test_the_model_gets_text(value: object, text: str) -> None:
    assert as_text(value) == text


def test_a_data_frame_reads_as_python_prints_it() -> None:
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"a": [1, 2]})
    assert as_text(frame) == str(frame)
    assert as_text(frame["a"]) == str(frame["a"])
    assert as_text({"total": frame["a"].sum()}) == '{"total": 3}'


@pytest.mark.parametrize(
    ("schema", "good", "bad"),
    [
        ({"type": ["string", "null"]}, [None, "x"], [1]),
        ({"type": "integer"}, [1, 2.0], [True, 1.5, "1"]),
        ({"const": 1}, [1], [True, 2]),
        ({"oneOf": [{"type": "string"}, {"minimum": 3, "type": "number"}]}, ["a", 4], [2, None]),
        ({"allOf": [{"minimum": 1}, {"maximum": 2}]}, [1, 2], [0, 3]),
        ({"pattern": "^a"}, ["ab", 3], ["b"]),
        ({"minLength": 2, "maxItems": 2}, ["ab", [1, 2]], ["a", [1, 2, 3]]),
        ({"exclusiveMinimum": 0, "exclusiveMaximum": 2}, [1], [0, 2]),
        ({"additionalProperties": {"type": "string"}}, [{"a": "b"}], [{"a": 1}]),
        ({"$ref": "#/$defs/n", "$defs": {"n": {"type": "number"}}}, [1], ["1"]),
        ({"unheardOf": 1}, [1, "x", None], []),
        (False, [], [1]),
        (True, [1], []),
    ],
)
def test_the_schema_subset(schema: Any, good: list, bad: list) -> None:
    assert [problems(value, schema) for value in good] == [[] for _ in good]
    assert all(problems(value, schema) for value in bad)


@pytest.mark.parametrize(
    "schema",
    [
        {"type": 5},
        {"required": True},
        {"minimum": "x"},
        {"pattern": "("},
        {"properties": [1]},
        {"anyOf": 3},
        {"$ref": "#"},
        {"allOf": [{"$ref": "#"}, {"$ref": "#"}]},
    ],
)
def test_a_schema_that_is_malformed_or_endless_refuses_nothing(schema: Any) -> None:
    assert [problems(value, schema) for value in (1, "x", {"a": 1})] == [[], [], []]


def test_a_whole_number_may_have_any_size() -> None:
    assert problems(10**400, {"type": "integer"}) == []
    assert problems(float("inf"), {"type": "integer"})


def test_the_subset_agrees_with_the_whole_of_json_schema() -> None:
    jsonschema = pytest.importorskip("jsonschema")
    schema = tool(forecast).parameters
    cases = [
        {"city": "x"},
        {"city": 1},
        {"city": "x", "days": 1.0},
        {"city": "x", "at": None},
        {"city": "x", "at": {"x": 1, "z": 1}},
        {"city": "x", "tags": [1]},
        {},
        [],
    ]
    whole = jsonschema.Draft202012Validator(schema)
    assert [not problems(c, schema) for c in cases] == [whole.is_valid(c) for c in cases]
