"""The public reports that tests stand for, as docs/reports.md lists them; read from the tests.

``python tests/support/reports.py`` writes that file anew. What a report says is not kept here.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

TESTS = Path(__file__).resolve().parents[1]
PAGE = TESTS.parent / "docs" / "reports.md"
LOOKED_UP = frozenset((TESTS / "support/reports_looked_up.txt").read_text("utf-8").split())
CITED = re.compile(r"[\w-][\w.-]*/[\w.-]+#\d+")
ANSWERS = "adapters/test_answers.py::test_an_answer_comes_to_what_its_model_meant"
STREAMS = "client/test_reported_streams.py::test_what_servers_really_send_is_read_as_it_was_meant"
HEAD = """# Reports that tests stand for

What others have met with at AG-UI servers, model gateways and SDKs: each with the public report
it is from (on GitHub, as owner/repository#number), and the test here that holds what is right.
`python tests/support/reports.py` writes the table out of the tests, and `tests/test_reports.py`
holds that it is theirs. A star is at the reports that were looked up once more, at their thread
or at one that names it, on 28 November 2026; the others are as they were noted when their test was
written, mostly from an excerpt. Cases that nobody reported, or whose report was not found again,
stand in the same files without a number, and in `tests/support/answers/odd.py`.

| What | Report | Test |
| --- | --- | --- |
"""


class Row(NamedTuple):
    """What was met with, the reports of it, and the test (a path under tests/, and a name)."""

    what: str
    reports: tuple[str, ...]
    test: str


def rows() -> list[Row]:
    """Every place in the tests that names a report."""
    return [*_answers(), *_streams(), *_functions()]


def _answers() -> Iterator[Row]:
    """The cases' names, which are ``what: report, report``."""
    for path in (
        TESTS / "support/answers/reported.py",
        TESTS / "adapters/test_langchain_chunks.py",
    ):
        test = ANSWERS if "reported" in path.name else f"adapters/{path.name}"
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            said = node.value if isinstance(node, ast.Constant) else None
            if found := CITED.findall(said if isinstance(said, str) else ""):
                yield Row(str(said).partition(": ")[0], tuple(found), test)


def _streams() -> Iterator[Row]:
    for line in (TESTS / "client/reported_streams.jsonl").read_text("utf-8").splitlines():
        stream = json.loads(line)
        if found := CITED.findall(stream["report"]):
            yield Row(stream["name"], tuple(found), STREAMS)


def _functions() -> Iterator[Row]:
    """Tests that name reports in a comment or docstring."""
    for path in sorted(TESTS.rglob("test_*.py")):
        text = path.read_text("utf-8")
        for node in ast.parse(text).body if CITED.search(text) else ():
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            if found := CITED.findall(ast.get_source_segment(text, node) or ""):
                what = node.name.removeprefix("test_").replace("_", " ")
                place = path.relative_to(TESTS).as_posix()
                yield Row(what, tuple(found), f"{place}::{node.name}")


def page() -> str:
    """docs/reports.md."""
    return HEAD + "".join(
        f"| {row.what} | {', '.join(map(_starred, row.reports))} | `{row.test}` |\n"
        for row in sorted(rows())
    )


def _starred(report: str) -> str:
    return f"{report} \\*" if report in LOOKED_UP else report


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
