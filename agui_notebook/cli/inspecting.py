"""``agui inspect FILE``: a recording as a transcript to read. Nothing is sent, no tool runs."""

from __future__ import annotations

import argparse
import sys

from ..client.recording import Replay, read
from ..client.session import Session
from ..client.turns.run_options import RunOptions
from ..markup import outlets
from ..protocol.document.shape import Document
from ..render.html import html
from ..render.text import text
from .word import CommandWord


def replayed_document(path: str) -> Document:
    """The conversation that a recording ends with. Raises InvalidInput."""
    lines, damaged = read(path)
    recording = Replay(lines, damaged=damaged)
    if recording.damage:
        print(f"agui: {recording.damage}", file=sys.stderr)
    session = Session(RunOptions(recording), thread_id=recording.thread_id)
    while recording.remaining_turns:
        session.ask(check=False)
    return session.document


def _inspect(given: argparse.Namespace) -> int:
    document = replayed_document(given.file)
    print(html(document) if given.html else outlets.terminal(text(document)))
    return 0


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", help="a recording: JSON Lines, as record() writes them")
    parser.add_argument("--html", action="store_true", help="as a page that needs nothing else")


INSPECT = CommandWord(
    "inspect",
    "Print a recording as a transcript.",
    "Example: agui inspect talk.jsonl --html > talk.html",
    _arguments,
    _inspect,
)
