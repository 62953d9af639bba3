"""The report of an evaluation as its user has it: a table below a cell, a page, a frame, XML."""

from __future__ import annotations

from os import PathLike
from pathlib import Path

from ...markup.outlets import line
from ...runtime.files import write
from ...values import Foreign, JsonObject
from ..results_file import CaseBlock, ResultsFile
from ..sources import Case
from ..trial import Trial, read_trial
from .change import ReportChange, compare_reports
from .facts import ReportFacts
from .frame import as_frame
from .junit import junit
from .page import report_page
from .table import fragment, plain_rows


class Report(ReportFacts):
    """What came of an evaluation; a table in a notebook. ``path`` is the file with everything.

    ``trials`` are the counted facts, one for each time a case was asked; ``agent`` is its name;
    ``note`` says why it is not whole, where it is not.

    >>> report = evaluate(str.upper, ["hello", "a"], [checks.contains("L")])
    >>> report
    <Report upper: 1 of 2 pass>
    >>> report.rate
    0.5
    """

    @classmethod
    def read(cls, path: str | PathLike[str]) -> Report:
        """The report of a file that ``evaluate(..., to=path)`` wrote, finished or not.

        >>> done = evaluate(str.upper, ["hello"], [checks.equals("HELLO")], to="hello.jsonl")
        >>> Report.read("hello.jsonl")
        <Report upper: 1 of 1 pass>
        """
        file = ResultsFile(path)
        cases: dict[str, Case] = {}
        numbers: dict[str, int] = {}
        trials: dict[tuple[int, int], Trial] = {}
        for block in file.blocks():
            cases.setdefault(block.row["case"], block_case(block))
            trial = read_trial(numbers.setdefault(block.row["case"], len(numbers)), block)
            trials.setdefault((trial.case, trial.repeat), trial)
        repeats = max((trial.repeat for trial in trials.values()), default=1)
        return cls(file, cases, repeats, [trials[place] for place in sorted(trials)])

    def __repr__(self) -> str:
        rest = f", {self.missing_count} not run" if self.missing_count else ""
        return line(f"<Report {self.agent}: {self.pass_count} of {len(self)} pass{rest}>")

    def frame(self) -> Foreign:
        """A pandas DataFrame with a row for each trial and a column for each check.

        >>> list(report.frame()["verdict"])
        ['pass', 'fail']
        """
        return as_frame(plain_rows(self.rows()))

    def compare(self, other: Report) -> ReportChange:
        """What changed from ``other`` (before) to this one (now): better, worse, same.

        >>> before = evaluate(str.lower, ["hello", "a"], [checks.contains("L")])
        >>> report.compare(before)
        <ReportChange: 1 better, 0 worse, 1 same (p = 1; this may be chance)>
        """
        return compare_reports(other, self)

    def html(self, path: str | PathLike[str]) -> Path:
        """Write it as one page that needs nothing else: filters, plots, folded conversations.

        >>> report.html("report.html").name
        'report.html'
        """
        return write(path, report_page(self))

    def junit(self, path: str | PathLike[str]) -> Path:
        """Write it as JUnit's XML, for CI.

        >>> report.junit("report.xml").name
        'report.xml'
        """
        return write(path, junit(self))

    def _repr_html_(self) -> str:
        return fragment(self)

    def _repr_mimebundle_(self, **_: object) -> JsonObject:
        return {"text/plain": repr(self), "text/html": fragment(self)}


def block_case(block: CaseBlock) -> Case:
    """What was asked in a block."""
    row = block.row
    return Case(row["turns"], row.get("name", ""), row.get("reference"), state=row.get("state"))
