"""Fresh ids, for whatever needs one. Nothing else."""

from __future__ import annotations

import uuid


def mint() -> str:
    """An id nobody else has: a random UUID, as some servers ask for in threads and runs."""
    return str(uuid.uuid4())
