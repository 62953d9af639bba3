"""What an agent declares: read with care, told in a line, and never more than a hint."""

from __future__ import annotations

from typing import Any

import pytest

from agui_notebook.protocol.capabilities import (
    capabilities_line,
    read_capabilities,
    takes_files,
    takes_tools,
)


@pytest.mark.parametrize(
    "value",
    [
        {"identity": {"name": "a", "metadata": {"x": None}}, "later": 1},
        {"custom": {"mine": {"deep": [1]}}},
        {"tools": {"supported": True, "later": "yes"}, "reasoning": None},
    ],
)
def test_what_is_unknown_stays_whole(value: Any) -> None:
    """C-CAP-03, C-CAP-04."""
    assert read_capabilities(value) == value


@pytest.mark.parametrize(
    "value",
    [
        *(None, [], "tools", {}, {"name": "a page"}),
        {"tools": "yes"},
        {"tools": {"supported": "yes"}},
        {"multimodal": {"input": []}},
        {"multimodal": {"input": {"image": 1}}},
        {"identity": "me"},
    ],
)
def test_what_is_malformed_or_none_is_not_used(value: Any) -> None:
    """C-CAP-03."""
    assert read_capabilities(value) is None


def test_what_it_can_is_told_in_a_line() -> None:
    declared = {
        "tools": {"supported": True},
        "state": {"deltas": True},
        "reasoning": {"supported": False},
        "multimodal": {"input": {"image": True, "pdf": True}},
        "humanInTheLoop": {"interrupts": True},
    }
    assert capabilities_line(declared) == "tools, shared state, approvals, pictures, files"
    assert capabilities_line({"identity": {"name": "a"}}) == ""


def test_only_an_explicit_no_says_no() -> None:
    """C-CAP-01."""
    assert takes_tools({})
    assert takes_tools({"tools": {"supported": True}})
    assert not takes_tools({"tools": {"clientProvided": False}})
    assert not takes_tools({"tools": {"supported": False}})
    some = {"multimodal": {"input": {"image": False, "audio": False}}}
    assert takes_files({})
    assert takes_files(some)
    none = dict.fromkeys(("image", "audio", "video", "pdf", "file"), False)
    assert not takes_files({"multimodal": {"input": none}})
