"""What a report knows, and nothing of how it is shown: counts here, the rest in its file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from ...client.threads.journal import RecordedLine
from ...values import JsonObject, JsonView
from ..results_file import ResultsFile
from ..sources import Case
from ..trial import Trial
from .rates import wilson


class ReportFacts:
    """The trials of an evaluation and the file that has everything; see ``Report``."""

    def __init__(
        self,
        file: ResultsFile,
        cases: Mapping[str, Case],
        repeats: int,
        trials: Sequence[Trial],
        note: str = "",
    ) -> None:
        self._file = file
        self.path: Path = file.path
        self.agent = str(file.head.get("agent", "agent"))
        self.cases, self.repeats = list(cases.values()), repeats
        self.trials, self.note = list(trials), note
        self._keys = list(cases)

    def __len__(self) -> int:
        return len(self.trials)

    @property
    def pass_count(self) -> int:
        """How many times a case passed.

        >>> report.pass_count
        1
        """
        return sum(trial.verdict == "pass" for trial in self.trials)

    @property
    def rate(self) -> float:
        """The share that passed, 0 where nothing was run.

        >>> report.rate
        0.5
        """
        return self.pass_count / len(self) if self.trials else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """Between which rates the true one lies, with 95 % confidence (Wilson).

        >>> [round(end, 2) for end in report.interval]
        [0.09, 0.91]
        """
        return wilson(self.pass_count, len(self))

    @property
    def missing_count(self) -> int:
        """How many times a case is still to be asked: ``evaluate`` with the same ``to`` goes on.

        >>> report.missing_count
        0
        """
        return len(self.cases) * self.repeats - len(self)

    @property
    def flaky(self) -> list[str]:
        """The names of cases that passed sometimes.

        >>> report.flaky
        []
        """
        names = self.names()
        return [names[key] for key, share in self.shares().items() if 0 < share < 1]

    def shares(self) -> dict[str, float]:
        """For each case that was run, by its key, the share of repeats that passed.

        >>> sorted(report.shares().values())
        [0.0, 1.0]
        """
        told: dict[int, list[bool]] = {}
        for trial in self.trials:
            told.setdefault(trial.case, []).append(trial.verdict == "pass")
        return {self._keys[case]: sum(each) / len(each) for case, each in told.items()}

    def names(self) -> dict[str, str]:
        """The names of the cases, by their keys.

        >>> list(report.names().values())
        ['hello', 'a']
        """
        return {key: case.name for key, case in zip(self._keys, self.cases, strict=True)}

    def rows(self) -> Iterator[JsonObject]:
        """Everything known of each trial, in order: what was asked, answered, checked, measured.

        >>> [(row["name"], row["verdict"]) for row in report.rows()]
        [('hello', 'pass'), ('a', 'fail')]
        """
        for trial in self.trials:
            row = self._file.row_at(trial.at)
            yield {**row, "at": (trial.start, trial.at)}

    def lines(self, row: JsonView) -> list[RecordedLine]:
        """The conversation of one of ``rows()``, in the lines of a recording.

        >>> row = next(report.rows())
        >>> report.lines(row)[-1]["event"]["type"]
        'RUN_FINISHED'
        """
        return self._file.lines_at(*row["at"])
