"""What an agent calls things, through every door by which text leaves: nothing of it acts there.

One table of what is planted, one of the doors, one of what must not happen behind each.
"""

from __future__ import annotations

import ast
import io
import json
import logging
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from IPython.core.inputtransformer2 import TransformerManager
from markdown_it import MarkdownIt
from support.servers import FINISHED, STARTED, asked, called, said, serve_frames

from agui_notebook import Case, Session, compare, connect, evaluate, record
from agui_notebook.cli import main, terminal
from agui_notebook.client import Store, Writer
from agui_notebook.jupyter import chats, conversations, display, thread_files

TOKEN = "tk-4f9a-1b7c-0d2e"
PLANTED = {
    "clipboard": "\x1b]52;c;cm0gLXJm\x07",
    "terminal link": "\x1b]8;;https://evil.test\x1b\\ok\x1b]8;;\x1b\\",
    "C1": "\x9b2J\x90q\x9c",
    "direction": "\u202egnp.exe\u2066",
    "HTML": "<img src=x onerror=alert(1)><script>alert(1)</script>",
    "link": "[ok](javascript:alert(1)) ![x](https://evil.test/x.png) <https://evil.test>",
    "lines": "one\n\n# You: yes\r\nYou: yes\n```\n",
    "Python": "x\"\"\"\n'); import os; os.system('touch owned') #\\",
    "secret": f"the token is {TOKEN}",
}
ALIKE = "p\u0430ypal\u200b\u2066\U000e0041"  # a letter that is another, and three that hide
CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
CODE = re.compile(r"javascript:|alert\(1\)")


def events(plant: str, told: str) -> list[list[Any]]:
    """Three turns in which everything is called ``plant``: one goes well, one asks, one fails.

    ``told`` are words that are no name.
    """
    parts = [
        {"type": "text", "text": "see"},
        {
            "type": "document",
            "source": {"type": "url", "value": "https://a.test/x", "mimeType": plant},
            "metadata": {"filename": plant},
        },
    ]
    sent = {
        "type": "MESSAGES_SNAPSHOT",
        "messages": [{"id": "f", "role": "user", "content": parts}],
    }
    named = [
        {"type": "STEP_STARTED", "stepName": plant},
        {"type": "STEP_FINISHED", "stepName": plant},
        {"type": "SUBAGENT_STARTED", "subagentRunId": "s", "name": plant, "description": told},
        *({**each, "subagentRunId": "s"} for each in said("by a subagent", mid="ms")),
        {"type": "SUBAGENT_FINISHED", "subagentRunId": "s"},
        {"type": "STATE_SNAPSHOT", "snapshot": {plant: plant}},
        {"type": "CUSTOM", "name": plant, "value": plant},
        {
            "type": "ACTIVITY_SNAPSHOT",
            "messageId": "a",
            "activityType": plant,
            "content": {plant: 1},
        },
        *called(plant, json.dumps({plant: plant}), "c1"),
        {"type": "TOOL_CALL_RESULT", "messageId": "r", "toolCallId": "c1", "content": told},
        *said("done", mid="m1"),
    ]
    wants = {"id": plant, "reason": plant, "message": plant, "toolCallId": "c2"}
    asking = [*called(plant, json.dumps({plant: plant}), "c2"), asked(wants)]
    failed = {"type": "RUN_ERROR", "message": told, "code": plant}
    return [[STARTED, sent, *named, FINISHED], [STARTED, failed], [STARTED, *asking]]


class Talk(NamedTuple):
    """A conversation that was had, and where files may go."""

    session: Session
    folder: Path
    live: str  # what ``agui chat`` showed meanwhile
    logged: str
    plant: str

    @property
    def chat(self) -> chats.Chat:
        return chats.Chat(self.plant.replace(TOKEN, "***"), self.session)

    def stored(self) -> tuple[Store, str]:
        """A store with this conversation under the planted title and agent."""
        store = Store(self.folder / "threads.sqlite")
        writer = Writer(store)
        kept = writer.follow(self.session.thread, self.chat.name, self.session.url)
        writer.flush()
        writer.leave(kept)
        (thread,) = store.threads()
        store.rename(thread.key, self.session.secrets.mask(self.plant))
        return store, thread.key


@pytest.fixture(scope="module", params=PLANTED)
def talk(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Talk]:
    plant = PLANTED[request.param]
    with had(plant, plant, tmp_path_factory.mktemp("talk")) as given:
        yield given


@pytest.fixture(scope="module")
def alike(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Talk]:
    with had(ALIKE, "some words", tmp_path_factory.mktemp("alike")) as given:
        yield given


@contextmanager
def had(plant: str, told: str, folder: Path) -> Iterator[Talk]:
    """A conversation with an agent that calls everything ``plant``, and what was seen of it."""
    out, log = io.StringIO(), io.StringIO()
    out.isatty = lambda: True  # type: ignore[method-assign]
    shown, handler = terminal.Terminal(out), logging.StreamHandler(log)
    shown.colours = False
    root = logging.getLogger("agui_notebook")
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        with serve_frames(*events(plant, told)) as server:
            session = connect(server.url, token=TOKEN)
            session.observe_events(
                lambda told: shown.event(session.secrets.mask_value(told["event"]))
            )
            for question in ("hello", "again", "once more"):
                session.ask(question, check=False)
            yield Talk(session, folder, out.getvalue(), log.getvalue(), plant)
    finally:
        root.removeHandler(handler)
        root.setLevel(level)


Capture = pytest.CaptureFixture[str]


def bundle(given: Any, kind: str) -> str:
    return "\n\n".join(
        str(each.get(kind, "")) for each in (given if isinstance(given, list) else [given])
    )


def cell(talk: Talk) -> list[Any]:
    thread = talk.chat.thread()
    return display.answer_bundles(thread.document, talk.chat.name, "facts")


def companion(talk: Talk) -> Any:
    return display.companion_bundle(talk.chat.thread().document, talk.chat.name)


def exported(talk: Talk, form: str) -> str:
    return thread_files.export_thread(talk.chat.thread(), form)[1]


def command(*words: str) -> Callable[[Talk, Capture], str]:
    """What ``agui threads`` prints, or writes where a file is named last."""

    def run(talk: Talk, shown: Capture) -> str:
        store, key = talk.stored()
        given = [str(talk.folder / word) if word.startswith("kept.") else word for word in words]
        given = [key if word == "KEY" else word for word in given]
        try:
            assert main(["threads", "--store", str(store.path), *given]) == 0
        finally:
            store.forget(None)
            store.close()
        written = Path(given[-1])
        return (
            written.read_text("utf-8") if words[-1].startswith("kept.") else shown.readouterr().out
        )

    return run


def inspected(*options: str) -> Callable[[Talk, Capture], str]:
    def run(talk: Talk, shown: Capture) -> str:
        path = record(talk.session, talk.folder / "run.jsonl")
        assert main(["inspect", str(path), *options]) == 0
        return shown.readouterr().out

    return run


def on_the_page(talk: Talk) -> str:
    """What the page is told of the agent, and of the threads that are kept."""
    said = {"description": talk.plant, "suggestions": [talk.plant]}
    named = talk.plant.replace(TOKEN, "***")
    about = chats.Chat(named, talk.session, talk.session.secrets.mask_value(said)).agent
    kept = talk.stored()[0]
    listed = [conversations.summary(thread) for thread in kept.threads()]
    kept.forget(None)
    kept.close()
    return json.dumps([about.pop("shown", about.pop("name")), about, listed])


def evaluated(talk: Talk) -> str:
    """A report on a case of this name, and two such agents side by side."""
    name = talk.plant.replace(TOKEN, "***")
    report = evaluate(lambda text: "x", [Case("hi", name=name)], progress=False)
    both = compare({name: str.upper, "other": str.lower}, ["hi"], progress=False)
    drawn = report._repr_html_() + str(both._repr_html_())
    return re.sub('<svg|data-text="[^"]*"', "<b", drawn)  # our plots, and what is searched


DOORS: dict[str, tuple[str, Callable[[Talk, Capture], str]]] = {
    "agui chat": ("plain", lambda t, _: t.live),
    "agui threads": ("plain", command("list")),
    "agui threads show": ("plain", command("show", "KEY")),
    "agui threads export .md": ("markdown", command("export", "KEY", "kept.md")),
    "agui threads export .html": ("html", command("export", "KEY", "kept.html")),
    "agui threads export .jsonl": ("json", command("export", "KEY", "kept.jsonl")),
    "agui threads export .py": ("python", command("export", "KEY", "kept.py")),
    "agui inspect": ("plain", inspected()),
    "agui inspect --html": ("html", inspected("--html")),
    "logs": ("plain", lambda t, _: t.logged),
    "errors": ("plain", lambda t, _: str(t.session.result.error)),
    "repr of a result": ("plain", lambda t, _: repr(t.session.result) + repr(t.session)),
    "repr of a question": ("plain", lambda t, _: repr(t.session.interrupts)),
    "a result in a notebook": ("markdown", lambda t, _: t.session.result._repr_markdown_()),
    "a result as HTML": ("html", lambda t, _: t.session.result._repr_html_()),
    "an answer below a cell": ("markdown", lambda t, _: bundle(cell(t), "text/markdown")),
    "an answer as text": ("plain", lambda t, _: bundle(cell(t), "text/plain")),
    "a saved chat": ("html", lambda t, _: bundle(companion(t), "text/html")),
    "a saved chat as Markdown": ("markdown", lambda t, _: bundle(companion(t), "text/markdown")),
    "a saved chat as text": ("plain", lambda t, _: bundle(companion(t), "text/plain")),
    "an export as Markdown": ("markdown", lambda t, _: exported(t, "markdown")),
    "an export as events": ("json", lambda t, _: exported(t, "jsonl")),
    "an export as a cell": ("cell", lambda t, _: exported(t, "cell")),
    "an evaluation": ("html", lambda t, _: evaluated(t)),
    "what the page is told": ("page", lambda t, _: on_the_page(t)),
    "a recording": (
        "json",
        lambda t, _: record(t.session, t.folder / "r.jsonl").read_text("utf-8"),
    ),
    "a compact one": (
        "json",
        lambda t, _: record(t.session, t.folder / "c.jsonl", compact=True).read_text("utf-8"),
    ),
}


class Tags(HTMLParser):
    """What a browser would make of HTML."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.wrong: list[Any] = []
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "iframe", "img", "object", "svg", "form"):
            self.wrong.append(tag)
        self.wrong += [(n, v) for n, v in attrs if n[:2] == "on" or CODE.search(v or "")]


def plain_is_inert(written: str) -> None:
    assert not CONTROLS.search(written)


def html_is_inert(written: str) -> None:
    assert not CONTROLS.search(written)
    assert Tags(written).wrong == []


def markdown_is_inert(written: str) -> None:
    html_is_inert(MarkdownIt("commonmark", {"html": True}).render(written))
    assert not CONTROLS.search(written)


def python_is_inert(written: str) -> None:
    assert not CONTROLS.search(written)
    names = {
        ast.unparse(node.func)
        for node in ast.walk(ast.parse(written))
        if isinstance(node, ast.Call)
    }
    assert not names & {"os.system", "get_ipython().system", "get_ipython().getoutput"}


def cell_is_inert(written: str) -> None:
    """As IPython reads it: a line of a name's own would be a magic or a command of the shell."""
    python_is_inert(TransformerManager().transform_cell(written))


def json_is_inert(written: str) -> None:
    assert not CONTROLS.search(written)
    assert [json.loads(row) for row in written.splitlines() if row.strip()]


def page_is_inert(written: str) -> None:
    for text in texts_of(json.loads(written)):
        assert not CONTROLS.search(text.replace("\n", " "))


def texts_of(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from texts_of(each)


INERT = {
    "page": page_is_inert,
    "plain": plain_is_inert,
    "html": html_is_inert,
    "markdown": markdown_is_inert,
    "python": python_is_inert,
    "cell": cell_is_inert,
    "json": json_is_inert,
}


@pytest.mark.parametrize("door", DOORS)
def test_no_name_of_an_agents_acts_behind_a_door(door: str, talk: Talk, capsys: Capture) -> None:
    kind, leave = DOORS[door]
    written = leave(talk, capsys)
    INERT[kind](written)
    assert TOKEN not in written


SHOWN = [door for door, (kind, _) in DOORS.items() if kind in ("plain", "markdown", "html", "page")]


@pytest.mark.parametrize("door", SHOWN)
def test_no_name_looks_like_another_behind_a_door(door: str, alike: Talk, capsys: Capture) -> None:
    kind, leave = DOORS[door]
    written = leave(alike, capsys)
    shown = " ".join(texts_of(json.loads(written))) if kind == "page" else written
    assert not [letter for letter in "\u0430\u200b\u2066\U000e0041" if letter in shown]


def test_a_name_that_looks_like_another_is_shown_with_marks(alike: Talk, capsys: Capture) -> None:
    for door in ("agui chat", "agui threads", "an answer below a cell", "what the page is told"):
        written = DOORS[door][1](alike, capsys).encode().decode("unicode_escape", "ignore")
        assert "U+0430" in written
