"""``agui_notebook.chat``: one call from an agent to its chat below the cell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..client.session import Session
from ..values import JsonObject
from . import kernel
from .chats import Chat, chats, is_recording, open_chats

if TYPE_CHECKING:
    from .widget import ChatWidget


def chat(
    target: Any = None,
    name: str | None = None,
    *,
    thread: str | None = None,
    store: Any = None,
    **options: Any,
) -> ChatWidget:
    """A chat widget for an agent, in this notebook: display it, or drive it from code.

    ``target`` is a URL, a Session, a LocalServer, anything ``serve()`` wraps, or None for the
    offline demo. Made of the same once more, the chat there is comes back as it stands; else a
    chat of the same ``name`` is closed first. ``options`` are those of ``connect()``; for what
    has to be served also those of ``serve()``.
    ``thread`` goes on with an earlier conversation: "last", or its key, id, title or file.
    ``store`` names the file that keeps conversations, in place of the usual one; "off": none.
    Raises UnsupportedAgent, InvalidInput, ServerError, and AGUIError where the front end was not
    built or the kernel cannot carry it.
    """
    kernel.check_kernel()
    held = chats.find(target) if isinstance(target, Session) else None
    if held is not None and name in (None, held.name):
        shown: ChatWidget = held.widget or _widget(held)
        return shown
    same = chats.find_made(target, name, options)
    if same is None:
        same = _begin(target, name, store, options)
    else:
        chats.use(same.name)
    if thread is not None:
        same.threads.open(thread)
    made: ChatWidget = same.widget
    return made


def _begin(target: Any, name: str | None, store: Any, options: JsonObject) -> Chat:
    """A new chat, in place of the one that had its name."""
    first, *others = open_chats(target, name, **options)
    first.made = (target, name, dict(options))
    played = is_recording(first.session)
    store = "off" if played else store  # it has a file already
    for each in [first, *others]:
        each.keep(store, chats.announce)
    _widget(first)
    for each in [*others, first]:
        chats.put(each, use=not played)
    return first


def _widget(made: Chat) -> ChatWidget:
    from .widget import ChatWidget

    try:
        widget = made.widget = ChatWidget(made.session, chat=made)
    except BaseException:
        made.ends.close()
        raise
    made.ends.callback(widget.close)
    return widget
