"""Where conversations are kept: AGUI_STORE, else one file in Jupyter's data folder."""

from __future__ import annotations

import os
import sys
from functools import cache
from pathlib import Path

from .store import Store

OFF = ("off", "none", "no", "false", "0")


def store_at(place: object = None) -> Store | None:
    """The store at ``place``: a path, a Store, "off" or False for none, None for the usual one.

    AGUI_STORE says what is usual: another file, or "off".
    """
    if isinstance(place, Store):
        return place
    if place is None or place is True:
        place = os.environ.get("AGUI_STORE") or data_folder() / "agui_notebook" / "threads.sqlite"
    if place is False or str(place).lower() in OFF:
        return None
    return _store(Path(str(place)).expanduser().absolute())


@cache
def _store(path: Path) -> Store:
    return Store(path)


def data_folder() -> Path:
    """Jupyter's data folder, by its own rules."""
    named = os.environ.get("JUPYTER_DATA_DIR")
    home = Path.home()
    if named:
        return Path(named)
    if sys.platform == "darwin":
        return home / "Library" / "Jupyter"
    if sys.platform == "win32":
        return Path(os.environ.get("APPDATA", home)) / "jupyter"
    return Path(os.environ.get("XDG_DATA_HOME") or home / ".local" / "share") / "jupyter"
