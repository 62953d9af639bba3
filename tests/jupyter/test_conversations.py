"""Conversations that outlive their kernel: continued, opened, saved, undone, in real kernels."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient
from support.page import Page, timeless

from agui_notebook.client import Store

pytestmark = pytest.mark.kernel

SETUP = "%load_ext agui_notebook\nimport os, agui_notebook as agui\nos.environ['AGUI_STORE'] = {!r}"
PLOT = """
@chat.tool
def plot(title: str = 'x') -> str:
    '''Draw a line.'''
    import matplotlib.pyplot as plt
    plt.plot([1, 2])
    return 'drawn'
r = chat.ask('Use one of my tools')
"""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store(tmp_path / "threads.sqlite")
    yield made
    made.close()


@pytest.fixture
def desk(kernel: Page, store: Store) -> Iterator[Page]:
    """A kernel just started, which keeps conversations in the test's own store."""
    restarted(kernel, store)
    yield kernel
    kernel.run("os.environ['AGUI_STORE'] = 'off'")


def restarted(kernel: Page, store: Store) -> None:
    kernel.restart()
    kernel.run(SETUP.format(str(store.path)))


def value(page: Page, expression: str) -> Any:
    return eval(page.run(f"print(repr(({expression})))").text)


def test_a_conversation_goes_on_in_the_next_kernel(desk: Page, store: Store) -> None:
    desk.run("chat = agui.chat(name='long')\nr = chat.ask('Hello')")
    desk.run(PLOT)
    parts = "chat.thread_id, chat.messages, chat.state, chat.runs, dict(chat.session.document)"
    before = value(desk, parts)
    assert "image/png" in str(before)
    desk.run("chat.chat.threads.flush()")
    restarted(desk, store)
    desk.run("chat = agui.chat(name='long', thread='last')")
    assert value(desk, parts) == before
    assert value(desk, "len(chat.ask('Hello').messages)") == 1
    assert value(desk, "len(chat.messages)") == len(before[1]) + 2
    (thread,) = store.threads()
    assert (thread.title, thread.agent) == ("Hello", "long")


def test_an_empty_chat_offers_what_was_said_to_its_agent(desk: Page, store: Store) -> None:
    desk.run("chat = agui.chat(name='mine')\nr = chat.ask('Lunch on Friday')\nchat.close()")
    desk.run("chat = agui.chat(name='other')\nr = chat.ask('Dinner')\nchat.close()")
    desk.run("chat = agui.chat(name='mine')")
    comm = desk.chat()
    desk.until(lambda: any(each["view"]["threads"]["earlier"] for each in comm.of("view")))
    (offer,) = comm.of("view")[-1]["view"]["threads"]["earlier"]
    assert (offer["title"], offer["messages"]) == ("Lunch on Friday", 2)
    desk.send(comm, {"kind": "open", "key": offer["key"]})
    desk.until(lambda: value(desk, "len(chat.messages)") == 2)


def test_many_conversations_are_listed_newest_first_and_the_rest_is_told(
    desk: Page, store: Store
) -> None:
    desk.run("chat = agui.chat(str.upper, name='up')")
    desk.run("for n in range(27): chat.new_thread(); _ = chat.ask(f'talk {n}')")
    lines = desk.run("%agui threads").text.splitlines()
    assert [line.rpartition("up  ")[2] for line in lines] == [
        *(f"talk {n}" for n in range(26, 1, -1)),
        "And 2 more: %agui threads WORDS finds one, --all shows them.",
        "%agui open ID goes on with one.",
    ]
    assert len(desk.run("%agui threads --all").text.splitlines()) == 28


def test_the_words_of_the_magic_do_the_same(desk: Page, store: Store, tmp_path: Path) -> None:
    assert desk.run("%agui threads").text == "No conversation is kept yet.\n"
    desk.run("%agui demo --name words")
    desk.run("%%agui\nLunch on Friday")
    assert "words  Lunch on Friday\n%agui open ID" in desk.run("%agui threads lunch").text
    assert "2 messages of words to" in desk.run(f"%agui save {tmp_path / 'talk.jsonl'}").text
    desk.run("%agui new")
    said = desk.run("%agui open lunch on friday").text
    assert said == "words goes on with 'Lunch on Friday', 2 messages.\n"
    desk.run("%agui new")
    desk.run(f"%agui open {tmp_path / 'talk.jsonl'}")
    assert "2 messages" in desk.run("%agui list").text
    desk.run("open('x.jsonl', 'w').close()")
    assert "is no recording" in str(desk.run("%agui open x.jsonl", fails=True).outputs)
    assert "no thread 'notes'" in str(desk.run("%agui open notes", fails=True).outputs)
    assert desk.run("%agui forget all").text == (
        "2 threads forgotten.\n"
        "What goes on in words is not kept either; %agui new begins a thread.\n"
    )
    desk.run("%%agui\nand later")
    desk.run("chat.chat.threads.flush()")
    assert store.threads() == []
    desk.run("%agui new")
    desk.run("%%agui\nanother")
    desk.run("chat.chat.threads.flush()")
    assert [thread.title for thread in store.threads()] == ["another"]


def test_demo_goes_on_where_it_was_left(desk: Page, store: Store) -> None:
    desk.run("%agui demo --name left")
    desk.run("%%agui\nHello")
    restarted(desk, store)
    desk.run("%agui demo --name left --continue")
    assert "2 messages" in desk.run("%agui list").text


def test_what_a_click_took_away_comes_back(desk: Page) -> None:
    desk.run("chat = agui.chat(str.upper, name='clicks')")
    comm = desk.chat()
    desk.run("for text in ('a', 'b', 'c'): chat.ask(text)")
    first = value(desk, "chat.messages")

    def view() -> Any:
        found = [each for each in comm.received if "view" in each]
        return found[-1]["view"]["threads"]

    desk.send(comm, {"kind": "edit", "mid": first[2]["id"], "text": "B"})
    desk.until(lambda: view()["branches"] and value(desk, "chat.messages[-1]['content']") == "B")
    assert view()["branches"] == [{"mid": first[2]["id"], "shown": 1, "branches": [0, 1]}]
    assert view()["aside"]["turns"] == 2
    desk.send(comm, {"kind": "undo", "number": view()["aside"]["number"]})
    desk.until(lambda: value(desk, "chat.messages") == first)
    desk.send(comm, {"kind": "branch", "number": 1})
    desk.until(lambda: value(desk, "chat.messages[-1]['content']") == "B")
    desk.send(comm, {"kind": "new_thread"})
    desk.until(lambda: value(desk, "chat.messages") == [])
    desk.until(lambda: view()["aside"])
    desk.send(comm, {"kind": "undo", "number": view()["aside"]["number"]})
    desk.until(lambda: value(desk, "len(chat.messages)") == 4)


def test_the_list_is_searched_renamed_pinned_and_thinned_out(desk: Page, store: Store) -> None:
    desk.run("chat = agui.chat(str.upper, name='lists')")
    comm = desk.chat()
    desk.run("for text in ('soup', 'bread'):\n    chat.ask(text)\n    chat.chat.threads.begin()")
    desk.send(comm, {"kind": "threads", "search": ""})
    desk.until(lambda: comm.of("threads"))
    listed = {each["title"]: each["key"] for each in comm.of("threads")[-1]["threads"]}
    assert set(listed) == {"soup", "bread"}
    for content in (
        {"kind": "rename", "key": listed["soup"], "title": "Starter"},
        {"kind": "pin", "key": listed["soup"], "pinned": True},
        {"kind": "delete", "key": listed["bread"], "deleted": True},
    ):
        count = len(comm.of("threads"))
        desk.send(comm, content)
        desk.until(lambda count=count: len(comm.of("threads")) > count)  # type: ignore[misc]
    (left,) = comm.of("threads")[-1]["threads"]
    assert (left["title"], left["pinned"]) == ("Starter", True)
    desk.send(comm, {"kind": "delete", "key": listed["bread"], "deleted": False})
    desk.send(comm, {"kind": "threads", "search": "BREAD"})
    desk.until(lambda: comm.of("threads")[-1]["search"] == "BREAD")
    assert [each["key"] for each in comm.of("threads")[-1]["threads"]] == [listed["bread"]]


def test_an_agents_function_defined_anew_goes_on_with_the_conversation(
    desk: Page, store: Store
) -> None:
    cell = "def echo(text):\n    return {!r} + text\nchat = agui.chat(echo, name='anew')\nchat"
    desk.run(cell.format("one "))
    desk.run("r = chat.ask('a')")
    desk.run(cell.format("two "))
    assert value(desk, "chat.ask('b').text") == "two b"
    said = value(desk, "[m['content'] for m in chat.messages]")
    assert said == ["a", "one a", "b", "two b"]
    desk.run("chat.chat.threads.flush()")
    (thread,) = store.threads()
    assert thread.messages == 4
    assert store.is_whole(thread.key)


CLIENTS = """
class Client:
    def __init__(self, base_url="http://a/"):
        self.base_url = base_url
    async def __call__(self, text):
        return f"{said}: {text}"
"""


def said(page: Page, chat: str = "chat") -> Any:
    return value(page, f"[m['content'] for m in {chat}.messages]")


AGAIN = (
    "chat = agui.chat(Client(), name='NAME')",
    "chat = agui.chat(lambda text: f'{said}: {text}', name='NAME')",
    "chat = agui.chat({'NAME': Client(), 'two': Client()})",
    "chat = agui.chat(echo, name='NAME', tools=[tool], suggestions=['a'])",
    "s = agui.serve(Client(), name='NAME')\nchat = agui.chat(s)",
    "chat = agui.chat(agui.connect(at.url, token=at.token, name='NAME'))",
    "%agui serve client --name NAME --tool tool --as chat",
)


def test_a_cell_run_again_that_makes_its_agent_anew_goes_on(desk: Page) -> None:
    desk.run(CLIENTS + "tool = lambda: 1\ntool.__name__ = 't'\nsaid = 'one'")
    desk.run("def echo(text): return f'{said}: {text}'\nat = agui.serve(echo, name='at')")
    for number, each in enumerate(AGAIN):
        cell = each.replace("NAME", f"made{number}")
        desk.run("client, said = Client(), 'one'")
        desk.run(cell)
        desk.run("r = chat.ask('a')\nclient, said, first = Client(), 'two', chat")
        desk.run(cell)
        desk.run("r = chat.ask('b')")
        assert said(desk) == ["a", "one: a", "b", "two: b"], cell
        assert value(desk, "chat is first, chat.name") == (False, f"made{number}")


OTHER = (
    ("agui.chat(Client(), 'NAME')", "agui.chat(Client(), 'NAME')  # another cell"),
    ("agui.chat(lambda text: 'x', 'NAME')", "agui.chat(lambda text: 'y', 'NAME')"),
    ("agui.chat(Client(), 'NAME')", "agui.chat(str.upper, 'NAME')"),
    ("agui.chat(Client(where), 'NAME')", "agui.chat(Client(where), 'NAME')"),
    ("agui.chat(echo, 'NAME', state=where)", "agui.chat(echo, 'NAME', state=where)"),
    ("agui.chat(echo, 'NAME', system=where)", "agui.chat(echo, 'NAME', system=where)"),
)
LOOP = "for n in 'ab':\n    chat = agui.chat(Client(), 'loop')\n    if n == 'a': chat.ask('a')"


def test_another_agent_or_another_beginning_has_a_conversation_of_its_own(
    desk: Page, store: Store
) -> None:
    desk.run(CLIENTS + "said = 'one'\ndef echo(text): return text")
    for number, (first, second) in enumerate(OTHER):
        desk.run("where = 'http://a/'")
        desk.run(f"chat = {first}".replace("NAME", f"other{number}"))
        desk.run("r = chat.ask('a')\nwhere = 'http://b/'")
        desk.run(f"chat = {second}".replace("NAME", f"other{number}"))
        assert "a" not in said(desk), first
    desk.run(LOOP)
    assert said(desk) == []
    desk.run("chat.chat.threads.flush()")
    assert [thread.title for thread in store.threads()] == ["a"] * 7


def test_a_conversation_becomes_a_test_that_passes(desk: Page, tmp_path: Path) -> None:
    desk.run(f"%cd -q {tmp_path}\n%agui demo --name shown")
    desk.run("%%agui\nWhat is the weather in Lisbon?")
    comm = desk.chat()
    said = desk.run("%agui export test_talk.py").text
    assert said == "Wrote test_talk.py and test_talk.jsonl: run them with pytest.\n"
    desk.send(comm, {"kind": "make_test"})
    desk.until(lambda: any("test_shown.py" in each["text"] for each in comm.of("notice")))
    run = [sys.executable, "-m", "pytest", "-q", "-p", "agui_notebook.testing.plugin"]
    ran = subprocess.run(run, cwd=tmp_path, capture_output=True, text=True)
    assert "2 passed" in ran.stdout, ran.stdout


def test_a_notebook_run_from_the_top_gives_the_same_twice(store: Store, tmp_path: Path) -> None:
    cells = ["%load_ext agui_notebook\n%agui demo", "%%agui\nHello", "%agui list"]
    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(each) for each in cells])
    made.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    environment = {**os.environ, "AGUI_STORE": str(store.path), "IPYTHONDIR": str(tmp_path)}
    shown = []
    for _ in range(2):
        NotebookClient(made, timeout=60, store_widget_state=False).execute(env=environment)
        widget = "application/vnd.jupyter.widget-view+json"
        outputs = [out for cell in made.cells for out in cell.outputs if widget not in str(out)]
        addresses = [str(out).partition("http")[0] for out in outputs]
        shown.append(list(map(timeless, addresses)))
    assert shown[0] == shown[1]
    assert len(store.threads()) == 2
