"""The JSON text of one call's arguments, out of what a provider sends of it. Pure.

Which call a piece belongs to is decided in call_pieces.py. The rules here:

* Text goes on where the last piece ended. Text that begins with all that came before may be all
  of it once more, and a whole object may be said twice: what can be read as an object in the end
  decides. An empty object that more text follows was a placeholder.
* Whole arguments (an object, or its text) stand where no text came, where it was a placeholder,
  and where it was cut short. Where both can be read and differ, the arguments are lost.
* An object inside of a JSON string is that object.
* Nothing at all is None, never an empty object: whether a call has no arguments is for its
  provider to say, with an empty object.
"""

from __future__ import annotations

import json
from typing import NamedTuple

from ...values import Foreign, JsonObject


class Ending(NamedTuple):
    """What came of the arguments: their text or None, and what of it was not handed out yet.

    Text that is ``lost`` is not what the provider had: no tool may be called with it.
    """

    text: str | None
    rest: str
    lost: bool


class ArgumentText:
    """The arguments as far as they have come."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._length = 0
        self._told = 0  # how many of the pieces were handed out
        self._again: str | None = None  # what may be all of the text once more
        self._surplus: list[str] = []  # what came behind an object that was whole
        self._whole: str | None = None

    def __bool__(self) -> bool:
        """Whether anything came."""
        return bool(self._pieces) or self._whole is not None

    @property
    def has_text(self) -> bool:
        """Whether a piece of the text came."""
        return bool(self._pieces)

    @property
    def is_complete(self) -> bool:
        """Whether an object can be read already that is no placeholder."""
        return bool(read_object(self._whole or "")) or bool(self._object())

    def _object(self) -> JsonObject | None:
        """The object that the pieces make, if its end has come."""
        ends = self._pieces and self._pieces[-1].rstrip().endswith(("}", '"'))
        return read_object("".join(self._pieces)) if ends else None

    def holds(self, text: str) -> bool:
        """Whether ``text`` is an object, and the very one that came."""
        given = read_object(text)
        return given is not None and given == (self._object() or read_object(self._whole or ""))

    def state(self, whole: str) -> None:
        """Take in the text of all arguments; an empty one takes nothing back."""
        if whole.strip() and not (self._whole and not read_object(whole)):
            self._whole = whole

    def add(self, delta: str) -> None:
        """Take in a piece of the text."""
        said = self._object() if delta.lstrip()[:1] in ("{", '"') else None
        if said or self._surplus:
            self._surplus.append(delta)
        elif said == {}:
            self._replace(delta)
        else:
            self._append(delta)

    def _append(self, delta: str) -> None:
        before = self._again
        if before is None and self._pieces and len(delta) >= self._length:
            before = "".join(self._pieces)
        if before is not None and delta.startswith(before):
            self._again = delta
        self._pieces.append(delta)
        self._length += len(delta)

    def _replace(self, text: str) -> None:
        """Text in place of a placeholder, of which no more than its first brace was told."""
        told = "".join(self._pieces[: self._told])
        self._pieces = [told, text.removeprefix(told)] if told else [text]
        self._told, self._length = len(told), len(text)

    def fresh(self) -> str:
        """The text that nothing can take back any more and that was not handed out."""
        if self._again is not None or not (self._told or self._begins()):
            return ""
        text, self._told = "".join(self._pieces[self._told :]), len(self._pieces)
        return text

    def _begins(self) -> bool:
        head = "".join(self._pieces[:3]).strip()
        return head.startswith("{") and head not in ("{", "{}")

    def end(self) -> Ending:
        """What came of it."""
        told = "".join(self._pieces[: self._told])
        text, differs = self._readable()
        if text is None or not text.startswith(told):
            return Ending(told or None, "", bool(told) or differs)
        return Ending(text, text[len(told) :], differs)

    def _readable(self) -> tuple[str | None, bool]:
        text, again, whole = "".join(self._pieces), self._again or "", self._whole or ""
        said, stated, more = read_object(text), read_object(whole), "".join(self._surplus)
        if more and read_object(more) != said:
            return text + more, True
        if said:
            return unwrap(text), bool(stated) and stated != said
        if stated:
            return unwrap(whole), False
        if read_object(again):
            return unwrap(again), False
        return (text if text.strip() else self._whole), False


def read_object(text: str) -> JsonObject | None:
    """The object that JSON text holds, also inside of a JSON string; else None.

    >>> read_object('"{\\\\"a\\\\": 1}"')
    {'a': 1}
    """
    value = _read(unwrap(text))
    return value if isinstance(value, dict) else None


def unwrap(text: str) -> str:
    """The text inside of a JSON string, or the text itself."""
    inner = _read(text) if text.lstrip().startswith('"') else None
    return inner if isinstance(inner, str) else text


def _read(text: str) -> Foreign:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
