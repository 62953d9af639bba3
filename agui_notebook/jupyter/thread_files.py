"""A thread as a file: a transcript to read, events to replay, or a cell to run. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from typing import NamedTuple

from ..errors import InvalidInput
from ..protocol.document.shape import text_of
from ..render.markdown import markdown
from ..values import JsonView


class Thread(NamedTuple):
    """What an export is made of."""

    name: str
    url: str
    document: JsonView
    events: Iterable[JsonView]
    served_here: bool = False  # its address and token end with this kernel


def export_thread(thread: Thread, form: str) -> tuple[str, str]:
    """A file's name and its text. Raises InvalidInput for a form there is not."""
    if form not in FORMS:
        raise InvalidInput(f"A thread is exported as {', '.join(FORMS)}, not as {form!r}.")
    suffix, write = FORMS[form]
    return f"{re.sub(r'[^A-Za-z0-9_-]+', '-', thread.name) or 'chat'}{suffix}", write(thread)


def _markdown(thread: Thread) -> str:
    return f"# Chat with {thread.name}\n\n{markdown(thread.document, agent=thread.name)}\n"


def _lines(thread: Thread) -> str:
    return "".join(f"{json.dumps(record, ensure_ascii=False)}\n" for record in thread.events)


def _cell(thread: Thread) -> str:
    """Code that says the same again; what the object served here was called is not known."""
    if thread.served_here:
        again = json.dumps(f"{thread.name} again", ensure_ascii=False)
        made = f"agui.chat(agent, name={again})  # agent: the object behind {thread.name!r}"
    else:
        made = f"agui.connect({json.dumps(thread.url)})"
    asked = [text_of(m) for m in thread.document["messages"] if m.get("role") == "user"]
    says = "".join(f"await session.run({json.dumps(text, ensure_ascii=False)})\n" for text in asked)
    return f"import agui_notebook as agui\n\nsession = {made}\n{says}session.messages\n"


FORMS: dict[str, tuple[str, Callable[[Thread], str]]] = {
    "markdown": (".md", _markdown),
    "jsonl": (".jsonl", _lines),
    "cell": (".py", _cell),
}
