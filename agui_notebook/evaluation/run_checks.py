"""Running checks on a result: the user's own functions among them, whatever those raise."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Iterable, Sequence

from .. import limits
from ..client.result import RunResult
from ..errors import AGUIError, InvalidInput
from ..runtime.user_code import (
    call_in_thread,
    current_task,
    is_outside,
    name_of,
    one_line,
    words_of,
)
from ..values import Json, JsonObject, JsonView
from .case import CaseValues
from .grade import ERROR, FAIL, PASS, Grade, ResultCheck


def as_checks(given: Json) -> list[ResultCheck]:
    """A check or several, functions among them. Raises InvalidInput for what is none."""
    if isinstance(given, ResultCheck) or callable(given):
        given = [given]
    if isinstance(given, str) or not isinstance(given, Iterable):
        raise InvalidInput(
            f"Checks are given in a list, as in [contains('Oslo')], not as {given!r}."
        )
    return [_as_check(each) for each in given]


def _as_check(given: Json) -> ResultCheck:
    if isinstance(given, ResultCheck):
        return given
    if not callable(given):
        raise InvalidInput(
            f"{given!r} is no check: give one of agui_notebook.checks, or a function."
        )
    return ResultCheck(name_of(given), UserCheck(given))


class UserCheck:
    """A function of the user's as a check: with two parameters it gets the case as well."""

    def __init__(self, function: Callable[..., Json]) -> None:
        self._function = function
        self._takes_case = _count_parameters(function) > 1

    async def __call__(self, result: RunResult, case: CaseValues) -> Grade:
        """Call it, beside the loop if it may block."""
        given = (result, case) if self._takes_case else (result,)
        function = self._function
        called = getattr(function, "__call__", None)  # noqa: B004 - an object's may be async
        if inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(called):
            told = await function(*given)
        else:
            told = await call_in_thread(function, *given)
            told = await told if inspect.isawaitable(told) else told
        return read_answer(told)


def read_answer(told: Json) -> Grade:
    """What a user's function says: False or a reason is a fail, a Grade is itself."""
    if isinstance(told, Grade):
        return told
    if isinstance(told, str):
        return Grade(FAIL, told) if told else Grade(PASS)
    return Grade(FAIL, "It is false.") if told is False else Grade(PASS)


async def run_checks(
    checks: Sequence[ResultCheck], result: RunResult, case: CaseValues
) -> tuple[list[JsonObject], list[JsonView]]:
    """What each check says, as it is kept; and what asking judges took."""
    told: list[JsonObject] = []
    usage: list[JsonView] = []
    for check in checks:
        verdict = await _run_in_time(check, result, case)
        usage.extend(verdict.usage)
        reason = {"reason": verdict.reason} if verdict.reason else {}
        told.append({"check": check.label, "verdict": verdict.status, **reason})
    return told, usage


async def _run_in_time(check: ResultCheck, result: RunResult, case: CaseValues) -> Grade:
    running = asyncio.ensure_future(_run(check, result, case))
    try:
        done, _ = await asyncio.wait([running], timeout=limits.CHECK_SECONDS)
        if done:
            return running.result()
        return Grade(ERROR, f"{check.label!r} did not return in {limits.CHECK_SECONDS:g} seconds.")
    finally:
        running.cancel()


async def _run(check: ResultCheck, result: RunResult, case: CaseValues) -> Grade:
    task = current_task()
    try:
        said = check.look(result, case)
        return await said if inspect.isawaitable(said) else said
    except AssertionError as error:
        return Grade(FAIL, words_of(error) or f"An assertion in {check.label!r} does not hold.")
    except AGUIError as error:
        return Grade(ERROR, str(error))
    except BaseException as error:
        if is_outside(error, task):
            raise
        return Grade(ERROR, f"{check.label!r} raised {one_line(error)}")


def _count_parameters(function: Callable[..., Json]) -> int:
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):  # of some built-in functions nothing is known
        return 1
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    needed = [p for p in parameters if p.kind in kinds and p.default is inspect.Parameter.empty]
    return len(needed)
