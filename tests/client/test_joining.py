"""Runs that are left at a server of ours and joined again, by this session or by another one."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from support.servers import answer, serve_frames

from agui_notebook import (
    Emitter,
    HTTPStatusError,
    LocalServer,
    RunFailed,
    Session,
    connect,
)
from agui_notebook.agents import RunRequest, Wrapped
from agui_notebook.client import Store, Writer
from agui_notebook.client import fold_thread as fold

pytestmark = pytest.mark.anyio
Serving = Callable[..., LocalServer]
DEADLINE = 10


class Slow(Wrapped):
    """Thinks, shows, calls and speaks; the second half waits for ``go``."""

    def __init__(self) -> None:
        super().__init__("slow")
        self.go, self.ended = threading.Event(), threading.Event()
        self.how = ""
        self.requests: list[RunRequest] = []

    async def run(self, request: RunRequest, emit: Emitter) -> None:
        self.requests.append(request)
        self.ended.clear()
        try:
            await self._say(request, emit)
            self.how = "done"
        except asyncio.CancelledError:
            self.how = "cancelled"
            raise
        finally:
            self.ended.set()

    async def _say(self, request: RunRequest, emit: Emitter) -> None:
        if request.get("resume"):
            await emit.text(f"decided: {request['resume'][0]['payload']['approved']}")
            return
        await emit.reasoning("hm ")
        await emit.activity("PLAN", {"done": 0}, message_id="plan")
        await emit.text("first, ")
        await asyncio.to_thread(self.go.wait, DEADLINE)
        await emit.text("second")
        if "ask" in request["messages"][-1]["content"]:
            schema = {"type": "object", "properties": {"approved": {"type": "boolean"}}}
            emit.interrupt({"id": "q1", "message": "Sure?", "responseSchema": schema})


@pytest.fixture
def agent() -> Iterator[Slow]:
    made = Slow()
    yield made
    made.go.set()


def at(server: LocalServer, thread: str | None = "t1", **options: Any) -> Session:
    return connect(server.url, token=server.token, thread_id=thread, **options)


def spoken(session: Session) -> list[tuple[str, Any]]:
    return [(message["role"], message["content"]) for message in session.messages]


def whole_or_joined(session: Session) -> None:
    texts = [content for role, content in spoken(session) if role == "assistant"]
    assert "".join(texts) == "first, second"
    assert [role for role, _ in spoken(session)] == ["user", "reasoning", "activity", "assistant"]


async def test_a_run_is_left_as_soon_as_it_has_begun_and_joined_from_elsewhere(
    serving: Serving, agent: Slow
) -> None:
    server = serving(agent, detach=True)
    there = at(server)
    left = await asyncio.wrap_future(there.start("go", detach=True))
    assert left is not None
    assert (left.outcome, left.error, there.running) == ("left", None, False)
    assert [run["status"] for run in there.runs] == ["left"]
    here = at(server)
    following = here.start_join()
    agent.go.set()
    result = await asyncio.wrap_future(following)
    assert result is not None
    assert (result.outcome, result.text) == ("success", "first, second")
    assert [m["role"] for m in result.messages] == ["reasoning", "activity", "assistant"]
    assert here.runs[0]["after"] == here.messages[0]["id"]
    whole_or_joined(here)


async def test_whoever_left_joins_again_and_has_everything_once(
    serving: Serving, agent: Slow
) -> None:
    server = serving(agent, detach=True)
    session = at(server)
    await session.run("go", detach=True)
    agent.go.set()
    for _ in range(2):  # joined again, a run that is there already comes in place of itself
        assert (await session.join()).text == "first, second"
        whole_or_joined(session)
        assert [run["status"] for run in session.runs] == ["success"]
    assert (await session.run("more")).text == "first, second"
    asked = [m["content"] for m in agent.requests[-1]["messages"] if m["role"] == "user"]
    assert asked == ["go", "more"]


async def test_two_sessions_follow_one_run(serving: Serving, agent: Slow) -> None:
    server = serving(agent, detach=True)
    await at(server).run("go", detach=True)
    both = [at(server), at(server)]
    following = [session.start_join() for session in both]
    agent.go.set()
    results = [await asyncio.wrap_future(future) for future in following]
    assert [result and result.text for result in results] == ["first, second"] * 2


async def test_earlier_turns_come_along_and_stay_as_they_are(serving: Serving, agent: Slow) -> None:
    agent.go.set()
    server = serving(agent, detach=True)
    there = at(server)
    await there.run("before")
    await there.run("go", detach=True)
    here = at(server)
    await here.join()
    for session in (here, there):
        if session is there:
            await session.join()
        said = [content for role, content in spoken(session) if role != "activity"]
        assert said.count("before") == said.count("go") == 1
        assert said.count("first, second") == 2


async def test_stopping_reaches_a_run_that_was_left(serving: Serving, agent: Slow) -> None:
    server = serving(agent, detach=True)
    session = at(server)
    await session.run("go", detach=True)
    session.stop()
    assert await asyncio.to_thread(agent.ended.wait, DEADLINE)
    assert agent.how == "cancelled"
    assert (await session.join()).outcome == "cancelled"


@pytest.mark.parametrize("begun", ["run", "join"])
async def test_stopping_ends_a_run_that_is_followed(
    serving: Serving, agent: Slow, begun: str
) -> None:
    server = serving(agent, detach=True)
    session = at(server)
    if begun == "join":
        await at(server).run("go", detach=True)
    following = session.start_join() if begun == "join" else session.start("go")
    await said_first(session)
    session.stop()
    result = await asyncio.wrap_future(following)
    assert result is not None
    assert result.outcome == "cancelled"
    assert await asyncio.to_thread(agent.ended.wait, DEADLINE)
    assert agent.how == "cancelled"
    agent.go.set()
    assert (await session.run("again")).text == "first, second"


async def said_first(session: Session) -> None:
    came = asyncio.Event()
    loop = asyncio.get_running_loop()

    def look(_: object) -> None:
        texts = [m.get("content") for m in session.document["messages"]]
        if "first, " in texts:
            loop.call_soon_threadsafe(came.set)

    leave = session.observe(look)
    look(None)
    await asyncio.wait_for(came.wait(), DEADLINE)
    leave()


async def test_leaving_ends_nothing(serving: Serving, agent: Slow) -> None:
    server = serving(agent, detach=True)
    session = at(server)
    following = session.start("go")
    await said_first(session)
    session.leave()
    left = await asyncio.wrap_future(following)
    assert left is not None
    assert (left.outcome, left.text) == ("left", "first, ")
    assert [run["status"] for run in session.runs] == ["left"]
    agent.go.set()
    assert (await session.join()).text == "first, second"
    whole_or_joined(session)


async def test_whoever_is_tired_of_following_only_leaves(serving: Serving, agent: Slow) -> None:
    server = serving(agent, detach=True)
    await at(server).run("go", detach=True)
    session = at(server)
    waiting = asyncio.ensure_future(session.join())
    await said_first(session)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert not agent.ended.is_set()
    agent.go.set()
    assert (await session.join()).text == "first, second"


@pytest.mark.parametrize("yes", [True, False])
async def test_a_question_of_a_left_run_is_answered_after_the_join(
    serving: Serving, agent: Slow, yes: bool
) -> None:
    agent.go.set()
    server = serving(agent, detach=True)
    await at(server).run("ask", detach=True)
    assert await asyncio.to_thread(agent.ended.wait, DEADLINE)
    here = at(server)
    assert (await here.join()).outcome == "interrupt"
    (question,) = here.interrupts
    (question.approve if yes else question.deny)()
    assert (await here.resume()).text == f"decided: {yes}"


async def test_an_answer_may_be_left_as_well(serving: Serving, agent: Slow) -> None:
    agent.go.set()
    server = serving(agent, detach=True)
    session = at(server)
    await session.run("ask")
    session.interrupts[0].approve()
    assert (await session.resume(detach=True)).outcome in ("left", "success")
    assert session.interrupts == []
    assert (await session.join()).text == "decided: True"
    assert [run["status"] for run in session.runs] == ["interrupt", "success"]


async def test_a_tool_that_a_left_run_asks_for_runs_where_it_is_joined(serving: Serving) -> None:
    def weather(city: str) -> str:
        """Tell the weather."""
        return f"sunny in {city}"

    async def ask(request: RunRequest, emit: Emitter) -> None:
        last = request["messages"][-1]
        if last["role"] == "tool":
            await emit.text(last["content"])
        else:
            await emit.tool("c1", "weather", {"city": "Oslo"})

    class Asking(Wrapped):
        run = staticmethod(ask)

    server = serving(Asking("asking"), detach=True)
    await at(server, tools=[weather]).run("go", detach=True)
    assert (await at(server, tools=[weather]).join()).text == "sunny in Oslo"


@pytest.mark.parametrize("detach", [True, False])
async def test_nothing_to_join_is_a_sentence(serving: Serving, detach: bool) -> None:
    session = at(serving(str.upper, detach=detach), "never")
    with pytest.raises(RunFailed, match=r"Nothing is kept of|keeps nothing of this thread"):
        await session.join()
    assert session.runs[-1]["status"] == "error"


async def test_the_token_is_needed_to_join(serving: Serving, agent: Slow) -> None:
    server = serving(agent, detach=True)
    await at(server).run("go", detach=True)
    with pytest.raises(HTTPStatusError, match="401"):
        await connect(server.url, thread_id="t1").join()


async def test_where_runs_are_not_kept_one_is_followed_to_its_end(serving: Serving) -> None:
    session = at(serving(str.upper))
    assert (await session.run("hello", detach=True)).text == "HELLO"
    assert session.warnings == [
        "This server ends a run when its caller leaves, so this one is followed to its end: "
        "serve(..., detach=True) lets runs go on."
    ]


async def test_only_the_thread_is_named_when_one_joins() -> None:
    with serve_frames(answer("hi")) as server:
        session = connect(server.url, thread_id="t1", messages=[{"role": "user", "content": "x"}])
        await session.join()
    body = server.requests[0].body
    assert (body["threadId"], body["messages"], body["state"]) == ("t1", [], {})


async def test_a_store_keeps_a_left_turn_once(
    serving: Serving, agent: Slow, tmp_path: Path
) -> None:
    server = serving(agent, detach=True)
    store = Store(tmp_path / "threads.sqlite")
    there = at(server)
    writer = Writer(store)
    kept = writer.follow(there.thread, "slow", there.url)
    following = there.start("go")
    await said_first(there)
    there.leave()  # half of the answer is in the store
    await asyncio.wrap_future(following)
    writer.flush()
    writer.leave(kept)
    here = at(server)
    here.thread.restore(fold(store.lines(store.find("last").key))[0])
    assert spoken(here)[-1] == ("assistant", "first, ")
    second = writer.follow(here.thread, "slow", here.url)
    agent.go.set()
    await here.join()
    whole_or_joined(here)
    writer.flush()
    writer.leave(second)
    past, fault = fold(store.lines(store.find("last").key))
    assert fault is None
    assert past.document["messages"] == here.messages
    store.close()
