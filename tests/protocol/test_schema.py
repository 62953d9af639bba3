"""Our table of shapes against the official one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from agui_notebook.protocol import EVENTS, OBJECTS, fields
from agui_notebook.protocol.schema import OPEN, UNIONS

UNION_NAMES = {
    "Message": "Message",
    "ContentPart": "Part",
    "PartSource": "Source",
    "RunFinishedOutcome": "Outcome",
    "SubagentFinishedOutcome": "SubagentOutcome",
    "JsonPatchOperation": "Operation",
}


@pytest.fixture(scope="module")
def official(shared: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((shared / "conformance/shapes-1.1.json").read_text("utf-8"))
    return loaded


def ours_in_their_words(row: str) -> dict[str, str]:
    return {name: _kind(f.kind) + "!" * f.required for name, f in fields(row).items()}


def _kind(kind: str) -> str:
    if kind.startswith("str/"):
        return f"str|{_kind(kind[4:])}"
    if kind.startswith("["):
        items = kind.strip("[]")
        return f"list1:{items[:-1]}" if items.endswith("+") else f"list:{_theirs(items)}"
    if kind.startswith("="):
        return f"const:{kind[1:]}"
    if "|" in kind:
        return f"enum:{kind}"
    return {"nonnull": "any-nonnull"}.get(kind, _theirs(kind))


def _theirs(name: str) -> str:
    return next((theirs for theirs, ours in UNION_NAMES.items() if ours == name), name)


def test_every_event_has_the_official_fields(official: dict[str, Any]) -> None:
    ours = {
        name: {"type": f"const:{name}!", **ours_in_their_words(row)} for name, row in EVENTS.items()
    }
    theirs = {shape["type"][6:-1]: shape for shape in official["events"].values()}
    assert ours == theirs


def test_every_object_has_the_official_fields(official: dict[str, Any]) -> None:
    ours = {name: ours_in_their_words(row) for name, row in OBJECTS.items()}
    assert ours == {name: official["objects"][name] for name in OBJECTS}


def test_every_union_has_the_official_members(official: dict[str, Any]) -> None:
    everything = {**official["messages"], **official["objects"], **official["patch"]}
    for theirs, ours in UNION_NAMES.items():
        union = official["unions"][theirs]
        key, rows = UNIONS[ours]
        assert key == union["by"]
        members = [everything[member] for member in union["members"]]
        expected = {
            shape[key][6:-1]: {k: v for k, v in shape.items() if k != key} for shape in members
        }
        assert {word: ours_in_their_words(row) for word, row in rows.items()} == expected


def test_only_patch_operations_are_open(official: dict[str, Any]) -> None:
    assert {name.endswith("Operation") for name in official["open"]} == {True}
    assert list(OPEN) == ["Operation"]
