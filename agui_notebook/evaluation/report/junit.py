"""A report as JUnit's XML, which every CI reads: one test case for each case and repeat."""

from __future__ import annotations

from collections.abc import Iterator
from xml.sax.saxutils import escape, quoteattr

from ...late_pattern import late
from ...markup.outlets import terminal
from ...values import JsonView
from .facts import ReportFacts
from .table import reasons

_NO_XML = late("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
KINDS = {"fail": "failure", "error": "error"}


def junit(report: ReportFacts) -> Iterator[str]:
    """The file in pieces."""
    said = [trial.verdict for trial in report.trials]
    counts = (
        f'tests="{len(said)}" failures="{said.count("fail")}" errors="{said.count("error")}" '
        f'time="{sum(trial.seconds or 0 for trial in report.trials):.3f}"'
    )
    name = attribute(f"agui evaluate {report.agent}")
    yield f'<?xml version="1.0" encoding="UTF-8"?>\n<testsuites {counts}>\n'
    yield f"<testsuite name={name} {counts}>\n"
    for row in report.rows():
        yield _case(row, report)
    yield "</testsuite>\n</testsuites>\n"


def _case(row: JsonView, report: ReportFacts) -> str:
    name = row["name"] + (f" #{row['repeat']}" if report.repeats > 1 else "")
    opening = (
        f"<testcase name={attribute(name)} classname={attribute(report.agent)} "
        f'time="{row.get("seconds") or 0:.3f}">'
    )
    kind = KINDS.get(row["verdict"])
    told = reasons(row) or [row["verdict"]]
    body = (
        f"<{kind} message={attribute(told[0])}>{text(chr(10).join(told))}</{kind}>" if kind else ""
    )
    return f"{opening}{body}<system-out>{text(row.get('text', ''))}</system-out></testcase>\n"


def text(text: str) -> str:
    """What stands between two tags."""
    return escape(_NO_XML.sub("\ufffd", terminal(text)))


def attribute(text: str) -> str:
    """A value in its quotes."""
    return quoteattr(_NO_XML.sub("\ufffd", terminal(text)))
