"""What a tool prints, displays and draws while it runs: kept in order, away from the running cell.

Tools run on the main thread, beside it, or on the loop that cells use too; what they show is told
from what others show by the context it is shown in. What becomes of it is kernel.py's business.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from typing import TextIO

from ..late_pattern import late
from ..runtime.bridge import USER_THREAD
from ..values import Foreign, Json, JsonObject

_OVERWRITTEN = late(r"[^\n]*\r(?=[^\n])")  # what a progress bar wrote over
_current: ContextVar[Shown | None] = ContextVar("_current", default=None)


class Shown:
    """The outputs of one call, oldest first."""

    def __init__(self) -> None:
        self._outputs: list[tuple[str | None, JsonObject]] = []  # with the display id, if any
        self._clear_first = False
        self.former_threads = {thread.ident for thread in threading.enumerate()}

    def bundles(self) -> list[JsonObject]:
        """Everything that is left in the end."""
        return [bundle for _, bundle in self._outputs]

    def print(self, text: str) -> None:
        """Text, behind other text if that came last."""
        self._begin()
        last = self._outputs[-1][1] if self._outputs else {}
        if last.keys() == {"text/plain"} and self._outputs[-1][0] == _STREAM:
            text = str(self._outputs.pop()[1]["text/plain"]) + text
        self._outputs.append((_STREAM, {"text/plain": _OVERWRITTEN.sub("", text)}))

    def display(self, bundle: JsonObject, display_id: str | None, update: bool) -> None:
        """A display, in place of those of its id when it updates them."""
        if update:
            self._outputs = [
                (held, bundle if held == display_id else old) for held, old in self._outputs
            ]
        else:
            self._begin()
            self._outputs.append((display_id, bundle))

    def clear(self, wait: bool) -> None:
        """Forget all, or do so when there is something new."""
        self._clear_first = wait
        if not wait:
            self._outputs.clear()

    def _begin(self) -> None:
        if self._clear_first:
            self._clear_first = False
            self._outputs.clear()


_STREAM = "stream"


class _Diversion:
    """Where ``print`` and ``display`` lead while any tool runs: to the tool's own outputs, if
    it is the tool that shows something, else to where they led before.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._users = 0
        self._publisher: Foreign = None
        self._formerly: JsonObject = {}
        self._own: JsonObject = {}
        self._blocking: Shown | None = None  # of the tool that the main thread is in
        self.nobody = Shown()  # stands for the cell

    @contextmanager
    def to(self, shown: Shown, publisher: Foreign) -> Iterator[None]:
        """Divert what this context shows."""
        former, blocked = _current.get(), self._blocking
        with self._lock:
            self._enter(publisher)
        _current.set(shown)
        if threading.current_thread() is threading.main_thread():
            self._blocking = shown
        try:
            yield
        finally:
            _current.set(former)
            self._blocking = blocked
            with self._lock:
                self._leave()

    def catcher(self) -> Shown | None:
        """The call that shows something right now, on this thread."""
        shown, thread = _current.get(), threading.current_thread()
        if shown is self.nobody:
            return None
        if shown is not None or self._blocking is None or thread.name == USER_THREAD:
            return shown
        began = thread.ident not in self._blocking.former_threads
        return self._blocking if began else None  # a thread that the tool itself started

    def _enter(self, publisher: Foreign) -> None:
        self._users += 1
        if self._users > 1:
            return
        self._publisher = publisher
        self._formerly = {name: getattr(publisher, name) for name in ("publish", "clear_output")}
        own = vars(publisher)
        self._own = {name: own[name] for name in self._formerly if name in own}
        publisher.publish, publisher.clear_output = self._publish, self._clear
        sys.stdout = _Stdout(sys.stdout)

    def _leave(self) -> None:
        self._users -= 1
        if self._users:
            return
        for name in self._formerly:
            self._publisher.__dict__.pop(name, None)
        self._publisher.__dict__.update(self._own)
        if isinstance(sys.stdout, _Stdout):
            sys.stdout = sys.stdout.former

    def _publish(
        self, data: JsonObject, metadata: Json = None, *args: Json, **how: Foreign
    ) -> None:
        shown = self.catcher()
        if shown is None:
            self._formerly["publish"](data, metadata, *args, **how)
            return
        display_id = (how.get("transient") or {}).get("display_id")
        shown.display(dict(data), display_id, bool(how.get("update")))

    def _clear(self, wait: bool = False) -> None:
        shown = self.catcher()
        if shown is None:
            self._formerly["clear_output"](wait=wait)
        else:
            shown.clear(wait)


class _Stdout:
    """Stands for ``sys.stdout``; everything but writing is the former one's."""

    def __init__(self, former: TextIO) -> None:
        self.former = former

    def write(self, text: str) -> int:
        """Write for whoever it is that prints."""
        shown = _diversion.catcher()
        if shown is None:
            return self.former.write(text)
        shown.print(text)
        return len(text)

    def writelines(self, lines: Foreign) -> None:
        """Write several."""
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Foreign:
        return getattr(self.former, name)


_diversion = _Diversion()


def divert(shown: Shown, publisher: Foreign) -> AbstractContextManager[None]:
    """Keep in ``shown`` what is shown in this context; ``publisher`` is IPython's."""
    return _diversion.to(shown, publisher)


@contextmanager
def bypass() -> Iterator[None]:
    """Show what is shown in this context below the cell, whatever tool runs."""
    former = _current.get()
    _current.set(_diversion.nobody)
    try:
        yield
    finally:
        _current.set(former)
