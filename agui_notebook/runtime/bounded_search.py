"""Looks for a pattern that may be anybody's, for a bounded time.

Python's engine may take for ever and lets no other thread on meanwhile, so a pattern that repeats
or has alternatives is looked for by a process of its own, which is ended when its time is up.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys

from ..errors import InvalidInput
from ..late_pattern import late
from .user_code import call_in_thread

SECONDS = 5.0  # that one search may take
_FORKS = late(r"[*+?{|]")  # without these there is one way through a pattern
_FLAGS = late(r"\(\?[aims]+\)")
_PROGRAM = (
    "import json,re,sys;pattern,text=json.load(sys.stdin);"
    "sys.exit(re.search(pattern,text) is None and 3)"
)


async def is_found(pattern: str, text: str) -> bool:
    """Whether ``re.search`` finds it. Raises InvalidInput where that could not be told in time."""
    flags = _FLAGS.match(pattern)
    if not _FORKS.search(pattern, flags.end() if flags else 0):
        return re.search(pattern, text) is not None
    return await call_in_thread(_search_elsewhere, pattern, text)


def _search_elsewhere(pattern: str, text: str) -> bool:
    command = [sys.executable, "-I", "-S", "-c", _PROGRAM]
    asked = json.dumps([pattern, text]).encode()
    try:
        code = subprocess.run(command, input=asked, timeout=SECONDS, check=False).returncode
    except (OSError, ValueError, TypeError) as error:  # in a web page there are no processes
        raise InvalidInput(f"{pattern!r} could not be looked for: {error}.") from error
    except subprocess.TimeoutExpired as error:
        raise InvalidInput(
            f"{pattern!r} was looked for in vain for {SECONDS:g} s: it is not checked."
        ) from error
    if code not in (0, 3):
        raise InvalidInput(f"{pattern!r} could not be looked for (status {code}).")
    return code == 0
