"""The words after ``%agui`` about whole conversations: new, threads, open, save, forget."""

from __future__ import annotations

from ...client.recording import save
from ...client.threads.log import title_of
from ...client.threads.place import store_at
from ...client.threads.store import Store
from ...errors import InvalidInput
from ...markup.visible import visible
from ...runtime.loop import background
from .. import conversations, kernel
from ..chats import Chat, chats
from .request import Request

NEWEST = 25  # how many are listed unasked


def begin(request: Request) -> None:
    """Begin a new thread; the one before stays in the list."""
    kernel.say(f"New thread {request.chat.threads.begin()}.")


def print_threads(request: Request) -> None:
    """The conversations that are kept, or those that hold the words."""
    search = " ".join(request.words)
    found = _store(request).threads(search)
    shown = found if request.options.all else found[:NEWEST]
    for thread in shown:
        kernel.say(str(thread))
    if more := len(found) - len(shown):
        kernel.say(f"And {more} more: %agui threads WORDS finds one, --all shows them.")
    said = f"No thread holds {search!r}." if search else "No conversation is kept yet."
    kernel.say("%agui open ID goes on with one." if found else said)
    if found and background().single:
        kernel.say("They go with this page; %agui save FILE keeps one among your files.")


def _store(request: Request) -> Store:
    """The store of the chat in use, else the usual one, up to date."""
    if chats.current:
        request.chat.threads.flush()
        return request.chat.threads.need_store()
    store = store_at()
    if store is None:
        raise InvalidInput("Conversations are not kept here: AGUI_STORE says off.")
    return store


def go_on(request: Request) -> None:
    """Go on with one of them, or with a saved file."""
    word = " ".join(request.words)
    if not word:
        raise InvalidInput("Say which: %agui open ID, %agui open last or %agui open FILE.jsonl")
    chat = request.chat
    chat.threads.open(word)
    count = len(chat.session.messages)
    title = visible(title_of(chat.session.document))
    kernel.say(f"{chat.name} goes on with {title!r}, {count} messages.")


def save_thread(request: Request) -> None:
    """Write the conversation whole."""
    chat = request.chat
    path = save(chat.session, request.only("where to: %agui save FILE.jsonl"))
    kernel.say(f"Wrote {len(chat.session.messages)} messages of {chat.name} to {path}.")


def export_test(chat: Chat, path: str) -> None:
    """Write the conversation as a pytest module, its recording beside it."""
    from ...testing.module import write_test

    module, recording = write_test(chat.lines(), path, chat.name)
    kernel.say(f"Wrote {module} and {recording}: run them with pytest.")


def forget(request: Request) -> None:
    """Remove one from the store for good, or all."""
    word = request.only("which thread: %agui forget ID, or %agui forget all")
    store = _store(request)
    gone = conversations.forget(store, None if word == "all" else [store.find(word).key])
    kernel.say(f"{gone} thread{'' if gone == 1 else 's'} forgotten.")
    for name in chats.names:
        held = chats.get(name).threads
        if held.store is store and not held.is_kept:
            kernel.say(f"What goes on in {name} is not kept either; %agui new begins a thread.")
