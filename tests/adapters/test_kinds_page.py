"""The page about kinds of agents says what the tests say, and extras are what sentences name."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NAMED = {
    (path.relative_to(ROOT).as_posix(), extra)
    for path in (ROOT / "agui_notebook" / "agents" / "adapters").rglob("*.py")
    for extra in re.findall(r'INSTALL = "agui_notebook\[([\w-]+)\]"', path.read_text("utf-8"))
}


def test_the_page_is_as_its_script_writes_it() -> None:
    code = "import write_agents; print(write_agents.page() == write_agents.PAGE.read_text('utf-8'))"
    scripts = ROOT / "scripts"
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=scripts, capture_output=True, text=True, check=True
    )
    assert ran.stdout.strip() == "True"


def modules_of_the_cases() -> set[str]:
    """The test modules that run the shared cases and say of which packages."""
    real = ROOT / "tests" / "adapters" / "real"
    return {p.stem for p in real.glob("test_*.py") if "packages: ClassVar" in p.read_text("utf-8")}


def test_every_kind_of_the_shared_cases_has_its_result_on_the_page_and_none_failed() -> None:
    told = json.loads((ROOT / "docs" / "agents.json").read_text("utf-8"))
    assert set(told) == modules_of_the_cases()
    assert [name for name, each in told.items() if "failed" in each["cells"].values()] == []


@pytest.mark.parametrize("module", sorted(modules_of_the_cases()))
def test_what_a_kind_lacks_is_what_the_page_says(module: str) -> None:
    """A reason that was taken back, or a new one, wants another run."""
    told = json.loads((ROOT / "docs" / "agents.json").read_text("utf-8"))[module]["cells"]
    text = (ROOT / "tests" / "adapters" / "real" / f"{module}.py").read_text("utf-8")
    lacks = {feature: why for feature, why in _lacks(text).items() if feature != "approval"}
    shown = {feature: why for feature, why in told.items() if why != "yes"}
    asks = {"approval", "edited approval", "two approvals"} if "approval" in _lacks(text) else set()
    assert {key: why for key, why in shown.items() if key not in asks} == {
        key: why for key, why in lacks.items() if key not in asks
    }


def _lacks(text: str) -> dict[str, str]:
    """All that the classes of a test module name as lacking."""
    held: dict[str, str] = {}
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.AnnAssign) and getattr(node.target, "id", "") == "lacks":
            held.update(ast.literal_eval(node.value) if node.value else {})
    return held


@pytest.mark.parametrize(("path", "extra"), sorted(NAMED))
def test_the_extra_that_a_sentence_names_is_there(path: str, extra: str) -> None:
    assert re.search(rf"^{extra} = \[", (ROOT / "pyproject.toml").read_text("utf-8"), re.MULTILINE)
