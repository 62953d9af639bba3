"""The corners of JSON Patch."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from agui_notebook.protocol import PatchError, changes, set_at


def patched(value: Any, *operations: dict[str, Any]) -> Any:
    holder = {"state": copy.deepcopy(value)}
    for path, new in changes(value, operations):
        set_at(holder, ("state", *path), new)
    return holder["state"]


def op(word: str, path: str, value: Any = ..., **more: Any) -> dict[str, Any]:
    return {"op": word, "path": path, **({} if value is ... else {"value": value}), **more}


APPLIES: dict[str, tuple[Any, list[dict[str, Any]], Any]] = {
    "add replaces": ({"a": 1}, [op("add", "/a", 2)], {"a": 2}),
    "add at the end": ([1], [op("add", "/1", 2)], [1, 2]),
    "add behind the end mark": ([1], [op("add", "/-", 2)], [1, 2]),
    "add in the middle": ([1, 3], [op("add", "/1", 2)], [1, 2, 3]),
    "the whole becomes a number": ({"a": 1}, [op("replace", "", 5)], 5),
    "the whole goes": ({"a": 1}, [op("remove", "")], None),
    "1 is 1.0": ({"a": 1}, [op("test", "/a", 1.0)], {"a": 1}),
    "order of keys does not matter": (
        {"a": {"x": 1, "y": 2}},
        [op("test", "/a", {"y": 2, "x": 1})],
        {"a": {"x": 1, "y": 2}},
    ),
    "escapes": ({"~1": 1, "a/b": 2}, [op("remove", "/~01"), op("replace", "/a~1b", 3)], {"a/b": 3}),
    "a copy is deep": (
        {"a": {"n": 1}},
        [op("copy", "/b", **{"from": "/a"}), op("add", "/b/n", 2)],
        {"a": {"n": 1}, "b": {"n": 2}},
    ),
    "a copy of what was changed just before is deep too": (
        {"a": {}},
        [op("add", "/a/n", 1), op("copy", "/b", **{"from": "/a"}), op("add", "/b/n", 2)],
        {"a": {"n": 1}, "b": {"n": 2}},
    ),
    "a move in a list": ([1, 2, 3], [op("move", "/2", **{"from": "/0"})], [2, 3, 1]),
    "a move below what shifts": (
        [0, {"x": []}, {"y": []}],
        [op("move", "/1/y/-", **{"from": "/0"})],
        [{"x": []}, {"y": [0]}],
    ),
    "a move to where it is": ({"a": 1}, [op("move", "/a", **{"from": "/a"})], {"a": 1}),
    "an empty key": ({"": 1}, [op("replace", "/", 2)], {"": 2}),
    "big integers": ({"a": 2**60}, [op("test", "/a", 2**60)], {"a": 2**60}),
    "in what was added just now": (
        {},
        [op("add", "/a", {}), op("add", "/a/b", 1)],
        {"a": {"b": 1}},
    ),
}


@pytest.mark.parametrize("case", APPLIES)
def test_a_patch_applies(case: str) -> None:
    value, operations, expected = APPLIES[case]
    assert patched(value, *operations) == expected


FAILS: dict[str, tuple[Any, dict[str, Any]]] = {
    "true is not 1": ({"a": 1}, op("test", "/a", True)),
    "false is not 0": ({"a": [0]}, op("test", "/a", [False])),
    "missing is not null": ({}, op("test", "/a", None)),
    "past the end": ([1], op("add", "/2", 2)),
    "a leading zero": ([1], op("replace", "/00", 2)),
    "a negative position": ([1], op("replace", "/-1", 2)),
    "a word for a position": ([1], op("add", "/x", 2)),
    "a digit of another script": ([1], op("replace", "/٠", 2)),
    "the end mark to replace": ([1], op("replace", "/-", 2)),
    "below nothing": ({}, op("add", "/a/b", 1)),
    "below null": ({"a": None}, op("add", "/a/b", 1)),
    "below text": ({"a": "text"}, op("test", "/a/0", "t")),
    "remove what is not there": ({}, op("remove", "/a")),
    "replace what is not there": ({}, op("replace", "/a", 1)),
    "into itself": ({"a": {}}, op("move", "/a/b", **{"from": "/a"})),
    "from nowhere": ({}, op("copy", "/a", **{"from": "/b"})),
    "a prototype": ({}, op("add", "/__proto__", 1)),
    "another prototype": ({"constructor": {}}, op("add", "/constructor/prototype", 1)),
}


@pytest.mark.parametrize("case", FAILS)
def test_a_patch_that_fails_leaves_all_as_it_was_and_says_where(case: str) -> None:
    value, operation = FAILS[case]
    before = copy.deepcopy(value)
    first = op("add", "/0" if isinstance(value, list) else "/first", 1)
    with pytest.raises(PatchError, match=operation["op"]):
        changes(value, [first, op("remove", first["path"]), operation])
    assert value == before


def test_only_the_places_that_changed_are_reported() -> None:
    value = {"log": [{"n": 1}], "big": list(range(1000))}
    operations = [op("add", "/log/-", {"n": 2}), op("replace", "/log/0/n", 5), op("add", "/x", 1)]
    assert changes(value, operations) == [
        (("log", 1), {"n": 2}),
        (("log", 0, "n"), 5),
        (("x",), 1),
    ]


def test_a_place_within_another_that_changed_is_not_reported_again() -> None:
    value = {"log": [1, 2, 3]}
    assert changes(value, [op("replace", "/log/2", 9), op("remove", "/log/0")]) == [
        (("log",), [2, 9])
    ]


def test_what_is_copied_hangs_in_one_place_only() -> None:
    state: dict[str, Any] = {"a": {"b": [1]}}
    ((path, value),) = changes(state, [{"op": "copy", "path": "/c", "from": ""}])
    assert (path, value) == (("c",), {"a": {"b": [1]}})
    state["c"] = value
    state["a"]["b"].append(2)
    assert value == {"a": {"b": [1]}}
