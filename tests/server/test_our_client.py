"""Our own client, strict, against our own server, over a real socket: whole conversations."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator

import pytest

from agui_notebook import LocalServer, RunFailed, Session, connect
from agui_notebook.agents import Demo

pytestmark = pytest.mark.anyio
Serving = Callable[..., LocalServer]


@pytest.fixture
def session(serving: Serving) -> Iterator[Session]:
    server = serving(Demo(pace=0))
    session = connect(server.url, token=server.token, strict=True)
    yield session
    session.close()


async def test_a_thread_is_remembered(session: Session) -> None:
    assert (await session.run("What is 2 + 2?")).text == "2 + 2 equals 4."
    assert "What is 2 + 2?" in (await session.run("What did I just ask?")).text
    assert session.warnings == []


async def test_every_suggestion_passes_the_strict_client(session: Session) -> None:
    for text in Demo().suggestions:
        session.new_thread()
        result = await session.run(text, check=False)
        assert result.warnings == []
        assert result.outcome == ("error" if "Fail" in text else result.outcome)
        assert result.outcome != "incomplete"


async def test_an_approval_with_an_edit_is_asked_and_obeyed(session: Session) -> None:
    asked = await session.run("Send an email to the team")
    (interrupt,) = asked.interrupts
    assert asked.outcome == "interrupt"
    result = await session.resume([interrupt.approve(to="ada@example.com")])
    assert result.outcome == "success"
    assert "ada@example.com" in result.text


async def test_an_approval_denied_or_abandoned_sends_nothing(session: Session) -> None:
    asked = await session.run("Send an email to the team")
    assert "not sent" in (await session.resume([asked.interrupts[0].deny("too early")])).text
    asked = await session.run("Send another email")
    assert "unsent" in (await session.resume([asked.interrupts[0].cancel()])).text


async def test_a_frontend_tool_is_called_here_and_its_result_is_read(session: Session) -> None:
    @session.tool
    def double(number: int) -> int:
        return number * 2

    result = await session.run("Use one of my tools")
    assert [call["name"] for call in result.tool_calls] == ["double"]
    assert "4" in result.text


async def test_shared_state_is_edited_by_both_sides(session: Session) -> None:
    await session.run("Make a to-do list for a picnic")
    session.set_state({"todo": [*session.state["todo"], {"task": "Mine", "done": True}]})
    assert "- [x] Mine" in (await session.run("What is on my list?")).text


async def test_an_error_raises_and_keeps_what_was_said(session: Session) -> None:
    with pytest.raises(RunFailed, match="because you asked it to") as failed:
        await session.run("Fail halfway, please")
    assert failed.value.code == "demo"
    assert failed.value.result.text.startswith("I begin to answer")


async def test_stopping_the_client_stops_the_agent(serving: Serving) -> None:
    ended = threading.Event()

    async def agent(text: str) -> AsyncIterator[str]:
        try:
            while True:
                yield "on and on "
                await asyncio.sleep(0.01)
        finally:
            ended.set()

    server = serving(agent)
    session = connect(server.url, token=server.token, strict=True)
    async for event in session.stream("go"):
        if event["type"] == "TEXT_MESSAGE_CONTENT":
            session.stop()
    assert await asyncio.to_thread(ended.wait, 1)
    assert session.runs[-1]["status"] == "cancelled"
    session.close()


async def test_stopping_the_server_is_seen_as_a_cancelled_run(serving: Serving) -> None:
    async def agent(text: str) -> AsyncIterator[str]:
        yield "hello"
        await asyncio.sleep(60)

    server = serving(agent)
    session = connect(server.url, token=server.token, strict=True)
    async for event in session.stream("go"):
        if event["type"] == "TEXT_MESSAGE_CONTENT":
            await asyncio.to_thread(server.stop)
    assert session.runs[-1]["status"] == "cancelled"
    assert session.messages[-1]["content"] == "hello"
    session.close()
