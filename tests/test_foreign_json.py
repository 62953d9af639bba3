"""JSON of others, read strictly: every fault has its phrase, no text costs more than it weighs."""

from __future__ import annotations

import doctest
import json
import time
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agui_notebook import foreign_json
from agui_notebook.foreign_json import NotJSON, read, read_all, read_bytes

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.floats(allow_nan=False,
    allow_infinity=False) | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=20,
)  # fmt: skip


@given(VALUES, st.sampled_from([None, 1]), st.booleans())
def test_what_json_writes_is_read_as_it_was(value: Any, indent: int | None, plain: bool) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=plain)
    assert read(text) == value
    assert read_bytes(text.encode("utf-8", "surrogatepass")) == value


@given(st.text(alphabet='{}[]":,\\ 0123456789aeEu-+.tfn\ud800\n', max_size=40))
def test_what_is_no_json_is_refused_by_a_phrase(text: str) -> None:
    try:
        value = read(text)
    except NotJSON:
        return
    assert value == json.loads(text)


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("", "it is not JSON (Expecting value: line 1 column 1 (char 0))"),
        ("{'a': 1}", "it is not JSON (Expecting property name"),
        ("[NaN]", "it is not JSON (NaN is no JSON number)"),
        ("-Infinity", "it is not JSON (-Infinity is no JSON number)"),
        ("1e999", "1e999 is beyond every double"),
        ('{"a":-1e400}', "-1e400 is beyond every double"),
        ("9" * 350, "99999999999999999999… is beyond every double"),
        ('[{"a":1,"a":2}]', "it names 'a' twice in one object"),
        ('{"a":1,"a":2}', "it names 'a' twice in one object"),
        ('{"a":1,"a" :2}', "it names 'a' twice in one object"),
        ('{"a":1, "a"\t:2}', "it names 'a' twice in one object"),
        ('{"a":"\\":","a"\n:2}', "it names 'a' twice in one object"),
        ('{"\\u0061":1,"a":2}', "it names 'a' twice in one object"),
        ("[" * 201 + "]" * 201, "it is nested too deeply (deeper than 200 levels)"),
        ('{"a":' * 300 + "1" + "}" * 300, "it is nested too deeply (deeper than 200 levels)"),
        ("[" * 100_000, "it is nested too deeply (deeper than 200 levels)"),
        ("[" + "1," * 1_000_001 + "1]", "it holds more than 1,000,000 values"),
    ],
)
def test_every_fault_has_its_phrase(text: str, phrase: str) -> None:
    with pytest.raises(NotJSON) as caught:
        read(text)
    assert str(caught.value).startswith(phrase)


def test_what_is_large_and_harmless_is_read() -> None:
    assert read(json.dumps("a, [b]" * 1_000_000)) == "a, [b]" * 1_000_000
    assert read("[" * 200 + "]" * 200)
    assert read(str(2**70)) == 2**70
    assert read('{"a":{"b":1},"b":{"b":2}}') == {"a": {"b": 1}, "b": {"b": 2}}


@pytest.mark.parametrize("text", ['"\\ud800"', '{"a":["\\uDC00 x"]}', '{"\\ud800":1}'])
def test_half_a_character_is_refused_where_whole_ones_are_wanted(text: str) -> None:
    read(text)  # a stream may cut a pair in two
    with pytest.raises(NotJSON, match="half a surrogate pair"):
        read(text, whole_characters=True)
    assert read('"\\ud83d\\ude00"', whole_characters=True) == "😀"


def test_bytes_that_are_no_text_are_told() -> None:
    with pytest.raises(NotJSON, match=r"it is not UTF-8 \(byte 1\)"):
        read_bytes(b'"\xff"')
    assert read_bytes(b'\xef\xbb\xbf{"a":1}') == {"a": 1}
    assert read_bytes('{"a":1}'.encode("utf-16")) == {"a": 1}


HOSTILE = [
    '"' + '\\"' * 500_000 + '"',
    "[" + '"a","a",' * 125_000 + "1]",
    "{" + ",".join(f'"k{n}":1' for n in range(90_000)) + ',"k0":2}',
    "[" * 100 + "]" * 100 + " " * 1_000_000,
    "[" * 1_000_000,
    "9" * 1_000_000,
    '{"a":' + "[]," * 300_000,
]


@pytest.mark.parametrize("hostile", HOSTILE, ids=range(len(HOSTILE)))
def test_no_text_costs_far_more_than_a_harmless_one_of_its_size(hostile: str) -> None:
    harmless = json.dumps([{"id": n, "text": "some words"} for n in range(25_000)])
    costs = []
    for text in (harmless, hostile):
        since = time.thread_time()
        with suppress(NotJSON):
            read(text)
        costs.append((time.thread_time() - since) / len(text))
    assert costs[1] < 20 * costs[0]


TEXTS = st.sampled_from(
    [
        *('{"a":"b"}', '{"a": "b:c"}', "[1,2]", "3", '"x"', "{}", '{"a":{"b":1}}', ' {"a":1}'),
        *('{"a":1,"a":2}', '{"a" :1,"a":2}', '{"a":1', "NaN", '{"a":NaN}', "1 2", "", "[" * 300),
        *('{"a":1}{', '{"a":"' + "x" * 900 + '"}', '{"a":1e999}', '{"a":":","a":1}'),
    ]
)


@given(st.lists(TEXTS, max_size=6))
def test_all_at_once_are_read_like_each_alone_up_to_the_first_fault(texts: list[str]) -> None:
    alone: list[Any] = []
    fault = None
    for text in texts:
        try:
            alone.append(read(text))
        except NotJSON as error:
            fault = str(error)
            break
    found: list[Any] = []
    told = None
    try:
        read_all(texts, found)
    except NotJSON as error:
        told = str(error)
    assert (found, told) == (alone, fault)


@pytest.mark.parametrize(
    "halves",
    [
        ['{"a":"x}', '{y"}', '{"b":1}'],
        ['{"a":1,"b":2}},{{"c":1}', '{"d":1}'],
        ['{"a":{}', '{}},{"b":1}'],
        ['{"a":[{}', '{}]},{"b":2}'],
        ['{"a":1},{"b":2}', '{"c":3}'],
        ['{"a":"\n},\n{"}', '{"b":1}'],
    ],
    ids=range(6),
)
def test_texts_that_only_together_are_objects_are_refused(halves: list[str]) -> None:
    with pytest.raises(NotJSON):
        read_all(halves, [])


def test_the_example_runs() -> None:
    assert doctest.testmod(foreign_json).failed == 0
