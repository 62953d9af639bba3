"""What can be asked of a result: each function here makes a check.

    from agui_notebook import checks, evaluate

    evaluate(agent, cases, [checks.contains("Oslo"), checks.max_seconds(5)])

Beside these any function of a RunResult is a check: False, a text (the reason) or an
AssertionError is a fail, everything else a pass. With a second parameter it gets the case too.

>>> checks.contains("Oslo", "Bergen")
contains('Oslo', 'Bergen')
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence

from ..client.result import RunResult
from ..errors import InvalidInput
from ..late_pattern import late
from ..protocol.run_facts import total_tokens
from ..runtime.bounded_search import is_found
from ..tools.validate import problems
from ..values import Json, JsonView
from .case import CaseValues
from .grade import ERROR, Grade, ResultCheck, decide, quote
from .judge import judge as judge

_FENCE = late(r"^\s*```\w*\s*\n(.*?)\n\s*```\s*$", re.DOTALL)


def contains(*texts: str, ignore_case: bool = False) -> ResultCheck:
    """The answer has every one of ``texts`` in it; without any, the case's reference."""
    fold: Callable[[str], str] = str.casefold if ignore_case else str

    def look(result: RunResult, case: CaseValues) -> Grade:
        said = fold(result.text)
        wanted = texts or (_reference(case),)
        missing = [text for text in wanted if fold(text) not in said]
        return decide(not missing, f"{_list(missing)} is not in {quote(result.text)}.")

    return ResultCheck(_label("contains", *texts), look)


def matches(pattern: str | re.Pattern[str]) -> ResultCheck:
    """A regular expression of yours is found in the answer, as ``re.search`` does."""
    found = _compile(pattern)

    def look(result: RunResult, case: CaseValues) -> Grade:
        said = f"{found.pattern!r} is not found in {quote(result.text)}."
        return decide(found.search(result.text) is not None, said)

    return ResultCheck(_label("matches", found.pattern), look)


def _matches_in_time(pattern: Json) -> ResultCheck:
    """The same for a pattern from a file, which may be anybody's."""
    source = _compile(pattern).pattern

    async def look(result: RunResult, case: CaseValues) -> Grade:
        said = f"{source!r} is not found in {quote(result.text)}."
        return decide(await is_found(source, result.text), said)

    return ResultCheck(_label("matches", source), look)


def _compile(pattern: Json) -> re.Pattern[str]:
    try:
        return re.compile(pattern)
    except (re.error, TypeError, RecursionError, OverflowError) as error:
        shown = quote(str(pattern))
        raise InvalidInput(f"{shown} is no regular expression: {error}.") from error


def equals(text: str | None = None) -> ResultCheck:
    """The answer is ``text``, or the case's reference; space around it does not count."""

    def look(result: RunResult, case: CaseValues) -> Grade:
        wanted = _reference(case) if text is None else text
        said = f"Said was {quote(result.text)}, wanted {quote(wanted)}."
        return decide(result.text.strip() == wanted.strip(), said)

    return ResultCheck(_label("equals", *(() if text is None else (text,))), look)


def json_schema(schema: Json) -> ResultCheck:
    """The answer is JSON (bare, or one fenced block) that fits this JSON Schema."""
    if not isinstance(schema, Mapping | bool):
        raise InvalidInput(f"A JSON Schema is a dict, not {type(schema).__name__}.")

    def look(result: RunResult, case: CaseValues) -> Grade:
        fenced = _FENCE.match(result.text)
        try:
            value = json.loads(fenced[1] if fenced else result.text)
        except (ValueError, RecursionError):
            return decide(False, f"{quote(result.text)} is not JSON.")
        wrong = problems(value, schema, trusted=True)
        return decide(not wrong, f"The answer does not fit: {'; '.join(wrong[:3])}.")

    return ResultCheck("json_schema", look)


def tool_called(
    *names: str,
    arguments: JsonView | Callable[[JsonView], bool] | None = None,
    order: bool = False,
    at_most: int | None = None,
) -> ResultCheck:
    """The tools of these ``names`` were called.

    ``arguments`` are those of one of the calls (others may be there besides), or a function of
    them; ``order``: one after the other, as named; ``at_most`` so many calls of them in all,
    0 for none.
    """
    if not names:
        raise InvalidInput("Say which tool: tool_called('get_weather').")

    def look(result: RunResult, case: CaseValues) -> Grade:
        calls = [call for call in result.tool_calls if call["name"] in names]
        wrong = _wrong_calls(calls, names, arguments, order, at_most)
        every = ", ".join(call["name"] for call in result.tool_calls) or "none"
        return decide(not wrong, f"{wrong} Called: {every}.")

    return ResultCheck(_label("tool_called", *names), look)


def _wrong_calls(
    calls: Sequence[JsonView],
    names: Sequence[str],
    arguments: JsonView | Callable[[JsonView], bool] | None,
    order: bool,
    at_most: int | None,
) -> str:
    """What is wrong with the calls of these tools, or ""."""
    called = [call["name"] for call in calls]
    missing = [name for name in names if name not in called] if at_most != 0 else []
    if missing:
        return f"{_list(missing)} was not called."
    if at_most is not None and len(calls) > at_most:
        return f"{len(calls)} calls, at most {at_most} were wanted."
    if order and not _is_subsequence(names, called):
        return f"Not in the order {', '.join(names)}."
    if arguments is not None and calls and not any(_fits(call, arguments) for call in calls):
        return f"No call had the arguments, the last {quote(json.dumps(calls[-1]['arguments']))}."
    return ""


def _fits(call: JsonView, wanted: JsonView | Callable[[JsonView], bool]) -> bool:
    given = call["arguments"]
    if callable(wanted):
        return bool(wanted(given))
    return isinstance(given, dict) and all(
        key in given and given[key] == value for key, value in wanted.items()
    )


def _is_subsequence(wanted: Sequence[str], found: Sequence[str]) -> bool:
    rest = iter(found)
    return all(name in rest for name in wanted)


def state_equals(value: Json) -> ResultCheck:
    """The shared state is ``value`` in the end."""

    def look(result: RunResult, case: CaseValues) -> Grade:
        return decide(result.state == value, f"The state is {quote(json.dumps(result.state))}.")

    return ResultCheck("state_equals", look)


def outcome(*names: str) -> ResultCheck:
    """The run ended so: success (if no name is given), interrupt, error, cancelled, incomplete."""
    wanted = names or ("success",)

    def look(result: RunResult, case: CaseValues) -> Grade:
        why = f": {result.error}" if result.error is not None else "."
        return decide(result.outcome in wanted, f"The run ended with {result.outcome}{why}")

    return ResultCheck(_label("outcome", *wanted), look)


def max_seconds(seconds: float) -> ResultCheck:
    """The whole case took no longer, rounds of tools included."""
    return _at_most("max_seconds", seconds, lambda result: result.duration, "No time is known.")


def max_tokens(count: int) -> ResultCheck:
    """All turns of the case took no more tokens, read and written."""
    unknown = "The agent tells no tokens."
    return _at_most("max_tokens", count, lambda result: total_tokens(result.usage), unknown)


def max_cost(dollars: float) -> ResultCheck:
    """All turns of the case cost no more, by the list prices in ``agui_notebook.prices``."""
    unknown = "No price is known for this agent: put its model into agui_notebook.prices."
    return _at_most("max_cost", dollars, lambda result: result.cost, unknown)


def _at_most(
    name: str, most: float, measure: Callable[[RunResult], float | None], unknown: str
) -> ResultCheck:
    if not isinstance(most, int | float) or isinstance(most, bool):
        raise InvalidInput(f"{name} takes a number, not {most!r}.")

    def look(result: RunResult, case: CaseValues) -> Grade:
        value = measure(result)
        if value is None:
            return Grade(ERROR, unknown)
        return decide(value <= most, f"{value:,.4g} is more than {most:,.4g}.")

    return ResultCheck(_label(name, most), look)


def _reference(case: CaseValues) -> str:
    if case.reference is None:
        raise InvalidInput(f"The case {case.name!r} has no reference to compare with.")
    return case.reference


def _label(name: str, *given: Json) -> str:
    return f"{name}({', '.join(map(repr, given))})"


def _list(texts: Sequence[str]) -> str:
    return " and ".join(map(repr, texts))


def _words(make: Callable[..., ResultCheck]) -> Callable[[Json], ResultCheck]:
    return lambda value: make(*(value if isinstance(value, list) else [value]))


def _or_reference(make: Callable[..., ResultCheck]) -> Callable[[Json], ResultCheck]:
    return lambda value: make() if value in (True, "", None) else _words(make)(value)


def _calls(value: Json) -> ResultCheck:
    if isinstance(value, dict):
        rest = {key: value[key] for key in value if key != "names"}
        try:
            return tool_called(*value.get("names", ()), **rest)
        except TypeError as error:
            raise InvalidInput(f"tool_called: {error}.") from error
    return _words(tool_called)(value)


NAMED: dict[str, Callable[[Json], ResultCheck]] = {
    "contains": _or_reference(contains),
    "matches": _matches_in_time,
    "equals": _or_reference(equals),
    "json_schema": json_schema,
    "tool_called": _calls,
    "state_equals": state_equals,
    "outcome": _words(outcome),
    "max_seconds": max_seconds,
    "max_tokens": max_tokens,
    "max_cost": max_cost,
}
"""The checks that a file or a command line can name, each made of one JSON value."""


def make_check(name: str, value: Json) -> ResultCheck:
    """The check of this name. Raises InvalidInput for none, or a value it has no use for."""
    if name not in NAMED:
        raise InvalidInput(f"There is no check {name!r}; there is {', '.join(NAMED)}.")
    return NAMED[name](value)
