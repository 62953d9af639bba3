"""Cases asked by the workers of a Ray cluster. What cannot travel is said before anything runs.

A worker opens the agent for itself, by its address or its name; results come back one by one and
are written here, as if they had been asked here. Ray is imported when it is wanted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import as_completed
from contextlib import suppress
from importlib import import_module

from ..client.session import Session
from ..errors import InvalidInput
from ..runtime.loop import background
from ..runtime.user_code import name_of, one_line
from ..values import Foreign, Json
from .agents import open_agent
from .budget import Budget
from .case_run import CaseRun
from .grade import ResultCheck
from .judge import JudgeAgent
from .sources import Case
from .trial import Ended, ask_case

AHEAD = 2  # batches for each CPU that wait or run
RayJob = tuple[int, int, Case]  # which case, how-manieth time, and the case


def check_travel(agent: Json, run: CaseRun) -> None:
    """Raise InvalidInput for what stays in this process: an object, an open client, a lock."""
    _check_agent(agent)
    for judge in run.judges:
        _check_agent(judge.agent)
    pickle: Foreign = _ray().cloudpickle
    for check in [*run.checks, *(check for case in run.cases for check in case.checks)]:
        _check_pickle(pickle, check, f"The check {check.label!r}")
    for case in run.cases:
        _check_pickle(pickle, case, f"The case {case.name!r}")


def _check_agent(agent: Json) -> None:
    if isinstance(agent, str):
        return
    held = getattr(agent, "session", agent)
    what = "A session, with its open client and tools," if isinstance(held, Session) else ""
    what = what or f"{name_of(agent)!r} is an object of this process and"
    raise InvalidInput(
        f"{what} cannot travel to Ray's workers: give the agent's URL, or 'module:name' of what "
        "they can import."
    )


def _check_pickle(pickle: Foreign, value: object, what: str) -> None:
    try:
        pickle.dumps(value)
    except Exception as error:
        raise InvalidInput(f"{what} cannot travel to Ray's workers: {one_line(error)}.") from error


def _ray() -> Foreign:
    try:
        return import_module("ray")
    except ImportError as error:
        raise InvalidInput("engine='ray' needs Ray: pip install 'agui_notebook[ray]'.") from error


def run_tasks(run: CaseRun, agent: str) -> None:
    """Have all that is missing asked by the cluster, and keep it as it comes."""
    ray = _ray()
    if not ray.is_initialized():
        ray.init(log_to_driver=False)
    task = ray.remote(num_returns="streaming", max_retries=0)(ask_batch)
    checks = ray.put(list(run.checks))
    batches = _batches(run)
    most = max(int(ray.cluster_resources().get("CPU", 1)) * AHEAD, 1)
    going: list[Foreign] = []
    try:
        while True:
            while len(going) < most and not run.budget.reason and (batch := next(batches, None)):
                going.append(task.remote(agent, checks, batch))
            if not going:
                return
            going = _take(ray, run, going)
    finally:
        for each in going:
            with suppress(Exception):  # it has ended, or the cluster has
                ray.cancel(each)


def _batches(run: CaseRun) -> Iterator[list[RayJob]]:
    """Cases in so many as are asked at once: all of a batch are in flight together."""
    batch: list[RayJob] = []
    for number, repeat in list(run.missing_places()):
        batch.append((number, repeat, run.cases[number]))
        if len(batch) == run.concurrency:
            yield batch
            batch = []
    if batch:
        yield batch


def _take(ray: Foreign, run: CaseRun, going: Sequence[Foreign]) -> list[Foreign]:
    """Keep what has come from one of the tasks; returns those that go on."""
    ready, rest = ray.wait(list(going), num_returns=1, timeout=0.5, fetch_local=False)
    for task in ready:
        try:
            number, repeat, ended = ray.get(next(task))
        except StopIteration:
            continue
        rest.append(task)
        run.budget.spend(ended.usage)
        run.keep((number, repeat), ended)
        run.show()
    return list(rest)


def ask_batch(
    agent: str, checks: Sequence[ResultCheck], batch: Sequence[RayJob]
) -> Iterator[tuple[int, int, Ended]]:
    """In a worker: ask these cases at once and give each as it ends."""
    judges = [check.agent for check in checks if isinstance(check.agent, JudgeAgent)]
    opened = open_agent(agent)
    try:
        for judge in judges:
            judge.open()
        asked = {
            background().submit(ask_case(opened, case, checks, Budget())): (number, repeat)
            for number, repeat, case in batch
        }
        for future in as_completed(asked):
            yield (*asked[future], future.result())
    finally:
        opened.close()
        for judge in judges:
            judge.close()
