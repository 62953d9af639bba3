"""Tab completion behind ``%agui`` and ``%%agui``: words, options, names that fit. Nothing runs."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from ...late_pattern import late
from ...values import JsonObject, JsonView
from ..chats import chats
from .options import CELL, OPTIONS, USES
from .subcommands import WORDS

_LINE = late(r"^(?P<head>\s*(?:[\w.]+\s*=\s*)?%{1,2}agui)\s+(?P<rest>.*)$")
FILES = ("record", "replay", "export", "save")  # their completion is IPython's


def candidates(line: str, names: JsonView) -> tuple[str, list[str]] | None:
    """The fragment before the cursor and what it may become; None where it is not our line."""
    found = _LINE.match(line)
    if found is None:
        return None
    *before, fragment = re.split(r"\s+", found["rest"])
    if before[:1] and before[0] in FILES and not fragment.startswith("-"):
        return None
    known = _candidates(before, fragment, names, cell="%%" in found["head"])
    return fragment, sorted(word for word in set(known) if word.startswith(fragment))


def _candidates(before: list[str], fragment: str, names: JsonView, *, cell: bool) -> Iterable[str]:
    if fragment.startswith("-"):
        uses = CELL if cell else USES.get(before[0] if before else "")
        return uses.options if uses else OPTIONS
    if before and before[-1] in _VALUES:
        return _VALUES[before[-1]](names)
    if cell:
        return [name for name in chats.names if name not in before]
    if not before:
        return [word for word in WORDS if word]
    return _ARGUMENTS.get(before[0], _nothing)(names)


def _nothing(names: JsonView) -> Iterable[str]:
    return ()


def _chats(names: JsonView) -> Iterable[str]:
    return chats.names


def _variables(names: JsonView) -> Iterable[str]:
    hidden = {"In", "Out", "exit", "quit", "open", "get_ipython"}
    return [name for name in names if not name.startswith("_") and name not in hidden]


def _addresses(names: JsonView) -> Iterable[str]:
    return [name for name in _variables(names) if isinstance(names[name], str)]


def _functions(names: JsonView) -> Iterable[str]:
    return [name for name in _variables(names) if callable(names[name])]


def _tools(names: JsonView) -> Iterable[str]:
    return chats.get().session.tools if chats.current else ()


def _questions(names: JsonView) -> Iterable[str]:
    return [q.id for q in chats.get().session.interrupts] if chats.current else ()


def _servers(names: JsonView) -> Iterable[str]:
    from ...server.local import servers

    return servers()


_ARGUMENTS: dict[str, Callable[[JsonView], Iterable[str]]] = {
    "connect": _addresses,
    "serve": _variables,
    "chat": _chats,
    "use": _chats,
    "keep": _chats,
    "tool": _functions,
    "allow": _tools,
    "revoke": _tools,
    "approve": _questions,
    "deny": _questions,
    "answer": _questions,
    "shutdown": _servers,
}
_VALUES: dict[str, Callable[[JsonView], Iterable[str]]] = {
    "--name": _chats,
    "--as": _variables,
    "--tool": _functions,
    "--approve": _functions,
}


def matches(line: str, names: JsonView) -> JsonObject:
    """What IPython's completer is told of the text before the cursor: on our lines alone ours."""
    from IPython.core.completer import SimpleCompletion

    found = candidates(line, names)
    if found is None:
        return {"completions": []}
    fragment, known = found
    return {
        "completions": [SimpleCompletion(word, type="agui") for word in known],
        "matched_fragment": fragment,
        "suppress": True,
    }
