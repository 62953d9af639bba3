"""The options that ``%agui`` and ``%%agui`` take. What they are for is the words' business."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from IPython.core.magic_arguments import argument

from ...values import JsonObject

VALUED: dict[str, JsonObject] = {
    "--name": {"help": "Name of the chat: one name, one chat."},
    "--as": {
        "dest": "variable",
        "metavar": "VARIABLE",
        "help": "Variable for the RunResult.",
    },
    "--system": {"metavar": "TEXT", "help": "Instructions for the agent, in quotes."},
    "--port": {"type": int, "help": "Port to serve at; a free one if left out."},
    "--token": {"help": "Token to serve with, or to connect with."},
    "--model": {"help": "Model to ask, where the served client has several."},
    "--speed": {"type": float, "help": "1: replay at the recorded pace; else at once."},
}
SWITCHES: dict[str, JsonObject] = {
    "--quiet": {"help": "Show nothing below the cell."},
    "--vars": {"help": "Put variables in place of {names}."},
    "--ray": {"help": "Export for Ray Serve instead of uvicorn."},
    "--continue": {"dest": "resume", "help": "Go on with the last thread."},
    "--new": {"help": "Begin a new thread, if the chat is there."},
}
SHORT = {"--quiet": "-q"}
OPTIONS = [*VALUED, *SWITCHES]


def takes_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Declare all options on a magic, as ``argument`` does for one."""
    for name, about in reversed(SWITCHES.items()):
        short = [SHORT[name]] if name in SHORT else []
        function = argument(name, *short, action="store_true", **about)(function)
    for name, about in reversed(VALUED.items()):
        function = argument(name, **about)(function)
    return function
