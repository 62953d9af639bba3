"""Writes down what the shared cases gave, kind by kind: docs/agents.md is made of it.

Only where AGUI_KINDS names a folder; a module there gets a file of its own.
"""

from __future__ import annotations

import json
import os
import time
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import pytest

FOLDER = os.environ.get("AGUI_KINDS")
FEATURES = {
    "test_text": "text",
    "test_history": "history",
    "test_tool": "tool",
    "test_parallel_tools": "parallel tools",
    "test_reasoning": "reasoning",
    "test_usage": "usage",
    "test_image": "image",
    "test_approval": "approval",
    "test_edited_approval": "edited approval",
    "test_two_approvals": "two approvals",
    "test_stop": "stop",
    "test_stop_ends_the_generation": "stop",
    "test_error": "error at the start",
    "test_error_at_the_start": "error at the start",
    "test_error_in_the_middle": "error in the middle",
    "test_cut": "a cut stream is an error",
    "test_other_loops": "other loops",
}


class Results:
    """Of one module: each feature's outcome, the worst of its tests."""

    def __init__(self) -> None:
        self.cells: dict[str, dict[str, str]] = {}
        self.packages: dict[str, tuple[str, ...]] = {}

    def note(self, item: Any, report: Any) -> None:
        """Take in how a test went."""
        feature = FEATURES.get(item.originalname)
        if feature is None or item.cls is None or not hasattr(item.cls, "packages"):
            return
        self.packages[item.path.name] = item.cls.packages
        cells = self.cells.setdefault(item.path.name, {})
        if report.skipped:
            reason = str(report.longrepr[2]).removeprefix("Skipped: ")
            cells.setdefault(feature, reason)
        elif report.failed:
            cells[feature] = "failed"
        elif report.when == "call":
            cells.setdefault(feature, "yes")

    def write(self, folder: Path) -> None:
        """One file for each module."""
        for module, cells in self.cells.items():
            found = {name: _version(name) for name in self.packages[module]}
            told = {"date": time.strftime("%Y-%m-%d"), "versions": found, "cells": cells}
            text = json.dumps(told, indent=1, sort_keys=True)
            (folder / f"{Path(module).stem}.json").write_text(f"{text}\n", encoding="utf-8")


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "?"


RESULTS = Results()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: Any, call: Any) -> Any:
    """Each phase of each test."""
    report = yield
    RESULTS.note(item, report)
    return report


def pytest_sessionfinish() -> None:
    """The end of a run."""
    if FOLDER:
        RESULTS.write(Path(FOLDER))
