"""Tests made of cases: ``@pytest.mark.agui(cases=...)`` is a test for each, with the answer in it.

Loaded where the mark is used; how pytest finds it is plugin.py's.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from ..client.result import RunResult
from ..errors import InvalidInput
from ..evaluation import Case, checks, evaluate, reasons
from ..values import Json

CASE, AGENT, RESULT = "agui_case", "agui_agent", "agui_result"


def make_cases(metafunc: pytest.Metafunc, mark: pytest.Mark) -> None:
    """A test for each case. A file is looked for beside the test's module first."""
    if not {CASE, RESULT} & set(metafunc.fixturenames):
        raise pytest.UsageError(
            f"{metafunc.definition.nodeid} has cases and asks for none: give it a parameter "
            f"{RESULT} (or {CASE})."
        )
    source = mark.kwargs.get("cases", mark.args[0] if mark.args else None)
    try:
        cases = Case.read(_beside(metafunc.definition.path, source))
    except InvalidInput as error:
        raise pytest.UsageError(f"{metafunc.definition.nodeid}: {error}") from error
    metafunc.parametrize(CASE, cases, ids=[case.name for case in cases], indirect=True)


def _beside(module: Path, source: Json) -> Json:
    if isinstance(source, str | Path) and (module.parent / source).is_file():
        return module.parent / source
    return source


def ask(request: pytest.FixtureRequest, agent: Json, case: Case) -> tuple[RunResult, list[str]]:
    """The result of one case, and why it does not pass."""
    mark = request.node.get_closest_marker("agui")
    wanted = list(mark.kwargs.get("checks", ())) if mark is not None else []
    if not wanted and not case.checks:
        wanted = [checks.outcome()]
    results: list[RunResult] = []
    report = evaluate(agent, [case], [*wanted, _keep_in(results)], progress=False)
    row = next(report.rows())
    if not results:
        pytest.fail(row.get("error", "The case was not asked."), pytrace=False)
    return results[0], [] if row["verdict"] == "pass" else reasons(row)


def _keep_in(results: list[RunResult]) -> Json:
    def keep(result: RunResult) -> bool:
        results.append(result)
        return True

    return keep
