"""Thoughts at the beginning of an answer, between ``<think>`` and ``</think>``.

Servers that know their model take these out; this is for those that do not. Only the beginning is
looked at: further on the mark is something that the answer is about.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

OPENER, CLOSER = "<think>", "</think>"


class LeadingThought:
    """Tells thoughts from words, piece by piece."""

    def __init__(self) -> None:
        self._held = ""
        self._within = False
        self._done = False

    def split(self, piece: str) -> Iterator[tuple[bool, str]]:
        """``(is a thought, text)`` of what can be told apart by now."""
        self._held += piece
        if not (self._done or self._within):
            begun = self._held.lstrip()
            if len(begun) < len(OPENER) and OPENER.startswith(begun):
                return
            self._within = begun.startswith(OPENER)
            self._done = not self._within
            self._held = begun[len(OPENER) :] if self._within else self._held
        if self._within:
            thought, closer, self._held = self._held.partition(CLOSER)
            self._done, self._within = bool(closer), not closer
            keep = 0 if closer else mark_at_end(thought, [CLOSER])
            self._held = self._held or thought[len(thought) - keep :]
            yield True, thought[: len(thought) - keep]
        if self._done:
            yield self.rest()

    def rest(self) -> tuple[bool, str]:
        """What was held back, when no more comes."""
        held, self._held = self._held, ""
        return self._within, held


def mark_at_end(text: str, marks: Sequence[str]) -> int:
    """How many characters at the end of ``text`` may begin one of the marks."""
    sizes = range(min(len(text), max(map(len, marks)) - 1), 0, -1)
    return next((n for n in sizes if any(mark.startswith(text[-n:]) for mark in marks)), 0)
