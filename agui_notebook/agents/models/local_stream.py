"""An answer that a model in this process makes: one at a time, off the loop, stopped on demand.

What makes the pieces is the adapters' business; a thread of its own iterates here.
"""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable, Iterable, Iterator
from typing import Generic, TypeVar

from ...values import Foreign

Chunk = TypeVar("Chunk")
Stopped = Callable[[], bool]
PATIENCE_S = 0.1  # between two looks whether a run that waits for its turn is to stop
_locks: dict[int, threading.Lock] = {}  # by the model's id, as long as it lives
_opening = threading.Lock()


class LocalStream(Generic[Chunk]):
    """One answer. ``make`` gets a question, to be asked between two tokens: has it been stopped?"""

    def __init__(self, model: Foreign, make: Callable[[Stopped], Iterable[Chunk]]) -> None:
        self._lock, self._make = _lock_of(model), make
        self._stop = threading.Event()

    def __iter__(self) -> Iterator[Chunk]:
        while not self._lock.acquire(timeout=PATIENCE_S):
            if self._stop.is_set():
                return
        try:
            for chunk in self._make(self._stop.is_set):
                if self._stop.is_set():
                    return
                yield chunk
        finally:
            self._lock.release()

    def hang_up(self) -> None:
        """Stop it before its next token."""
        self._stop.set()


def _lock_of(model: Foreign) -> threading.Lock:
    """The lock of a model, which has room for one answer at a time."""
    with _opening:
        if id(model) not in _locks:
            _locks[id(model)] = threading.Lock()
            weakref.finalize(model, _locks.pop, id(model), None)
        return _locks[id(model)]
