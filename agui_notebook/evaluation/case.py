"""What an agent is asked, and what is expected: one case. Where cases come from is sources.py's.

Values only; nothing is run here.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from ..client.start import Edit, Resume, Retry, Say
from ..errors import InvalidInput
from ..values import Json, JsonView

SAYABLE = (str, list, dict, Say, Resume, Edit, Retry)
NAME = 60  # characters of what was asked, where a case has no name


@dataclass(frozen=True)
class CaseValues:
    """What a ``Case`` holds; see there."""

    turns: Json
    name: str = ""
    reference: str | None = None
    checks: Sequence[Json] = ()
    state: Json = None
    data: JsonView = field(default_factory=dict)

    def __post_init__(self) -> None:
        turns = self.turns
        each = tuple(turns) if isinstance(turns, list | tuple) else (turns,)
        if not each or any(turn is None or turn == "" for turn in each):
            raise InvalidInput("A case asks something: Case('What is 2 + 2?').")
        wrong = [turn for turn in each if not isinstance(turn, SAYABLE)]
        if wrong:
            raise InvalidInput(f"{wrong[0]!r} is nothing that can be said: turns are texts.")
        object.__setattr__(self, "turns", each)
        object.__setattr__(self, "name", str(self.name or _name_of(each[0])))

    @property
    def key(self) -> str:
        """What the case is known by in a file of results: the same for the same turns and state."""
        told = json.dumps([self.turns, self.state], sort_keys=True, default=repr)
        return hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def keys_of(cases: Iterable[CaseValues]) -> list[str]:
    """The key of each; a case that is there twice has a number behind it."""
    seen: dict[str, int] = {}
    found = []
    for case in cases:
        key = case.key
        seen[key] = seen.get(key, 0) + 1
        found.append(key if seen[key] == 1 else f"{key}#{seen[key]}")
    return found


def words_of_turn(turn: Json) -> str:
    """A turn as it is shown: what is said, or what it does instead."""
    if isinstance(turn, str):
        return turn
    if isinstance(turn, dict) and "content" in turn:
        return words_of_turn(turn["content"])
    if isinstance(turn, list):
        return " ".join(map(_part_words, turn))
    return json.dumps(turn, default=repr) if isinstance(turn, dict) else repr(turn)


def _part_words(part: Json) -> str:
    if not isinstance(part, dict):
        raise InvalidInput(
            "A turn is a text, a message or a list of content parts; several turns are a list of "
            f"those, and {part!r:.40} is none."
        )
    return str(part.get("text", f"({part.get('type')})"))


def _name_of(turn: Json) -> str:
    words = " ".join(words_of_turn(turn).split())
    return words if len(words) <= NAME else words[: NAME - 1] + "…"
