"""The written types say what the table says. What they mean to users is typing_tests' business."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from agui_notebook import types
from agui_notebook.protocol import EVENTS

ROOT = Path(__file__).resolve().parent.parent
SCRIPT = ROOT / "scripts" / "write_types.py"


def check(script: Path) -> subprocess.CompletedProcess[str]:
    run = [sys.executable, str(script), "--check"]
    return subprocess.run(run, capture_output=True, text=True, check=False)


def test_the_types_of_both_languages_are_written_from_the_table_as_it_is() -> None:
    ran = check(SCRIPT)
    assert ran.returncode == 0, ran.stdout


def test_a_table_that_was_changed_without_writing_the_types_is_told(tmp_path: Path) -> None:
    for name in ("agui_notebook/types.py", "js/src/wire.d.ts", "scripts/write_types.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text((ROOT / name).read_text("utf-8"), "utf-8")
    (tmp_path / "agui_notebook" / "__init__.py").write_text("", "utf-8")
    (tmp_path / "agui_notebook" / "protocol").mkdir()
    (tmp_path / "agui_notebook" / "protocol" / "__init__.py").write_text("", "utf-8")
    schema = (ROOT / "agui_notebook/protocol/schema.py").read_text("utf-8")
    planted = schema.replace('"RAW":', '"PLANTED": f"{_OWNED} planted:str!",\n    "RAW":')
    (tmp_path / "agui_notebook/protocol/schema.py").write_text(planted, "utf-8")
    ran = check(tmp_path / "scripts" / "write_types.py")
    assert (ran.returncode, ran.stdout.startswith("agui_notebook/types.py, js/src/wire.d.ts")) == (
        1,
        True,
    )


@pytest.mark.parametrize("word", sorted(EVENTS))
def test_every_event_has_a_type_of_its_own(word: str) -> None:
    name = "".join(part.capitalize() for part in word.split("_")) + "Event"
    assert getattr(types, name).__annotations__["type"] is not None
