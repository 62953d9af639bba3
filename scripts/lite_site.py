"""Builds a static JupyterLite site that runs this package in the browser, nothing from the network.

    python3 scripts/lite_site.py FOLDER [NOTEBOOK ...]

JupyterLite, Pyodide and the wheels come from the package registries and are kept in .lanes/. Needs
uv beside Python, and npm. Standard library only.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
HOME = ROOT / ".lanes" / "pyodide"
PYODIDE = "pyodide@314.0.7"
PYTHON = ("--python-version", "3.14", "--python-platform", "wasm32-pyodide2024")
LITE = ("jupyterlite-core==0.8.6", "jupyterlite-pyodide-kernel==0.8.6", "jupyter-server", "pip")
WIDGETS = ("anywidget>=0.11", "ipywidgets>=8.1.8")  # whose half in the page the site serves
KERNEL = ("ipython", "jedi", "comm", "micropip", "packaging")  # what a kernel there needs
LOADER = ("micropip", "packaging")  # what must lie beside Pyodide itself
SETTINGS = {
    "jupyter-lite-schema-version": 0,
    "jupyter-config-data": {
        "appName": "agui_notebook",
        "litePluginSettings": {
            "@jupyterlite/pyodide-kernel-extension:kernel": {"disablePyPIFallback": True}
        },
    },
}


class Unavailable(Exception):
    """This machine cannot build it; the text says why."""


def run(command: Sequence[str | Path], cwd: Path = ROOT) -> str:
    """What a command prints. Raises Unavailable with its last words."""
    words = [str(word) for word in command]
    done = subprocess.run(words, capture_output=True, text=True, check=False, cwd=cwd)
    if done.returncode:
        raise Unavailable(f"{' '.join(words[:5])} ... failed: {done.stderr.strip()[-600:]}")
    return done.stdout


def uv() -> str:
    """The uv beside this Python, or the machine's. Raises Unavailable."""
    beside = Path(sys.executable).with_name("uv")
    found = str(beside) if beside.is_file() else shutil.which("uv")
    if found is None:
        raise Unavailable("only uv resolves and installs for another Python than it runs on")
    return found


def pyodide() -> Path:
    """The folder of npm's Pyodide. Raises Unavailable."""
    found = HOME / "node_modules" / "pyodide"
    if not (found / "pyodide.mjs").is_file():
        if not (npm := shutil.which("npm")):
            raise Unavailable("Pyodide comes from npm, and there is none")
        HOME.mkdir(parents=True, exist_ok=True)
        run([npm, "install", "--no-audit", "--no-fund", "--prefix", HOME, PYODIDE])
    return found


def lite() -> Path:
    """The virtual environment that builds the site. Raises Unavailable."""
    home = HOME / "lite"
    wanted = (*LITE, *WIDGETS)
    if not is_fresh(home, wanted):
        shutil.rmtree(home, ignore_errors=True)
        run([uv(), "venv", "-q", "--python", ">=3.11", home])
        run([uv(), "pip", "install", "-q", "--python", home / "bin" / "python", *wanted])
        keep_mark(home, wanted)
    return home


def wheels() -> Path:
    """The wheels of all that we depend on and a kernel needs. Raises Unavailable."""
    home = HOME / "wheels"
    wanted = (*PYTHON, *KERNEL, (ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    if not is_fresh(home, wanted):
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir(parents=True)
        pins = home / "pins.txt"
        names = home / "names.txt"
        names.write_text("\n".join(KERNEL), encoding="utf-8")
        compile_ = [uv(), "pip", "compile", "-q", "--no-header", "--no-annotate", *PYTHON]
        run([*compile_, "-o", pins, "pyproject.toml", names])
        pip: list[str | Path] = [
            lite() / "bin" / "python",
            "-m",
            "pip",
            "download",
            "-q",
            "--no-deps",
        ]
        pure = ("--only-binary=:all:", "--platform=any", "--python-version=3.14")
        run((*pip, *pure, "-d", home, "-r", pins))
        keep_mark(home, wanted)
    return home


def is_fresh(folder: Path, wanted: Sequence[str]) -> bool:
    """Whether the folder was made of what is wanted."""
    mark = folder / "wanted.txt"
    return mark.is_file() and mark.read_text(encoding="utf-8") == digest(wanted)


def keep_mark(folder: Path, wanted: Sequence[str]) -> None:
    """Remember what the folder was made of."""
    (folder / "wanted.txt").write_text(digest(wanted), encoding="utf-8")


def digest(wanted: Sequence[str]) -> str:
    """One word for all of them."""
    return hashlib.sha256("\n".join(wanted).encode()).hexdigest()


def lay_pyodide(folder: Path) -> None:
    """Pyodide with the two packages that load all others, and a lock that names no other place."""
    source = pyodide()
    folder.mkdir(parents=True)
    for name in source.iterdir():
        if name.name.startswith(("pyodide.", "python_stdlib")) and name.suffix != ".map":
            shutil.copy(name, folder)
    lock = json.loads((source / "pyodide-lock.json").read_text(encoding="utf-8"))
    lock["packages"] = {name: entry(lock["packages"][name], name, folder) for name in LOADER}
    (folder / "pyodide-lock.json").write_text(json.dumps(lock), encoding="utf-8")


def entry(known: dict[str, object], name: str, folder: Path) -> dict[str, object]:
    """A package's entry in the lock, for the wheel that is copied beside it."""
    wheel = next(wheels().glob(f"{name}-*.whl"))
    shutil.copy(wheel, folder)
    made = {"file_name": wheel.name, "version": wheel.name.split("-")[1]}
    return {**known, **made, "sha256": hashlib.sha256(wheel.read_bytes()).hexdigest()}


def build(out: Path, notebooks: Sequence[Path]) -> None:
    """The site in ``out``, with these notebooks in it. Raises Unavailable."""
    work = HOME / "work"
    shutil.rmtree(work, ignore_errors=True)
    shutil.rmtree(out, ignore_errors=True)
    (work / "pypi").mkdir(parents=True)
    lay_pyodide(work / "static" / "pyodide")
    run([uv(), "build", "-q", "--wheel", "-o", work / "pypi", ROOT])
    for wheel in wheels().glob("*.whl"):
        shutil.copy(wheel, work / "pypi")
    (work / "jupyter-lite.json").write_text(json.dumps(SETTINGS), encoding="utf-8")
    contents = [word for path in notebooks for word in ("--contents", path.resolve())]
    command: list[str | Path] = [lite() / "bin" / "jupyter", "lite", "build", "--lite-dir", work]
    run((*command, "--output-dir", out.resolve(), *contents), cwd=work)


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    try:
        build(Path(sys.argv[1]), [Path(name) for name in sys.argv[2:]])
    except Unavailable as why:
        sys.exit(str(why))
