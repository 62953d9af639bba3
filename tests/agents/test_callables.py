"""Functions and generators as agents: filling parameters, what they may give, how they stop."""

from __future__ import annotations

import asyncio
import contextvars
import threading
from collections.abc import AsyncIterator, Iterator
from functools import partial
from typing import Any

import pytest
from support.wire import asked, events_of, kinds, said

from agui_notebook import Emitter, InvalidInput, UnsupportedAgent
from agui_notebook.agents import drive, wrap

pytestmark = pytest.mark.anyio

HISTORY: dict[str, Any] = {
    "threadId": "t1",
    "runId": "r1",
    "messages": [
        {"id": "a", "role": "user", "content": "one"},
        {"id": "b", "role": "assistant", "content": "two"},
        {"id": "c", "role": "user", "content": [{"type": "text", "text": "three"}]},
    ],
    "state": {"n": 1},
    "tools": [{"name": "f", "description": "", "parameters": {}}],
    "context": [{"description": "d", "value": "v"}],
}


def returns(prompt: str) -> str:
    return f"You said {prompt}"


async def returns_later(prompt: str) -> str:
    return f"You said {prompt}"


def yields(prompt: str) -> Iterator[str]:
    yield "You said "
    yield prompt


async def yields_later(prompt: str) -> AsyncIterator[str]:
    yield "You said "
    yield prompt


def returns_generator(prompt: str) -> Iterator[str]:
    return iter(("You said ", prompt))


def returns_coroutine(prompt: str) -> Any:
    return returns_later(prompt)


class Speaker:
    def __call__(self, prompt: str) -> str:
        return returns(prompt)

    async def method(self, prompt: str) -> str:
        return returns(prompt)


def positional(prompt: str, /) -> str:
    return returns(prompt)


KINDS = [
    returns,
    returns_later,
    yields,
    yields_later,
    returns_generator,
    returns_coroutine,
    Speaker(),
    Speaker().method,
    positional,
    partial(lambda greeting, prompt: f"{greeting} {prompt}", "You said"),
]


@pytest.mark.parametrize("function", KINDS, ids=lambda each: getattr(each, "__name__", repr(each)))
@pytest.mark.parametrize("threads", [True, False], ids=["threads", "loop"])
async def test_every_kind_of_callable_answers(function: Any, threads: bool) -> None:
    agent = wrap(function, threads=threads)
    assert said(await events_of(agent, HISTORY)) == "You said three"


async def test_parameters_are_filled_by_name() -> None:
    seen: dict[str, Any] = {}

    def agent(messages: Any, text: Any, state: Any, tools: Any, context: Any, input: Any) -> None:  # noqa: A002
        seen.update(locals())
        del seen["seen"]

    await events_of(wrap(agent), HISTORY)
    body = seen.pop("input")
    assert seen == {
        "messages": HISTORY["messages"],
        "text": "three",
        "state": {"n": 1},
        "tools": HISTORY["tools"],
        "context": HISTORY["context"],
    }
    assert (body["threadId"], body["runId"]) == ("t1", "r1")


async def test_a_parameter_of_another_name_gets_the_text_beside_known_ones_and_defaults() -> None:
    def agent(question: str, state: Any, style: str = "plain", **more: Any) -> str:
        return f"{question} {state['n']} {style} {more}"

    assert said(await events_of(wrap(agent), HISTORY)) == "three 1 plain {}"
    assert said(await events_of(wrap(lambda q="unused": q), HISTORY)) == "three"
    assert said(await events_of(wrap(lambda: "nothing asked"), HISTORY)) == "nothing asked"


def test_two_parameters_that_nothing_fills_are_refused_at_once() -> None:
    with pytest.raises(UnsupportedAgent, match="city, day cannot be filled"):
        wrap(lambda city, day: "")


def test_options_that_mean_nothing_for_a_function_are_refused() -> None:
    with pytest.raises(InvalidInput, match=r"model= means nothing for a function"):
        wrap(returns, model="x")
    with pytest.raises(InvalidInput, match="modle: no such option; there are approve, "):
        wrap(returns, modle="x")


async def test_text_and_events_may_be_mixed() -> None:
    def agent(text: str) -> Iterator[Any]:
        yield "Counting. "
        yield {"type": "STATE_SNAPSHOT", "snapshot": {"n": 1}}
        yield None
        yield "Done."
        yield {"type": "TOOL_CALL_START", "toolCallId": "c", "toolCallName": "f"}

    events = await events_of(wrap(agent))
    assert kinds(events)[1:-1] == [
        "TEXT_MESSAGE_START",
        "TEXT_MESSAGE_CONTENT",
        "STATE_SNAPSHOT",
        "TEXT_MESSAGE_CONTENT",
        "TEXT_MESSAGE_END",
        "TOOL_CALL_START",
        "TOOL_CALL_END",
    ]
    assert events[-1]["outcome"] == {"type": "success", "pendingToolCallIds": ["c"]}


async def test_boundary_events_need_no_ids_and_never_bring_their_own() -> None:
    def agent(text: str) -> Iterator[Any]:
        yield {"type": "RUN_STARTED"}
        yield "Done."
        yield {"type": "RUN_FINISHED", "runId": "other", "result": 7}

    events = await events_of(wrap(agent))
    ids = {"threadId": "t1", "runId": "r1"}
    outcome = {"outcome": {"type": "success"}, "result": 7}
    assert events[0] == {"type": "RUN_STARTED", **ids, "protocolVersion": "1.0"}
    assert events[-1] == {"type": "RUN_FINISHED", **ids, **outcome}


async def test_a_number_is_said_and_a_dict_that_is_no_event_is_an_error() -> None:
    assert said(await events_of(wrap(lambda text: 4))) == "4"
    error = (await events_of(wrap(lambda text: {"answer": 4})))[-1]
    assert error["type"] == "RUN_ERROR"
    assert error["message"].startswith("An agent may give text and AG-UI events")


async def test_synchronous_code_runs_in_a_thread_of_its_own_with_the_context() -> None:
    here, word = threading.current_thread(), contextvars.ContextVar("word", default="none")
    threads: list[threading.Thread] = []

    def agent(text: str) -> Iterator[str]:
        threads.append(threading.current_thread())
        yield word.get()

    word.set("kept")
    assert said(await events_of(wrap(agent))) == "kept"
    assert here not in threads
    await events_of(wrap(agent, threads=False))
    assert threads[1] is here


@pytest.mark.parametrize("stop", [SystemExit(3), KeyboardInterrupt(), StopAsyncIteration("x")])
async def test_an_agent_that_raises_anything_ends_its_run_only(stop: BaseException) -> None:
    def agent(text: str) -> Iterator[str]:
        yield "so far"
        raise stop

    events = await events_of(wrap(agent))
    assert (said(events), events[-1]["type"]) == ("so far", "RUN_ERROR")


async def cancelled_after_first_text(function: Any) -> list[str]:
    """Event types of a run that is cancelled when its first text has been sent."""
    types: list[str] = []
    first = asyncio.Event()

    async def send(event: dict[str, Any]) -> None:
        types.append(event["type"])
        if event["type"] == "TEXT_MESSAGE_CONTENT":
            first.set()

    request = {**asked(), "state": {}, "tools": [], "context": []}
    task = asyncio.create_task(drive(wrap(function), request, Emitter(request, send)))
    await asyncio.wait_for(first.wait(), 5)
    task.cancel()
    await asyncio.wait([task], timeout=5)
    assert task.cancelled()
    return types


async def test_a_generator_is_stopped_at_its_next_yield_and_cleaned_up() -> None:
    closed, go_on = threading.Event(), threading.Event()

    def agent(text: str) -> Iterator[str]:
        try:
            yield "first"
            go_on.wait(5)
            while True:
                yield "more"
        finally:
            closed.set()

    stopping = asyncio.create_task(cancelled_after_first_text(agent))
    types = await stopping
    go_on.set()
    assert await asyncio.to_thread(closed.wait, 5)
    assert types[-2:] == ["TEXT_MESSAGE_END", "RUN_FINISHED"]


async def test_an_async_generator_is_closed_when_its_run_is_cancelled() -> None:
    closed = asyncio.Event()

    async def agent(text: str) -> AsyncIterator[str]:
        try:
            while True:
                yield "more"
                await asyncio.sleep(0)
        finally:
            closed.set()

    await cancelled_after_first_text(agent)
    await asyncio.wait_for(closed.wait(), 5)


async def test_a_fast_generator_waits_for_a_slow_caller() -> None:
    made = 0

    def agent(text: str) -> Iterator[str]:
        nonlocal made
        while made < 10_000:
            made += 1
            yield "x"

    release = asyncio.Event()

    async def send(event: dict[str, Any]) -> None:
        await release.wait()

    request = {**asked(), "state": {}, "tools": [], "context": []}
    task = asyncio.create_task(drive(wrap(agent), request, Emitter(request, send)))
    await asyncio.wait([task], timeout=0.2)
    assert made < 200
    release.set()
    await task
    assert made == 10_000
