"""Turns an exception into what a caller may read: useful, bounded, and without secrets."""

from __future__ import annotations

import re

from ..errors import AGUIError
from ..runtime.user_code import words_of

LONGEST = 2000  # characters of an error text that leave the server

SECRETS = re.compile(
    r"""(?ix)
    \b(?:sk|pk|rk|gsk|xai|hf|ghp|gho|ghs|github_pat|glpat|xox[abprs]|AIza|AKIA|ASIA|ya29)
        [-_.]?[A-Za-z0-9_\-.*]{12,}                                  # provider keys by prefix
    | (?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_.-]{8,}  # JSON web tokens
    | (?<=://)[^/\s:@]+:[^/\s@]+(?=@)                                # user:password@host
    """
)
NAMED = re.compile(
    r"""(?ix)
    ((?:\b(?:authorization|bearer|basic|password|passwd|pwd|signature|sig|accountkey
              |sharedaccesskey|credential)
        |api[-_]?key|token|secret)\b
     ["']?(?:\s*(?:[:=]|%3d)\s*|\s+)["']?(?:bearer\s+|basic\s+|provided:\s*)?)
    ([A-Za-z0-9+/_\-.~*=%]{6,})
    """
)
WORDS = re.compile(r"[a-z]+|[A-Z]?[a-z]+")  # after "token " an ordinary word is no secret


def mask_secrets(text: str) -> str:
    """``text`` with keys, tokens and passwords replaced by ``***``."""
    return NAMED.sub(_hide, SECRETS.sub("***", text))


def _hide(found: re.Match[str]) -> str:
    plain_word = WORDS.fullmatch(found[2].rstrip("."))
    return found[0] if plain_word and "=" not in found[1] else f"{found[1]}***"


def explain(error: BaseException) -> tuple[str, str]:
    """The message and code of RUN_ERROR for an exception.

    Our own errors are sentences already; anything else is named by its class.
    """
    code = getattr(error, "code", None)
    kind = type(error).__name__
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
