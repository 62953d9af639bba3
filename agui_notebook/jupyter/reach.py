"""Whether an agent can be reached and what it can: found out beside the cell, never before it.

What is asked and how is the session's business; how it is shown, the page's.
"""

from __future__ import annotations

from ..protocol.capabilities import capabilities_line, takes_files
from ..runtime.loop import background
from ..values import JsonObject, JsonView
from .chats import Chat, chats


def look(chat: Chat) -> None:
    """Ask now; the chat shows what came of it when it has come, if it is still there."""
    asking = background().submit(_ask(chat))
    chat.ends.callback(asking.cancel)


async def _ask(chat: Chat) -> None:
    chat.problem = await chat.session.probe()
    chats.announce()


def told_of(chat: Chat) -> JsonObject:
    """What the page shows of it: trouble, what the agent can, and what it does not take."""
    declared: JsonView = chat.session.capabilities or {}
    told: JsonObject = {"problem": chat.problem, "can": capabilities_line(declared)}
    told = {word: text for word, text in told.items() if text}
    return told if takes_files(declared) else {**told, "files": False}
