"""``agui threads``: what is kept of conversations, to list, search, show, export and forget."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from ..client.threads.folding import fold
from ..client.threads.place import store_at
from ..client.threads.store import Store, StoredThread
from ..errors import InvalidInput
from ..markup import outlets
from ..markup.inert import plain
from ..markup.visible import visible
from ..protocol.document.shape import Document
from ..render.html import html
from ..render.markdown import markdown
from ..render.text import text
from ..runtime.files import write
from .word import CommandWord


def _store(given: argparse.Namespace) -> Store:
    if given.store and not Path(given.store).expanduser().is_file():
        raise InvalidInput(f"There is no store {given.store}; without --store it is the usual one.")
    store = store_at(given.store)
    if store is None:
        raise InvalidInput("Conversations are not kept: AGUI_STORE says off.")
    return store


def _document(store: Store, thread: StoredThread) -> Document:
    return fold(store.lines(thread.key))[0].document


def _list(given: argparse.Namespace) -> int:
    if not _print_threads(given, ""):
        print("No conversation is kept yet.", file=sys.stderr)
    return 0


def _search(given: argparse.Namespace) -> int:
    """1 where there is none, as grep has it."""
    return 0 if _print_threads(given, " ".join(given.words)) else 1


def _print_threads(given: argparse.Namespace, search: str) -> int:
    found = _store(given).threads(search)
    for thread in found:
        print(outlets.terminal(str(thread)))
    return len(found)


def _show(given: argparse.Namespace) -> int:
    store = _store(given)
    print(outlets.terminal(text(_document(store, store.find(given.thread)))))
    return 0


def _export(given: argparse.Namespace) -> int:
    store = _store(given)
    thread = store.find(given.thread)
    suffix = Path(given.file).suffix
    if suffix not in WRITERS:
        raise InvalidInput(f"A thread is exported as {', '.join(WRITERS)}, not as {given.file}.")
    print(f"Wrote {WRITERS[suffix](store, thread, given.file)}.")
    return 0


def _write_recording(store: Store, thread: StoredThread, path: str) -> str:
    return str(write(path, (f"{outlets.json_text(batch)}\n" for batch in store.texts(thread.key))))


def _write_markdown(store: Store, thread: StoredThread, path: str) -> str:
    written = markdown(_document(store, thread), agent=thread.agent)
    return str(
        write(path, [f"# Chat with {plain(outlets.line(visible(thread.agent)))}\n\n{written}\n"])
    )


def _write_page(store: Store, thread: StoredThread, path: str) -> str:
    return str(write(path, [html(_document(store, thread), agent=thread.agent)]))


def _write_test(store: Store, thread: StoredThread, path: str) -> str:
    from ..testing.module import write_test

    module, recording = write_test(list(store.lines(thread.key)), path, thread.agent)
    return f"{module} and {recording}"


WRITERS: dict[str, Callable[[Store, StoredThread, str], str]] = {
    ".jsonl": _write_recording,
    ".md": _write_markdown,
    ".html": _write_page,
    ".py": _write_test,
}


def _forget(given: argparse.Namespace) -> int:
    store = _store(given)
    if not given.threads and not given.all:
        raise InvalidInput("Say which: agui threads forget KEY, or --all.")
    keys = None if given.all else [store.find(word).key for word in given.threads]
    count = store.forget(keys)
    print(f"{count} thread{'' if count == 1 else 's'} forgotten.")
    return 0


def _add(words: argparse._SubParsersAction[argparse.ArgumentParser], name: str, about: str,
         act: Callable[[argparse.Namespace], int]) -> argparse.ArgumentParser:  # fmt: skip
    one = words.add_parser(name, help=about, description=about)
    one.set_defaults(act=act)
    return one


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--store", metavar="FILE", help="another file than the usual one")
    parser.set_defaults(act=_list)
    words = parser.add_subparsers(metavar="WHAT")
    _add(words, "list", "All threads, the latest first; so it is without a word.", _list)
    search = _add(words, "search", "Those whose title or texts hold these words.", _search)
    search.add_argument("words", nargs="+")
    show = _add(words, "show", "Print one as a transcript.", _show)
    export = _add(words, "export", "Write one to a file: .jsonl, .md, .html or test_x.py.", _export)
    for one in (show, export):
        one.add_argument("thread", help='its key, the beginning of it, its title, or "last"')
    export.add_argument("file", help="where to; what is written goes by the ending")
    forget = _add(words, "forget", "Remove threads from the store for good.", _forget)
    forget.add_argument("threads", nargs="*", metavar="THREAD", help="keys or titles")
    forget.add_argument("--all", action="store_true", help="all of them")


def _run(given: argparse.Namespace) -> int:
    act: Callable[[argparse.Namespace], int] = given.act
    return act(given)


THREADS = CommandWord(
    "threads",
    "List, search, show, export and forget the conversations that are kept.",
    "Example: agui threads export last test_talk.py",
    _arguments,
    _run,
)
