"""Fresh ids and tokens, for whatever needs one. Nothing else."""

from __future__ import annotations

import secrets
import uuid


def mint() -> str:
    """An id nobody else has: a random UUID, as some servers ask for in threads and runs."""
    return str(uuid.uuid4())


def mint_token() -> str:
    """A token nobody guesses; it begins with a letter: a command takes a dash for an option."""
    return f"t{secrets.token_urlsafe(24)}"
