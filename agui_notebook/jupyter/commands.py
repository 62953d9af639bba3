"""What the browser may ask for: one small function per word, all called on the loop's thread."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..values import JsonView
from . import conversations, frontend, messages, thread_files
from .decisions import take_decisions

CommandContent = JsonView
Widget = Any  # a ChatWidget; widget.py imports this file, so it is not named here


def obey(widget: Widget, content: CommandContent) -> None:
    """Do what a message asks for. Raises AGUIError where it cannot be done."""
    if messages.is_command(content):
        _COMMANDS[content["kind"]](widget, content)


def _hello(widget: Widget, content: CommandContent) -> None:
    # the first message of a page also opens its way past a busy cell
    widget.greet(content.get("page"))


def _bundle(widget: Widget, content: CommandContent) -> None:
    if frontend.known(content["name"]):
        widget.push_bundle(content["name"])


def _sync(widget: Widget, content: CommandContent) -> None:
    widget.feed.snapshot()


def _send(widget: Widget, content: CommandContent) -> None:
    widget.session.start(content.get("parts") or content.get("text", ""))


def _stop(widget: Widget, content: CommandContent) -> None:
    widget.session.stop()
    widget.feed.view()  # the answer where nothing was running


def _retry(widget: Widget, content: CommandContent) -> None:
    widget.chat.threads.before_edit()
    widget.session.start_retry()


def _edit(widget: Widget, content: CommandContent) -> None:
    widget.chat.threads.before_edit(content["mid"])
    widget.session.start_edit(content["mid"], content["text"])


def _new_thread(widget: Widget, content: CommandContent) -> None:
    widget.chat.threads.begin()


def _use(widget: Widget, content: CommandContent) -> None:
    widget.use(content["agent"])


def _resume(widget: Widget, content: CommandContent) -> None:
    widget.session.start_resume(take_decisions(widget.session, content["decisions"]))


def _set_state(widget: Widget, content: CommandContent) -> None:
    widget.session.set_state(content["value"])


def _events_open(widget: Widget, content: CommandContent) -> None:
    widget.watch_events(True)
    widget.feed.open_events(content["from"])


def _events_close(widget: Widget, content: CommandContent) -> None:
    widget.watch_events(False)
    widget.feed.close_events()


def _export(widget: Widget, content: CommandContent) -> None:
    name, text = thread_files.export_thread(widget.chat.thread(), content["format"])
    widget.tell(messages.file_export(content["format"], name, text))


def _open(widget: Widget, content: CommandContent) -> None:
    widget.chat.threads.open(content["key"])


def _undo(widget: Widget, content: CommandContent) -> None:
    widget.chat.threads.undo(content["number"])


def _branch(widget: Widget, content: CommandContent) -> None:
    widget.chat.threads.show_branch(content["number"])


def _threads(widget: Widget, content: CommandContent) -> None:
    _tell_threads(widget, content["search"])


def _rename(widget: Widget, content: CommandContent) -> None:
    widget.chat.threads.need_store().rename(content["key"], content["title"])
    _tell_threads(widget)


def _pin(widget: Widget, content: CommandContent) -> None:
    widget.chat.threads.need_store().pin(content["key"], content["pinned"])
    _tell_threads(widget)


def _delete(widget: Widget, content: CommandContent) -> None:
    store = widget.chat.threads.need_store()
    (store.delete if content["deleted"] else store.undelete)(content["key"])
    _tell_threads(widget)


def _play(widget: Widget, content: CommandContent) -> None:
    widget.play(content["do"], content["value"])


def _tell_threads(widget: Widget, search: str = "") -> None:
    """The list, all agents' where something is searched for."""
    threads = widget.chat.threads
    found = [conversations.summary(thread) for thread in threads.list(search)]
    widget.tell(messages.thread_list(search, found, threads.key or ""))


_COMMANDS: dict[str, Callable[[Widget, CommandContent], None]] = {
    "hello": _hello,
    "bundle": _bundle,
    "sync": _sync,
    "send": _send,
    "stop": _stop,
    "retry": _retry,
    "edit": _edit,
    "new_thread": _new_thread,
    "use": _use,
    "resume": _resume,
    "set_state": _set_state,
    "events_open": _events_open,
    "events_close": _events_close,
    "export": _export,
    "open": _open,
    "undo": _undo,
    "branch": _branch,
    "threads": _threads,
    "rename": _rename,
    "pin": _pin,
    "delete": _delete,
    "play": _play,
}
