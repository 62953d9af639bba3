"""What a check of a server found, to be read: as a table, as text, as JUnit's XML."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import NamedTuple

from ...markup.outlets import html as escape
from ...markup.outlets import line
from ...runtime.files import write
from ...values import JsonObject
from ..report.junit import attribute, text
from .judge_stream import Finding
from .rules_met import VERDICTS, RuleVerdict, judge_rules

MOST = 50  # faults of a run, and as many remarks, that are shown; ``findings`` holds all


class CheckedRun(NamedTuple):
    """One run that was asked for: what was said, how many events came, and their types."""

    prompt: str
    events: int
    types: frozenset[str] = frozenset()


class Findings(NamedTuple):
    """What breaks the protocol, and what is said besides, in order."""

    faults: list[Finding]
    remarks: list[Finding]


def kinds_of(frames: Sequence[object]) -> frozenset[str]:
    """The types that the frames name."""
    named = (frame.get("type") for frame in frames if isinstance(frame, Mapping))
    return frozenset(kind for kind in named if isinstance(kind, str))


class ServerCheck:
    """Which rules of the protocol a server broke, in ``findings``; ``ok`` is that none is.

    ``remarks`` are mistakes that every reader survives (an event nobody knows, a change of the
    state that cannot be applied); ``rules`` are all that its answers put to the test.

    >>> mine = serve(str.upper)
    >>> found = check(mine.url, token=mine.token)
    >>> found.ok, found.findings
    (True, [])
    """

    def __init__(
        self, name: str, runs: Sequence[CheckedRun], found: Findings, note: str = ""
    ) -> None:
        self.name, self.note = name, note
        self.runs = list(runs)
        self.findings, self.remarks = self._found = found

    @property
    def ok(self) -> bool:
        """Whether every run kept the protocol."""
        return not self.findings

    @property
    def rules(self) -> list[RuleVerdict]:
        """Each rule that the answers met: its id, its words, and how it was kept."""
        types = (kind for run in self.runs for kind in run.types)
        broken, remarked = ([each.rule for each in found] for found in self._found)
        return list(judge_rules(types, broken, remarked))

    def __repr__(self) -> str:
        return line(f"<ServerCheck {self.name}: {self.summary()}>")

    def summary(self) -> str:
        """All of it in a line."""
        broken = {finding.run for finding in self.findings}
        kept = f"{len(self.runs) - len(broken)} of {len(self.runs)} runs keep the protocol"
        faults = "" if self.ok else f", {len(self.findings)} faults"
        return kept + faults + (f", {len(self.remarks)} remarks" if self.remarks else "")

    def lines(self) -> list[str]:
        """A line for each run and each fault, safe in a terminal."""
        told = []
        for number, run in enumerate(self.runs, 1):
            faults = self.of_run(number)
            verdict = "broken" if faults else "kept"
            told.append(f"{verdict:6}  run {number}: {run.prompt} ({run.events} events)")
            told += [f"        {each}" for each in _first(faults, _in_a_line)]
            remarks = _first(self._remarks_on(number), _in_a_line)
            told += [f"        remark: {each}" for each in remarks]
        told += [f"{verdict.title()}: {', '.join(ids)}." for verdict, ids in self._by_verdict()]
        return [line(each) for each in (*told, *filter(None, [self.note]), f"{self.summary()}.")]

    def _by_verdict(self) -> list[tuple[str, list[str]]]:
        """The ids of the rules that were kept, and of those broken, where there are any."""
        found = self.rules
        ids = [(each, [rule.rule for rule in found if rule.verdict == each]) for each in VERDICTS]
        return [(verdict, named) for verdict, named in ids if named]

    def _remarks_on(self, number: int) -> list[Finding]:
        return [remark for remark in self.remarks if remark.run == number]

    def of_run(self, number: int) -> list[Finding]:
        """The faults of one run, counted from 1."""
        return [finding for finding in self.findings if finding.run == number]

    def junit(self, path: str | PathLike[str]) -> Path:
        """Write JUnit's XML, a test case for each run. Raises InvalidInput."""
        broken = len({finding.run for finding in self.findings})
        counts = f'tests="{len(self.runs)}" failures="{broken}" errors="0"'
        name = attribute(f"agui check {self.name}")
        cases = "".join(self._case(number) for number in range(1, len(self.runs) + 1))
        return write(
            path,
            [
                f'<?xml version="1.0" encoding="UTF-8"?>\n<testsuites {counts}>\n'
                f"<testsuite name={name} {counts}>\n{cases}</testsuite>\n</testsuites>\n"
            ],
        )

    def _case(self, number: int) -> str:
        told = _first(self.of_run(number), _in_a_line)
        body = (
            f"<failure message={attribute(''.join(told[:1]))}>{text(chr(10).join(told))}</failure>"
        )
        name = attribute(f"run {number}: {self.runs[number - 1].prompt}")
        return f"<testcase name={name} classname={attribute(self.name)}>{body if told else ''}</testcase>\n"  # noqa: E501

    def _repr_html_(self) -> str:
        rows = "".join(self._row(number) for number in range(1, len(self.runs) + 1))
        titles = "".join(f"<th>{title}</th>" for title in ("", "Run", "Events", "Faults"))
        below = f"{self.note} {self.summary()}.".strip()
        met = "".join(
            f"<li>{escape(rule.verdict)}: {escape(rule.words)} <small>{escape(rule.rule)}</small>"
            for rule in self.rules
        )
        return (
            f"<table><thead><tr>{titles}</tr></thead><tbody>{rows}</tbody></table>"
            f"<p>{escape(below)}</p><details><summary>Rules that were put to the test</summary>"
            f"<ul>{met}</ul></details>"
        )

    def _row(self, number: int) -> str:
        run, faults = self.runs[number - 1], self.of_run(number)
        told = _first(faults, _in_html)
        told += [f"<i>remark</i>: {each}" for each in _first(self._remarks_on(number), _in_html)]
        cells = ("✗" if faults else "✓", escape(run.prompt), str(run.events), "<br>".join(told))
        return f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"

    def _repr_mimebundle_(self, **_: object) -> JsonObject:
        return {"text/plain": "\n".join(self.lines()), "text/html": self._repr_html_()}


def _first(findings: Sequence[Finding], write: Callable[[Finding], str]) -> list[str]:
    """As many as somebody reads, and how many there are more: a server may make any number."""
    more = len(findings) - MOST
    told = [write(finding) for finding in findings[:MOST]]
    return [*told, f"... and {more:,} more of this run"] if more > 0 else told


def _in_a_line(finding: Finding) -> str:
    return f"{place(finding)}{in_words(finding)}"


def place(finding: Finding) -> str:
    """Where it is, before the words."""
    return "" if finding.event is None else f"event {finding.event}: "


def in_words(finding: Finding) -> str:
    """The fault with its rule and its event."""
    rule = f" [{finding.rule}]" if finding.rule else ""
    return f"{finding.words}{rule}{f' {finding.text}' if finding.text else ''}"


def _in_html(finding: Finding) -> str:
    rule = f"<small>{escape(finding.rule)}</small> " if finding.rule else ""
    shown = f"<code>{escape(finding.text)}</code>" if finding.text else ""
    return f"{escape(place(finding))}{escape(finding.words)} {rule}{shown}".strip()
