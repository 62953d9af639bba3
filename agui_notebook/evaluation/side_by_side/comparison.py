"""``compare``: several agents asked the same at once, and what came of it side by side.

Who is asked and when is here; how it looks is columns.py's.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from os import PathLike
from pathlib import Path

from ...client.result import RunResult
from ...errors import AGUIError, InvalidInput
from ...markup.outlets import line, terminal
from ...runtime.files import write
from ...values import Foreign, Json, JsonObject
from ..agents import OpenAgent, open_agents
from ..case import words_of_turn
from ..measured import clock
from ..progress import Notice
from ..report.frame import as_frame
from ..report.page import plain_page
from ..running import HandOver, block, follow
from ..script_result import join_turns
from ..sources import Case, read_cases
from .columns import Column, grid
from .lateness import Lateness


def compare(agents: Json, prompts: Json, *, progress: bool = True) -> Comparison:
    """Ask several agents the same at once and see them side by side; blocks.

        comparison = agui.compare({"fast": fast, "slow": slow}, ["Is 0.1 + 0.2 == 0.3?"])
        comparison                    # columns, in a notebook
        chat = comparison.keep("fast")  # the conversation goes on with this one

    ``agents`` is a list, or a mapping of names, of whatever ``chat`` takes; a server of several
    gives all of them. ``prompts`` is what ``evaluate`` takes as cases: a text, texts, scripts of
    several turns. All agents are asked a prompt at once, one prompt after the other. Times are
    told apart: ``queue`` is waiting in this process, ``network`` until an answer began, ``agent``
    while it came. Raises InvalidInput, and what opening an agent raises.

    >>> compare([str.upper, str.lower], "Hello").texts
    {'upper': 'HELLO', 'lower': 'hello'}
    """
    run = CompareRun(agents, prompts, progress)
    stopped = not block(run)
    return run.comparison(stopped)


async def compare_async(agents: Json, prompts: Json, *, progress: bool = True) -> Comparison:
    """Like ``compare``, but awaited.

    >>> (await compare_async({"loud": str.upper}, "Hello")).texts
    {'loud': 'HELLO'}
    """
    run = CompareRun(agents, prompts, progress)
    await follow(run)
    return run.comparison(stopped=False)


class Comparison:
    """What several agents answered: columns in a notebook. ``columns`` has a list for each prompt.

    >>> both = compare([str.upper, str.lower], ["Hello", "Good morning"])
    >>> both
    <Comparison upper, lower: 2 prompts>
    """

    def __init__(
        self,
        rows: Sequence[Sequence[Column]],
        *,
        keeper: Callable[[Column], Json] | None = None,
        note: str = "",
    ) -> None:
        self.columns = [list(row) for row in rows]
        self.note = note
        self._keeper = keeper

    def __repr__(self) -> str:
        count = len(self.columns)
        return line(
            f"<Comparison {', '.join(self.names)}: {count} prompt{'' if count == 1 else 's'}>"
        )

    @property
    def names(self) -> list[str]:
        """The agents, in order.

        >>> both.names
        ['upper', 'lower']
        """
        return [column.name for column in self.columns[0]] if self.columns else []

    @property
    def texts(self) -> dict[str, str]:
        """What each answered to the last prompt.

        >>> both.texts
        {'upper': 'GOOD MORNING', 'lower': 'good morning'}
        """
        return {column.name: column.text for column in self.columns[-1]} if self.columns else {}

    def results(self, name: str) -> list[RunResult | None]:
        """The results of one agent, a prompt after the other; None where there is none.

        >>> both.results("lower")
        [<RunResult success: 'hello'>, <RunResult success: 'good morning'>]
        """
        return [column.result for column in self._of(name)]

    def keep(self, name: str) -> Json:
        """Go on with this one: the session of its last conversation. Raises InvalidInput.

        >>> both.keep("lower").ask("AND NOW?").text
        'and now?'
        """
        column = self._of(name)[-1]
        return column.session if self._keeper is None else self._keeper(column)

    def _of(self, name: str) -> list[Column]:
        found = [column for row in self.columns for column in row if column.name == name]
        if not found:
            raise InvalidInput(f"There is no {name!r} here; there is {', '.join(self.names)}.")
        return found

    def frame(self) -> Foreign:
        """A pandas DataFrame with a row for each prompt and agent; times in seconds.

        >>> list(both.frame()["answer"])
        ['HELLO', 'hello', 'GOOD MORNING', 'good morning']
        """
        return as_frame([column.row() for row in self.columns for column in row])

    def html(self, path: str | PathLike[str] | None = None) -> str | Path:
        """The columns as HTML, or written to ``path`` as a page that needs nothing else.

        >>> both.html("both.html").name
        'both.html'
        """
        if path is None:
            return self._repr_html_()
        return write(path, plain_page(f"Side by side: {', '.join(self.names)}", self._repr_html_()))

    def _repr_html_(self) -> str:
        return grid(self.columns, self.note)

    def _repr_mimebundle_(self, **_: object) -> JsonObject:
        return {"text/plain": self.plain_text(), "text/html": self._repr_html_()}

    def plain_text(self) -> str:
        """The answers, where nothing richer is shown.

        >>> print(both.plain_text().splitlines()[0])
        Hello
        """
        blocks = []
        for row in self.columns:
            told = "\n".join(f"{column.name}: {column.plain()}" for column in row)
            blocks.append(f"{row[0].prompt}\n{told}" if row else "")
        return terminal("\n\n".join(blocks))


class CompareRun:
    """One comparison while it goes on."""

    def __init__(self, agents: Json, prompts: Json, progress: bool) -> None:
        self._cases = read_cases(prompts)
        self.agents: Sequence[OpenAgent] = open_agents(agents)
        self.rows: list[list[Column]] = []
        self._notice = Notice(progress)

    async def run(self, tell: HandOver) -> None:
        """All agents at once, one case after the other."""
        try:
            async with Lateness() as late:
                for case in self._cases:
                    await self._ask(case, late, tell)
        finally:
            tell(lambda: self._notice.show(self._closing_words, last=True))

    async def _ask(self, case: Case, late: Lateness, tell: HandOver) -> None:
        row = [self._column(agent, case) for agent in self.agents]
        self.rows.append(row)
        tasks = [asyncio.ensure_future(ask_column(column, case.turns, late)) for column in row]
        try:
            await self._watch(tasks, tell)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _watch(self, tasks: Sequence[asyncio.Task[None]], tell: HandOver) -> None:
        """Show how far all are until the last is done; drawing is the caller's thread's work."""
        left: set[asyncio.Task[None]] = set(tasks)
        while left:
            ended, left = await asyncio.wait(left, timeout=0.1)
            for task in ended:
                task.result()
            if self._notice.is_due():
                tell(self._show)

    def _show(self) -> None:
        if self._notice.is_due():
            self._notice.show(self._draw)

    def _draw(self) -> tuple[str, str]:
        columns = [column for row in self.rows for column in row]
        done = sum(column.result is not None for column in columns)
        return f"{done} of {len(columns)} answered", grid(self.rows[-1:], "")

    def _closing_words(self) -> tuple[str, str]:
        told = f"{len(self.agents)} agents, {len(self.rows)} of {len(self._cases)} prompts"
        return told, told

    def _column(self, agent: OpenAgent, case: Case) -> Column:
        session, measured = agent.begin(case.state)
        return Column(agent.name, words_of_turn(case.turns[0]), session, measured)

    def comparison(self, stopped: bool) -> Comparison:
        """What there is."""
        return Comparison(self.rows, note="It was stopped." if stopped else "")


async def ask_column(column: Column, turns: Sequence[Json], late: Lateness) -> None:
    """Have one conversation and note what it took, what of it was this process's fault too."""
    asked, before = clock(), late.total
    try:
        await answer_in_column(column, turns)
    finally:
        column.late = late.total - before
        if column.measured is not None and column.measured.arrivals:
            column.late += max(column.measured.arrivals[0].sent - asked, 0.0)


async def answer_in_column(column: Column, turns: Sequence[Json]) -> None:
    """Have one conversation, for as long as it goes well."""
    results = []
    try:
        for turn in turns:
            results.append(await column.session.run(turn, check=False))
            if results[-1].outcome != "success":
                break
    except AGUIError as error:
        column.error = str(error)
    if results:
        column.result = join_turns(results)
