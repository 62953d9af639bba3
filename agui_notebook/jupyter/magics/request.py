"""What a line after ``%agui`` asks for, as the functions of the words get it."""

from __future__ import annotations

from argparse import Namespace
from typing import Any, NamedTuple

from ...errors import InvalidInput
from ...late_pattern import late
from ...values import JsonView
from ..chats import Chat, chats, nearest

_UNFILLED = late(r"\{([A-Za-z_][\w.]*)\}")


def _header(text: str) -> tuple[str, str]:
    name, colon, value = (part.strip() for part in text.partition(":"))
    if not colon or not name or not value:
        raise InvalidInput(
            'A header has a name and a value, in quotes: --header "Authorization: Bearer {key}".'
        )
    if unknown := _UNFILLED.search(value):
        raise InvalidInput(
            f"{{{unknown[1]}}} in --header is no variable: assign it in a cell first."
        )
    return name, value


class Request(NamedTuple):
    """What was asked: the words after the first, the options, and the same text unparsed."""

    words: list[str]
    options: Namespace
    raw: str
    names: JsonView  # the user's variables

    @property
    def chat(self) -> Chat:
        """The chat in use, or the one of ``--name``."""
        return chats.get(self.options.name)

    def only(self, what: str) -> str:
        """The one word that is needed. Raises InvalidInput, saying ``what`` it would be."""
        if len(self.words) != 1:
            raise InvalidInput(f"Say {what}.")
        return self.words[0]

    def some(self, what: str) -> list[str]:
        """The words, one at least. Raises InvalidInput, saying ``what`` they would be."""
        if not self.words:
            raise InvalidInput(f"Say {what}.")
        return self.words

    @property
    def functions(self) -> list[Any] | None:
        """What ``--tool`` names."""
        return [self.value(word) for word in self.options.tool or ()] or None

    @property
    def approve(self) -> list[str] | bool | None:
        """What ``--approve`` names; True for all."""
        names = self.options.approve
        return True if names and "all" in names else names

    @property
    def headers(self) -> dict[str, str] | None:
        """What ``--header`` says. Raises InvalidInput, without repeating a value."""
        return dict(map(_header, self.options.header or ())) or None

    def value(self, word: str) -> Any:
        """What a name or expression stands for in the notebook. Raises InvalidInput."""
        try:
            return eval(word, dict(self.names))
        except NameError:
            known = [name for name in self.names if not name.startswith("_")]
            raise InvalidInput(f"{word!r} is not defined{nearest(word, known)}") from None
        except Exception as error:
            raise InvalidInput(f"{word!r} cannot be used: {error}.") from error
