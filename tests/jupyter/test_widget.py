"""The widget's Python half with a browser of ours at the other end of its comm."""

from __future__ import annotations

import asyncio
import gc
import threading
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import anyio
import comm
import ipykernel
import pytest
from ipywidgets.widgets.widget import _instances
from support.scripted import Browser, Event, says, session

from agui_notebook import AGUIError, ChatWidget, Session
from agui_notebook.jupyter import kernel, shell
from agui_notebook.jupyter.chats import Chat, Chats
from agui_notebook.jupyter.page import frontend
from agui_notebook.runtime import loop
from agui_notebook.runtime.loop import background


@pytest.fixture(autouse=True)
def browser(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Browser]]:
    Browser.opened = []
    monkeypatch.setattr(comm, "create_comm", Browser)
    yield Browser
    for held in list(_instances.values()):
        held.close()


def made(agent: Session, **options: Any) -> tuple[ChatWidget, Browser]:
    """A widget, and its browser once it holds the conversation."""
    widget = ChatWidget(agent, among=Chats(), **options)
    page = next(each for each in reversed(Browser.opened) if each is widget.comm)
    page.until(lambda: page.of("snapshot"))
    return widget, page


def echo(request: Event) -> list[Event]:
    return says(*request["messages"][-1]["content"].split(" "))


def test_it_represents_itself_the_same_in_every_run() -> None:
    widget, _ = made(session(echo, "demo"))
    assert repr(widget) == "ChatWidget('demo')"


def test_the_comm_is_not_rerouted_behind_a_running_cell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Browser, "_reply_subshell_for", lambda *_: "main", raising=False)
    _, page = made(session(echo))
    assert page._reply_subshell_for is None  # type: ignore[attr-defined]


def test_a_comm_of_another_kind_of_kernel_sends_as_it_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Browser, "kernel", True, raising=False)  # as xeus-python's comms have it
    _, page = made(session(echo))
    assert page.document["messages"] == []


def test_a_message_from_the_page_becomes_a_turn_in_both() -> None:
    widget, page = made(session(echo))
    page.says(kind="send", text="hello there you")
    page.until(lambda: page.status() == "success")
    assert page.document["messages"][1]["content"] == "hellothereyou"
    assert widget.messages == page.document["messages"]
    assert widget.session.document == page.document


def test_parts_from_the_page_are_sent_as_they_are() -> None:
    widget, page = made(session(lambda _: says("seen")))
    source = {"type": "data", "value": "aGk=", "mimeType": "image/png"}
    parts = [{"type": "text", "text": "look"}, {"type": "image", "source": source}]
    page.says(kind="send", parts=parts)
    page.until(lambda: page.status() == "success")
    assert widget.messages[0]["content"] == parts


def test_code_and_page_act_on_one_conversation() -> None:
    widget, page = made(session(echo))
    result = widget.ask("one two")
    assert result.text == "onetwo"
    page.until(lambda: page.status() == "success")
    assert widget.thread_id == page.document["threadId"]
    page.says(kind="new_thread")
    page.until(lambda: page.document["messages"] == [])
    assert widget.messages == []


def test_stop_ends_a_run_and_is_answered_where_there_is_none() -> None:
    hold = threading.Event()

    def endless(_: Event) -> Iterator[Event]:
        yield from says("a")[:2]
        while not hold.wait(0.001):
            yield {"type": "TEXT_MESSAGE_CONTENT", "messageId": "a", "delta": "."}

    _, page = made(session(endless))
    page.says(kind="stop")
    page.until(lambda: page.of("view"))
    page.says(kind="send", text="go")
    page.until(lambda: len(page.document["messages"]) > 1)
    page.says(kind="stop")
    page.until(lambda: page.status() == "cancelled")
    hold.set()


def test_a_page_that_looks_is_told_the_number_of_what_came_last() -> None:
    widget, page = made(session(echo))
    widget.ask("hello")
    page.until(lambda: page.status() == "success" and not page.view["running"])
    last = page.seq
    page.says(kind="look")
    page.until(lambda: page.seq == last + 1)
    assert page.of("ops")[-1]["ops"] == []
    page.says(kind="stop")
    page.until(lambda: page.of("view") and page.of("view")[-1]["seq"] == last + 1)


def test_a_turn_goes_on_while_a_tool_of_the_notebook_runs_and_can_be_stopped() -> None:
    def calls(_: Event) -> list[Event]:
        return [
            {"type": "TOOL_CALL_START", "toolCallId": "c1", "toolCallName": "wait"},
            {"type": "TOOL_CALL_END", "toolCallId": "c1"},
        ]

    widget, page = made(session(calls))
    begun = threading.Event()

    @widget.tool
    async def wait() -> None:
        begun.set()
        await anyio.sleep_forever()

    page.says(kind="send", text="go")
    page.until(begun.is_set)
    page.until(lambda: page.view["running"] and "by" in page.document["items"]["call:c1"])
    assert page.status() == "success"
    page.says(kind="stop")
    page.until(lambda: not page.view["running"])
    assert "by" not in page.document["items"]["call:c1"]


def test_retry_and_edit_run_again_from_where_they_say() -> None:
    widget, page = made(session(echo))
    widget.ask("first")
    last = widget.ask("second").run_id

    def ended() -> str | None:
        if page.status() != "success" or page.view["running"]:
            return None
        return str(page.document["runs"][-1]["runId"])

    page.until(lambda: ended() == last)
    page.says(kind="retry")
    page.until(lambda: ended() not in (None, last))
    assert [m["content"] for m in widget.messages] == ["first", "first", "second", "second"]
    mid = widget.messages[0]["id"]
    page.says(kind="edit", mid=mid, text="changed")
    page.until(lambda: page.status() == "success" and len(page.document["messages"]) == 2)
    assert [m["content"] for m in widget.messages] == ["changed", "changed"]


def test_a_question_is_answered_with_what_the_page_sent_and_nothing_else() -> None:
    seen: list[Any] = []

    def approval(request: Event) -> list[Event]:
        seen.append(request.get("resume"))
        if "resume" in request:
            return says("done")
        ids = {"threadId": request["threadId"], "runId": request["runId"]}
        asked = [{"id": "i1", "reason": "confirmation", "message": "Really?"}]
        outcome = {"type": "interrupt", "interrupts": asked}
        return [{"type": "RUN_FINISHED", **ids, "outcome": outcome}]

    widget, page = made(session(approval))
    page.says(kind="send", text="do it")
    page.until(lambda: page.status() == "interrupt")
    page.says(kind="send", text="and this")
    page.until(lambda: page.document["warnings"])
    [question] = page.document["questions"]
    decision = {"interruptId": "i1", "verb": "answer", "value": "7"}
    page.says(kind="resume", decisions=[{**decision, "fingerprint": question["fingerprint"]}])
    page.until(lambda: page.status() == "success")
    assert seen == [None, [{"interruptId": "i1", "status": "resolved", "payload": 7}]]
    assert widget.interrupts == []


def calls_delete(request: Event) -> list[Event]:
    """Asks for a deletion for each thing said, and is done when it has the result."""
    if request["messages"][-1]["role"] == "tool":
        return says("done")
    call = {"toolCallId": f"c{len(request['messages'])}"}
    return [
        {"type": "TOOL_CALL_START", "toolCallName": "delete", **call},
        {"type": "TOOL_CALL_ARGS", "delta": '{"path": "a"}', **call},
        {"type": "TOOL_CALL_END", **call},
    ]


def test_always_allow_holds_until_the_page_takes_it_back() -> None:
    widget, page = made(session(calls_delete))
    gone: list[str] = []

    @widget.tool(approve=True)
    def delete(path: str) -> str:
        gone.append(path)
        return "deleted"

    def said_last() -> object:
        run = page.document["runs"][-1]
        return run["status"], len(page.document["runs"])

    page.says(kind="send", text="first")
    page.until(lambda: page.status() == "interrupt")
    [question] = page.document["questions"]
    assert page.document["runs"][-1]["askedHere"] == [question["id"]]
    known = {"interruptId": question["id"], "fingerprint": question["fingerprint"]}
    page.says(kind="resume", decisions=[{**known, "verb": "approve", "always": True}])
    page.until(lambda: said_last() == ("success", 2))
    page.until(lambda: page.of("view")[-1]["view"]["allowed"] == ["delete"])
    page.says(kind="send", text="second")
    page.until(lambda: said_last() == ("success", 4))
    assert gone == ["a", "a"]
    page.says(kind="revoke", tool="delete")
    page.until(lambda: page.of("view")[-1]["view"]["allowed"] == [])
    page.says(kind="send", text="third")
    page.until(lambda: page.status() == "interrupt")
    assert gone == ["a", "a"]


def test_what_an_agent_asks_allows_no_tool_for_later() -> None:
    def asking(request: Event) -> list[Event]:
        ids = {"threadId": request["threadId"], "runId": request["runId"]}
        about = {"id": "i1", "reason": "tool_approval", "toolCallId": "c1", "message": "Fine?"}
        outcome = {"type": "interrupt", "interrupts": [about]}
        return [*calls_delete(request), {"type": "RUN_FINISHED", **ids, "outcome": outcome}]

    widget, page = made(session(asking))
    widget.tool(approve=True, name="delete")(lambda path: path)
    page.says(kind="send", text="first")
    page.until(lambda: page.status() == "interrupt")
    asked = next(each for each in page.document["questions"] if each["id"] == "i1")
    known = {"interruptId": "i1", "fingerprint": asked["fingerprint"]}
    page.says(kind="resume", decisions=[{**known, "verb": "approve", "always": True}])
    page.until(lambda: len(page.document["runs"]) == 2 and page.status() == "interrupt")
    assert widget.permissions == []


def test_state_is_set_from_the_page() -> None:
    widget, page = made(session(echo))
    page.says(kind="set_state", value={"n": 1})
    page.until(lambda: page.document["state"] == {"n": 1})
    assert widget.state == {"n": 1}


def test_a_second_page_asks_for_a_snapshot_and_both_agree() -> None:
    widget, page = made(session(echo))
    widget.ask("hello")
    page.says(kind="sync")
    page.until(lambda: len(page.of("snapshot")) == 2)
    assert page.of("snapshot")[1]["document"] == widget.session.document
    assert page.of("snapshot")[1]["seq"] == page.seq


def test_events_are_sent_while_the_page_looks_at_them() -> None:
    widget, page = made(session(echo))
    widget.ask("before")
    assert page.of("events") == []
    page.says(**{"kind": "events_open", "from": 0})
    page.until(lambda: page.of("events"))
    widget.ask("after")

    def items() -> list[Any]:
        return [item for content in page.of("events") for item in content["items"]]

    page.until(lambda: len(items()) == len(widget.events))
    page.says(kind="events_close")
    page.says(kind="sync")
    page.until(lambda: len(page.of("snapshot")) == 2)
    count = len(items())
    widget.ask("unseen")
    page.until(lambda: len(page.document["runs"]) == 3 and page.status() == "success")
    assert len(items()) == count
    assert page.of("ops")[-1]["eventCount"] == len(widget.events)


@pytest.mark.parametrize(
    ("form", "name", "start"),
    [
        ("markdown", "my-agent.md", "# Chat with my agent\n\n**You**\n\n> hello"),
        ("jsonl", "my-agent.jsonl", '{"at": '),
        ("cell", "my-agent.py", '%load_ext agui_notebook\n%agui chat "my agent"'),
    ],
)
def test_a_thread_is_exported(form: str, name: str, start: str) -> None:
    widget, page = made(session(echo, "my agent"))
    widget.ask("hello")
    page.says(kind="export", format=form)
    page.until(lambda: page.of("exported"))
    found = page.of("exported")[0]
    assert (found["format"], found["name"]) == (form, name)
    assert found["text"].startswith(start)


def test_a_page_loaded_again_gets_the_transcript_to_keep(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernel, "publish", lambda *_, **__: None)
    widget, page = made(session(echo))
    widget._companion.show()
    page.says(kind="hello", page="1")
    page.says(kind="hello", page="1")  # a second view of the same page
    page.says(kind="send", text="before")
    page.until(lambda: page.status() == "success")
    assert page.of("saved") == []
    page.says(kind="hello", page="2")
    page.until(lambda: page.of("saved"))
    page.says(kind="send", text="afterwards")
    page.until(lambda: "afterwards" in page.of("saved")[-1]["bundle"]["text/html"])


def test_what_cannot_be_done_is_told_in_a_sentence() -> None:
    _, page = made(session(echo))
    page.says(kind="export", format="pdf")
    page.until(lambda: page.of("notice"))
    assert page.of("notice")[0] == {
        "kind": "notice",
        "level": "error",
        "text": "A thread is exported as markdown, jsonl, cell, not as 'pdf'.",
    }


@pytest.mark.parametrize("odd", [{}, {"kind": "format_disk"}, {"kind": "edit"}, {"kind": []}])
def test_what_is_not_understood_changes_nothing(odd: dict[str, Any]) -> None:
    _, page = made(session(echo))
    page.says(**odd)
    page.says(kind="sync")
    page.until(lambda: len(page.of("snapshot")) == 2)
    assert {content["kind"] for content in page.sent} <= {"bundle", "snapshot"}


def test_what_strict_json_cannot_carry_does_not_lose_the_message() -> None:
    snapshot = {"type": "STATE_SNAPSHOT", "snapshot": {"n": float("nan")}}
    _, page = made(session(lambda _: [snapshot, *says("half \ud83d")]))
    page.says(kind="send", text="go")
    page.until(lambda: page.status() == "success")
    assert page.document["state"] == {"n": None}
    assert page.document["messages"][1]["content"] == "half \ufffd"


def test_a_tool_added_later_is_told() -> None:
    widget, page = made(session(echo))

    @widget.tool
    def look() -> str:
        return "seen"

    page.until(lambda: page.of("view"))
    assert page.of("view")[-1]["view"]["tools"] == ["look"]
    assert look() == "seen"


def test_the_page_is_told_how_the_other_chats_are_when_it_asks() -> None:
    def broken(_: Event) -> Iterator[Event]:
        yield {"type": "RUN_ERROR", "message": "broken"}

    among = Chats()
    one, two = session(echo, "one"), session(broken, "two")
    among.put(Chat("two", two))
    widget = ChatWidget(one, chat=among.put(Chat("one", one)), among=among)
    page = next(each for each in Browser.opened if each is widget.comm)
    with pytest.raises(AGUIError):
        two.ask("go")
    page.says(kind="around")
    told = [{"name": "two", "status": "error"}, {"name": "one"}]
    page.until(lambda: page.of("view") and page.of("view")[-1]["view"]["agents"] == told)


def test_the_page_switches_between_the_chats_of_the_kernel() -> None:
    among = Chats()
    one, two = session(echo, "one"), session(echo, "two")
    among.put(Chat("two", two))
    widget = ChatWidget(one, chat=among.put(Chat("one", one)), among=among)
    page = next(each for each in Browser.opened if each is widget.comm)
    page.until(lambda: page.of("snapshot"))
    two.ask("already said")
    page.says(kind="use", agent="two")
    page.until(lambda: page.document["messages"])
    assert widget.session is two
    assert page.of("snapshot")[-1]["view"]["agent"]["name"] == "two"
    assert page.of("snapshot")[-1]["view"]["agents"] == [{"name": "two"}, {"name": "one"}]
    page.says(kind="send", text="more")
    page.until(lambda: len(page.document["messages"]) == 4)
    assert one.messages == []
    page.says(kind="use", agent="three")
    page.until(lambda: page.of("notice"))
    assert "three" in page.of("notice")[0]["text"]


def test_pages_switched_while_a_run_streams_hold_the_right_document() -> None:
    among = Chats()
    busy = session(lambda _: says(*(f"{n} " for n in range(3_000))), "busy")
    idle = session(echo, "idle")
    among.put(Chat("idle", idle))
    widget = ChatWidget(busy, chat=among.put(Chat("busy", busy)), among=among)
    page = next(each for each in Browser.opened if each is widget.comm)
    run = widget.start("go")
    for name in ("idle", "busy", "idle", "busy"):
        widget.use(name)
    run.result(timeout=10)
    page.until(lambda: page.status() == "success")
    assert page.document == busy.document


def test_local_changes_on_another_thread_keep_their_order() -> None:
    widget, page = made(session(lambda _: says(*"streaming" * 50)))
    run = widget.start("go")
    for number in range(200):
        widget.set_state({"n": number})
    run.result(timeout=10)
    page.until(lambda: page.status() == "success" and page.document["state"] == {"n": 199})
    assert page.document == widget.session.document


def test_a_closed_widget_is_silent_and_unwatched() -> None:
    agent = session(echo)
    widget, page = made(agent)
    widget.close()
    widget.close()
    assert page.closed
    background().submit(asyncio.sleep(0)).result()
    count = len(page.sent)
    agent.ask("nobody sees this")
    assert len(page.sent) == count
    kept = weakref.ref(widget)
    del widget, page
    Browser.opened.clear()
    gc.collect()
    assert kept() is None, "the session still tells the widget"


def test_nothing_is_left_of_fifty_chats() -> None:
    kept: list[weakref.ref[Any]] = []
    held = len(_instances)
    for _ in range(50):
        agent = session(lambda _: says("x" * 1_000))
        widget, page = made(agent)
        widget.ask("go")
        widget.close()
        kept += [weakref.ref(widget), weakref.ref(agent), weakref.ref(page)]
        Browser.opened.clear()
    del widget, agent, page
    background().submit(asyncio.sleep(0)).result()
    gc.collect()
    assert len(_instances) == held
    assert [ref for ref in kept if ref() is not None] == []


@pytest.mark.anyio
async def test_a_host_without_threads_runs_everything_on_its_own_loop(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(loop, "_current", loop.PageLoop())
    monkeypatch.setattr(threading.Thread, "start", lambda _: pytest.fail("a thread was started"))
    widget = ChatWidget(session(echo), among=Chats())
    page = next(each for each in Browser.opened if each is widget.comm)
    assert (await widget.run("hello there")).text == "hellothere"
    page.says(kind="send", text="and again")
    with anyio.fail_after(10):
        while page.status() != "success" or len(page.document["messages"]) < 4:
            await asyncio.sleep(0.01)
    assert page.document == widget.session.document
    widget.close()


def test_the_bundle_is_pushed_once_and_given_to_whoever_asks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("agui_notebook.jupyter.widget._pushed", set())
    _, first = made(session(echo))
    _, second = made(session(echo))
    assert [len(first.of("bundle")), len(second.of("bundle"))] == [1, 0]
    assert first.buffers == [frontend.source("widget")]
    second.says(kind="bundle", name="widget", hash="")
    second.until(lambda: second.of("bundle"))
    assert second.of("bundle")[0] == first.of("bundle")[0]


def test_a_front_end_that_was_not_built_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(frontend, "FOLDER", tmp_path)
    frontend.source.cache_clear()
    with pytest.raises(AGUIError, match="npm run build"):
        ChatWidget(session(echo))
    frontend.source.cache_clear()


def test_a_kernel_that_loses_messages_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ipykernel, "version_info", (7, 0, 1))
    with pytest.raises(AGUIError, match=r"pip install -U 'ipykernel>=7\.1'"):
        shell.check_kernel()
