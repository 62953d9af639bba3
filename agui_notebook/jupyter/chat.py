"""``agui_notebook.chat``: one call from an agent to its chat below the cell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..client.session import Session
from . import kernel
from .chats import Chat, chats, open_chats

if TYPE_CHECKING:
    from .widget import ChatWidget


def chat(target: Any = None, name: str | None = None, **options: Any) -> ChatWidget:
    """A chat widget for an agent, in this notebook: display it, or drive it from code.

    ``target`` is a URL, a Session, a LocalServer, anything ``serve()`` wraps, or None for the
    offline demo. A chat of the same ``name`` is closed first. ``options`` are those of
    ``connect()``; for what has to be served also those of ``serve()``.
    Raises UnsupportedAgent, InvalidInput, ServerError, and AGUIError where the front end was not
    built or the kernel cannot carry it.
    """
    kernel.check_kernel()
    held = chats.find(target) if isinstance(target, Session) else None
    if held is not None and name in (None, held.name):
        shown: ChatWidget = held.widget or _widget(held)
        return shown
    first, *others = open_chats(target, name, **options)
    widget = _widget(first)
    for other in [*others, first]:
        chats.put(other)
    return widget


def _widget(made: Chat) -> ChatWidget:
    from .widget import ChatWidget

    try:
        widget = made.widget = ChatWidget(made.session, chat=made)
    except BaseException:
        made.ends.close()
        raise
    made.ends.callback(widget.close)
    return widget
