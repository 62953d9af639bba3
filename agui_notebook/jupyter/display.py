"""What stays in the notebook: the transcript beside a live chat, and the answer below a cell.

A live widget's own output is never updated: each update would draw the widget anew.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Sequence
from html import escape

from .. import limits
from ..errors import AGUIError
from ..markup.inert import plain, safe
from ..markup.outlets import line, terminal
from ..markup.visible import visible
from ..protocol.document.shape import Bundle
from ..render.html import html
from ..render.markdown import entry_markdown, markdown
from ..render.text import entry_text, text
from ..render.transcript import Entry, clip, entries
from ..traces import sentence_of
from ..values import JsonView
from . import kernel

ADVICE = "Run this cell again for a live chat, which offers to continue where this one was kept."
WHOLE = "This is its beginning: %agui messages shows all of it."
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
OWN = "application/vnd.agui-notebook."
QUIET = 80  # characters of a tool's result below a cell; the whole is in result.tool_calls
TWICE = 4_000  # characters up to which a transcript may be kept in a second and third form
PAPER = 10_000  # characters of a page up to which it is kept as Markdown too: LaTeX takes that
PACE = 0.15  # seconds between two updates of an answer below a cell
PER_CHARACTER = 1e-5  # seconds more for each character, since the host draws all of it again
TRANSCRIPT_PACE = 1.0  # seconds at least between a turn and its place in the hidden transcript
TRANSCRIPT_RATE = 20_000  # characters per second: a long transcript is not sent for every turn

DocumentView = JsonView


def companion_bundle(document: DocumentView, agent: str, *, live: bool = True) -> Bundle:
    """The transcript beside a chat, with how to get the chat back on its first line.

    While ``live`` it has the class that the widget's own style hides.
    """
    head = f"Chat with {line(visible(agent))}. {ADVICE}"
    kind = "agui-companion" if live else "agui-transcript"
    written = text(document, agent=agent)
    page = _page(document, agent, written)
    bundle = {
        "text/html": f'<div class="{kind} agui-saved">{_TIDY}<p><em>{escape(head, quote=False)}'
        f"</em></p>{page}</div>",
        "text/plain": f"{head}\n\n{clip(written, TWICE // 4)}".rstrip(),
    }
    if len(page) <= PAPER:
        bundle["text/markdown"] = f"*{plain(head)}*\n\n{markdown(document, agent=agent)}".rstrip()
    else:
        bundle["text/plain"] += f"\n\n{WHOLE}"
    return bundle


def _page(document: DocumentView, agent: str, written: str) -> str:
    """The transcript as HTML; of one that a host could not draw at once the end, as plain text."""
    page = html(document, agent=agent)
    if len(page) <= limits.TRANSCRIPT_LENGTH:
        return page
    end = written[-limits.TRANSCRIPT_LENGTH // 10 :]
    return (
        f"<p><em>Of {len(written):,} characters the last {len(end):,} "
        "(agui_notebook.limits.TRANSCRIPT_LENGTH); record() and %agui export keep them all."
        f"</em></p><pre>{escape(end, quote=False)}</pre>"
    )


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


def answer_bundles(
    document: DocumentView, agent: str, facts: str = "", *, advise: bool = True
) -> list[Bundle]:
    """An agent's answer as outputs: Markdown, and what frontend tools returned in between.

    ``facts`` stand below it; ``advise``: say how to answer what is asked.
    """
    bundles: list[Bundle] = []
    said: list[Entry] = []
    below = [*(_advice(document) if advise else ()), *([Entry("note", facts, "")] if facts else ())]
    for entry in [*map(_quiet, entries(document, agent)), *below]:
        said.append(entry)
        if entry.bundles:
            bundles += [_answer_bundle(said, agent), *map(_of_a_host, entry.bundles)]
            said = []
    return [*bundles, _answer_bundle(said, agent)] if said else bundles


def _quiet(entry: Entry) -> Entry:
    """A call in one line; what a tool of the notebook's returned is shown below, and only there."""
    if entry.kind != "call":
        return entry
    shown = "" if entry.bundles else clip(" ".join(entry.text.split()), QUIET)
    return entry._replace(text=shown)


def _of_a_host(bundle: JsonView) -> Bundle:
    """What any host shows: our own forms are for the chat."""
    return {kind: data for kind, data in bundle.items() if not kind.startswith(OWN)}


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
    return entry.kind == "assistant" and entry.title == visible(agent)


def error_bundle(error: AGUIError) -> Bundle:
    """What went wrong where no cell raises it."""
    told = sentence_of(error)
    return {"text/markdown": f"⚠️ {plain(told)}", "text/plain": told}


def _join(bundles: Sequence[Bundle]) -> Bundle:
    """Several as one: what is no text is told in words."""
    kinds = ("text/markdown", "text/plain")
    return {
        kind: "\n\n".join(str(b.get(kind, b.get("text/plain", ""))) for b in bundles)
        for kind in kinds
    }


class AnswerOutput:
    """An answer growing below the running cell; it ends as Markdown, with no widget left.

    ``place`` is the display id of an output that stands already and takes all of it.
    """

    def __init__(self, *, quiet: bool = False, place: str = "") -> None:
        self._quiet, self._place = quiet, place
        self._shown: list[tuple[str, Bundle]] = [(place, {})] if place else []
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
        for number, bundle in enumerate([_join(bundles)] if self._place else bundles):
            if number == len(self._shown):
                self._shown.append((f"agui-{uuid.uuid4()}", {}))
                kernel.publish(bundle, self._shown[number][0], update=False)
            elif bundle != self._shown[number][1]:
                kernel.publish(bundle, self._shown[number][0], update=True)
            self._shown[number] = (self._shown[number][0], bundle)
