"""Every door through which the user's own code is called, and everything it may raise there.

The loop survives, the run ends properly with a sentence, and the next run works. What blocks or
never returns is test_user_code.py's, checks apart; drawings are jupyter/test_drawing.py's.
"""

from __future__ import annotations

import asyncio
import dataclasses
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from typing import Any

import httpx
import pytest
from support.answers.dialects import CHAT
from support.answers.readers import READERS, as_sdk
from support.servers import FINISHED, STARTED, answer, called, serve_frames

from agui_notebook import AGUIError, Session, Tool, checks, connect, evaluate, serve, tool
from agui_notebook.agents import AgentOptions, ModelAgent, Prompt, Reply

DEADLINE = 20
DONE = answer("done", mid="end")
Raise = Callable[..., Any]
STOPS = [
    SystemExit,
    KeyboardInterrupt,
    GeneratorExit,
    RecursionError,
    StopIteration,
    asyncio.CancelledError,
]
if sys.version_info < (3, 11):  # a task cannot say there whether it was cancelled
    STOPS.remove(asyncio.CancelledError)
all_stops = pytest.mark.parametrize("kind", STOPS)


class Unspeakable(Exception):
    """Cannot say what it is."""

    def __str__(self) -> str:
        raise SystemExit("not even this")


def raising(kind: type[BaseException]) -> Raise:
    def mine(*_: Any, **__: Any) -> Any:
        raise kind("enough")

    return mine


def async_raising(kind: type[BaseException]) -> Raise:
    async def mine(*_: Any, **__: Any) -> Any:
        await asyncio.sleep(0)
        raise kind("enough")

    return mine


def assert_alive() -> None:
    with serve_frames(DONE) as server:
        assert connect(server.url).ask("still there?").text == "done"


# -- what belongs to a session -----------------------------------------------------------------


class Auth(httpx.Auth):
    """An auth flow of the user's."""

    def __init__(self, mine: Raise) -> None:
        self.mine = mine

    def auth_flow(self, request: httpx.Request) -> Iterator[httpx.Request]:  # type: ignore[override]
        self.mine()
        yield request


def transport_of(kind: type[BaseException]) -> Any:
    class Broken:
        async def __aenter__(self) -> AsyncIterator[Any]:
            return self.mine()

        async def __aexit__(self, *_: object) -> None:
            pass

        async def mine(self) -> AsyncIterator[Any]:
            yield {"type": "RUN_STARTED", "threadId": "t", "runId": "r"}
            raise kind("enough")

    return lambda request, **_: Broken()


PLACES: dict[str, Callable[[type[BaseException]], dict[str, Any]]] = {
    "a headers function": lambda kind: {"headers": raising(kind)},
    "an async headers function": lambda kind: {"headers": async_raising(kind)},
    "middleware": lambda kind: {"middleware": [raising(kind)]},
    "an auth flow": lambda kind: {"auth": Auth(raising(kind))},
    "a transport": lambda kind: {"transport": transport_of(kind)},
}


@pytest.mark.parametrize("kind", [*STOPS, Unspeakable])
@pytest.mark.parametrize("place", PLACES)
def test_what_a_session_was_given_ends_its_run_with_a_sentence(
    place: str, kind: type[BaseException]
) -> None:
    options = PLACES[place](kind)
    transport = options.pop("transport", None)
    with serve_frames(DONE) as server:
        session = connect(server.url, **options)
        session.options.transport = transport or session.options.transport
        result = session.ask("hi", check=False)
        assert (session.running, result.outcome) == (False, "error")
        assert isinstance(result.error, AGUIError)
        assert str(result.error).startswith("The run broke off: 'mine' raised ")
        assert kind.__name__ in str(result.error)
        assert connect(server.url).ask("still there?").text == "done"


@all_stops
@pytest.mark.parametrize("observe", ["observe", "observe_events"])
def test_what_an_observer_raises_is_a_warning(observe: str, kind: type[BaseException]) -> None:
    with serve_frames(DONE) as server:
        session = connect(server.url)
        getattr(session, observe)(raising(kind))
        assert session.ask("hi").text == "done"
        assert session.warnings == [f"The observer 'mine' failed: {kind.__name__}: enough"]


# -- tools, and what becomes of their results --------------------------------------------------


def odd(name: str, mine: Raise) -> Any:
    """An object one of whose methods raises."""
    return type("Odd", (), {name: mine})()


def mapping(mine: Raise) -> Any:
    class Members(Mapping[str, Any]):
        def __getitem__(self, key: str) -> Any:
            return mine()

        def __iter__(self) -> Iterator[str]:
            return iter("ab")

        def __len__(self) -> int:
            return 2

    return Members()


class Awaited:
    """What has to be awaited, and raises then."""

    def __init__(self, mine: Raise) -> None:
        self.mine = mine

    def __await__(self) -> Iterator[None]:
        self.mine()
        yield


METHODS = ("__str__", "tolist", "to_pylist", "isoformat", "to_dict", "model_dump", "__getattr__")
RESULTS: dict[str, Callable[[Raise], Any]] = {
    **{f"a result's {name}": lambda mine, name=name: odd(name, mine) for name in METHODS},  # type: ignore[misc]
    "a result within another": lambda mine: {"a": [odd("tolist", mine)]},
    "a mapping": mapping,
    "a text of a class of its own": lambda mine: type("S", (str,), {"__str__": mine})("x"),
    "a generator": lambda mine: (mine() for _ in "a"),
    "an awaitable": Awaited,
}


def giving(give: Callable[[Raise], Any]) -> Callable[[Raise], Any]:
    """A tool with such a result."""

    def make(mine: Raise) -> Any:
        def look() -> Any:
            """Look."""
            return give(mine)

        return look

    return make


def plain(mine: Raise) -> Any:
    def look() -> Any:
        """Look."""
        return mine()

    return look


def awaited(mine: Raise) -> Any:
    async def look() -> Any:
        """Look."""
        await asyncio.sleep(0)
        return mine()

    return look


def yielding(mine: Raise) -> Any:
    def look() -> Iterator[Any]:
        """Look."""
        yield 1
        yield mine()

    return look


def async_yielding(mine: Raise) -> Any:
    async def look() -> AsyncIterator[Any]:
        """Look."""
        yield 1
        yield mine()

    return look


def unspeakable(mine: Raise) -> Any:
    def look() -> Any:
        """Look."""
        raise type("E", (Exception,), {"__str__": mine})

    return look


def converting(mine: Raise) -> Any:
    def look(at: Any) -> Any:
        """Look."""
        return at

    place = dataclasses.make_dataclass("Place", [("x", int, 0)])
    place.__post_init__ = lambda self: mine()  # type: ignore[attr-defined]
    look.__annotations__ = {"at": place}
    return look


TOOLS: dict[str, Callable[[Raise], Any]] = {
    "a tool": plain,
    "an async tool": awaited,
    "a generator as a tool": yielding,
    "an async generator as a tool": async_yielding,
    "a tool beside the main thread": lambda mine: tool(plain(mine), thread=True),
    "an error that cannot be told": unspeakable,
    "a class that arguments are read as": converting,
    **{door: giving(give) for door, give in RESULTS.items()},
}
all_tools = pytest.mark.parametrize("door", TOOLS)


@pytest.mark.parametrize("how", ["ask", "run"])
@all_stops
@all_tools
def test_what_a_tool_raises_is_an_answer_to_its_call(
    door: str, kind: type[BaseException], how: str
) -> None:
    given = TOOLS[door](raising(kind))
    calls = [STARTED, *called("look", '{"at": {}}'), FINISHED]
    with serve_frames(calls, DONE) as server:
        session = connect(server.url, tools=[given])
        run = session.ask if how == "ask" else lambda text: asyncio.run(_await(session, text))
        assert run("hi").text == "done"
        [told] = [m for m in server.requests[1].body["messages"] if m["role"] == "tool"]
        assert told["content"]  # the error, or a sentence in place of the result
    assert_alive()


async def _await(session: Session, text: str) -> Any:
    return await asyncio.wait_for(asyncio.ensure_future(_run(session, text)), DEADLINE)


async def _run(session: Session, text: str) -> Any:
    return await session.run(text)


def model_of(given: Any, *, threads: bool) -> ModelAgent:
    """A model that calls look, and then says ok."""
    call = CHAT.answer(CHAT.call(0, "A", "look", {"at": {}}), stop="called")
    answers = [call]

    async def ask(prompt: Prompt, reply: Reply) -> None:
        read = READERS["chat"](reply)
        for chunk in answers.pop() if answers else CHAT.answer(CHAT.text("ok")):
            await read(as_sdk("chat", chunk))

    return ModelAgent(AgentOptions(model="m", tools=[given], threads=threads), ask)


@pytest.mark.parametrize("threads", [True, False])
@all_tools
def test_what_a_served_agents_tool_raises_is_an_answer_to_its_call(
    door: str, threads: bool
) -> None:
    kinds = {kind.__name__: model_of(TOOLS[door](raising(kind)), threads=threads) for kind in STOPS}
    with serve(kinds, name="models") as server:
        for kind in STOPS:
            session = connect(f"{server.url}{kind.__name__}", token=server.token)
            assert session.ask("hi").text == "ok"
            [told] = [m for m in session.messages if m["role"] == "tool"]
            assert told["content"]
        assert_alive()


@all_stops
@pytest.mark.parametrize("door", ["a tool", "an async tool", "a generator as a tool"])
def test_what_stops_a_tool_is_told_with_the_function_it_was_in(
    door: str, kind: type[BaseException]
) -> None:
    if kind in (RecursionError, StopIteration):
        pytest.skip("an error like others, or what Python makes one of")
    calls = [STARTED, *called("look"), FINISHED]
    with serve_frames(calls, DONE) as server:
        connect(server.url, tools=[TOOLS[door](raising(kind))]).ask("hi")
        [told] = [m for m in server.requests[1].body["messages"] if m["role"] == "tool"]
    assert told["error"] == f"The tool was stopped by {kind.__name__} in 'mine'"


@all_stops
@pytest.mark.parametrize("where", ["here", "served"])
def test_a_function_that_cannot_say_whether_to_ask_makes_us_ask(
    where: str, kind: type[BaseException]
) -> None:
    def look(at: Any = None) -> str:
        """Look."""
        return "seen"

    given = Tool(look, approve=raising(kind))
    calls = [STARTED, *called("look"), FINISHED]
    if where == "here":
        with serve_frames(calls, DONE) as server:
            assert connect(server.url, tools=[given]).ask("hi").outcome == "interrupt"
    else:
        with serve(model_of(given, threads=True), name="model") as served:
            session = connect(served.url, token=served.token)
            assert session.ask("hi").outcome == "interrupt"
    assert_alive()


# -- agents ------------------------------------------------------------------------------------


def agents(mine: Raise) -> dict[str, Any]:
    """Every form of function that is an agent."""

    def plain(text: str) -> Any:
        return mine()

    async def awaited(text: str) -> Any:
        await asyncio.sleep(0)
        return mine()

    def yielding(text: str) -> Iterator[Any]:
        yield "a"
        yield mine()

    async def async_yielding(text: str) -> AsyncIterator[Any]:
        yield "a"
        yield mine()

    def closing(text: str) -> Iterator[Any]:
        try:
            yield "a"
        finally:
            mine()

    class Called:
        def __call__(self, text: str) -> Any:
            return mine()

    return {
        "plain": plain,
        "awaited": awaited,
        "yielding": yielding,
        "async_yielding": async_yielding,
        "closing": closing,
        "called": Called(),
        "generator": lambda text: (mine() for _ in "a"),
        "words": lambda text: odd("__str__", mine),
        "event": lambda text: odd("model_dump", mine),
        "awaitable": lambda text: Awaited(mine),
        "member": lambda text: {"type": "CUSTOM", "name": "x", "value": odd("tolist", mine)},
    }


@all_stops
def test_what_an_agent_raises_fails_its_run_with_a_sentence_and_no_other(
    kind: type[BaseException],
) -> None:
    said = {}
    with serve({**agents(raising(kind)), "fine": str.upper}, name="many") as server:
        for name in agents(raising(kind)):
            result = connect(server.url + name, token=server.token).ask("hi", check=False)
            assert (name, result.outcome) == (name, "error")
            said[name] = str(result.error)
            assert connect(server.url + "fine", token=server.token).ask("hi").text == "HI"
    if kind is RecursionError:  # an error like others: what it was, and the line in the traceback
        assert set(said.values()) == {
            "RecursionError: enough",
            "CUSTOM cannot be written as JSON: enough.",
        }
    else:
        whole = f"The run broke off: 'mine' raised {kind.__name__}: enough"
        assert said == dict.fromkeys(said, whole)


# -- checks, and agents that judge ---------------------------------------------------------------


def of_checks(mine: Raise) -> dict[str, Any]:
    """Every form of function that is a check, by what the report calls it."""

    def plain(result: Any) -> Any:
        return mine()

    async def awaited(result: Any) -> Any:
        await asyncio.sleep(0)
        return mine()

    def handing_on(result: Any, case: Any) -> Any:
        return Awaited(mine)

    class Called:
        def __call__(self, result: Any) -> Any:
            return mine()

    judged = checks.judge(lambda text: mine(), "It is good.")
    return {
        "plain": plain,
        "awaited": awaited,
        "handing_on": handing_on,
        "Called": Called(),
        judged.label: judged,
    }


@all_stops
def test_what_a_check_or_a_judge_raises_is_an_error_of_its_case_and_no_other(
    kind: type[BaseException],
) -> None:
    given = of_checks(raising(kind))
    report = evaluate(str.upper, ["hi", "ho"], [*given.values(), checks.contains("H")])
    for row in report.rows():
        told = {each["check"]: each for each in row["checks"]}
        assert told.pop("contains('H')")["verdict"] == "pass"
        assert told.keys() == given.keys()
        for label, each in told.items():
            assert each["verdict"] == "error", each
            assert kind.__name__ in each["reason"], (label, each)
    assert_alive()


@all_stops
def test_what_an_evaluated_agent_raises_is_an_error_of_its_case(kind: type[BaseException]) -> None:
    for agent in agents(raising(kind)).values():
        row = next(evaluate(agent, ["hi"], [checks.contains("H")]).rows())
        assert row["verdict"] == "error"
    assert_alive()


def never(result: Any) -> None:
    threading.Event().wait()


async def never_awaited(result: Any) -> None:
    await asyncio.Event().wait()


def test_a_check_that_never_returns_is_an_error_when_its_time_is_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("agui_notebook.limits.CHECK_SECONDS", 0.2)
    began = time.monotonic()
    report = evaluate(str.upper, ["hi"], [never, never_awaited, checks.contains("H")])
    assert time.monotonic() - began < DEADLINE
    assert [(each["verdict"], each.get("reason")) for each in next(report.rows())["checks"]] == [
        ("error", "'never' did not return in 0.2 seconds."),
        ("error", "'never_awaited' did not return in 0.2 seconds."),
        ("pass", None),
    ]
