"""One evaluation while it goes on: what is asked next, what has ended, what it all comes to."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from os import PathLike

from ..values import Json
from .agents import OpenAgent, open_agent
from .budget import Budget, OverBudget
from .case import keys_of
from .grade import ResultCheck
from .judge import JudgeAgent
from .progress import Count, Notice
from .report.report import Report
from .results_file import CaseBlock, ResultsFile, remove_with, temporary_file
from .running import HandOver
from .sources import Case
from .trial import Ended, Trial, ask_case, broken_row, read_trial

STOPPED = "It was stopped."
TrialPlace = tuple[int, int]  # which case, and the how-manieth time, from 1


class CaseRun:
    """One evaluation while it goes on. As a context manager it opens and closes what it needs."""

    def __init__(
        self,
        agent: Json,
        cases: Sequence[Case],
        checks: Sequence[ResultCheck],
        repeats: int,
        concurrency: int,
        budget: Budget,
        to: str | PathLike[str] | None,
        progress: bool,
    ) -> None:
        self.cases, self.checks, self.repeats = cases, checks, repeats
        self.concurrency, self.budget = concurrency, budget
        self.keys = keys_of(cases)
        self.trials: dict[TrialPlace, Trial] = {}
        self.stopped = False
        self.count = Count(len(cases) * repeats)
        self.notice = Notice(progress)
        self._agent = agent
        self._numbers = {key: number for number, key in enumerate(self.keys)}
        self.open: OpenAgent | None = None
        self.file = ResultsFile(temporary_file() if to is None else to)
        self.is_temporary = to is None

    @property
    def agents(self) -> Sequence[OpenAgent]:
        """The one that is asked."""
        return [] if self.open is None else [self.open]

    @property
    def judges(self) -> list[JudgeAgent]:
        """Agents that check."""
        every = [*self.checks, *(check for case in self.cases for check in case.checks)]
        return list(
            {id(c.agent): c.agent for c in every if isinstance(c.agent, JudgeAgent)}.values()
        )

    def __enter__(self) -> CaseRun:
        self.open = open_agent(self._agent)
        self.begin_file(self.open.name)
        for judge in self.judges:
            judge.open()
        return self

    def begin_file(self, agent: str) -> None:
        """Take what the file has already, and go on behind it."""
        labels = [check.label for check in self.checks]
        self.file.head |= {"agent": agent, "checks": labels}
        self.file.begin(self.take)

    def __exit__(self, *_: object) -> None:
        self.file.close()
        if self.open is not None:
            self.open.close()
        for judge in self.judges:
            judge.close()
        self.notice.show(self.count.draw, last=True)

    def take(self, ended: CaseBlock) -> None:
        """A case has ended: count it, unless it was not asked for here, or was there already."""
        number = self._numbers.get(ended.row["case"])
        if number is None:
            return
        trial = read_trial(number, ended)
        place = (number, trial.repeat)
        if trial.repeat > self.repeats or place in self.trials:
            return
        self.trials[place] = trial
        self.count.told[trial.verdict] = self.count.told.get(trial.verdict, 0) + 1

    def missing_places(self) -> Iterator[TrialPlace]:
        """What is still to be asked: every case once, then every case once more."""
        for repeat in range(1, self.repeats + 1):
            for number in range(len(self.cases)):
                if (number, repeat) not in self.trials:
                    yield number, repeat

    async def run(self, tell: HandOver) -> None:
        """Ask what is missing, ``concurrency`` at once."""
        places = self.missing_places()
        workers = [asyncio.ensure_future(self._work(places, tell)) for _ in range(self.concurrency)]
        try:
            await asyncio.gather(*workers)
        finally:
            for worker in workers:
                worker.cancel()
            await asyncio.gather(*workers, return_exceptions=True)

    async def _work(self, places: Iterator[TrialPlace], tell: HandOver) -> None:
        assert self.open is not None
        for number, repeat in places:
            case = self.cases[number]
            try:
                ended = await ask_case(self.open, case, self.checks, self.budget)
            except OverBudget:
                return
            except Exception as error:
                ended = broken_row(case, error)
            self.keep((number, repeat), ended)
            if self.notice.is_due():
                tell(self.show)

    def keep(self, place: TrialPlace, ended: Ended) -> None:
        """Write a case that has ended, and count it."""
        number, repeat = place
        row = {"case": self.keys[number], "repeat": repeat, **ended.row}
        start, at = self.file.append(ended.lines, row)
        self.take(CaseBlock(start, at, 0, row))

    def show(self) -> None:
        """Show how far it is, if it is time to."""
        if self.notice.is_due():
            self.notice.show(self.count.draw)

    def report(self) -> Report:
        """What there is."""
        trials = [self.trials[place] for place in sorted(self.trials)]
        named = dict(zip(self.keys, self.cases, strict=True))
        note = self._note()
        made = Report(self.file, named, self.repeats, trials, note)
        if self.is_temporary:
            remove_with(made, self.file.path)
        return made

    def _note(self) -> str:
        """Why it is not whole."""
        return STOPPED if self.stopped else self.budget.reason


def is_stopped(report: Report) -> bool:
    """Whether somebody stopped it."""
    return report.note == STOPPED
