"""Puts the pieces of a model's tool calls together, for every dialect. Pure: pieces in, calls out.

What the arguments are is decided in call_arguments.py. Which call a piece belongs to:

1. A piece without a name begins no call. It continues the call of its id, else that of its index,
   else the last. Only where that cannot be (a new index with a new id and no arguments, or an
   object after one that is whole) it is held as a call whose name is still to come.
2. A piece with a name under a known id or index begins another call if the one there is whole and
   the piece does not repeat it, or if it brings both another id and another name.
3. Pieces of a name join until arguments come; a name said again in full is a repetition.
4. Ids that come later belong to the call of their index; two calls may bring the same id.
"""

from __future__ import annotations

import json
from collections.abc import Hashable
from dataclasses import dataclass

from ...values import Foreign, Json
from .call_arguments import ArgumentText
from .loose_json import key


@dataclass(frozen=True)
class Piece:
    """What one chunk says of one call; what it leaves out is None.

    ``index`` and ``id`` are the provider's names for the call, ``delta`` continues the JSON text
    of its arguments, ``whole`` is the JSON text of all of them. ``seal`` is a provider's opaque
    value that belongs to the call; ``cut`` says that its provider did not come to its end.
    """

    index: Hashable = None
    id: str | None = None
    name: str | None = None
    delta: str | None = None
    whole: str | None = None
    seal: str | None = None
    cut: bool = False

    @property
    def arguments(self) -> str | None:
        """The text it brings, of a part of the arguments or of all."""
        return self.delta if self.whole is None else self.whole


def piece_of(
    index: Foreign,
    call_id: Foreign,
    name: Foreign,
    arguments: Json,
    *,
    whole: bool = False,
    seal: str = "",
) -> Piece:
    """A Piece of whatever a chunk holds; arguments that are no text are all of them.

    ``whole`` says that text is all of them too.

    >>> piece_of("0", "", "ping", {})
    Piece(index=0, id=None, name='ping', delta=None, whole='{}', seal=None, cut=False)
    """
    whole = whole or not isinstance(arguments, str)
    plain = isinstance(arguments, str) or arguments is None
    text = (arguments if plain else json.dumps(arguments, default=str)) or None
    return Piece(
        key(index),
        call_id if isinstance(call_id, str) and call_id else None,
        (name.strip() or None) if isinstance(name, str) else None,
        None if whole else text,
        text if whole else None,
        seal or None,
    )


class PartialCall:
    """One call as far as it has come."""

    def __init__(self) -> None:
        self.index: Hashable = None
        self.id: str | None = None
        self.name = ""
        self.seal: str | None = None
        self.cut = False
        self.arguments = ArgumentText()
        self.ids: set[str] = set()

    def take(self, piece: Piece) -> None:
        """Take in a piece that belongs to this call."""
        self.index = piece.index if self.index is None else self.index
        self.id, self.seal = self.id or piece.id, self.seal or piece.seal
        self.cut = self.cut or piece.cut
        self.ids |= {piece.id} if piece.id else set()
        self._take_name(piece.name or "")
        if piece.whole is not None:
            self.arguments.state(piece.whole)
        if piece.delta:
            self.arguments.add(piece.delta)

    def _take_name(self, name: str) -> None:
        if name.startswith(self.name):
            self.name = name
        elif not self.arguments:
            self.name += name

    def goes_on(self, piece: Piece) -> bool:
        """Whether a piece with a name belongs to this call, which its id or index means."""
        if not self.name:
            return True
        same = piece.name == self.name
        if self.arguments.is_complete:
            return same and self._is_repeated(piece)
        if None not in (piece.index, self.index) and piece.index != self.index:
            return same and self.arguments.has_text
        if piece.id and self.ids and piece.id not in self.ids:
            return same
        return same or not self.arguments

    def _is_repeated(self, piece: Piece) -> bool:
        said = piece.arguments
        known = piece.id in self.ids if piece.id else piece.index is not None
        if said is None:
            return known and piece.index in (None, self.index)
        return known and self.arguments.holds(said)


class CallPieces:
    """The calls of one answer, in the order in which they began."""

    def __init__(self) -> None:
        self.calls: list[PartialCall] = []
        self._by_id: dict[str, PartialCall] = {}
        self._by_index: dict[Hashable, PartialCall] = {}

    def take(self, piece: Piece) -> PartialCall:
        """Take in a piece; returns the call that it began or continued."""
        find = self._with_name if piece.name else self._without_name
        call = find(piece) or self._begin()
        call.take(piece)
        if piece.id:
            self._by_id.setdefault(piece.id, call)
        if piece.index is not None and call.index == piece.index:
            self._by_index[piece.index] = call
        return call

    def _begin(self) -> PartialCall:
        self.calls.append(PartialCall())
        return self.calls[-1]

    def _find(self, piece: Piece) -> PartialCall | None:
        """The call that has the piece's id and index, or its id, or else its index."""
        by_index = None if piece.index is None else self._by_index.get(piece.index)
        by_id = self._by_id.get(piece.id) if piece.id else None
        both = by_index is not None and piece.id in by_index.ids
        return by_index if both else by_id or by_index

    def _with_name(self, piece: Piece) -> PartialCall | None:
        """The call that a piece with a name goes on with."""
        call = self._find(piece) or self._last_unfinished(piece)
        return call if call and call.goes_on(piece) else None

    def _last_unfinished(self, piece: Piece) -> PartialCall | None:
        """The last call, where a piece that names its call by nothing may belong to it."""
        last = self.calls[-1] if self.calls else None
        if last is None or (piece.index is not None and last.index is not None):
            return None
        unfinished = last.arguments.has_text and not last.arguments.is_complete
        again = last.name == piece.name and unfinished and not piece.id
        return last if again or not last.name else None

    def _without_name(self, piece: Piece) -> PartialCall | None:
        """The call that a piece without a name goes on with."""
        known = self._find(piece)
        if known or not self.calls:
            return known
        opens = piece.id is not None and piece.index is not None and piece.arguments is None
        return None if opens or self._is_another(piece) else self.calls[-1]

    def _is_another(self, piece: Piece) -> bool:
        said, last = piece.arguments or "", self.calls[-1].arguments
        return said.lstrip().startswith("{") and last.is_complete and not last.holds(said)
