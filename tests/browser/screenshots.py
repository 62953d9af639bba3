"""Walks through the first tutorial as a newcomer would, and takes the README's pictures on the way.

    python tests/browser/screenshots.py            # writes notebooks/images/*.png

The same walk is a test (test_tutorial.py); nothing here knows the widget beyond what a person sees.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Locator, expect, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # when run as a script

from support.desk import ROOT, Desk, Jupyter, chromium

PICTURES = ROOT / "notebooks" / "images"
SIZE = {"width": 1000, "height": 960}
QUESTION = "What is the weather in Lisbon and Oslo?"


def bring(jupyter: Jupyter) -> None:
    """Copy the tutorials into the server's folder."""
    for path in (ROOT / "notebooks").glob("*"):
        if path.suffix in (".ipynb", ".py"):
            shutil.copy(path, jupyter.folder)


def first_chat(desk: Desk) -> Locator:
    """The first output on the page that holds a chat."""
    return (
        desk.page.locator(".jp-OutputArea-output")
        .filter(has=desk.page.get_by_role("textbox", name="Message"))
        .first
    )


def taller(desk: Desk, edge: Locator, pixels: int = 190) -> None:
    """Drag the chat's lower edge down."""
    edge.scroll_into_view_if_needed()
    box = edge.bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    desk.page.mouse.move(x, y)
    desk.page.mouse.down()
    desk.page.mouse.move(x, y + pixels, steps=5)
    desk.page.mouse.up()


def talk(desk: Desk) -> Locator:
    """By mouse, then by keyboard: made taller, a suggestion clicked, an approval asked for."""
    chat = first_chat(desk)
    taller(desk, chat.get_by_role("separator", name="Height"))
    chat.get_by_role("button", name=QUESTION).click()
    log = chat.get_by_role("log")
    expect(log).to_contain_text("Oslo: 7 °C")
    message = chat.get_by_role("textbox", name="Message")
    message.click()
    desk.page.keyboard.type("Send an email to the team")
    desk.page.keyboard.press("Enter")
    expect(chat.get_by_role("button", name="Approve")).to_be_visible()
    return chat


def tour(desk: Desk, folder: Path) -> None:
    """Run notebook 01 cell by cell, use its chat, and picture it in both themes."""
    folder.mkdir(parents=True, exist_ok=True)
    desk.visit("01_getting_started.ipynb")
    cells = desk.code_cells()
    for index in cells[:2]:
        desk.run(index)
    chat = talk(desk)
    for theme in ("dark", "light"):
        desk.theme(theme)
        chat.scroll_into_view_if_needed()
        chat.screenshot(path=folder / f"chat-{theme}.png")
    chat.get_by_role("button", name="Approve").click()
    expect(chat.get_by_role("log")).to_contain_text("is on its way")
    for index in cells[2:]:
        desk.run(index)
        assert not any(out["output_type"] == "error" for out in desk.outputs(index)), index


def signature(desk: Desk) -> Locator:
    """What Shift+Tab shows of ``agui.chat`` in a cell."""
    desk.open("import agui_notebook as agui", "agui.chat(")
    desk.run(0)
    desk.cell(1).locator(".cm-content").click()
    desk.page.keyboard.press("Control+End")
    desk.page.keyboard.press("Shift+Tab")
    tooltip = desk.page.locator(".jp-Tooltip")
    expect(tooltip).to_contain_text("approve")
    return tooltip


def main() -> None:
    with tempfile.TemporaryDirectory() as home, sync_playwright() as playwright:
        jupyter = Jupyter(Path(home))
        bring(jupyter)
        browser = chromium(playwright)
        try:
            page = browser.new_context(viewport=SIZE, device_scale_factor=1.5).new_page()  # type: ignore[arg-type]
            desk = Desk(jupyter, page, "lab")
            tour(desk, PICTURES)
            signature(desk).screenshot(path=PICTURES / "signature.png")
        finally:
            browser.close()
            jupyter.stop()
    sys.stdout.write(f"wrote {', '.join(path.name for path in sorted(PICTURES.glob('*.png')))}\n")


if __name__ == "__main__":
    main()
