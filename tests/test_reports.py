"""docs/reports.md is what the tests say, names tests that are there, and is long enough."""

from __future__ import annotations

import re

import pytest
from support import reports

LEAST = 40  # reports that have a test here


def test_the_page_of_reports_is_what_the_tests_name() -> None:
    assert reports.PAGE.read_text("utf-8") == reports.page()


def test_many_reports_have_a_test() -> None:
    named = {report for row in reports.rows() for report in row.reports}
    assert len(named) >= LEAST


def test_enough_reports_were_looked_up_and_each_of_them_is_named() -> None:
    named = {report for row in reports.rows() for report in row.reports}
    assert named >= reports.LOOKED_UP
    assert len(reports.LOOKED_UP) >= LEAST


@pytest.mark.parametrize("test", sorted({row.test for row in reports.rows()}))
def test_the_test_that_a_report_has_is_there(test: str) -> None:
    path, _, name = test.partition("::")
    text = (reports.TESTS / path).read_text("utf-8")
    assert f"def {name}(" in text if name else re.search("def test_", text)


def test_no_report_in_the_tests_is_missing_from_the_page() -> None:
    page = set(reports.CITED.findall(reports.PAGE.read_text("utf-8")))
    files = [*reports.TESTS.rglob("*.py"), *reports.TESTS.rglob("*.jsonl")]
    named = {each for path in files for each in reports.CITED.findall(path.read_text("utf-8"))}
    assert named == page
