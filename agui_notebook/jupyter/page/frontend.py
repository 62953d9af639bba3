"""The built front end: where its files lie, their text and their fingerprints."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from ...errors import AGUIError

FOLDER = Path(__file__).resolve().parents[2] / "static"


@cache
def source(name: str) -> bytes:
    """The text of a module of the front end. Raises AGUIError where it was not built."""
    path = FOLDER / f"{name}.js"
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise AGUIError(
            f"The chat's front end ({path.name}) was not built: run `npm ci && npm run build` in "
            "the folder js, or install the package again with `pip install .`"
        ) from None


@cache
def digest(name: str) -> str:
    """A fingerprint of a module, so that a page keeps one copy of it."""
    return hashlib.sha256(source(name)).hexdigest()[:16]


def known(name: str) -> bool:
    """Whether there is such a module; the browser names no other files."""
    return name in {path.stem for path in FOLDER.glob("*.js")}
