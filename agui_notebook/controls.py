"""Control characters made visible, for terminals and errors. What else text needs is outlets.py's.

It lies at the very bottom because errors carry agents' words too.
"""

from __future__ import annotations

import re

from .late_pattern import late

# C0 and C1 controls but tab and line feed, what turns the reading direction, halves of pairs
_UNPRINTABLE = late("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def terminal(text: str) -> str:
    """``text`` for a terminal or an error: line feeds and tabs stay, no control does its work.

    Escape sequences (colours, links, the clipboard), C1 controls and marks that turn the reading
    direction become visible signs.

    >>> terminal("a\\x1b]52;c;cm0=\\x07b")
    'a␛]52;c;cm0=␇b'
    """
    if text.isascii() and text.isprintable():
        return text
    return _UNPRINTABLE.sub(_sign, text.replace("\r\n", "\n"))


def _sign(found: re.Match[str]) -> str:
    code = ord(found[0])
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "␡"
    if 0xD800 <= code <= 0xDFFF:
        return "\ufffd"
    return f"⟨{code:02X}⟩"
