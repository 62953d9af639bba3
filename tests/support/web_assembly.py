"""Our dependencies as Pyodide's Python imports them, in .lanes/pyodide; Pyodide itself beside them.

And an app of marimo exported with its own Pyodide. What uses either is the tests' business.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import zipfile
from pathlib import Path

import lite_site

from . import lanes

MARIMO = lanes.LANES / "marimo-page"
MARIMOS_PYODIDE = "314.0.0"  # what marimo 0.25.2 was built for; it refuses another
# what its page asks for by name, and what that needs; PyYAML's Python half is the lane's
NAMED = ("marimo-base==0.25.2", "msgspec", "Markdown", "pymdown-extensions<12", "narwhals")
BESIDE = ("tomlkit", "docutils", "itsdangerous", "python-multipart", "pyodide-http")
SHARED = ("micropip", "packaging", "jedi", "parso", "pygments")  # among our own wheels already
PLACE = 'data-pyodide-index-url="pyodide/" data-pyodide-lockfile-url="pyodide/pyodide-lock.json"'


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


def marimo(app: Path, out: Path) -> None:
    """The app as a page in which Python runs, all of it in ``out``. Raises Unavailable."""
    lane = lanes.ready(lanes.MARIMO)
    command = [str(lane.python), "-m", "marimo", "export", "html-wasm", str(app), "-o", str(out)]
    lanes.run([*command, "--mode", "run", "--no-sandbox"])
    page = out / "index.html"
    text = page.read_text(encoding="utf-8")
    assert text.count('<marimo-wasm hidden="">') == 1
    text = text.replace('<marimo-wasm hidden="">', f'<marimo-wasm hidden="" {PLACE}>')
    page.write_text(text, encoding="utf-8")
    _lay(out / "pyodide", lane)


def _lay(folder: Path, lane: lanes.Lane) -> None:
    """Marimo's Pyodide, all wheels, and a lock that names no other place."""
    theirs, ours = _marimos_wheels(lane), lite_site.wheels()
    shutil.copytree(MARIMO / "node_modules" / "pyodide", folder)
    lite_site.run([lite_site.uv(), "build", "-q", "--wheel", "-o", folder, lite_site.ROOT])
    lock = folder / "pyodide-lock.json"
    for wheel in (*theirs.glob("*.whl"), *ours.glob("*.whl")):
        shutil.copy(wheel, folder)
    entries = {name(wheel): _entry(wheel) for wheel in sorted(folder.glob("*.whl"))}
    beside = {*map(name, theirs.glob("*.whl")), *SHARED} - {"marimo-base"}
    entries["marimo-base"]["depends"] = sorted(beside)
    entries["agui-notebook"]["depends"] = sorted(map(name, ours.glob("*.whl")))
    known = json.loads(lock.read_text(encoding="utf-8"))
    lock.write_text(json.dumps({**known, "packages": entries}), encoding="utf-8")


def _marimos_wheels(lane: lanes.Lane) -> Path:
    """The folder of the wheels that marimo's page asks for."""
    wheels = MARIMO / "wheels"
    wanted = (*NAMED, *BESIDE, MARIMOS_PYODIDE)
    if wheels.is_dir() and lite_site.is_fresh(wheels, wanted):
        return wheels
    shutil.rmtree(MARIMO, ignore_errors=True)
    wheels.mkdir(parents=True)
    npm = ("npm", "install", "--no-audit", "--no-fund", "--prefix", MARIMO)
    lite_site.run((*npm, f"pyodide@{MARIMOS_PYODIDE}"))
    pip = (lite_site.lite() / "bin" / "python", "-m", "pip", "download", "-q", "--no-deps")
    kind = ("--only-binary=:all:", "--platform=pyemscripten_2026_0_wasm32", "--python-version=3.14")
    lite_site.run((*pip, *kind, "-d", wheels, *NAMED, *BESIDE))
    _pack_yaml(lane, wheels / "pyyaml-6.0-py3-none-any.whl")
    lite_site.keep_mark(wheels, wanted)
    return wheels


def _pack_yaml(lane: lanes.Lane, wheel: Path) -> None:
    """PyYAML without its C half, as a wheel."""
    (found,) = lane.home.glob("lib/python3*/site-packages/yaml")
    with zipfile.ZipFile(wheel, "w") as packed:
        for module in found.glob("*.py"):
            packed.write(module, f"yaml/{module.name}")
        packed.writestr("pyyaml-6.0.dist-info/METADATA", "Name: pyyaml\nVersion: 6.0\n")


def name(wheel: Path) -> str:
    """What its package is called."""
    return wheel.name.split("-")[0].lower().replace("_", "-")


def _entry(wheel: Path) -> dict[str, object]:
    known = name(wheel)
    return {
        "name": known,
        "version": wheel.name.split("-")[1],
        "file_name": wheel.name,
        "install_dir": "site",
        "sha256": hashlib.sha256(wheel.read_bytes()).hexdigest(),
        "package_type": "package",
        "imports": ["yaml" if known == "pyyaml" else known.replace("-", "_")],
        "depends": [],
        "unvendored_tests": False,
    }
