"""What a line after ``%agui`` asks for, as the functions of the words get it."""

from __future__ import annotations

from argparse import Namespace
from typing import Any, NamedTuple

from ...errors import InvalidInput
from ...values import JsonView
from ..chats import Chat, chats, nearest


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

    def value(self, word: str) -> Any:
        """What a name or expression stands for in the notebook. Raises InvalidInput."""
        try:
            return eval(word, dict(self.names))
        except NameError:
            known = [name for name in self.names if not name.startswith("_")]
            raise InvalidInput(f"{word!r} is not defined{nearest(word, known)}") from None
        except Exception as error:
            raise InvalidInput(f"{word!r} cannot be used: {error}.") from error
