"""Arguments that are still streaming are read as far as they have come."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agui_notebook.tools import read_partial

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None),
        ("  ", None),
        ("{", {}),
        ('{"ci', {}),
        ('{"city"', {}),
        ('{"city":', {}),
        ('{"city": ', {}),
        ('{"city": "', {"city": ""}),
        ('{"city": "Lis', {"city": "Lis"}),
        ('{"city": "Lis\\', {"city": "Lis"}),
        ('{"city": "Lis\\u00e', {"city": "Lis"}),
        ('{"city": "Lis\\\\', {"city": "Lis\\"}),
        ('{"city": "Lis"', {"city": "Lis"}),
        ('{"city": "Lis", "days": 1', {"city": "Lis"}),
        ('{"city": "Lis", "days": 12,', {"city": "Lis", "days": 12}),
        ('{"warm": tru', {}),
        ('{"warm": true}', {"warm": True}),
        ('{"days": [1, 2, {"n": "Mon', {"days": [1, 2, {"n": "Mon"}]}),
        ('[["a"], ', [["a"]]),
        ('{"a": 1} and more', None),
        ("nonsense", None),
        ("]", None),
    ],
)
def test_what_is_complete_stands_and_a_text_begins(text: str, value: Any) -> None:
    assert read_partial(text) == value


LONG = [" " * 199_000, "[1" + " " * 199_000, '{"a":' * 39_000, "[" + "1," * 99_000,
        '{"a":"' + '\\' * 199_000, '{"a": "b" ' + "\n" * 199_000]  # fmt: skip


@pytest.mark.parametrize("text", LONG, ids=range(len(LONG)))
def test_no_beginning_costs_far_more_than_one_of_ordinary_values(text: str) -> None:
    """Of many short values, which is what costs most; a search for tokens would be quadratic."""

    def seconds(source: str) -> float:
        since = time.thread_time()
        read_partial(source)
        return time.thread_time() - since

    assert seconds(text) < 10 * seconds("[" + '{"a": 1}, ' * 19_000)


@given(JSON, st.data())
def test_every_beginning_of_a_document_is_read_and_the_whole_is_the_whole(
    value: Any, data: st.DataObject
) -> None:
    text = json.dumps({"it": value})
    assert read_partial(text) == {"it": value}
    cut = data.draw(st.integers(1, len(text) - 1))
    assert isinstance(read_partial(text[:cut]), dict)


def test_a_very_long_text_is_read_when_it_is_whole() -> None:
    assert read_partial('{"a": "' + "x" * 200_000) is None
