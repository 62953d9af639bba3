"""What an error in JSON says, wherever its members put the words: in bodies and in frames."""

from __future__ import annotations

import json


def error_words(body: str) -> str:
    """The words in the usual members of a JSON error, or ""."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    told = value
    for key in ("detail", "error", "message"):
        told = told[key] if isinstance(told, dict) and key in told else told
    if isinstance(told, str):
        return told
    return "" if told is value else json.dumps(told)
