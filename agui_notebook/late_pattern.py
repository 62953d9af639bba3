"""Regular expressions that are compiled when they are first used. Nothing else.

Compiling them was a third of what loading a first chat cost, and most are for answers that
few chats ever get.
"""

from __future__ import annotations

import re

TYPE_CHECKING = False  # importing typing would cost more than this module saves a plain import
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, AnyStr


class _Late:
    """Stands where a compiled pattern would; what is asked of it is kept, as if it were its own.

    ``search`` and the rest are found in the instance from the second use on, so that a pattern
    in a busy loop costs what a compiled one costs.
    """

    def __init__(self, make: Callable[[], object]) -> None:
        self._make = make

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._make(), name)  # re keeps what it has compiled
        setattr(self, name, found)
        return found


def late(source: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """``re.compile``, put off until the pattern is used; a wrong one is found then, or by the test.

    >>> late("a+").findall("banana")
    ['a', 'a', 'a']
    """
    return _Late(lambda: re.compile(source, flags))  # type: ignore[return-value]  # it has all that a pattern has
