"""Runs that go on without their callers, over real sockets: joined, bounded, stopped, refused."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import httpx
import pytest
from support.wire import all_of, asked, judged, kinds, said, streaming

from agui_notebook import Emitter, InvalidInput, LocalServer, serve
from agui_notebook.agents import RunRequest, Wrapped

pytestmark = pytest.mark.anyio
Serving = Callable[..., LocalServer]


class Worker(Wrapped):
    """Says one word, and the next whenever ``go`` is set; ``how`` tells how it ended."""

    def __init__(self, words: str = "one two three", then: str = "") -> None:
        super().__init__("worker")
        self.words, self.then = words.split(), then
        self.go = [threading.Event() for _ in self.words]
        self.began, self.ended = threading.Event(), threading.Event()
        self.how = ""

    async def run(self, request: RunRequest, emit: Emitter) -> None:
        try:
            for gate, word in zip(self.go, self.words, strict=True):
                await asyncio.to_thread(gate.wait, 10)
                await emit.text(f"{word} ")
                self.began.set()
            if self.then:
                emit.interrupt({"id": "q1", "reason": "confirmation", "message": self.then})
            self.how = "done"
        except asyncio.CancelledError:
            self.how = "cancelled"
            raise
        finally:
            self.ended.set()

    def finish(self) -> None:
        for gate in self.go:
            gate.set()


def joining(thread: str = "t1", run: str = "r2", **more: Any) -> dict[str, Any]:
    return {**asked(), "threadId": thread, "runId": run, "messages": [], **more}


def stream(server: LocalServer, body: dict[str, Any]) -> AbstractAsyncContextManager[Any]:
    return streaming(server.url, body, server.headers)


async def left(server: LocalServer, agent: Worker, body: dict[str, Any] | None = None) -> None:
    """A caller begins a run, hears its first word and hangs up."""
    agent.go[0].set()
    async with stream(server, body or asked()) as events:
        async for event in events:
            if event["type"] == "TEXT_MESSAGE_CONTENT":
                return


async def test_a_run_goes_on_when_its_caller_hangs_up_and_is_joined_live(serving: Serving) -> None:
    agent = Worker()
    server = serving(agent, detach=True)
    await left(server, agent)
    body = joining()
    seen = []
    async with stream(server, body) as events:
        async for event in events:
            seen.append(event)
            if said(seen) == "one ":
                agent.finish()
    assert agent.how == "done"
    assert said(judged(seen, body)) == "one two three "
    assert [seen[0], seen[1]["type"], seen[1]["messages"], seen[2], seen[-1]] == [
        {
            "type": "RUN_STARTED",
            "threadId": "t1",
            "runId": "r2",
            "protocolVersion": "1.0",
            "metadata": {"agui_notebook": {"keeps": "r1"}},
        },
        "MESSAGES_SNAPSHOT",
        asked()["messages"],
        {"type": "STATE_SNAPSHOT", "snapshot": {}},
        {
            "type": "RUN_FINISHED",
            "threadId": "t1",
            "runId": "r2",
            "outcome": {"type": "success"},
        },
    ]


async def test_two_who_join_hear_the_same_and_one_after_the_end_hears_it_whole(
    serving: Serving,
) -> None:
    agent = Worker()
    server = serving(agent, detach=True)
    await left(server, agent)
    both = [asyncio.ensure_future(all_of(server, joining(run=name))) for name in ("r2", "r3")]
    agent.finish()
    told = [*await asyncio.gather(*both), await all_of(server, joining(run="r4"))]
    assert [said(events) for events in told] == ["one two three "] * 3
    assert [events[-1]["runId"] for events in told] == ["r2", "r3", "r4"]
    bare = [[{**event, "runId": ""} for event in events] for events in told]
    assert bare[0] == bare[1] == bare[2]


async def test_a_stop_reaches_a_run_that_was_left(serving: Serving) -> None:
    agent = Worker()
    server = serving(agent, detach=True)
    await left(server, agent)
    stop = joining(forwardedProps={"agui_notebook": {"stop": "r1"}})
    events = await all_of(server, stop)
    assert agent.ended.wait(5)
    assert (agent.how, events[-1]["outcome"]) == ("cancelled", {"type": "cancelled"})


async def test_a_stop_of_another_run_stops_nothing(serving: Serving) -> None:
    agent = Worker()
    server = serving(agent, detach=True)
    await left(server, agent)
    stop = joining(forwardedProps={"agui_notebook": {"stop": "another"}})
    async with stream(server, stop) as events:
        assert (await anext(events))["type"] == "RUN_STARTED"
        agent.finish()
        assert said([event async for event in events]) == "one two three "


async def test_what_is_not_kept_is_a_sentence(serving: Serving) -> None:
    server = serving(Worker(), detach=True)
    events = await all_of(server, joining("nobody's"))
    assert events[1:] == [
        {
            "type": "RUN_ERROR",
            "code": "nothing_kept",
            "message": "Nothing is kept of this thread here: it never had a run, "
            "or its last one ended too long ago.",
        }
    ]


async def test_nobody_joins_without_the_token(serving: Serving) -> None:
    agent = Worker()
    server = serving(agent, detach=True)
    await left(server, agent)
    stop = joining(forwardedProps={"agui_notebook": {"stop": "r1"}})
    for body in (joining(), stop):
        response = httpx.post(server.url, json=body)
        assert (response.status_code, "one" in response.text) == (401, False)
    assert not agent.ended.is_set()
    agent.finish()


async def test_a_thread_has_one_run_at_a_time(serving: Serving) -> None:
    agent = Worker()
    server = serving(agent, detach=True)
    await left(server, agent)
    response = httpx.post(server.url, json=asked(runId="r9"), headers=server.headers)
    assert (response.status_code, response.json()) == (
        409,
        {"detail": "A run of this thread still goes on: join it, or stop it first."},
    )
    agent.finish()
    await all_of(server, joining())
    agent.ended.clear()
    assert said(await all_of(server, asked(runId="r9"))) == "one two three "


async def test_a_run_that_ended_is_kept_for_so_many_seconds(serving: Serving) -> None:
    agent = Worker()
    agent.finish()
    server = serving(agent, detach=True, keep=0)
    await all_of(server, asked())
    assert (await all_of(server, joining()))[-1]["code"] == "nothing_kept"


async def test_the_oldest_make_room_by_number(
    serving: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("agui_notebook.limits.LEFT_RUNS", 2)
    agent = Worker()
    agent.finish()
    server = serving(agent, detach=True)
    for thread in ("t1", "t2", "t3"):
        await all_of(server, {**asked(), "threadId": thread})
    told = [await all_of(server, joining(thread)) for thread in ("t1", "t2", "t3")]
    assert [said(events) for events in told] == ["", "one two three ", "one two three "]


async def test_no_more_runs_than_so_many_go_on(
    serving: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("agui_notebook.limits.LEFT_RUNS", 1)
    agent = Worker()
    server = serving(agent, detach=True)
    await left(server, agent)
    response = httpx.post(server.url, json={**asked(), "threadId": "t2"}, headers=server.headers)
    assert (response.status_code, response.json()) == (
        503,
        {"detail": "1 runs go on here already: wait until one has ended."},
    )
    agent.finish()


async def test_a_run_that_says_too_much_loses_its_beginning_and_goes_on_for_those_there(
    serving: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("agui_notebook.limits.LEFT_BYTES", 20_000)
    server = serving(lambda text: ("word " for _ in range(1_000)), detach=True)
    assert said(await all_of(server, asked())) == "word " * 1_000
    events = await all_of(server, joining())
    assert (events[-1]["code"], "cannot be joined" in events[-1]["message"]) == (
        "nothing_kept",
        True,
    )


async def test_a_run_that_nobody_follows_ends_some_day(
    serving: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("agui_notebook.limits.LEFT_SECONDS", 0.05)
    agent = Worker()
    server = serving(agent, detach=True)
    await left(server, agent)
    assert await asyncio.to_thread(agent.ended.wait, 10)
    assert agent.how == "cancelled"


async def test_a_stopped_server_ends_its_left_runs_and_tells_those_who_follow(
    serving: Serving,
) -> None:
    agent = Worker()
    server = serving(agent, detach=True)
    await left(server, agent)
    async with stream(server, joining()) as events:
        assert (await anext(events))["type"] == "RUN_STARTED"
        await asyncio.to_thread(server.stop)
        rest = [event async for event in events]
    assert (agent.how, rest[-1]["outcome"]) == ("cancelled", {"type": "cancelled"})


async def test_a_question_of_a_left_run_waits_for_whoever_joins(serving: Serving) -> None:
    agent = Worker("hm", then="Really?")
    server = serving(agent, detach=True)
    await left(server, agent)
    events = await all_of(server, joining())
    assert events[-1]["outcome"] == {
        "type": "interrupt",
        "interrupts": [{"id": "q1", "reason": "confirmation", "message": "Really?"}],
    }


async def test_halves_of_characters_are_joined_for_everybody(serving: Serving) -> None:
    server = serving(lambda text: iter(["a\ud83c", "\udf88b", "\ud83c"]), detach=True)
    first = await all_of(server, asked())
    second = await all_of(server, joining())
    assert [said(events) for events in (first, second)] == ["a🎈b\ufffd"] * 2


async def test_an_agent_on_the_kernels_own_loop_goes_on_too(serving: Serving) -> None:
    agent = Worker()
    server = serving(agent, detach=True, loop="kernel")
    await left(server, agent)
    agent.finish()
    assert said(await all_of(server, joining())) == "one two three "


async def test_without_detach_nothing_is_kept_and_hanging_up_ends_the_run(
    serving: Serving,
) -> None:
    agent = Worker()
    server = serving(agent)
    await left(server, agent)
    assert await asyncio.to_thread(agent.ended.wait, 5)
    assert agent.how == "cancelled"
    assert kinds(await all_of(server, joining())) == ["RUN_STARTED", "RUN_FINISHED"]


@pytest.mark.parametrize("keep", [-1, "600", None, True, float("nan")])
def test_a_time_that_is_none_is_refused(keep: Any) -> None:
    with pytest.raises(InvalidInput, match="keep= is seconds"):
        serve(str.upper, detach=True, keep=keep)
