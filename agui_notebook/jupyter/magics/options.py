"""What ``%agui`` and ``%%agui`` take: options, and which words have a use for them.

What the words do is in subcommands.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from IPython.core.magic_arguments import argument

from ...errors import InvalidInput
from ...values import JsonObject

VALUED: dict[str, JsonObject] = {
    "--name": {"help": "Name of the chat: one name, one chat."},
    "--as": {
        "dest": "variable",
        "metavar": "VARIABLE",
        "help": "Variable for the chat; behind %%agui for the RunResult.",
    },
    "--header": {
        "action": "append",
        "metavar": "'NAME: VALUE'",
        "help": "A header to connect with, {name} for a variable; may be repeated.",
    },
    "--tool": {
        "action": "append",
        "metavar": "FUNCTION",
        "help": "A function the agent may call; may be repeated.",
    },
    "--approve": {
        "action": "append",
        "metavar": "FUNCTION",
        "help": "One of them that needs your yes, or all; may be repeated.",
    },
    "--system": {"metavar": "TEXT", "help": "Instructions for the agent, in quotes."},
    "--port": {"type": int, "help": "Port to serve at; a free one if left out."},
    "--token": {"help": "Token to serve with, or to connect with."},
    "--model": {"help": "Model to ask, where a client or an address has several."},
    "--speed": {"type": float, "help": "1: replay at the recorded pace; else at once."},
}
SWITCHES: dict[str, JsonObject] = {
    "--all": {
        "help": "Behind %%agui: say it to every chat, side by side; behind threads: list each."
    },
    "--quiet": {"help": "Show nothing below the cell."},
    "--vars": {"help": "Put variables in place of {names}."},
    "--ray": {"help": "Export for Ray Serve instead of uvicorn."},
    "--continue": {"dest": "resume", "help": "Go on with the last thread."},
    "--new": {"help": "Begin a new thread, if the chat is there."},
}
SHORT = {"--quiet": "-q"}
OPTIONS = [*VALUED, *SWITCHES]


class Uses(NamedTuple):
    """What a word has a use for: how many words behind it (None: any), and which options."""

    words: int | None
    options: frozenset[str]


def _uses(words: int | None, *options: str) -> Uses:
    return Uses(words, frozenset({"--name", *options}))


_BEGINS = ("--as", "--system", "--tool", "--approve", "--continue", "--new")
CELL = _uses(None, "--as", "--system", "--vars", "--quiet", "--all")
USES: dict[str, Uses] = {
    "": _uses(0),
    "demo": _uses(0, *_BEGINS, "--port", "--token"),
    "connect": _uses(1, *_BEGINS, "--token", "--header", "--model"),
    "serve": _uses(1, *_BEGINS, "--port", "--token", "--header", "--model"),
    "chat": _uses(1, *_BEGINS),
    "replay": _uses(1, "--as", "--speed"),
    **dict.fromkeys(("list", "new", "tools", "messages", "stop", "servers", "debug"), _uses(0)),
    **dict.fromkeys(("use", "keep", "save", "forget", "events", "record"), _uses(1)),
    "threads": _uses(None, "--all"),
    **dict.fromkeys(("open", "tool", "shutdown", "allow", "revoke"), _uses(None)),
    "export": _uses(1, "--ray"),
    **dict.fromkeys(("retry", "join"), _uses(0, "--as", "--quiet")),
}
# the rest of their line is not for the parser of options
RAW = frozenset({"state", "approve", "deny", "answer"})
# they give a chat, which is left in a variable
CHATS = frozenset({"demo", "connect", "serve", "chat", "replay"})
# they may go on with a turn, which is streamed
TURNS = ("approve", "deny", "answer", "retry", "join")


def check_use(what: str, uses: Uses, words: Sequence[str], options: Iterable[str]) -> None:
    """Raise InvalidInput for options and words that mean nothing there."""
    if idle := sorted(set(options) - uses.options):
        raise InvalidInput(f"{' and '.join(idle)} means nothing for {what}; leave it out.")
    left = [] if uses.words is None else words[uses.words :]
    if left:
        room = "takes no word" if uses.words == 0 else "takes one word"
        raise InvalidInput(
            f"{what} {room}: {', '.join(left)} left over. Put a text with spaces in quotes, or "
            "leave it out."
        )


def takes_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Declare all options on a magic, as ``argument`` does for one."""
    for name, about in reversed(SWITCHES.items()):
        short = [SHORT[name]] if name in SHORT else []
        function = argument(name, *short, action="store_true", **about)(function)
    for name, about in reversed(VALUED.items()):
        function = argument(name, **about)(function)
    return function
