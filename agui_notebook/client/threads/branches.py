"""The ways a conversation went: editing or asking again begins a branch, and none is lost.

A branch has a number and a path: at which turns it left the first one, as which version. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from ...protocol.document.operations import Operation, Set
from ...protocol.document.shape import Document, calls_of
from ...values import Json, JsonObject

Way = tuple[tuple[int, int], ...]  # (position of a user message, which version of it), in order


class Versions(NamedTuple):
    """The versions of one turn: ``place`` is its message's, ``shown`` counts from 0.

    ``branches`` has the branch to go to for each version.
    """

    place: int
    shown: int
    branches: list[int]


class Branches:
    """All branches of a thread; ``shown`` is the number of the one going on."""

    def __init__(self) -> None:
        self.shown = 0
        self._ways: list[Way] = [()]
        self._left: dict[int, Document] = {}

    def begin(self, place: int, document: Document) -> int:
        """A new branch at the user message in ``place``; ``document`` is what is left."""
        base = _before(self._ways[self.shown], place)
        used = [_version(way, place) for way in self._ways if _before(way, place) == base]
        self._left[self.shown] = document
        self._ways.append((*base, (place, max(used) + 1)))
        self.shown = len(self._ways) - 1
        return self.shown

    def show(self, number: int, document: Document) -> Document:
        """Leave ``document`` for the branch of this number; returns how that was left.

        Raises KeyError when there is none.
        """
        found = document if number == self.shown else self._left[number]
        self._left[self.shown] = document
        self.shown = number
        return found

    def __contains__(self, number: int) -> bool:
        return number == self.shown or number in self._left

    def turns(self) -> Iterator[Versions]:
        """The turns of the branch shown that have several versions."""
        for place in sorted({place for way in self._ways for place, _ in way}):
            own = self._ways[self.shown]
            base = _before(own, place)
            found = {
                _version(way, place): number
                for number, way in enumerate(self._ways)
                if _before(way, place) == base
            }
            if len(found) > 1:
                found[_version(own, place)] = self.shown
                order = sorted(found)
                shown = order.index(_version(own, place))
                yield Versions(place, shown, [found[version] for version in order])


def _before(way: Way, place: int) -> Way:
    return tuple(step for step in way if step[0] < place)


def _version(way: Way, place: int) -> int:
    return dict(way).get(place, 0)


def first_messages(document: Document, count: int) -> JsonObject:
    """What stays of ``document`` when only its first ``count`` messages do."""
    kept = document["messages"][:count]
    calls = {call["id"] for message in kept for call in calls_of(message)}
    items = {f"message:{message['id']}" for message in kept} | {f"call:{call}" for call in calls}
    known = {None, *(message["id"] for message in kept[:-1])}
    return {
        "messages": kept,
        "runs": [run for run in document["runs"] if run["after"] in known],
        "items": {key: item for key, item in document["items"].items() if key in items},
        "outputs": {k: item for k, item in document["outputs"].items() if k in calls | items},
    }


def member_operations(members: Json) -> list[Operation]:
    """The operations that put these members into a document."""
    return [Set((key,), value) for key, value in members.items()]
