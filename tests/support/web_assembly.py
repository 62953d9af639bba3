"""Our dependencies as Pyodide's Python imports them, in .lanes/pyodide; Pyodide itself beside them.

What uses it (node, JupyterLite) is the tests' business.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import lite_site


def site() -> Path:
    """Our dependencies and IPython, installed for Pyodide's Python. Raises Unavailable."""
    found, wheels = lite_site.HOME / "site", lite_site.wheels()
    wanted = [wheel.name for wheel in sorted(wheels.glob("*.whl"))]
    if not lite_site.is_fresh(found, wanted):
        shutil.rmtree(found, ignore_errors=True)
        files = [wheels / name for name in wanted]
        install: list[str | Path] = [
            lite_site.uv(),
            "pip",
            "install",
            "-q",
            "--no-deps",
            "--target",
            found,
        ]
        lite_site.run((*install, *lite_site.PYTHON, *files))
        lite_site.keep_mark(found, wanted)
    return found
