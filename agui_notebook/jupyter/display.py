"""What stays in the notebook: the transcript beside a live chat, and the answer below a cell.

A live widget's own output is never updated: each update would draw the widget anew.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Sequence
from html import escape

from ..markup.inert import plain, safe
from ..markup.outlets import terminal
from ..render.html import html
from ..render.markdown import entry_markdown, markdown
from ..render.text import entry_text, text
from ..render.transcript import Entry, clip, entries
from ..values import JsonView
from . import kernel
from .kernel import Bundle

ADVICE = "Run this cell again for a live chat, which offers to continue where this one was kept."
# Only the transcript right behind a living chat hides; elsewhere outputs have no such order
HIDE = (
    ".jp-OutputArea-child:has(.agui)+.jp-OutputArea-child .agui-companion,"
    ":root:not(:has(.jp-OutputArea)) .agui-companion{display:none}"
)
# JupyterLab 4.6 writes "model not found" where a widget was; seen with jupyterlab_widgets 3.0
_TIDY = (
    "<style>.jp-OutputArea-child:has(+.jp-OutputArea-child .agui-saved)"
    ":not(:has(.jp-OutputArea-output *)){display:none}</style>"
)
TWICE = 4_000  # characters up to which a transcript may be kept in a second and third form
PACE = 0.15  # seconds between two updates of an answer below a cell
PER_CHARACTER = 1e-5  # seconds more for each character, since the host draws all of it again
TRANSCRIPT_PACE = 1.0  # seconds at least between a turn and its place in the hidden transcript
TRANSCRIPT_RATE = 20_000  # characters per second: a long transcript is not sent for every turn

DocumentView = JsonView


def companion_bundle(document: DocumentView, agent: str, *, live: bool = True) -> Bundle:
    """The transcript beside a chat, with how to get the chat back on its first line.

    While ``live`` it has the class that the widget's own style hides.
    """
    head = f"Chat with {agent}. {ADVICE}"
    kind = "agui-companion" if live else "agui-transcript"
    page = html(document, agent=agent)
    written = text(document, agent=agent)
    bundle = {
        "text/html": f'<div class="{kind} agui-saved">{_TIDY}<p><em>{escape(head, quote=False)}'
        f"</em></p>{page}</div>",
        "text/plain": f"{head}\n\n{clip(written, TWICE // 4)}".rstrip(),
    }
    if len(page) <= TWICE:
        bundle["text/markdown"] = f"*{plain(head)}*\n\n{markdown(document, agent=agent)}".rstrip()
    return bundle


class Companion:
    """The transcript of one chat, in as many outputs as the chat was displayed in."""

    def __init__(self, read: Callable[[], tuple[DocumentView, str]]) -> None:
        self._read = read
        self._display_id = f"agui-{uuid.uuid4()}"
        self.shown: Bundle | None = None  # as it stands in the notebook
        self._closed = False

    @property
    def pause(self) -> float:
        """Seconds to wait before an update, where a page looks on and nobody is in a hurry."""
        size = len((self.shown or {}).get("text/html", ""))
        return max(TRANSCRIPT_PACE, size / TRANSCRIPT_RATE)

    def show(self) -> None:
        """Add the transcript below the running cell."""
        self.shown = companion_bundle(*self._read())
        kernel.publish(self.shown, self._display_id, update=False)

    def update(self, *, live: bool = True) -> None:
        """Bring the outputs up to date, if there are any; not ``live``: the chat was closed."""
        if self.shown is None or self._closed:
            return
        self._closed = not live
        bundle = companion_bundle(*self._read(), live=live)
        if bundle != self.shown:
            self.shown = bundle
            kernel.publish(bundle, self._display_id, update=True)


def answer_bundles(document: DocumentView, agent: str) -> list[Bundle]:
    """An agent's answer as outputs: Markdown, and what frontend tools returned in between."""
    bundles: list[Bundle] = []
    said: list[Entry] = []
    for entry in [*entries(document, agent), *_advice(document)]:
        said.append(entry)
        if entry.bundle:
            bundles += [_answer_bundle(said, agent), dict(entry.bundle)]
            said = []
    return [*bundles, _answer_bundle(said, agent)] if said else bundles


def _advice(document: DocumentView) -> list[Entry]:
    """How to answer what is asked; no id is needed where there is one question only."""
    ids = [interrupt["id"] for interrupt in document["interrupts"]]
    named = [f" {name}" for name in ids] if len(ids) > 1 else ["" for _ in ids]
    return [
        Entry("note", f"%agui approve{name}, %agui deny{name} or %agui answer{name} JSON", "")
        for name in named
    ]


def _answer_bundle(said: Sequence[Entry], agent: str) -> Bundle:
    """The text form is short beside a long answer, or a notebook would hold every answer twice.

    Of what waits for a yes nothing is cut, in neither.
    """
    mine = [safe(e.text) if _speaks(e, agent) else entry_markdown(e) for e in said]
    answered = [e for e in said if e.kind != "approval"]
    written = "\n\n".join(
        terminal(e.text) if _speaks(e, agent) else entry_text(e) for e in answered
    )
    asked = [entry_text(e) for e in said if e.kind == "approval"]
    plain = "\n\n".join([clip(written, TWICE), *asked])
    return {"text/markdown": "\n\n".join(mine), "text/plain": plain}


def _speaks(entry: Entry, agent: str) -> bool:
    return entry.kind == "assistant" and entry.title == agent


class AnswerOutput:
    """An answer growing below the running cell; it ends as Markdown, with no widget left."""

    def __init__(self, *, quiet: bool = False) -> None:
        self._quiet = quiet
        self._shown: list[tuple[str, Bundle]] = []
        self._updates = kernel.in_kernel()
        self._due = 0.0

    def grow(self, read: Callable[[], list[Bundle]]) -> None:
        """Show how far the answer is, unless it was shown a moment ago."""
        if self._updates and not self._quiet and time.monotonic() >= self._due:
            bundles = read()
            self._show(bundles)
            length = sum(len(str(b.get("text/markdown", ""))) for b in bundles)
            self._due = time.monotonic() + PACE + length * PER_CHARACTER

    def freeze(self, bundles: Sequence[Bundle]) -> None:
        """Show the answer as it will stay."""
        if not self._quiet:
            self._show(bundles)

    def _show(self, bundles: Sequence[Bundle]) -> None:
        for number, bundle in enumerate(bundles):
            if number == len(self._shown):
                self._shown.append((f"agui-{uuid.uuid4()}", {}))
                kernel.publish(bundle, self._shown[number][0], update=False)
            elif bundle != self._shown[number][1]:
                kernel.publish(bundle, self._shown[number][0], update=True)
            self._shown[number] = (self._shown[number][0], bundle)
