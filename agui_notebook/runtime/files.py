"""Files that a user asked for. What goes into them is the caller's business."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from os import PathLike
from pathlib import Path

from ..errors import InvalidInput


def write(path: str | PathLike[str], pieces: Iterable[str]) -> Path:
    """Write text to ``path``, which may begin with ``~``; returns where. Raises InvalidInput.

    It is written beside and moved into place: whatever fails, the old file is as it was.
    """
    target = Path(path).expanduser()
    try:
        _replace(target, pieces)
    except OSError as error:
        raise InvalidInput(f"{path} cannot be written ({error.strerror}).") from error
    return target


def _replace(target: Path, pieces: Iterable[str]) -> None:
    if target.exists() and not target.is_file():  # a pipe, a device: nothing stands there
        with target.open("w", encoding="utf-8") as file:
            file.writelines(pieces)
        return
    place = target.resolve()  # through a link, to what it leads to
    handle, beside = tempfile.mkstemp(prefix=f".{place.name[:40]}.", dir=place.parent)
    try:
        with open(handle, "w", encoding="utf-8", errors="backslashreplace") as file:
            file.writelines(pieces)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(beside, _mode(place))
        os.replace(beside, place)
    except BaseException:
        with suppress(OSError):
            os.unlink(beside)
        raise


def _mode(place: Path) -> int:
    """The rights the old file had, or those a new one gets."""
    with suppress(OSError):
        return place.stat().st_mode & 0o7777
    umask = os.umask(0o077)
    os.umask(umask)
    return 0o666 & ~umask
