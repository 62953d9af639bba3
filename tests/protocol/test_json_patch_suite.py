"""JSON Patch as the public suite of RFC 6902 has it, json-patch-tests.

The suite comes with the front end's tools (js/package.json); nothing of it is kept here.
"""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from agui_notebook.protocol import PatchError, changes, set_at
from agui_notebook.protocol import same_json as same

SUITE = Path(__file__).resolve().parents[2] / "js" / "node_modules" / "json-patch-test-suite"
FILES = ("tests.json", "spec_tests.json")


def cases() -> list[Any]:
    if not SUITE.exists():
        missing = pytest.mark.skip("json-patch-test-suite is not there: run `npm ci` in js/")
        return [pytest.param({}, marks=missing)]
    read = [case for name in FILES for case in json.loads((SUITE / name).read_text("utf-8"))]
    told = [case for case in read if not case.get("disabled")]
    return [pytest.param(case, id=f"{n} {case.get('comment', '')}") for n, case in enumerate(told)]


def apply(document: Any, patch: list[dict[str, Any]]) -> Any:
    holder = {"state": document}
    for path, new in changes(copy.deepcopy(document), patch):
        set_at(holder, ("state", *path), new)
    return holder["state"]


@pytest.mark.parametrize("case", cases())
def test_a_patch_of_the_public_suite_does_what_the_suite_says(case: dict[str, Any]) -> None:
    if "error" in case:
        with pytest.raises(PatchError):
            apply(case["doc"], case["patch"])
    else:
        assert same(apply(case["doc"], case["patch"]), case.get("expected", case["doc"]))


def test_the_whole_suite_is_read() -> None:
    assert len(cases()) in (1, 91)
