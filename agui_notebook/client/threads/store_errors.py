"""What SQLite and the system say of the file that keeps conversations, in sentences to act on."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ...errors import AGUIError


@contextmanager
def sentences(path: Path) -> Iterator[None]:
    """What SQLite and the system say, in a sentence that says what to do."""
    try:
        yield
    except OSError as error:
        raise AGUIError(
            f"Conversations are not kept: {path} cannot be made ({error.strerror}); name another "
            "file in AGUI_STORE."
        ) from error
    except sqlite3.OperationalError as error:
        raise AGUIError(
            f"Conversations are not kept: {path} cannot be used ({error}); {_advice(str(error))}"
        ) from error
    except sqlite3.DatabaseError as error:
        raise AGUIError(
            f"Conversations are not kept: {path} is damaged ({error}); it is left as it is: move "
            "it away, or name another file in AGUI_STORE."
        ) from error


def _advice(said: str) -> str:
    if "full" in said:
        return "free some space."
    if "lock" in said:
        return "on a network folder, name a file on a local disk in AGUI_STORE."
    if "disk I/O" in said:
        return "free some space; on a network folder, name a file on a local disk in AGUI_STORE."
    return "name another file in AGUI_STORE."
