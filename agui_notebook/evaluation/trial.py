"""One case asked once: the conversation is had, the checks are run, and all of it becomes lines.

Which cases are asked, and when, is case_run.py's business.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from ..client.recording import thread_texts
from ..client.result import RunResult
from ..client.session import Session
from ..client.start import Resume
from ..errors import AGUIError, InterruptPending, InvalidInput
from ..protocol.run_facts import total_tokens
from ..runtime.user_code import one_line
from ..values import Json, JsonObject, JsonView
from .agents import OpenAgent
from .budget import Budget
from .grade import ERROR, FAIL, PASS, ResultCheck
from .measured import Measured
from .results_file import CaseBlock
from .run_checks import run_checks
from .script_result import join_turns
from .sources import Case


class Trial(NamedTuple):
    """A case asked once, as a report counts it; all else is in the file, at ``start`` and ``at``.

    ``case`` is its place among the cases; times are seconds, ``cost`` US dollars.
    """

    case: int
    repeat: int
    verdict: str
    outcome: str
    seconds: float | None
    first_token: float | None
    tokens: int | None
    cost: float | None
    start: int
    at: int


def read_trial(case: int, block: CaseBlock) -> Trial:
    """What a report counts of a block in the file; ``case`` is its place among the cases."""
    row = block.row
    facts: dict[str, Json] = {
        key: row.get(key) for key in ("seconds", "first_token", "tokens", "cost")
    }
    return Trial(
        case=case,
        repeat=int(row.get("repeat", 1)),
        verdict=str(row.get("verdict")),
        outcome=str(row.get("outcome")),
        start=block.start,
        at=block.at,
        **facts,
    )


class Ended(NamedTuple):
    """A case that was asked: its conversation as lines, and what came of it."""

    lines: list[str]
    row: JsonObject
    usage: Sequence[JsonView] = ()


async def ask_case(
    agent: OpenAgent, case: Case, checks: Sequence[ResultCheck], budget: Budget
) -> Ended:
    """Have the conversation and run the checks. Raises OverBudget where it may not go on."""
    try:
        session, measured = agent.begin(case.state)
        turns = await _take_turns(session, case.turns, budget)
    except AGUIError as error:  # what cannot even be said
        return Ended(
            [], {**_question_facts(case), "verdict": ERROR, "outcome": "error", "error": str(error)}
        )
    result = join_turns(turns)
    told, usage = await run_checks([*checks, *case.checks], result, case)
    if usage:
        budget.spend(usage)
    row = {
        **_question_facts(case),
        **_facts(result, measured),
        **_judge(result, told, len(turns), case),
    }
    with session.lock:
        lines = list(thread_texts(session.thread))
    return Ended(lines, session.secrets.mask_value(row), [*result.usage, *usage])


async def _take_turns(session: Session, turns: Iterable[Json], budget: Budget) -> list[RunResult]:
    """Say one thing after the other, for as long as the agent answers."""
    results: list[RunResult] = []
    for turn in turns:
        budget.check()
        try:
            result = await _take_turn(session, turn)
        except InterruptPending:  # a script that answers nothing: nothing is answered for it
            break
        results.append(result)
        budget.spend(result.usage)
        if result.outcome not in ("success", "interrupt"):
            break
    return results


async def _take_turn(session: Session, turn: Json) -> RunResult:
    verb = next((word for word in ANSWERS if isinstance(turn, Mapping) and word in turn), None)
    if verb is None:
        return await session.run(turn, check=False)
    if not session.interrupts:
        raise InvalidInput(f"The agent asked nothing that {verb!r} could answer.")
    for question in session.interrupts:
        ANSWERS[verb](question, turn[verb])
    return await session.run(Resume(), check=False)


ANSWERS: dict[str, Json] = {
    "approve": lambda question, value: question.approve(**(value if value is not True else {})),
    "deny": lambda question, value: question.deny(value if isinstance(value, str) else None),
    "answer": lambda question, value: question.answer(value),
}


def _question_facts(case: Case) -> JsonObject:
    """What was asked, as a later report shows it."""
    wanted = {} if case.reference is None else {"reference": case.reference}
    state = {} if case.state is None else {"state": case.state}
    return {"name": case.name, "turns": [_plain(turn) for turn in case.turns], **wanted, **state}


def _plain(turn: Json) -> Json:
    return turn if isinstance(turn, str | list | dict) else repr(turn)


def _facts(result: RunResult, measured: Measured) -> JsonObject:
    """What is known of how it went; what is not known is left out."""
    known: JsonObject = {
        "outcome": result.outcome,
        "text": result.text,
        "seconds": result.duration,
        "first_token": measured.first_token,
        "network": measured.network,
        "tokens": total_tokens(result.usage),
        "cost": result.cost,
        "model": result.model,
        "tools": [call["name"] for call in result.tool_calls],
        "warnings": result.warnings,
        "error": None if result.error is None else one_line(result.error),
    }
    kept = {key: value for key, value in known.items() if value is not None and value != []}
    return {key: round(v, 6) if isinstance(v, float) else v for key, v in kept.items()}


def _judge(result: RunResult, told: list[JsonObject], taken: int, case: Case) -> JsonObject:
    """The verdict on the whole: a run that broke off is an error, whatever the checks say of it."""
    said = [each["verdict"] for each in told]
    asked_for = any(each["check"].startswith("outcome(") for each in told)
    left = f"Only {taken} of {len(case.turns)} turns were taken." if taken < len(case.turns) else ""
    if (result.error is not None and not asked_for) or ERROR in said:
        verdict = ERROR
    else:
        verdict = FAIL if FAIL in said or left else PASS
    return {"verdict": verdict, "checks": told, **({"left": left} if left else {})}


def broken_row(case: Case, error: BaseException) -> Ended:
    """A case that could not be asked for a reason nobody foresaw: the others go on."""
    told = {"verdict": ERROR, "outcome": "error", "error": one_line(error)}
    return Ended([], {**_question_facts(case), **told})
