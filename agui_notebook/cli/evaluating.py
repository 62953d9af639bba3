"""``agui evaluate AGENT CASES``: many cases, checked, for a terminal and for CI.

Ends with 0 where all pass, 1 where something failed or was not run, 2 for a wrong call.
"""

from __future__ import annotations

import argparse
import json

from ..client.connect import connect
from ..errors import InvalidInput
from ..evaluation import Report, checks, evaluate, is_stopped, reasons
from ..markup import outlets
from ..runtime.load_target import load_target
from ..values import Json
from .talking import add_access, parse_headers
from .word import CommandWord

MOST_TOLD = 50  # cases that did not pass, each a line


def parse_check(text: str) -> Json:
    """``NAME=VALUE`` as one of our checks, ``module:function`` as one of the user's.

    Raises InvalidInput.
    """
    name, equals, value = text.partition("=")
    if name in checks.NAMED:
        return checks.make_check(name, _value(value) if equals else _BARE.get(name, True))
    if ":" not in name:
        known = ", ".join(checks.NAMED)
        raise InvalidInput(f"{text!r} is no check: write module:function, or one of {known}.")
    return load_target(text)


_BARE = {"outcome": "success"}


def _value(text: str) -> Json:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _agent(given: argparse.Namespace) -> Json:
    if given.agent.startswith(("http://", "https://")):
        return connect(given.agent, headers=parse_headers(given.header), token=given.token)
    if given.header or given.token:
        raise InvalidInput("--header and --token are sent to a URL; this agent has none.")
    return given.agent


def _evaluate(given: argparse.Namespace) -> int:
    report = evaluate(
        _agent(given),
        given.cases,
        [parse_check(each) for each in given.check],
        repeats=given.repeats,
        concurrency=given.concurrency,
        budget_tokens=given.budget_tokens,
        budget_cost=given.budget_cost,
        to=given.to,
    )
    for line in tell(report):
        print(outlets.line(line))
    if given.html:
        print(f"The report is in {report.html(given.html)}.")
    if given.junit:
        report.junit(given.junit)
    if is_stopped(report):
        return 130
    return 0 if report.pass_count == len(report.cases) * report.repeats else 1


def tell(report: Report) -> list[str]:
    """What did not pass, and what it comes to."""
    lines: list[str] = []
    for row in report.rows():
        if row["verdict"] != "pass" and len(lines) < MOST_TOLD:
            number = f" #{row['repeat']}" if report.repeats > 1 else ""
            lines.append(f"{row['verdict']}  {row['name']}{number}: {'; '.join(reasons(row))}")
    left = len(report) - report.pass_count - len(lines)
    low, high = report.interval
    more = [f"... and {left} more that did not pass"] if left > 0 else []
    flaky = [f"flaky: {', '.join(report.flaky)}"] if report.flaky else []
    missing = f", {report.missing_count} not run" if report.missing_count else ""
    rate = f"{report.rate:.0%}, 95 % sure that it is {low:.0%} to {high:.0%}"
    total = f"{report.pass_count} of {len(report)} pass ({rate}){missing}. {report.note}".rstrip()
    return [*lines, *more, *flaky, total]


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("agent", help="its URL, or module:name of what can be served")
    parser.add_argument("cases", help="a file (.jsonl, .json, .csv, a recording), or one prompt")
    parser.add_argument(
        "--check",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="what must hold: contains=Oslo, max_seconds=5, module:function; may be repeated",
    )
    parser.add_argument("--repeats", type=int, default=1, help="how often each is asked (1)")
    parser.add_argument("--concurrency", type=int, default=8, help="how many at once (8)")
    parser.add_argument("--budget-tokens", type=int, help="begin nothing beyond so many tokens")
    parser.add_argument("--budget-cost", type=float, help="begin nothing beyond so many dollars")
    parser.add_argument("--to", metavar="FILE.jsonl", help="keep the results; resume from them")
    parser.add_argument("--html", metavar="FILE", help="write the report as a page")
    parser.add_argument("--junit", metavar="FILE", help="write it as JUnit's XML")
    add_access(parser)


EVALUATE = CommandWord(
    "evaluate",
    "Ask an agent many cases and check its answers.",
    "Example: agui evaluate my_agents:weather cases.jsonl --check contains=Oslo --junit out.xml",
    _arguments,
    _evaluate,
)
