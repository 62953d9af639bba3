"""The guide that shows each feature of the Dojo: its cells run as they stand, in order."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell
from support.open_chats import scripted_page

PAGE = Path(__file__).resolve().parents[2] / "docs" / "guides" / "dojo.md"
PARTS = PAGE.read_text("utf-8").split("\n## ")
CELLS = {
    part.partition("\n")[0]: re.findall(r"```python\n(.*?)```", part, re.DOTALL) for part in PARTS
}
FIRST, *FEATURES = CELLS
# what the last line of a feature's last cell gives
SHOWN = {
    "Agentic chat": "HELLO",
    "Multimodal": "image",
    "Reasoning": "Six times seven.",
    "Backend tool rendering": "Look up.",
    "Tool-based generative UI": "success",
    "Agentic generative UI": "completed",
    "Human in the loop": "Your notebook says: old.csv is gone",
    "Interrupt": "Booked LH 1.",
    "Shared state": {"recipe": "soup", "salt": 1},
    "Predictive updates": "Once upon",
    "Subgraphs": ["flights"],
    "Background agents": "WRITE THE REPORT",
    "Error flow": "busy",
    "A2UI: fixed surfaces, and surfaces made by a model": {"s": {"price": 99}},
    "A2UI: components of your own": "success",
    "A2UI: actions": ["assistant", "tool"],
}


@pytest.fixture(scope="module")
def cells() -> Iterator[InteractiveShell]:
    with pytest.MonkeyPatch.context() as patch, scripted_page(patch):
        shell = InteractiveShell.instance()
        assert shell.run_cell(CELLS[FIRST][0]).success
        yield shell
        shell.run_cell("from agui_notebook.jupyter.chats import chats; chats.close()")
        shell.run_cell("[one.stop() for one in list(agui.server.servers().values())]")
    InteractiveShell.clear_instance()


def test_the_page_has_every_feature() -> None:
    assert list(SHOWN) == FEATURES


@pytest.mark.parametrize("feature", FEATURES)
def test_a_feature_is_shown_by_its_cell(cells: InteractiveShell, feature: str) -> None:
    shown: list[Any] = []
    for cell in CELLS[feature]:
        ran = cells.run_cell(cell)
        assert ran.success, cell
        shown.append(ran.result)
    found = getattr(shown[-1], "code", shown[-1])
    assert found == SHOWN[feature]
