"""What stands now where a function was defined: its cell, or its module, may have run again.

What becomes of a tool then is tool.py's business.
"""

from __future__ import annotations

import inspect

from ..values import Foreign


def place_of(function: Foreign) -> tuple[Foreign, Foreign]:
    """Where a function was defined, as far as it says so."""
    return getattr(function, "__module__", None), getattr(function, "__qualname__", function)


def written_anew(function: Foreign) -> Foreign:
    """What holds the function's name in its module if it is that function written anew, else None.

    Functions that one ``def`` made several times, as in a loop, are not each other's successors;
    nor is what only wraps the function.
    """
    plain = inspect.unwrap(function)
    name = getattr(plain, "__qualname__", None)
    found = getattr(plain, "__globals__", {}).get(name)
    if not callable(found):
        return None
    later = inspect.unwrap(found)
    code = getattr(later, "__code__", None)
    if code is None or code is plain.__code__ or place_of(later) != place_of(plain):
        return None
    return found
