"""A thread as a file: a transcript to read, events to replay, or a cell to run. Pure."""

from __future__ import annotations

import json
import platform
import re
from collections.abc import Callable, Iterable
from typing import NamedTuple

from .._version import __version__
from ..client.event_log import dump
from ..client.session import Session
from ..client.threads.folding import fold
from ..errors import InvalidInput
from ..markup.inert import plain
from ..markup.outlets import json_text, line
from ..markup.visible import visible
from ..protocol.document.shape import text_of
from ..render.bug_report import bug_report_lines, bug_report_page
from ..render.markdown import markdown
from ..values import JsonObject, JsonView

MOST_ROWS = 200_000
_SIMPLE = re.compile(r"[\w.:/-][\w.:/ -]*")  # a name that no magic reads otherwise


class Thread(NamedTuple):
    """What an export is made of."""

    name: str
    url: str
    document: JsonView
    events: Iterable[JsonView]
    only_here: bool = False  # its address and token end with this kernel, or are nobody else's


def export_thread(thread: Thread, form: str) -> tuple[str, str]:
    """A file's name and its text. Raises InvalidInput for a form there is not."""
    if form not in FORMS:
        raise InvalidInput(f"A thread is exported as {', '.join(FORMS)}, not as {form!r}.")
    suffix, write = FORMS[form]
    return f"{re.sub(r'[^A-Za-z0-9_-]+', '-', thread.name) or 'chat'}{suffix}", write(thread)


def bug_report(session: Session) -> list[tuple[str, str]]:
    """Names and texts of two files that show what went over the wire, without secrets."""
    from ..client.judged_frames import JudgedFrames  # not before: it loads the HTTP library

    frames = JudgedFrames(session.thread.captures, session.secrets)
    rows, facts = frames.more(MOST_ROWS), frames.facts()
    about = f"agui-notebook {__version__}, Python {platform.python_version()}"
    return [
        ("bug-report.html", bug_report_page(rows, facts, about)),
        ("bug-report.jsonl", bug_report_lines(rows, facts)),
    ]


def _markdown(thread: Thread) -> str:
    written = markdown(thread.document, agent=thread.name)
    return f"# Chat with {plain(line(visible(thread.name)))}\n\n{written}\n"


def _lines(thread: Thread) -> str:
    return "".join(
        f"{json_text(json.dumps(record, ensure_ascii=False))}\n" for record in thread.events
    )


def _cell(thread: Thread) -> str:
    """Code that says the same again: to the chat itself where only this kernel can reach its agent,
    in a thread begun anew; else to the agent's address, beside the chat.
    """
    asked = [text_of(m) for m in thread.document["messages"] if m.get("role") == "user"]
    name, begun = ("again", _again(thread.name)) if thread.only_here else ("session", None)
    made = begun or f"import agui_notebook as agui\n\nsession = agui.connect({_quote(thread.url)})"
    says = "".join(f"await {name}.run({_quote(text)})\n" for text in asked)
    return f"{made}\n{says}{name}.messages\n"


def _again(name: str) -> str:
    """Lines that find the chat by its name and begin a thread; what the agent was made of is not
    known here.
    """
    lines = (f"chat {_word(name)} --as again", f"new --name {_word(name)}")
    simple = _SIMPLE.fullmatch(name)
    says = (f"%agui {line}" if simple else _magic(line) for line in lines)
    return "\n".join(["%load_ext agui_notebook", *says])


def _magic(line: str) -> str:
    return f'get_ipython().run_line_magic("agui", {_quote(line)});'


def _word(name: str) -> str:
    return '"' + name.replace('"', '\\"') + '"'


def _quote(text: str) -> str:
    """A text as Python reads it: what hides or turns others is written as an escape."""
    escaped = (c if c.isprintable() and c not in '"\\' else _escape(c) for c in text)
    return f'"{"".join(escaped)}"'


def _escape(character: str) -> str:
    return f"\\{character}" if character in '"\\' else repr(character)[1:-1]


def export_kept(lines: Iterable[JsonObject], title: str, agent: str, form: str) -> tuple[str, str]:
    """A file's name and its text for a thread that is not going on, from its lines.

    Raises InvalidInput for a form there is not.
    """
    stem = re.sub(r"[^A-Za-z0-9_-]+", "-", title).strip("-") or "thread"
    if form == "thread.jsonl":
        return f"{stem}.jsonl", "".join(f"{json_text(dump(each))}\n" for each in lines)
    if form == "thread.md":
        document = fold(lines)[0].document
        return f"{stem}.md", _markdown(Thread(agent, "", document, ()))
    raise InvalidInput(f"A kept thread is exported as Markdown or as a recording, not as {form!r}.")


FORMS: dict[str, tuple[str, Callable[[Thread], str]]] = {
    "markdown": (".md", _markdown),
    "jsonl": (".jsonl", _lines),
    "cell": (".py", _cell),
}
