"""Raises an exception in another thread, which Python offers to C alone.

The only way to end a user's function that never returns: nothing else stops a thread. CPython
3.10 to 3.14 have it; elsewhere nothing happens, and the loop that is blocked is given up.
"""

from __future__ import annotations


def raise_in_thread(thread: int, kind: type[BaseException]) -> None:
    """Raise ``kind`` in the thread of this id as soon as it runs Python again."""
    try:
        import ctypes

        set_exception = ctypes.pythonapi.PyThreadState_SetAsyncExc
    except (ImportError, AttributeError):
        return
    set_exception(ctypes.c_ulong(thread), ctypes.py_object(kind))
