"""JSON Schema: the published tests of the keywords that are read, and the bounds of a check."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from agui_notebook.tools import is_too_complicated, problems
from agui_notebook.tools.schema_keywords import KEYWORDS
from agui_notebook.tools.validate import DEEPEST, LONGEST_TEXT, STEPS

SUITE = Path(__file__).parent / "json_schema_test_suite"
LIMITS = Path(__file__).resolve().parents[1] / "golden" / "schema_limits.json"
# a document of its own within a schema, and what is known only after all of it has been looked at
NOT_READ = ('"$id"', '"unevaluatedProperties"', '"unevaluatedItems"', '"$dynamicRef"')


def groups() -> list[Any]:
    return [
        pytest.param(group, id=f"{path.stem}: {group['description']}")
        for path in sorted(SUITE.glob("*.json"))
        for group in json.loads(path.read_text(encoding="utf-8"))
        if not any(word in json.dumps(group["schema"]) for word in NOT_READ)
        and not has_reference_elsewhere(group["schema"])
    ]


def has_reference_elsewhere(schema: object) -> bool:
    """Whether a reference leads out of ``schema``, which is never followed."""
    if isinstance(schema, list):
        return any(map(has_reference_elsewhere, schema))
    if not isinstance(schema, dict):
        return False
    reference = schema.get("$ref", "#")
    leaves = isinstance(reference, str) and not reference.startswith("#")
    return leaves or any(map(has_reference_elsewhere, schema.values()))


@pytest.mark.parametrize("group", groups())
def test_a_schema_of_the_published_suite_is_read_as_the_suite_says(group: dict[str, Any]) -> None:
    read = {case["description"]: not problems(case["data"], group["schema"])
            for case in group["tests"]}  # fmt: skip
    assert read == {case["description"]: case["valid"] for case in group["tests"]}


def test_every_keyword_that_is_read_has_published_tests() -> None:
    named = {word for group in groups() for word in words_of(group.values[0]["schema"])}
    assert KEYWORDS.keys() - named == set()
    assert len(groups()) > 200


def words_of(schema: object) -> set[str]:
    if isinstance(schema, list):
        return set().union(*map(words_of, schema))
    if not isinstance(schema, dict):
        return set()
    return schema.keys() | set().union(*map(words_of, schema.values()))


def test_a_pattern_that_is_not_checked_refuses_nothing() -> None:
    assert problems("b", {"pattern": "^(?!b)"}) == []
    assert problems({"b": 1}, {"patternProperties": {"^(?!b)": False}}) == []
    schema = {"patternProperties": {"^(?!b)": {}}, "additionalProperties": False}
    assert problems({"b": 1}, schema) == []


def test_one_malformed_keyword_leaves_the_others_in_force() -> None:
    schema = {"minimum": "x", "type": "integer", "allOf": [{"maximum": 3}, {"enum": 5}]}
    assert problems(7, schema) == ["the value must be at most 3, not 7"]
    assert problems("7", schema) == ["the value must be integer, not '7'"]


def test_a_phrase_is_short_however_long_the_value_and_the_alternatives() -> None:
    (told,) = problems(["x" * 10_000] * 100, {"enum": list(range(10_000))})
    assert len(told) < 400
    (told,) = problems("x" * 10_000, {"type": "integer"})
    assert len(told) < 120


# -- bounds ----------------------------------------------------------------------------------------

chain = {f"d{n}": {"allOf": [{"$ref": f"#/$defs/d{n + 1}"}] * 50} for n in range(20)}
arms = {f"d{n}": {"anyOf": [{"$ref": f"#/$defs/d{n + 1}"}] * 50} for n in range(20)}
HOSTILE: dict[str, tuple[Any, Any]] = {
    "itself fifty times": ({}, {"allOf": [{"$ref": "#"}] * 50}),
    "itself, by negation": (1, {"not": {"$ref": "#"}}),
    "definitions that fan out": (1, {"$ref": "#/$defs/d0", "$defs": {**chain, "d20": {}}}),
    "alternatives that fan out": (1, {"$ref": "#/$defs/d0", "$defs": {**arms, "d20": False}}),
    "an endless pattern": ("a" * 27 + "!", {"pattern": "^(a+)+$"}),
    "one choice among the same": ("a" * 5_000 + "!", {"pattern": "^(a|a)*$"}),
    "names under patterns": (
        {"a" * n: 1 for n in range(100)},
        {"patternProperties": {f"^(a+)+{n}$": {} for n in range(100)}},
    ),
    "many large patterns": ("a", {"allOf": [{"pattern": f"a{{{n}}}"} for n in range(900, 1900)]}),
    "a large choice, often": (
        1,
        {"allOf": [{"$ref": "#/$defs/a"}] * 5_000, "$defs": {"a": {"enum": ["x" * 50_000]}}},
    ),
}


def seconds(value: object, schema: object) -> float:
    best = 1e9
    for _ in range(3):
        start = time.thread_time()
        problems(value, schema)
        best = min(best, time.thread_time() - start)
    return best


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_schema_takes_no_longer_than_one_that_uses_up_its_steps(name: str) -> None:
    harmless = seconds([1] * STEPS, {"items": {"type": "integer"}})
    assert seconds(*HOSTILE[name]) < 5 * harmless


def test_a_schema_without_end_is_too_complicated_and_refuses_nothing() -> None:
    endless = {"allOf": [{"$ref": "#"}] * 50}
    assert is_too_complicated({}, endless)
    assert problems({}, endless) == []
    assert not is_too_complicated({}, {"allOf": [{}] * 50})


def test_alternatives_within_alternatives_take_work_in_proportion_to_the_value() -> None:
    kinds = ({"kind": {"const": kind}, "inner": {"$ref": "#/$defs/any"}} for kind in "abc")
    arms = [{"properties": kind, "required": ["kind"]} for kind in kinds]
    schema = {"$ref": "#/$defs/any", "$defs": {"any": {"anyOf": arms}}}

    def nested(depth: int) -> dict[str, Any]:
        return {"kind": "c", "inner": nested(depth - 1)} if depth else {"kind": "c"}

    assert problems(nested(15), schema) == []
    assert not is_too_complicated(nested(15), schema)


def test_a_value_deeper_than_the_limit_goes_unchecked() -> None:
    def nested(depth: int) -> list[Any]:
        return [nested(depth - 1)] if depth else ["x"]

    schema = {"items": {"$ref": "#"}, "type": "array"}
    assert problems(nested(20), schema) != []
    assert is_too_complicated(nested(DEEPEST), schema)


def test_a_long_text_is_checked_up_to_a_limit_and_a_tool_of_ones_own_without() -> None:
    schema = {"pattern": "^x*$"}
    assert problems("x" * (LONGEST_TEXT - 1) + "y", schema) != []
    assert problems("x" * LONGEST_TEXT + "y", schema) == []
    assert problems("x" * LONGEST_TEXT + "y", schema, trusted=True) != []


def test_the_browser_has_the_same_limits() -> None:
    limits = json.loads(LIMITS.read_text(encoding="utf-8"))["limits"]
    assert limits == {"steps": STEPS, "deepest": DEEPEST, "longestText": LONGEST_TEXT}


@pytest.mark.parametrize("kind", ["too_complicated", "fine"])
def test_what_is_too_complicated_here_is_so_in_the_browser(kind: str) -> None:
    schemas = json.loads(LIMITS.read_text(encoding="utf-8"))[kind]
    told = [is_too_complicated({}, schema) for schema in schemas]
    assert told == [kind == "too_complicated"] * len(schemas)
