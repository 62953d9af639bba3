"""The pytest plugin: the fixture ``recorded_agent``, tests made of cases, and the marks for both.

Imports nothing but pytest until a test asks for one of them.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from ..client.result import RunResult
    from ..values import Foreign
    from .recorded_agent import RecordedAgent

CASES = "agui"
FAILED = "agui_failed"  # on a test's item: why its case does not pass
MARK = "agui_recording"
FIXTURE = "recorded_agent"


def pytest_configure(config: pytest.Config) -> None:
    """Declare the mark, for those who run with --strict-markers."""
    config.addinivalue_line(
        "markers", f"{MARK}(file): the recording that {FIXTURE} answers from, beside the test"
    )
    config.addinivalue_line(
        "markers",
        f"{CASES}(cases, agent=, checks=): a test for each case, whose answer is agui_result",
    )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test with cases is one for each of them."""
    mark = metafunc.definition.get_closest_marker(CASES)
    if mark is not None:
        from .case_runs import make_cases

        make_cases(metafunc, mark)


@pytest.fixture(name="agui_case")
def open_case(request: pytest.FixtureRequest) -> Foreign:
    """The case of this test."""
    return request.param


@pytest.fixture(name="agui_agent")
def open_marked_agent(request: pytest.FixtureRequest) -> Foreign:
    """Whom the cases are asked: the mark's ``agent``. Give a fixture of this name to choose."""
    mark = request.node.get_closest_marker(CASES)
    if mark is None or "agent" not in mark.kwargs:
        pytest.fail("Which agent? Name it in the mark, or in a fixture agui_agent.", pytrace=False)
    return mark.kwargs["agent"]


@pytest.fixture(name="agui_result")
def ask_case(request: pytest.FixtureRequest, agui_case: Foreign, agui_agent: Foreign) -> RunResult:
    """What the agent answered; the checks of the mark and of the case are held before the test."""
    from .case_runs import ask

    result, wrong = ask(request, agui_agent, agui_case)
    setattr(request.node, FAILED, wrong)
    return result


@pytest.fixture(name=FIXTURE)
def open_agent(request: pytest.FixtureRequest) -> Iterator[RecordedAgent]:
    """An agent that answers as recorded: its ``connect()`` gives a session, ``url`` an address.

    The recording is that of ``@pytest.mark.agui_recording(FILE)``, beside the test's
    module, or else the one that is called like the module.
    """
    from .recorded_agent import RecordedAgent

    with RecordedAgent(find_recording(request)) as agent:
        yield agent


def find_recording(request: pytest.FixtureRequest) -> Path:
    """The file that is meant."""
    mark = request.node.get_closest_marker(MARK)
    module: Path = request.path
    return module.parent / mark.args[0] if mark and mark.args else module.with_suffix(".jsonl")


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Generator[None, object, object]:
    """A request that was refused fails the test, even where the code under test got over it."""
    if wrong := getattr(pyfuncitem, FAILED, None):
        pytest.fail("\n".join(wrong), pytrace=False)
    agent: RecordedAgent | None = getattr(pyfuncitem, "funcargs", {}).get(FIXTURE)
    if agent is None:
        return (yield)
    try:
        outcome = yield
    except Exception as error:
        shorten_traceback(error)
        raise
    agent.check_refusals()
    return outcome


def shorten_traceback(error: BaseException) -> None:
    """Leave out the frames of this package: what differs says more than where it was noticed."""
    step, home = error.__traceback__, str(Path(__file__).parent.parent)
    last = None
    while step is not None:
        if not step.tb_frame.f_code.co_filename.startswith(home):
            last = step
        elif last is not None and "site-packages/_pytest" not in last.tb_frame.f_code.co_filename:
            last.tb_next = None
            return
        step = step.tb_next
