"""The table of docs/guides/hosts.md of what is said where something is missing, row by row.

Each row has the test that brings it about, which holds the sentences that the page quotes.
"""

from __future__ import annotations

import re
import runpy
import sys

import pytest
from support.lanes import ROOT

PAGE = (ROOT / "docs" / "guides" / "hosts.md").read_text("utf-8")
TABLE = PAGE.partition("## Where something is missing")[2].partition("\n## ")[0]
ROWS = dict(re.findall(r"^\| ([^|]+) \| ([^|]+) \|$", TABLE, re.MULTILINE)[1:])
HELD_BY = {
    "a Python from 3.10 on": "test_hosts_page.py",
    "a browser that can wait (JSPI), for a call that blocks in a page": "pyodide/in_page.py",
    "leave for the page to call the agent (CORS)": "pyodide/in_page.py",
    "an address of the page: it was opened from a file": "pyodide/in_page.py",
    "a front end: papermill, nbconvert, a bare kernel": "jupyter/test_kernel.py",
    "a terminal to ask in": "cli/test_command.py",
    "a reader of the command's output": "cli/test_command.py",
}


def test_each_row_has_the_test_that_brings_it_about() -> None:
    assert list(ROWS) == list(HELD_BY)


@pytest.mark.parametrize("missing", HELD_BY)
def test_what_the_page_quotes_is_what_the_test_expects(missing: str) -> None:
    test = (ROOT / "tests" / HELD_BY[missing]).read_text("utf-8")
    quoted = [part for text in re.findall('"([^"]+)"', ROWS[missing]) for part in text.split("...")]
    assert [part for part in map(str.strip, quoted) if part not in test] == []


def test_an_older_python_is_told_which_one_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    dev = runpy.run_path(str(ROOT / "dev.py"))
    monkeypatch.setattr(sys, "version_info", (3, 9, 18))
    with pytest.raises(SystemExit) as told:
        dev["main"]()
    assert told.value.args == ("[agui] Python 3.10 or newer is needed",)
