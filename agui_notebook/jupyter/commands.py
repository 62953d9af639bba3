"""What the browser may ask for: one small function per word, all called on the loop's thread."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ..errors import AGUIError
from ..runtime.bridge import start_daemon
from ..runtime.loop import background
from ..values import JsonObject, JsonView
from . import conversations, messages, thread_files
from .data import offering
from .decisions import take_decisions
from .notebook_tools import page_request
from .page import frontend

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
    widget.tell_all(lost=content.get("lost") is True)


def _send(widget: Widget, content: CommandContent) -> None:
    widget.session.start(content.get("parts") or content.get("text", ""))


def _stop(widget: Widget, content: CommandContent) -> None:
    widget.session.stop()
    widget.feed.view()  # the answer where nothing was running


def _look(widget: Widget, content: CommandContent) -> None:
    widget.feed.beat()  # the number tells a page that slept whether it missed anything


def _around(widget: Widget, content: CommandContent) -> None:
    widget.feed.view()  # how the other chats are is not told whenever it changes


def _retry(widget: Widget, content: CommandContent) -> None:
    if not widget.session.running:
        widget.chat.threads.before_edit()
    widget.session.start_retry()


def _edit(widget: Widget, content: CommandContent) -> None:
    if not widget.session.running:
        widget.chat.threads.before_edit(content["mid"])
    widget.session.start_edit(content["mid"], content["text"])


def _new_thread(widget: Widget, content: CommandContent) -> None:
    widget.chat.threads.begin()


def _use(widget: Widget, content: CommandContent) -> None:
    widget.use(content["agent"])


def _resume(widget: Widget, content: CommandContent) -> None:
    widget.session.start_resume(take_decisions(widget.session, content["decisions"]))
    widget.feed.view()  # a tool may be allowed by now


def _press(widget: Widget, content: CommandContent) -> None:
    widget.chat.surfaces.act(content["place"], content)


def _revoke(widget: Widget, content: CommandContent) -> None:
    widget.revoke(content["tool"])


def _set_state(widget: Widget, content: CommandContent) -> None:
    widget.session.set_state(content["value"])


def _events_open(widget: Widget, content: CommandContent) -> None:
    widget.watch_events(True)
    widget.feed.open_events(content["from"])


def _events_close(widget: Widget, content: CommandContent) -> None:
    widget.watch_events(False)
    widget.feed.close_events()


def _wire_open(widget: Widget, content: CommandContent) -> None:
    widget.watch_events(True)
    widget.feed.open_wire(content["from"])


def _wire_close(widget: Widget, content: CommandContent) -> None:
    widget.feed.close_wire()


def _bug_report(widget: Widget, content: CommandContent) -> None:
    for name, text in thread_files.bug_report(widget.session):
        widget.tell(messages.file_export("bug", name, text))


def _export(widget: Widget, content: CommandContent) -> None:
    name, text = thread_files.export_thread(widget.chat.thread(), content["format"])
    widget.tell(messages.file_export(content["format"], name, text))


def _make_test(widget: Widget, content: CommandContent) -> None:
    _begin_test(widget, widget.chat.lines(), widget.chat.name)


def _begin_test(widget: Widget, lines: Sequence[JsonObject], agent: str) -> None:
    """The conversation is played once for it, which the loop must not wait for."""
    try:
        start_daemon("agui-test", _write_test, widget, lines, agent)
    except RuntimeError:  # in a page: played here, or a sentence says why it cannot be
        _write_test(widget, lines, agent)


def _write_test(widget: Widget, lines: Sequence[JsonObject], agent: str) -> None:
    from ..testing.module import free_name, write_test

    try:
        module, recording = write_test(lines, free_name(agent), agent)
        told = messages.notice(f"Wrote {module} and {recording}: run them with pytest.", "info")
    except AGUIError as error:
        told = messages.notice(str(error))
    background().call(widget.tell, told)


def _export_thread(widget: Widget, content: CommandContent) -> None:
    store, form = widget.chat.threads.need_store(), content["format"]
    thread = store.find(content["key"])
    lines = store.lines(thread.key)
    if form == "test":
        _begin_test(widget, lines, thread.agent)
        return
    name, text = thread_files.export_kept(lines, thread.title, thread.agent, form)
    widget.tell(messages.file_export(form, name, text))


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
    widget.chat.threads.delete(content["key"], content["deleted"])
    _tell_threads(widget)


def _play(widget: Widget, content: CommandContent) -> None:
    widget.play(content["do"], content["value"])


def _cells(widget: Widget, content: CommandContent) -> None:
    page_request.answer(content["rid"], content["value"])


def _variables(widget: Widget, content: CommandContent) -> None:
    background().submit(offering.tell_names(widget))


def _variable(widget: Widget, content: CommandContent) -> None:
    background().submit(offering.tell_parts(widget, content["name"]))


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
    "look": _look,
    "around": _around,
    "retry": _retry,
    "edit": _edit,
    "new_thread": _new_thread,
    "use": _use,
    "resume": _resume,
    "press": _press,
    "revoke": _revoke,
    "set_state": _set_state,
    "events_open": _events_open,
    "events_close": _events_close,
    "wire_open": _wire_open,
    "wire_close": _wire_close,
    "bug_report": _bug_report,
    "export": _export,
    "make_test": _make_test,
    "export_thread": _export_thread,
    "open": _open,
    "undo": _undo,
    "branch": _branch,
    "threads": _threads,
    "rename": _rename,
    "pin": _pin,
    "delete": _delete,
    "play": _play,
    "cells": _cells,
    "variables": _variables,
    "variable": _variable,
}
