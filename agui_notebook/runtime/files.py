"""Files that a user asked for. What goes into them is the caller's business."""

from __future__ import annotations

from collections.abc import Iterable
from os import PathLike
from pathlib import Path

from ..errors import InvalidInput


def write(path: str | PathLike[str], pieces: Iterable[str]) -> Path:
    """Write text to ``path``, which may begin with ``~``; returns where. Raises InvalidInput."""
    target = Path(path).expanduser()
    try:
        with target.open("w", encoding="utf-8") as file:
            file.writelines(pieces)
    except OSError as error:
        raise InvalidInput(f"{path} cannot be written ({error.strerror}).") from error
    return target
