"""Code of an answer in cells of the notebook, and an agent's tools for them, in real JupyterLab."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from support.desk import Desk

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

CODE = '''
import agui_notebook as agui

ANSWER = """Like this:

```python
total = 6 * 7
print("total", total)
```

```sh
ls
```

Then:

```python
from IPython.display import HTML, display
shown = display(HTML("<b>one</b>"), display_id=True)
shown.update(HTML("<b>two</b>"))
total
```
"""
chat = agui.chat(lambda text: ANSWER, name="coder")
chat
'''


def sources(desk: Desk) -> list[str]:
    found: list[str] = desk.page.evaluate(
        "() => jupyterapp.shell.currentWidget.content.widgets"
        ".map(cell => cell.model.sharedModel.getSource())"
    )
    return found


def test_code_of_an_answer_goes_into_cells_and_runs_there(desk: Desk) -> None:
    page = desk.page
    desk.open(CODE, "'the last'")
    desk.run(0)
    page.get_by_role("textbox", name="Message").fill("go")
    page.keyboard.press("Enter")

    inserts = page.get_by_role("button", name="Insert into a cell")
    expect(inserts).to_have_count(2, timeout=30_000)
    inserts.first.click()
    undo = page.get_by_role("button", name="Undo")
    expect(undo).to_be_visible()
    assert sources(desk)[1:] == ['total = 6 * 7\nprint("total", total)', "'the last'"]
    undo.click()
    expect(undo).to_be_hidden()
    assert sources(desk)[1:] == ["'the last'"]

    page.get_by_role("button", name="Run the code in cells").click()
    expect(desk.cell(1)).to_contain_text("total 42", timeout=30_000)
    expect(desk.cell(2)).to_contain_text("two")
    expect(desk.cell(2)).to_contain_text("42")
    assert [output["output_type"] for output in desk.outputs(2)] == [
        "display_data",
        "execute_result",
    ]
    expect(desk.cell(2).locator(".jp-InputPrompt")).to_contain_text("[3]")
    desk.shot(f"cells-code-{desk.app}")
    assert desk.errors == []


TOOLS = """
import json
import agui_notebook as agui

temperature = 21
CALLS = [
    ("run_code", {"code": "print('degrees', temperature)\\ntemperature + 1"}),
    ("run_code", {"code": "import time\\ntime.sleep(60)"}),
    ("read_cells", {"first": 2, "last": 2}),
    ("insert_cell", {"source": "# A note", "kind": "markdown"}),
    ("replace_cell", lambda told: {"cell": told.split()[-1].rstrip("."), "source": "## Mended"}),
    ("replace_cell", {"cell": "nowhere", "source": "gone"}),
]

class Helper:
    name, description, suggestions, capabilities = "helper", "", (), {}

    async def run(self, request, emit):
        done = [m for m in request["messages"] if m["role"] == "tool"]
        if len(done) < len(CALLS):
            name, args = CALLS[len(done)]
            args = args(done[-1]["content"]) if callable(args) else args
            await emit.tool(f"c{len(done)}", name, args)
        else:
            await emit.text("I have seen " + done[-1]["content"])

    async def aclose(self):
        pass

chat = agui.chat(Helper())
names = ["run_code", "read_cells", "insert_cell", "replace_cell"]
for tool in agui.notebook_tools(*names, approve=["run_code"], seconds=2):
    chat.add_tool(tool)
chat
"""


def test_an_agent_with_notebook_tools_runs_code_in_a_cell_when_it_may(lab: Desk) -> None:
    page = lab.page
    lab.open(TOOLS, "[m['content'] for m in chat.messages if m['role'] == 'tool']")
    lab.run(0)
    page.get_by_role("textbox", name="Message").fill("go")
    page.keyboard.press("Enter")
    approve = page.get_by_role("button", name="Approve")
    expect(approve).to_be_visible(timeout=30_000)
    expect(page.locator(".agui")).to_contain_text("temperature + 1")
    assert len(sources(lab)) == 2, "nothing was made before the yes"
    lab.shot("cells-approval")
    approve.click()

    expect(lab.cell(1)).to_contain_text("degrees 21", timeout=30_000)
    expect(approve).to_be_visible(timeout=30_000)
    approve.click()
    expect(page.get_by_role("log")).to_contain_text("I have seen", timeout=40_000)
    assert sources(lab)[1:4] == [
        "print('degrees', temperature)\ntemperature + 1",
        "import time\ntime.sleep(60)",
        "## Mended",
    ]
    lab.run(4)
    told = lab.text(4)
    assert "It ran to its end." in told
    assert "degrees 21" in told
    assert "It was interrupted: it took longer than 2 seconds" in told
    assert "KeyboardInterrupt" in told
    assert "[2] code cell" in told
    assert "Replaced. Before, it said:" in told
    assert "There is no cell nowhere in this notebook." in told
    lab.shot("cells-tools")
    assert lab.errors == []
