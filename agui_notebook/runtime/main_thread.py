"""A blocking call on the main thread that others may interrupt, as Ctrl-C does.

A notebook runs frontend tools on the main thread, also between cells, where a kernel ignores its
interrupt: here it counts, and Stop counts too. Nothing here knows tools.
"""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable
from types import FrameType
from typing import Any, TypeVar

from .bridge import start_thread

T = TypeVar("T")
ARRIVAL = 1.0  # seconds that a signal may need to reach the main thread
AGAIN = 0.05  # seconds until it is sent once more: one that comes just before a wait is not seen


class Interruptible:
    """One call. ``run`` it once; ``interrupt`` raises KeyboardInterrupt in it, from any thread."""

    def __init__(self) -> None:
        self.interrupted = False  # by us, and not by the user
        self.pressed = False  # by the user: a signal came, and not only a word of the call's own
        self.passed_on = False  # whoever minds the user's interrupts has been told of one
        self.ends_loop = False  # and that was Python itself, which ends what runs with it
        self._lock = threading.Lock()  # while it is held the call does not end
        self._running = self._sent = self._landed = False
        self._former: Any = None

    def run(self, call: Callable[[], T]) -> T:
        """Make the call; on any other thread than the main one it is made as it is."""
        if threading.current_thread() is not threading.main_thread():
            return call()
        self._former = signal.signal(signal.SIGINT, self._raise)
        try:
            self._running = True
            return call()
        finally:
            self._running = False
            self._wait_for_signal()
            signal.signal(signal.SIGINT, self._former or signal.SIG_DFL)

    def interrupt(self) -> None:
        """Interrupt the call if it is being made right now. Returns at once."""
        with self._lock:
            if not self._running or self.interrupted:
                return
            self.interrupted = True
        start_thread(self._send)

    def _send(self) -> None:
        while True:
            with self._lock:
                if not self._running or self._landed:
                    return
                self._sent = True
                _press_ctrl_c()
            time.sleep(AGAIN)

    def _raise(self, number: int, frame: FrameType | None) -> None:
        self._landed = self._sent
        if not self._running:
            return
        self.pressed = self.pressed or not self.interrupted
        if not self.interrupted and callable(self._former):
            self.passed_on = True
            self.ends_loop = self._former is signal.default_int_handler
            self._former(number, frame)  # a cell that awaits is cancelled by this
        raise KeyboardInterrupt

    def _wait_for_signal(self) -> None:
        """A signal that was sent must arrive here, and not in whatever the user does next."""
        with self._lock:
            sent = self._sent
        deadline = time.monotonic() + ARRIVAL
        while sent and not self._landed and time.monotonic() < deadline:
            time.sleep(0.001)


def _press_ctrl_c() -> None:
    kill = getattr(signal, "pthread_kill", None)  # wakes the main thread from what it waits for
    if kill is not None:
        kill(threading.main_thread().ident, signal.SIGINT)
    else:
        import _thread

        _thread.interrupt_main()
