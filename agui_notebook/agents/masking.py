"""Turns an exception into what a caller may read: useful, bounded, and without secrets."""

from __future__ import annotations

from ..errors import AGUIError
from ..markup.key_shapes import mask_secrets as mask_secrets
from ..runtime.user_code import is_plain, user_error, words_of

LONGEST = 2000  # characters of an error text that leave the server


def explain(error: BaseException) -> tuple[str, str]:
    """The message and code of RUN_ERROR for an exception.

    Our own errors are sentences already; anything else is named by its class.
    """
    code = getattr(error, "code", None)
    kind = type(error).__name__
    if not is_plain(error) or isinstance(error.__cause__, StopIteration | StopAsyncIteration):
        error = user_error(error)  # what no server's log would name
    text = words_of(error).strip()
    said = text if isinstance(error, AGUIError) else f"{kind}: {text}" if text else kind
    own = isinstance(code, str) and bool(code)
    return mask_secrets(_beginning(said))[:LONGEST], str(code) if own else kind


def _beginning(text: str) -> str:
    """Enough of a long text, and no key cut in two at its end."""
    if len(text) <= 2 * LONGEST:
        return text
    start, _, cut = text[: 2 * LONGEST].rpartition(" ")
    return start if len(cut) < LONGEST else text[: 2 * LONGEST]
