"""The widget and the magics in a real kernel: what a page sees of them, also while cells run."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from support.page import Page

from agui_notebook import Append, LocalServer, Set
from agui_notebook.protocol import apply

pytestmark = pytest.mark.kernel

# closed first: a function that is defined anew goes on with its chat's conversation
COUNTING = """
import asyncio, time
from agui_notebook.jupyter.chats import chats
chats.close()
async def counting(text):
    for number in range(int(text)):
        yield f"{number} "
        await asyncio.sleep(0.01)
"""


def words(cell: Any) -> list[str]:
    """What a cell of %%agui says, without how the turn went, which is the last line."""
    parted = [text.rpartition("\n\n") for text in cell.shown("text/markdown")]
    assert all(facts.endswith("s*") for _, _, facts in parted)
    return [said for said, _, _ in parted]


def followed(messages: list[dict[str, Any]]) -> dict[str, Any]:
    """The document of a browser that took these messages in."""
    document: dict[str, Any] = {}
    seq = -1
    for content in json.loads(json.dumps(messages)):
        if content["kind"] == "snapshot":
            document, seq = content["document"], content["seq"]
        elif content["kind"] == "ops" and content["seq"] > seq:
            assert content["seq"] == seq + 1
            seq = content["seq"]
            for word, path, value in content["ops"]:
                apply(document, (Append if word == "append" else Set)(tuple(path), value))
    return document


def said(document: dict[str, Any]) -> str:
    return "".join(m["content"] for m in document.get("messages", []) if m["role"] == "assistant")


def ended(page: Page) -> bool:
    runs = followed(page.chat().received).get("runs", [{"status": "running"}])
    return bool(runs) and runs[-1]["status"] != "running"


def test_a_run_that_one_kernel_left_is_joined_in_another(
    serving: Callable[..., LocalServer], tmp_path: Path
) -> None:
    go = threading.Event()

    def slow(text: str) -> Iterator[str]:
        yield "one "
        go.wait(60)
        yield "two"

    server = serving(slow, detach=True)
    page = Page(tmp_path)
    try:
        begin = (
            "import agui_notebook as agui\n"
            f"chat = agui.chat({server.url!r}, token={server.token!r}, thread_id='t1')"
        )
        page.run(begin)
        left = page.run("chat.start('go', detach=True).result().outcome")
        assert left.shown("text/plain")[-1] == "'left'"
        page.restart()
        page.run(begin)
        joining = page.begin("(await chat.join()).text")
        page.until(lambda: said(followed(page.chat().received)) == "one ")
        go.set()
        assert page.finish(joining).shown("text/plain")[-1] == "'one two'"
        page.until(lambda: said(followed(page.chat().received)) == "one two")
        document = followed(page.chat().received)
        assert [m["content"] for m in document["messages"]] == ["go", "one two"]
    finally:
        go.set()
        page.close()


def test_a_chat_is_a_widget_and_a_transcript_beside_it(kernel: Page) -> None:
    cell = kernel.run("%agui demo")
    assert [sorted(out["data"]) for out in cell.outputs] == [
        ["application/vnd.jupyter.widget-view+json", "text/plain"],
        ["text/html", "text/markdown", "text/plain"],
    ]
    assert cell.outputs[0]["data"]["text/plain"] == ""  # nothing above a saved transcript
    assert "Run this cell again for a live chat" in cell.shown("text/plain")[1]
    assert 'class="agui-companion agui-saved"' in cell.shown("text/html")[0]


def test_the_page_gets_a_small_loader_the_bundle_once_and_a_snapshot(kernel: Page) -> None:
    kernel.run("from agui_notebook.jupyter import widget; widget._pushed.clear()")
    kernel.run("%agui demo --name first")
    first = kernel.chat()
    kernel.run("%agui demo --name second")
    comm = kernel.chat()
    kernel.until(lambda: first.of("snapshot") and comm.of("snapshot"))
    assert len(comm.state["_esm"]) <= 2_000
    assert comm.state["_css"].endswith(" .agui-companion{display:none}")
    assert [content["name"] for content in first.of("bundle")] == ["widget"]
    assert comm.of("bundle") == []
    snapshot = comm.of("snapshot")[0]
    assert snapshot["document"]["messages"] == []
    assert snapshot["view"]["agent"]["name"] == "second"
    assert snapshot["view"]["agent"]["suggestions"]


def test_a_page_that_lacks_the_bundle_asks_for_it(kernel: Page) -> None:
    kernel.run("%agui demo")
    comm = kernel.chat()
    pushed = len(comm.of("bundle"))
    kernel.send(comm, {"kind": "bundle", "name": "widget", "hash": comm.state["_hash"]})
    kernel.until(lambda: len(comm.of("bundle")) > pushed)
    assert comm.of("bundle")[-1]["hash"] == comm.state["_hash"]
    assert comm.buffers[-1] > 10_000
    kernel.send(comm, {"kind": "bundle", "name": "../../setup", "hash": ""})
    kernel.send(comm, {"kind": "sync"})
    kernel.until(lambda: len(comm.of("snapshot")) > 1)
    assert len(comm.of("bundle")) == pushed + 1


@pytest.mark.parametrize("name", ["loud", 'he said "no"'])
def test_a_copied_cell_runs_and_says_the_same_again(kernel: Page, name: str) -> None:
    kernel.run(
        f"mine = agui.chat(str.upper, name={name!r})\nr = mine.ask('hello'), mine.ask('you')"
    )
    kernel.send(kernel.chat(), {"kind": "export", "format": "cell"})
    kernel.until(lambda: kernel.chat().of("exported"))
    ran = kernel.run(kernel.chat().of("exported")[0]["text"])
    assert ran.shown("text/plain")
    assert (ran.reply or {})["status"] == "ok"
    assert kernel.run("print([m['content'] for m in again.messages], again is mine)").text == (
        "['hello', 'HELLO', 'you', 'YOU'] True\n"
    )


def test_an_answer_streams_while_the_main_thread_is_busy(kernel: Page) -> None:
    kernel.run(COUNTING)
    kernel.run("chat = agui.chat(counting)\nr = chat.ask('1')")
    comm = kernel.chat()
    kernel.until(lambda: ended(kernel))
    before = len(comm.received)
    busy = kernel.busy("future = chat.start('60')")
    kernel.until(lambda: said(followed(comm.received)).endswith("59 "))
    assert not busy.idle
    assert 8 < len(comm.received) - before < 60
    kernel.release(busy)


def test_what_a_chat_sends_is_nobodys_reply(kernel: Page) -> None:
    """The parent would be whatever the sending thread heard of last, and a third of a message."""
    kernel.run("chat = agui.chat(str.upper)\nr = chat.ask('hello')")
    comm = kernel.chat()
    kernel.until(lambda: ended(kernel))
    assert len(comm.received) > 2
    assert comm.parents == [{}] * len(comm.received)


def test_what_the_page_sends_is_handled_while_a_cell_is_busy(kernel: Page) -> None:
    """With ipykernel 7.4 this needs the subshell to be used although a cell streams as well."""
    kernel.run(COUNTING)
    kernel.run("chat = agui.chat(counting)")
    comm = kernel.chat()
    if not kernel.warm_up():
        pytest.skip("this ipykernel has no subshells: what a page sends waits for the cell")
    kernel.send(comm, {"kind": "hello", "view": "v1"})
    busy = kernel.busy("future = chat.start('1000')")
    kernel.until(lambda: len(said(followed(comm.received))) > 40)
    kernel.send(comm, {"kind": "stop"})
    kernel.until(lambda: ended(kernel))
    assert not busy.idle
    assert followed(comm.received)["runs"][-1]["status"] == "cancelled"
    kernel.send(comm, {"kind": "send", "text": "3"})
    kernel.until(lambda: said(followed(comm.received)).endswith("0 1 2 "))
    assert not busy.idle
    kernel.release(busy)
    kernel.subshell = None


def test_a_turn_of_the_page_ends_in_the_transcript(kernel: Page) -> None:
    cell = kernel.run("%agui demo --name turn")
    comm = kernel.chat()
    kernel.send(comm, {"kind": "send", "text": "Hello there"})
    kernel.until(lambda: ended(kernel))
    kernel.until(lambda: cell.updates)
    assert "Hello there" in cell.shown("text/html")[0]
    assert cell.updates == 1
    assert cell.shown("application/vnd.jupyter.widget-view+json")


def test_the_page_is_told_what_went_over_the_wire_while_it_looks_and_gets_a_report_of_it(
    kernel: Page,
) -> None:
    kernel.run("%agui demo --name wire")
    comm = kernel.chat()
    kernel.send(comm, {"kind": "hello", "view": "v1"})
    kernel.send(comm, {"kind": "wire_open", "from": 0})
    kernel.until(lambda: comm.of("wire"))
    assert comm.of("wire") == [{"kind": "wire", "from": 0, "items": [], "facts": []}]
    kernel.send(comm, {"kind": "send", "text": "Hello there"})
    kernel.until(lambda: any(fact["end"] for told in comm.of("wire") for fact in told["facts"]))
    rows = [row for told in comm.of("wire") for row in told["items"]]
    assert [told["from"] for told in comm.of("wire")] == [
        sum(len(told["items"]) for told in comm.of("wire")[:at])
        for at in range(len(comm.of("wire")))
    ]
    assert "Hello there" in rows[0]["body"]
    assert (rows[1]["type"], rows[-1]["type"]) == ("RUN_STARTED", "RUN_FINISHED")
    assert {row["verdict"] for row in rows[1:]} == {"taken"}
    [run] = followed(comm.received)["runs"]
    assert {row["runId"] for row in rows} == {run["runId"]}
    kernel.send(comm, {"kind": "bug_report"})
    kernel.until(lambda: len(comm.of("exported")) == 2)
    page, lines = comm.of("exported")
    assert (page["format"], page["name"]) == ("bug", "bug-report.html")
    assert "Hello there" in page["text"]
    assert [json.loads(line)["kind"] for line in lines["text"].splitlines()] == [
        row["kind"] for row in rows
    ]
    kernel.send(comm, {"kind": "wire_close"})
    told = len(comm.of("wire"))
    kernel.send(comm, {"kind": "send", "text": "Again"})
    kernel.until(lambda: len(followed(comm.received)["runs"]) == 2 and ended(kernel))
    assert len(comm.of("wire")) == told


def test_turns_that_follow_quickly_are_put_into_the_transcript_together(kernel: Page) -> None:
    cell = kernel.run("chat = agui.chat(name='quick')\nchat")
    comm = kernel.chat()
    kernel.send(comm, {"kind": "hello", "view": "v1"})
    kernel.run("for text in ('one', 'two', 'three'):\n    await chat.run(text)")
    kernel.until(lambda: cell.updates)
    assert "three" in cell.shown("text/html")[0]
    assert cell.updates <= 2


def test_an_interrupted_cell_stops_its_run_at_once(kernel: Page) -> None:
    kernel.run(COUNTING)
    kernel.run("chat = agui.chat(counting)")
    comm = kernel.chat()
    cell = kernel.begin("%%agui --as r\n3000")
    kernel.until(lambda: len(said(followed(comm.received))) > 20)
    begun = time.monotonic()
    os.kill(kernel.manager.provisioner.process.pid, signal.SIGINT)
    kernel.finish(cell)
    assert time.monotonic() - begun < 10  # it would run for 30 s
    assert cell.reply is not None
    assert cell.reply["ename"] == "UsageError"
    assert cell.text == "UsageError: The run was stopped.\n"
    kernel.until(lambda: ended(kernel))
    assert followed(comm.received)["runs"][-1]["status"] == "cancelled"
    assert "*Stopped*" in cell.shown("text/markdown")[0]


def test_a_cell_streams_a_few_times_a_second_and_ends_as_markdown(kernel: Page) -> None:
    kernel.run(COUNTING)
    kernel.run("chat = agui.chat(counting)")
    cell = kernel.run("%%agui --as r\n150")
    assert words(cell) == ["".join(f"{n} " for n in range(150))]
    assert 3 <= cell.updates <= 20
    assert [sorted(out["data"]) for out in cell.outputs] == [["text/markdown", "text/plain"]]
    assert kernel.run("print(r.outcome, len(r.text.split()))").text == "success 150\n"


@pytest.mark.parametrize("outer", ["", "%%capture\n"], ids=["awaited", "blocked"])
def test_a_cell_waits_for_what_was_asked_in_the_chat(kernel: Page, outer: str) -> None:
    kernel.run(COUNTING)
    kernel.run("chat = agui.chat(counting)")
    kernel.run("first = chat.start('100')\nassert chat.running")
    cell = kernel.run(f"{outer}%%agui --as r\n7")
    told = kernel.run("print(first.result(0).text[-3:], [m['role'][0] for m in chat.messages])")
    assert told.text == "99  ['u', 'a', 'u', 'a']\n"
    assert kernel.run("print(r.text)").text == "0 1 2 3 4 5 6 \n"
    if not outer:
        assert words(cell) == ["0 1 2 3 4 5 6 "]


def test_running_the_cell_again_shows_the_same_conversation(kernel: Page) -> None:
    kernel.run("chat = agui.chat(name='rerun')\nr = chat.ask('Hello')")
    first = kernel.chat()
    cell = kernel.run("again = agui.chat(name='rerun')\nagain")
    assert not first.closed
    assert kernel.run("print(again is chat, len(again.messages))").text == "True 2\n"
    assert "Hello" in cell.shown("text/html")[0]
    for word in ("list", "servers"):
        assert kernel.run(f"%agui {word}").text.count("rerun") == 1


def test_made_of_something_else_a_chat_replaces_the_one_of_its_name(kernel: Page) -> None:
    kernel.run("chat = agui.chat(str.upper, name='made')")
    first = kernel.chat()
    kernel.run("chat = agui.chat(str.lower, name='made')")
    assert first.closed
    assert kernel.chat() is not first


def test_a_new_thread_is_begun_when_it_is_asked_for(kernel: Page) -> None:
    kernel.run("%agui demo --name fresh")
    kernel.run("%%agui fresh\nHello")
    kernel.run("%agui demo --name fresh --new")
    assert "fresh" in kernel.run("%agui list").text
    assert "0 messages" in kernel.run("%agui list").text.partition("fresh")[2]


def test_a_closed_chat_leaves_its_transcript_in_the_open(kernel: Page) -> None:
    cell = kernel.run("chat = agui.chat(name='gone')\nchat")
    kernel.run("await chat.run('Hello')")
    assert 'class="agui-companion agui-saved"' in cell.shown("text/html")[0]
    kernel.run("chat.close()")
    assert 'class="agui-transcript agui-saved"' in cell.shown("text/html")[0]
    assert "Hello" in cell.shown("text/html")[0]
    assert "closed" in kernel.run("chat").shown("text/plain")[0]
    assert "gone" not in kernel.run("%agui list").text + kernel.run("%agui servers").text


def test_a_tool_runs_in_the_kernel_and_is_shown_as_a_notebook_shows_it(kernel: Page) -> None:
    kernel.run(
        "import threading\n"
        "chat = agui.chat(name='tools')\n"
        "@chat.tool\n"
        "def plot(title: str = 'x') -> str:\n"
        "    '''Draw a line.'''\n"
        "    import matplotlib.pyplot as plt\n"
        "    plt.plot([1, 2])\n"
        "    print('drawing on', threading.current_thread().name)\n"
        "    return 'drawn'\n"
    )
    comm = kernel.chat()
    cell = kernel.run("%%agui --as r\nUse one of my tools")
    document = followed(comm.received)
    ((printed, picture, value),) = document["outputs"].values()
    assert printed == {"text/plain": "drawing on MainThread\n"}
    assert picture["image/png"].startswith("iVBOR")
    assert value == {"text/plain": "drawn"}
    assert cell.text == ""
    assert kernel.run("import matplotlib.pyplot as plt; print(plt.get_fignums())").text == "[]\n"


REDEFINED = """
def look(title: str = 'x') -> str:
    "Look."
    return 'WORD'
"""
RESULTS = "print([m['content'] for m in chat.messages if m['role'] == 'tool'])"


def test_a_tool_whose_cell_ran_again_is_the_new_one_from_the_next_turn_on(kernel: Page) -> None:
    kernel.run(REDEFINED.replace("WORD", "old") + "chat = agui.chat(name='again', tools=[look])")
    kernel.run("await chat.run('Use one of my tools')")
    kernel.run(REDEFINED.replace("WORD", "new"))
    kernel.run("await chat.run('Use one of my tools')")
    assert kernel.run(RESULTS).text == "['old', 'new']\n"


def test_so_is_one_of_a_module_that_autoreload_loads_again(kernel: Page) -> None:
    written = kernel.folder / "looking.py"
    text = f"import agui_notebook as agui\n\n\n@agui.tool\n{REDEFINED.strip()}\n"
    written.write_text(text.replace("WORD", "old"))
    kernel.run("%load_ext autoreload\n%autoreload 2\nfrom looking import look")
    kernel.run("chat = agui.chat(name='loaded', tools=[look])")
    kernel.run("await chat.run('Use one of my tools')")
    written.write_text(text.replace("WORD", "newer"))
    kernel.run("await chat.run('Use one of my tools')")
    kernel.run("%autoreload 0")
    assert kernel.run(RESULTS).text == "['old', 'newer']\n"


def test_a_restarted_kernel_knows_nothing_and_starts_again(kernel: Page) -> None:
    kernel.run("chat = agui.chat(name='before')")
    kernel.restart()
    cell = kernel.run("%load_ext agui_notebook\nimport agui_notebook as agui\n%agui demo")
    assert [out["output_type"] for out in cell.outputs] == ["display_data", "display_data"]
    assert "before" not in kernel.run("%agui list").text


def test_a_page_that_shows_up_makes_the_first_run_ready(kernel: Page) -> None:
    kernel.restart()
    kernel.run("%load_ext agui_notebook\nimport sys\nimport agui_notebook as agui")
    kernel.run("chat = agui.chat()")
    assert kernel.run("print('httpx' in sys.modules)").text == "False\n"
    kernel.send(kernel.chat(), {"kind": "hello", "view": "v1"})
    loaded = "print({'agui_notebook.wire.http', 'httpcore'} <= sys.modules.keys())"
    kernel.until(lambda: kernel.run(loaded).text == "True\n")
    assert kernel.run("print(chat.runs)").text == "[]\n"


PRINTING = """
def at_once(text):
    print("at once:", text)
    return "ok"
async def waiting(text):
    print("waiting:", text)
    yield "ok"
chats = [agui.chat(each) for each in (at_once, waiting)]
"""


def test_what_an_agent_prints_lands_under_the_cell_that_served_it(kernel: Page) -> None:
    serving = kernel.run(PRINTING)
    asking = kernel.run("for chat in chats: chat.ask('hi')")
    kernel.until(lambda: "waiting" in serving.text)
    assert (serving.text, asking.text) == ("at once: hi\nwaiting: hi\n", "")
