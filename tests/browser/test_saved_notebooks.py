"""What a reader sees of a chat when its kernel is gone, in real JupyterLab and on a plain page."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbconvert import HTMLExporter
from playwright.sync_api import Page, expect
from support.desk import Desk

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

CHAT = """
import agui_notebook as agui

def parrot(text):
    return f"You said **{text}**."

chat = agui.chat(parrot)
chat
"""
HOSTILE = """
def hostile(text):
    return ("before <img src=x onerror='window.hit=1'> <script>window.hit=2</script> "
            "[link](javascript:window.hit=3) ![](http://192.0.2.1/p.png) after")
agui.chat(hostile)
"""
PRICES = r"""
ANSWER = r'''Pay $1.50 for kale, and she makes $2.75 more.

| what | price |
|------|-------|
| kale | $1.50 |
| peas | $2.75 |

- The area is \(\pi r^2\), see <https://example.com/docs>:
  ```py
  print("<b>", [1])
  ```
- **“是”**的[^1]

[^1]: Of a circle.'''

def shop(text):
    return ANSWER

chat = agui.chat(shop)
"""
ADVICE = "Run this cell again for a live chat, which offers to continue where this one was kept."


_made: list[Path] = []


def talked(lab: Desk) -> Path:
    """A saved notebook with one turn in its chat, made once; its kernel is gone."""
    if not _made:
        _made.append(talk(lab))
    return _made[0]


def talk(lab: Desk) -> Path:
    """Saved by Lab's own shortcut, from inside the chat, which says so when its kernel goes."""
    lab.open(CHAT)
    lab.run(0)
    box = lab.page.get_by_role("textbox", name="Message")
    box.fill("good morning")
    box.press("Enter")
    expect(lab.page.get_by_role("log")).to_contain_text("You said good morning.", timeout=30_000)
    shown = "window.jupyterapp.shell.currentWidget.content.widgets[0].model.outputs.toJSON()"
    lab.until(f"JSON.stringify({shown}).includes('You said <strong>good morning')")
    model = "window.jupyterapp.shell.currentWidget.context.model"
    assert lab.page.evaluate(f"{model}.dirty")
    box.press("Control+s")
    lab.until(f"!{model}.dirty")
    lab.close()
    expect(lab.page.get_by_text("The kernel was restarted or shut down")).to_be_visible()
    return lab.jupyter.folder / lab.name


def test_the_transcript_is_hidden_while_the_chat_lives(lab: Desk) -> None:
    lab.open(CHAT, "%%agui\nsome *words*", "print()")
    lab.run(0)
    expect(lab.page.get_by_role("textbox", name="Message")).to_be_visible()
    expect(lab.page.locator(".agui-companion")).to_be_hidden()
    cells = "window.jupyterapp.shell.currentWidget.content.widgets"
    lab.until(f"{cells}[1].model.mimeType === 'text/x-ipythongfm'")  # words, not Python
    assert lab.page.evaluate(f"{cells}[2].model.mimeType") == "text/x-ipython"
    lab.page.get_by_role("button", name="Thread menu").click()
    lab.page.get_by_role("menuitem", name="Open beside the notebook").click()
    expect(lab.page.get_by_role("textbox", name="Message")).to_have_count(2)


def test_prices_formulas_and_code_of_an_answer_come_out_right_in_a_cell(lab: Desk) -> None:
    lab.open(
        "%load_ext agui_notebook\nimport agui_notebook as agui\n" + PRICES, "%%agui\nhow much?"
    )
    lab.run(0)
    lab.run(1)
    answer = lab.page.locator(".jp-RenderedMarkdown").last
    expect(answer.locator("tbody tr")).to_have_text([r"kale $1.50", r"peas $2.75"])
    expect(answer.locator("mjx-container")).to_have_count(1)
    pay = answer.get_by_text("Pay $1.50 for kale, and she makes $2.75 more.", exact=True)
    expect(pay).to_be_visible()
    expect(answer.locator("ul > li")).to_have_count(2)
    expect(answer.locator("li mjx-container")).to_be_visible()
    expect(answer.locator("li pre")).to_have_text('print("<b>", [1])')
    expect(answer.locator("li a")).to_have_attribute("href", "https://example.com/docs")
    expect(answer.locator("li strong")).to_have_text("“是”")
    expect(answer.locator("sup")).to_have_text(["1", "1"])


def test_what_is_said_after_a_reload_is_saved_too(lab: Desk) -> None:
    lab.open(CHAT)
    lab.run(0)
    box = lab.page.get_by_role("textbox", name="Message")
    expect(box).to_be_visible()
    lab.save()
    lab.page.reload()
    lab.visit(lab.name)
    box.fill("after the reload")
    box.press("Enter")
    expect(lab.page.get_by_role("log")).to_contain_text("You said after the reload.")
    shown = "window.jupyterapp.shell.currentWidget.content.widgets[0].model.outputs.toJSON()"
    lab.until(f"JSON.stringify({shown}).includes('You said <strong>after the reload')")
    assert len(lab.outputs(0)) == 2
    expect(lab.page.locator(".agui-companion")).to_be_hidden()


def test_a_notebook_opened_tomorrow_shows_the_transcript(lab: Desk) -> None:
    lab.visit(talked(lab).name)
    expect(lab.page.locator(".agui-companion")).to_contain_text(ADVICE)
    expect(lab.page.locator(".agui-companion strong").last).to_have_text("good morning")


def test_so_does_one_that_is_not_trusted(lab: Desk) -> None:
    path = talked(lab)
    other = nbformat.read(path, 4)
    other.metadata["from"] = "somebody else"  # a changed file has no trusted signature
    for cell in other.cells:
        for output in cell.get("outputs", []):
            output.get("metadata", {}).pop("trusted", None)
            if "text/html" in output.get("data", {}):
                page = output["data"]["text/html"]
                output["data"]["text/html"] = page.replace("good morning", "good evening")
    nbformat.write(other, path.with_name(f"untrusted-{path.name}"))
    lab.visit(f"untrusted-{path.name}")
    expect(lab.page.locator(".agui-companion")).to_contain_text(ADVICE)
    expect(lab.page.locator(".agui-companion strong").last).to_have_text("good evening")


def test_so_does_a_page_made_of_it(lab: Desk, page: Page, tmp_path: Path) -> None:
    html, _ = HTMLExporter().from_filename(str(talked(lab)))
    (tmp_path / "page.html").write_text(html, encoding="utf-8")
    page.route("http*://**", lambda route: route.abort())
    page.goto((tmp_path / "page.html").as_uri())
    expect(page.locator(".agui-companion")).to_contain_text(ADVICE)
    expect(page.locator(".agui-companion")).to_contain_text("You said good morning.")


def test_a_chat_that_was_replaced_leaves_its_transcript_in_sight(lab: Desk) -> None:
    lab.open(CHAT, "(await chat.run('hello')).text", "chat.close()")
    for index in range(3):
        lab.run(index)
    expect(lab.page.locator(".agui-transcript")).to_contain_text("You said hello.")
    expect(lab.page.get_by_role("textbox", name="Message")).to_have_count(0)


def test_an_answer_below_a_cell_is_markdown_and_harmless(lab: Desk) -> None:
    fetched: list[str] = []
    lab.page.on("request", lambda request: fetched.append(request.url))
    lab.open("%load_ext agui_notebook", CHAT, "%%agui --as r\nhello", HOSTILE, "%%agui\nattack")
    for index in range(5):
        lab.run(index)
    expect(lab.cell(2).locator(".jp-RenderedMarkdown strong")).to_have_text("hello")
    answer = lab.cell(4).locator(".jp-RenderedMarkdown")
    expect(answer).to_contain_text("after")
    expect(answer).to_contain_text("<script>window.hit=2</script>")
    assert answer.locator("img, script").count() == 0
    assert answer.locator("a[href^='javascript']").count() == 0
    assert lab.page.evaluate("window.hit") is None
    assert [url for url in fetched if "192.0.2.1" in url] == []
    assert [sorted(output["data"]) for output in lab.outputs(2)] == [
        ["text/markdown", "text/plain"]
    ]
