"""Keys, tokens and passwords by their looks, hidden wherever text is about to leave.

Guesses only; what is known to be a secret is told by value to outlets.py's ``Secrets``.
"""

from __future__ import annotations

import re

from ..late_pattern import late

SECRETS = late(
    r"""(?ix)
    \b(?:sk|pk|rk|gsk|xai|hf|ghp|gho|ghs|github_pat|glpat|xox[abprs]|AIza|AKIA|ASIA|ya29)
        [-_.]?[A-Za-z0-9_\-.*]{12,}                                  # provider keys by prefix
    | (?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_.-]{8,}  # JSON web tokens
    | (?<=://)[^/\s:@]+:[^/\s@]+(?=@)                                # user:password@host
    """
)
NAMED = late(
    r"""(?ix)
    ((?:\b(?:authorization|bearer|basic|password|passwd|pwd|signature|sig|accountkey
              |sharedaccesskey|credential)
        |api[-_]?key|token|secret)\b
     ["']?(?:\s*(?:[:=]|%3d)\s*|\s+)["']?(?:bearer\s+|basic\s+|provided:\s*)?)
    ([A-Za-z0-9+/_\-.~*=%]{6,})
    """
)
WORDS = late(r"[a-z]+|[A-Z]?[a-z]+")  # after "token " an ordinary word is no secret


def mask_secrets(text: str) -> str:
    """``text`` with keys, tokens and passwords replaced by ``***``."""
    return NAMED.sub(_hide, SECRETS.sub("***", text))


def _hide(found: re.Match[str]) -> str:
    plain_word = WORDS.fullmatch(found[2].rstrip("."))
    return found[0] if plain_word and "=" not in found[1] else f"{found[1]}***"
