"""``evaluate``: every case asked, as often as wanted, several at once, each kept as it ends.

What one case is asked is trial.py's, the file results_file.py's, how it is shown report/'s.
"""

from __future__ import annotations

from os import PathLike
from typing import Literal

from ..errors import InvalidInput
from ..values import Json
from .budget import Budget
from .case_run import CaseRun
from .checks import outcome
from .grade import ResultCheck
from .report.report import Report
from .run_checks import as_checks
from .running import block, follow
from .sources import Case, read_cases


def evaluate(
    agent: Json,
    cases: Json,
    checks: Json = (),
    *,
    repeats: int = 1,
    concurrency: int = 8,
    budget_tokens: int | None = None,
    budget_cost: float | None = None,
    to: str | PathLike[str] | None = None,
    progress: bool = True,
    engine: Literal["local", "ray"] = "local",
) -> Report:
    """Ask an agent many things and check what it says; blocks, and returns a report.

        checks = [agui.checks.contains("Oslo"), agui.checks.max_seconds(5), my_function]
        report = agui.evaluate(agent, ["Where is the Munch museum?"], checks, repeats=3)
        report                       # the table, in a notebook
        report.html("report.html")   # the same for others

    ``agent`` is whatever ``chat`` takes: an object, an address, ``"module:name"``, a session, a
    chat, a server. ``cases`` are prompts, scripts (lists of turns), ``Case`` objects, dicts, a file
    (.jsonl, .csv, a recording), a DataFrame, sessions. ``checks`` are those of
    ``agui_notebook.checks`` and functions of the result; without any, a run must end well. Each
    case may have checks of its own.

    Each case is asked ``repeats`` times, ``concurrency`` at once. With ``budget_tokens`` or
    ``budget_cost`` (US dollars) nothing new begins once so much is spent. What has ended is in the
    file ``to``, conversations and all: called again with the same file, only what is missing is
    run. A stop (Ctrl-C, the kernel's interrupt) gives the report of what there is.
    ``engine="ray"`` has the workers of a Ray cluster ask (``pip install 'agui_notebook[ray]'``);
    the agent is an address or ``"module:name"`` then. Raises InvalidInput, and what opening the
    agent raises.

    >>> report = evaluate(str.upper, ["hello", "good morning"], [checks.contains("O")])
    >>> report
    <Report upper: 2 of 2 pass>
    """
    budget = Budget(budget_tokens, budget_cost)
    run = _plan(agent, cases, checks, repeats, concurrency, budget, to, progress)
    if engine == "ray":
        return _run_on_ray(run, agent)
    if engine != "local":
        raise InvalidInput(f"An engine is 'local' or 'ray', not {engine!r}.")
    with run:
        run.stopped = not block(run)
    return run.report()


async def evaluate_async(
    agent: Json,
    cases: Json,
    checks: Json = (),
    *,
    repeats: int = 1,
    concurrency: int = 8,
    budget_tokens: int | None = None,
    budget_cost: float | None = None,
    to: str | PathLike[str] | None = None,
    progress: bool = True,
) -> Report:
    """Like ``evaluate``, but awaited; being cancelled stops it, and the file keeps what there is.

    >>> report = await evaluate_async(str.upper, ["hello"], [checks.equals("HELLO")])
    >>> report
    <Report upper: 1 of 1 pass>
    """
    budget = Budget(budget_tokens, budget_cost)
    run = _plan(agent, cases, checks, repeats, concurrency, budget, to, progress)
    with run:
        await follow(run)
    return run.report()


def _run_on_ray(run: CaseRun, agent: Json) -> Report:
    from .ray_tasks import check_travel, run_tasks

    check_travel(agent, run)
    run.begin_file(agent)
    try:
        run_tasks(run, agent)
    except KeyboardInterrupt:
        run.stopped = True
    finally:
        run.__exit__()
    return run.report()


def _plan(
    agent: Json,
    cases: Json,
    checks: Json,
    repeats: int,
    concurrency: int,
    budget: Budget,
    to: str | PathLike[str] | None,
    progress: bool,
) -> CaseRun:
    for name, number in (("repeats", repeats), ("concurrency", concurrency)):
        if not isinstance(number, int) or isinstance(number, bool) or number < 1:
            raise InvalidInput(f"{name} is a number from 1, not {number!r}.")
    found, wanted = read_cases(cases), as_checks(checks)
    if not wanted and not any(case.checks for case in found):
        wanted = [outcome("success")]
    found = [_with_checks(case) for case in found]
    return CaseRun(agent, found, wanted, repeats, concurrency, budget, to, progress)


def _with_checks(case: Case) -> Case:
    if all(isinstance(check, ResultCheck) for check in case.checks):
        return case
    made = tuple(as_checks(case.checks))
    return Case(case.turns, case.name, case.reference, made, case.state, case.data)
