"""What a type checker tells users of the public names. Checked by mypy, never run."""

from __future__ import annotations

from typing import assert_type

import agui_notebook as agui
from agui_notebook.client.event_log import EventLog
from agui_notebook.types import AnyEvent, TextMessageContentEvent, UserMessage


async def a_session_and_its_results(session: agui.Session) -> None:
    result = await session.run("What is 2 + 2?", timeout=5.0, retries=1)
    assert_type(result, agui.RunResult)
    assert_type(result.text, str)
    assert_type(result.interrupts, list[agui.Interrupt])
    assert_type(session.ask(agui.Resume()), agui.RunResult)
    assert_type(await session.resume(), agui.RunResult)
    assert_type(session.ask_edit("m1", "Another question"), agui.RunResult)
    assert_type(session.start("hello").result(), agui.RunResult | None)
    assert_type(session.events, EventLog)
    assert_type(session.thread_id, str)
    assert_type(session.interrupts[0].approve(), agui.Answer)


async def a_widget_is_typed_like_its_session(chat: agui.ChatWidget) -> None:
    assert_type(await chat.run("hello", headers={"X-Team": "blue"}), agui.RunResult)
    assert_type(chat.ask(agui.Retry()), agui.RunResult)
    assert_type(chat.interrupts, list[agui.Interrupt])
    assert_type(chat.session, agui.Session)
    assert_type(chat.running, bool)


def the_doors() -> None:
    assert_type(agui.connect("http://127.0.0.1:8888/"), agui.Session)
    assert_type(agui.serve(str.upper), agui.LocalServer)
    assert_type(agui.chat(str.upper), agui.ChatWidget)
    assert_type(agui.replay("talk.jsonl"), agui.Session)


def what_no_call_takes(session: agui.Session) -> None:
    session.ask("hello", retrys=3)  # type: ignore[call-arg]
    session.ask("hello", max_rounds="three")  # type: ignore[arg-type]


async def events_as_they_stream(session: agui.Session) -> None:
    async for event in session.stream("hello"):
        assert_type(event, AnyEvent)


def an_event_by_its_type(event: AnyEvent) -> str:
    if event["type"] == "TEXT_MESSAGE_CONTENT":
        assert_type(event, TextMessageContentEvent)
        return event["delta"]
    if event["type"] == "RUN_ERROR":
        return event["message"]
    return ""


def a_message_as_it_is_sent() -> UserMessage:
    return {"id": "m1", "role": "user", "content": "hello"}
