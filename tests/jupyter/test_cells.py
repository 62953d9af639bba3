"""What stands below a cell of %%agui: lines of calls, progress, buttons, and how the turn went."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any

import comm
import pytest
from IPython.core.displaypub import CapturingDisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from support.scripted import Browser, Event, says, session

import agui_notebook as agui
from agui_notebook import Comparison, Session
from agui_notebook.jupyter import kernel
from agui_notebook.jupyter.chats import chats
from agui_notebook.jupyter.display import answer_bundles
from agui_notebook.jupyter.magics import answer_buttons, extension
from agui_notebook.protocol import new_document

ACTIVITY = {"role": "activity", "id": "p", "activityType": "search"}


def bundles(*messages: Event, outputs: Any = None) -> list[Event]:
    document = {**new_document("t", messages), "outputs": outputs or {}}
    return answer_bundles(document, "Agent")


def call(result: str) -> list[Event]:
    function = {"name": "rows", "arguments": '{"n": 2}'}
    asked = [{"id": "c", "type": "function", "function": function}]
    return [
        {"role": "assistant", "id": "a", "toolCalls": asked},
        {"role": "tool", "id": "t", "toolCallId": "c", "content": result},
    ]


def test_a_call_is_one_line_however_long_its_result() -> None:
    [shown] = bundles(*call("line\n" * 200))
    assert shown["text/markdown"].count("\n") == 0
    assert len(shown["text/markdown"]) < 150


def test_what_a_tool_of_the_notebooks_returned_is_shown_once() -> None:
    table = {"text/html": "<table>", "text/plain": "a b"}
    line, rich = bundles(*call("a b"), outputs={"c": table})
    assert rich == table
    assert "a b" not in line["text/markdown"]
    assert "a b" not in line["text/plain"]


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ({"title": "Research", "progress": 0.5}, "*Research ▰▰▰▰▰▱▱▱▱▱ 50%*"),
        ({"current": 3, "total": 4}, "*search ▰▰▰▰▰▰▰▰▱▱ 75%*"),
        ({"percent": 120}, "*search ▰▰▰▰▰▰▰▰▰▰ 100%*"),
        ({"found": 3}, '*search* `{"found": 3}`'),
    ],
)
def test_progress_is_shown_as_progress(content: Any, line: str) -> None:
    [shown] = bundles({**ACTIVITY, "content": content})
    assert shown["text/markdown"] == line


def asking() -> Session:
    """A session whose agent asks for a yes, warns, and says what it was answered."""

    def script(request: Event) -> list[Event]:
        if "resume" in request:
            return says(json.dumps([entry.get("payload") for entry in request["resume"]]))
        schema = {
            "type": "object",
            "properties": {"approved": {"type": "boolean"}},
            "required": ["approved"],
        }
        asked = {
            "id": "pay",
            "reason": "tool_approval",
            "message": "Pay?",
            "responseSchema": schema,
        }
        run = {"threadId": request["threadId"], "runId": request["runId"]}
        outcome = {"type": "interrupt", "interrupts": [asked]}
        return [{"type": "RUN_FINISHED", **run, "outcome": outcome}]

    return session(script, "asking")


class Cells:
    """Cells of a notebook that can show buttons; ``outputs`` are theirs, updates in place."""

    def __init__(self, ip: InteractiveShell) -> None:
        self.ip = ip
        self.outputs: dict[str, Event] = {}
        self.buttons: list[Any] = []
        self.fields: list[Any] = []
        self._changed = threading.Condition()

    def publish(self, bundle: Event, display_id: str, *, update: bool) -> None:
        with self._changed:
            assert update == (display_id in self.outputs)
            self.outputs[display_id] = bundle
            self._changed.notify_all()

    def texts(self) -> list[str]:
        return [bundle["text/markdown"] for bundle in self.outputs.values()]

    def wait_for(self, word: str) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: word in " ".join(self.texts()), 20), self.texts()

    def field(self, name: str) -> Any:
        """The field of this name; "" is the one that says what is wrong."""
        [found] = [one for one in self.fields if one.description == name]
        return found

    def click(self, name: str) -> None:
        [box] = [one for one in self.buttons if one.description == name]
        box.click()


@pytest.fixture
def cells(ipython: InteractiveShell, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cells]:
    Browser.opened = []
    monkeypatch.setattr(comm, "create_comm", Browser)
    made = Cells(ipython)
    ipython.display_pub = CapturingDisplayPublisher(shell=ipython)
    ipython.run_line_magic("load_ext", "agui_notebook")
    import ipywidgets

    def noted(kind: Any, held: list[Any]) -> Any:
        def make(*given: Any, **options: Any) -> Any:
            held.append(kind(*given, **options))
            return held[-1]

        return make

    monkeypatch.setattr(ipywidgets, "Button", noted(ipywidgets.Button, made.buttons))
    for name in ("Text", "Textarea"):
        monkeypatch.setattr(ipywidgets, name, noted(getattr(ipywidgets, name), made.fields))
    monkeypatch.setattr(kernel, "in_kernel", lambda: True)
    monkeypatch.setattr(kernel, "publish", made.publish)
    ipython.push({"agent": asking(), "agui": agui})
    assert ipython.run_cell("w = agui.chat(agent)").success
    made.outputs.clear()
    yield made
    chats.close()
    extension.unload_ipython_extension(ipython)


@pytest.mark.parametrize(
    ("button", "said", "answer"),
    [("Approve", "Approved", '"approved": true'), ("Deny", "Denied", '"approved": false')],
)
def test_a_question_has_buttons_and_the_answer_comes_below_them(
    cells: Cells, button: str, said: str, answer: str
) -> None:
    assert cells.ip.run_cell("%%agui\ngo").success
    views = [one for one in cells.outputs.values() if answer_buttons.VIEW in one]
    assert [one["text/plain"] for one in views] == ["%agui approve pay or %agui deny pay"]
    assert " ".join(cells.texts()).count("%agui approve") == 1, "it is said where no button shows"
    cells.click(button)
    cells.wait_for(answer)
    assert f"*{said}*" in cells.texts()
    assert not any(answer_buttons.VIEW in one for one in cells.outputs.values())


def test_a_question_that_was_answered_elsewhere_is_not_answered_twice(cells: Cells) -> None:
    assert cells.ip.run_cell("%%agui\ngo").success
    assert cells.ip.run_cell("%agui deny").success
    cells.click("Approve")
    assert all('"approved": true' not in text for text in cells.texts())
    assert "*This question waits no longer.*" in cells.texts()


def paying() -> Session:
    """A session with a tool that asks first; its agent calls it and says what came of that."""

    def script(request: Event) -> list[Event]:
        last = request["messages"][-1]
        if last["role"] == "tool":
            return says(last["content"])
        call = {"toolCallId": "c1"}
        arguments = json.dumps({"to": "Bo", "amount": 10})
        return [
            {"type": "TOOL_CALL_START", "toolCallName": "pay", **call},
            {"type": "TOOL_CALL_ARGS", "delta": arguments, **call},
            {"type": "TOOL_CALL_END", **call},
        ]

    def pay(to: str, amount: int) -> str:
        return f"{amount} to {to}"

    made = session(script, "paying")
    made.add_tool(agui.tool(pay, approve=True))
    return made


def test_the_arguments_can_be_changed_below_the_cell(cells: Cells) -> None:
    cells.ip.push({"payer": paying()})
    assert cells.ip.run_cell("p = agui.chat(payer)").success
    assert cells.ip.run_cell("%%agui paying\ngo").success
    arguments, wrong = cells.field("Arguments"), cells.field("")
    assert json.loads(arguments.value) == {"to": "Bo", "amount": 10}
    for text, sentence in (
        ("{", "The arguments are no JSON object: mend them, or deny."),
        ("", "The arguments are no JSON object: mend them, or deny."),
        ('{"to": "Bo"}', "amount cannot be left out: give a value."),
        ('{"to": "Bo", "amount": "ten"}', "amount"),
    ):
        arguments.value = text
        cells.click("Approve")
        assert sentence in wrong.value
        assert wrong.layout.display == ""
    arguments.value = '{"to": "Ada", "amount": 10}'
    cells.click("Approve")
    cells.wait_for("10 to Ada")
    assert "*Approved*" in cells.texts()


def test_a_reason_goes_with_a_no(cells: Cells) -> None:
    cells.ip.push({"payer": paying()})
    assert cells.ip.run_cell("p = agui.chat(payer)").success
    assert cells.ip.run_cell("%%agui paying\ngo").success
    cells.field("Reason").value = " too much "
    cells.click("Deny")
    cells.wait_for("too much")
    assert "*Denied*" in cells.texts()


@pytest.mark.parametrize(
    ("asked", "text", "changes"),
    [
        ('{"a": 1, "b": 2}', '{"b": 2, "a": 1}', None),
        ('{"a": 1}', '{"a": true}', {"a": True}),
        ('{"a": 1}', '{"a": 1.0}', {"a": 1.0}),
        ('{"a": {"b": [1]}}', '{"a": {"b": [1, 2]}}', {"a": {"b": [1, 2]}}),
        ('{"a": 1}', '{"a": 1, "c": 2}', {"c": 2}),
        ('{"a": 1e2}', '{\n  "a": 100.0\n}', None),
    ],
)
def test_what_was_changed_is_what_differs(asked: str, text: str, changes: Any) -> None:
    assert repr(answer_buttons.read_changes(asked, text)) == repr(changes)


def test_arguments_that_a_reader_could_not_see_are_written_as_escapes() -> None:
    assert answer_buttons.write_arguments({"to": "Åsa"}) == '{\n  "to": "Åsa"\n}'
    assert "\\u202e" in answer_buttons.write_arguments({"to": "a\u202eb"})


def test_how_the_turn_went_stands_below_it_once(cells: Cells) -> None:
    def script(request: Event) -> list[Event]:
        usage = [{"model": "gpt-4o-mini", "inputTokens": 1_000, "outputTokens": 1_000}]
        return [*says("Hi"), {"type": "RUN_FINISHED", **ids(request), "usage": usage}]

    cells.ip.push({"other": session(script, "other")})
    assert cells.ip.run_cell("x = agui.chat(other)").success
    cells.outputs.clear()
    assert cells.ip.run_cell("%%agui other\ngo").success
    [text] = cells.texts()
    words, _, facts = text.partition("\n\n")
    assert words == "Hi"
    assert facts.endswith("ms · 2,000 tokens · &#36;0.0008*")


def ids(request: Event) -> Event:
    return {"threadId": request["threadId"], "runId": request["runId"]}


# -- several chats asked in one cell -----------------------------------------------------------

FAIL = {"type": "RUN_ERROR", "message": "out of soup"}


def saying(*texts: str) -> Callable[[Event], list[Event]]:
    return lambda request: says(*texts)


@pytest.fixture
def several(
    ipython: InteractiveShell, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[InteractiveShell]:
    Browser.opened = []
    monkeypatch.setattr(comm, "create_comm", Browser)
    ipython.display_pub = CapturingDisplayPublisher(shell=ipython)
    ipython.run_line_magic("load_ext", "agui_notebook")
    for name, script in (
        ("fast", saying("quick")),
        ("slow", saying("**slow**")),
        ("poor", lambda request: [FAIL]),
    ):
        agui.chat(session(script, name))
    shown(ipython)
    capsys.readouterr()
    yield ipython
    chats.close()
    extension.unload_ipython_extension(ipython)


def shown(several: InteractiveShell) -> list[dict[str, Any]]:
    publisher: Any = several.display_pub
    outputs, publisher.outputs = publisher.outputs, []
    return [output["data"] for output in outputs]


def test_their_answers_stand_side_by_side_and_stay(several: InteractiveShell) -> None:
    assert several.run_cell("%%agui fast slow --as both\nWhich of you?").success
    [data] = shown(several)
    assert data["text/plain"] == "fast: quick\nslow: **slow**"
    page = data["text/html"]
    assert page.index(">fast</h4>") < page.index(">slow</h4>")
    assert "<strong>slow</strong>" in page
    assert "%agui keep NAME goes on with one of them." in page
    both: Comparison = several.user_ns["both"]
    assert both.texts == {"fast": "quick", "slow": "**slow**"}
    said = [[m["role"] for m in chats.get(name).session.messages] for name in ("fast", "slow")]
    assert said == [["user", "assistant"]] * 2
    assert chats.get("poor").session.messages == []


def test_all_means_every_chat_and_one_that_fails_spoils_no_other(several: InteractiveShell) -> None:
    assert several.run_cell("%%agui --all --as all\nHello").success
    [data] = shown(several)
    assert data["text/plain"].splitlines() == [
        "fast: quick",
        "slow: **slow**",
        "poor: out of soup",
    ]
    assert several.user_ns["all"].names == ["fast", "slow", "poor"]


def test_where_nobody_answers_the_cell_fails(
    several: InteractiveShell, capsys: pytest.CaptureFixture[str]
) -> None:
    agui.chat(session(lambda request: [FAIL], "poorer"))
    capsys.readouterr()
    assert not several.run_cell("%%agui poor poorer\nHello").success
    assert "out of soup" in capsys.readouterr().out


def test_one_of_them_is_kept(several: InteractiveShell, capsys: pytest.CaptureFixture[str]) -> None:
    several.run_cell("%%agui fast slow --as both\nWhich of you?")
    capsys.readouterr()
    assert several.run_cell("%agui keep fast").success
    assert capsys.readouterr().out == "It goes on with fast, 2 messages so far.\n"
    assert chats.current == "fast"
    kept = several.user_ns["both"].keep("slow")
    assert (chats.current, kept.session) == ("slow", chats.get("slow").session)


def test_the_same_name_twice_is_one_chat(several: InteractiveShell) -> None:
    assert several.run_cell("%%agui fast fast\nHello").success
    [data] = shown(several)
    assert data["text/markdown"].startswith("quick")


def test_a_stopped_cell_stops_all_of_them(
    several: InteractiveShell, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = threading.Semaphore(0)

    def hanging(name: str) -> Any:
        @asynccontextmanager
        async def transport(request: Event, **_: Any) -> Any:
            async def frames() -> Any:
                ids = {"threadId": request["threadId"], "runId": request["runId"]}
                yield {"type": "RUN_STARTED", **ids}
                begun.release()
                await asyncio.sleep(600)

            yield frames()

        made = session(saying(""), name)
        made.options.transport = transport
        return made

    sessions = [hanging(name) for name in ("one", "two")]
    for each in sessions:
        agui.chat(each)

    async def stop() -> None:
        magics = several.magics_manager.registry["AguiMagics"]
        task = asyncio.ensure_future(magics.agui_async("one two", "Hello"))
        for _ in range(2):
            assert await asyncio.to_thread(begun.acquire, timeout=30)
        task.cancel()
        await asyncio.wait({task}, timeout=30)
        assert task.done()

    asyncio.run(stop())
    assert [each.runs[-1]["status"] for each in sessions] == ["cancelled", "cancelled"]
