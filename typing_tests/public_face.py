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
    assert_type(agui.connect(agui.serve(str.upper)), agui.Session)
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


def every_kind_of_target(session: agui.Session, server: agui.LocalServer) -> None:
    tools = [str.upper, str.lower]
    agui.chat("http://127.0.0.1:9480/v1", model="m", tools=tools, approve=["upper"], token="key")
    agui.chat(object(), "name", model="m", params={"temperature": 0}, approve=True)
    agui.chat("http://127.0.0.1:8888/", headers={"X-Team": "blue"}, timeout=5.0, thread="last")
    agui.chat(str.upper, port=8000, loop="kernel", description="Shouts.", suggestions=["hello"])
    agui.chat(session)
    agui.chat(server, system="Be brief.", state={"n": 1})
    agui.serve({"a": str.upper}, name="two", token=False, origins=["http://localhost:3000"])
    agui.connect("http://127.0.0.1:8888/", tools=tools, approve=True, retries=1)
    agui.create_app(object(), model="m", tools=tools, approve=["upper"], params={"n": 1}, token="t")
    agui.create_app({"a": str.upper}, hosts=["agent.example.org"], suggestions=["hello"])


def what_no_door_takes() -> None:
    agui.chat(str.upper, modle="m")  # type: ignore[call-arg]
    agui.chat(str.upper, approve=3)  # type: ignore[arg-type]
    agui.serve(str.upper, port="8000")  # type: ignore[arg-type]
    agui.serve(str.upper, tool=[str.lower])  # type: ignore[call-arg]
    agui.create_app(str.upper, tool=[str.lower])  # type: ignore[call-arg]
    agui.create_app(str.upper, max_rounds="three")  # type: ignore[arg-type]
    agui.connect(3)  # type: ignore[arg-type]
    agui.connect(None, approve=1.5)  # type: ignore[arg-type]


async def tools_that_ask_first(session: agui.Session, chat: agui.ChatWidget) -> None:
    @chat.tool(approve=True)
    def delete_file(path: str) -> str:
        return path

    @session.tool
    def weather(city: str) -> str:
        return city

    assert_type(delete_file, agui.Tool)
    assert_type(weather, agui.Tool)
    assert_type(agui.tool(str.upper, approve=lambda args: len(args) > 1), agui.Tool)
    assert_type(session.permissions, list[str])
    session.allow("delete_file")
    chat.revoke("delete_file")


async def what_a_result_holds(chat: agui.ChatWidget) -> None:
    result = await chat.run("hello")
    assert_type(result.outcome, str)
    assert_type(result.warnings, list[str])
    assert_type(result.error, agui.AGUIError | None)
    print(chat.run("hello").text)  # type: ignore[attr-defined]


async def evaluations_and_their_reports(session: agui.Session) -> None:
    def polite(result: agui.RunResult) -> bool:
        return "please" in result.text

    wanted = [agui.checks.contains("Oslo"), agui.checks.tool_called("look", at_most=2), polite]
    report = agui.evaluate(session, ["Where?"], wanted, repeats=2, budget_cost=1.5, to="r.jsonl")
    assert_type(report, agui.Report)
    assert_type(report.interval, tuple[float, float])
    assert_type(report.compare(agui.Report.read("r.jsonl")), agui.ReportChange)
    assert_type(await agui.evaluate_async("mine:agent", "cases.csv"), agui.Report)
    assert_type(agui.Case.read("cases.csv"), list[agui.Case])
    agui.evaluate(session, ["Where?"], repeat=2)  # type: ignore[call-arg]
    agui.evaluate(session, ["Where?"], engine="spark")  # type: ignore[arg-type]


async def comparisons(session: agui.Session) -> None:
    assert_type(agui.check("http://127.0.0.1:8888/", token="t"), agui.ServerCheck)
    assert_type(await agui.check_async("talk.jsonl"), agui.ServerCheck)
    both = agui.compare({"mine": session, "loud": str.upper}, "Hello")
    assert_type(both, agui.Comparison)
    assert_type(both.texts, dict[str, str])
    assert_type(await agui.compare_async([session], ["Hello"]), agui.Comparison)
