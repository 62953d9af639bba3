"""Headers and tokens as they go out: without stray space, refused where HTTP cannot carry them.

A secret stands in no complaint.
"""

from __future__ import annotations

from collections.abc import Mapping

from ..errors import InvalidInput
from ..late_pattern import late
from ..values import Json
from .inflate import ACCEPT_ENCODING

Headers = Mapping[str, str]
STREAM = {
    "Content-Type": "application/json",
    "Accept": "text/event-stream",
    "Accept-Encoding": ACCEPT_ENCODING,
}
_VALUE = late(r"[\t\x20-\x7e\x80-\xff]*")  # what h11 and proxies let through
_NAME = late(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_TOKEN = late(r"[!-~]+")


def check_token(token: Json) -> str | None:
    """A bearer token without the white space that copying adds; None for none.

    Raises InvalidInput, which does not show it.
    """
    if token is None or token == "":
        return None
    found = token.strip() if isinstance(token, str) else ""
    if not _TOKEN.fullmatch(found):
        raise InvalidInput(
            "The token cannot be sent: it is a text of ASCII letters, digits and signs without "
            "spaces or line breaks. Copy it again."
        )
    return found


def as_headers(given: Json, source: str) -> Headers:
    """Names and values, from a mapping or pairs. Raises InvalidInput, naming ``source``."""
    try:
        found = {_name(name): value for name, value in dict(given or {}).items()}
    except (TypeError, ValueError):
        raise InvalidInput(
            f"{source} gave a {type(given).__name__} that is no mapping of header names to "
            "values: write {'X-Name': 'value'}."
        ) from None
    return found


def _name(name: Json) -> str:
    text = name.decode("ascii") if isinstance(name, bytes) else name
    if not isinstance(text, str) or not _NAME.fullmatch(text):
        raise ValueError
    return text


def request_headers(token: str | None, given: Headers) -> dict[str, str]:
    """All headers of a run. Raises InvalidInput, which names the header and not its value."""
    bearer = {"Authorization": f"Bearer {token}"} if token else {}
    kept = {k: _value(k, value) for k, value in given.items() if k.title() not in STREAM}
    return {**bearer, **kept, **STREAM}


def _value(name: str, value: Json) -> str:
    text = value.decode("latin-1") if isinstance(value, bytes) else value
    text = text.strip() if isinstance(text, str) else "\n"
    if not _VALUE.fullmatch(text):
        raise InvalidInput(
            f"The header {name!r} cannot be sent: its value is no text of one line in Latin-1."
        )
    return str(text)
