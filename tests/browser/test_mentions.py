"""A variable given by name in the message: the menu, its keys, the chip, and what is sent."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect
from support.fake_host import FakeHost

pytestmark = pytest.mark.browser

EMPTY = {
    "threadId": "t", "state": {}, "interrupts": [], "warnings": [], "messages": [], "runs": [],
    "items": {}, "outputs": {},
}  # fmt: skip
NAMES = [
    ["sales", "pandas.DataFrame", "1,200 × 5"],
    ["note", "str", "6 characters"],
    ["sales_2025", "polars.DataFrame", "9 × 2"],
    ["<b>odd</b>", "int", ""],
]
PARTS = [
    {"type": "text", "text": "\n\nVariable `sales` (pandas.DataFrame, 1,200 × 5):\n\n<i>x</i>"}
]


@pytest.fixture
def host(page: Page) -> FakeHost:
    made = FakeHost(page)
    made.open(EMPTY)
    return made


def ask_names(host: FakeHost, text: str) -> Any:
    """Type; the menu as it stands once the kernel has told its variables."""
    host.page.get_by_role("textbox", name="Message").press_sequentially(text)
    menu = host.page.get_by_role("listbox", name="Variables")
    expect(menu).to_contain_text("The kernel is asked for its variables")
    host.receive({"kind": "variables", "variables": NAMES})
    return menu


def test_a_variable_is_chosen_by_keys_looked_at_and_sent_as_it_was_shown(host: FakeHost) -> None:
    page = host.page
    menu = ask_names(host, "What about @")
    expect(menu.get_by_role("option")).to_have_count(4)
    expect(menu).to_contain_text("<b>odd</b>")
    page.keyboard.type("sls")
    expect(menu.get_by_role("option")).to_have_text(
        ["salespandas.DataFrame, 1,200 × 5", "sales_2025polars.DataFrame, 9 × 2"]
    )
    box = page.get_by_role("textbox", name="Message")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    chosen = menu.get_by_role("option", selected=True)
    expect(chosen).to_contain_text("1,200")
    expect(box).to_have_attribute("aria-activedescendant", str(chosen.get_attribute("id")))
    page.keyboard.press("Enter")
    expect(menu).to_be_hidden()
    expect(box).to_have_value("What about @sales ")
    assert host.sent[-1] == {"kind": "variable", "name": "sales"}
    host.receive({"kind": "variable", "name": "sales", "parts": PARTS, "fault": ""})

    page.get_by_role("button", name="Show what is sent").click()
    shown = page.get_by_role("dialog", name="What is sent of @sales")
    expect(shown.locator("pre")).to_contain_text("<i>x</i>")
    page.keyboard.press("Escape")
    expect(shown).to_have_count(0)
    box.focus()
    page.keyboard.press("Enter")
    text = {"type": "text", "text": "What about @sales"}
    assert host.sent[-1] == {"kind": "send", "parts": [text, *PARTS]}
    expect(page.get_by_role("list", name="Attached files")).to_be_hidden()
    assert host.requests == []


def test_escape_closes_the_menu_and_a_name_taken_out_is_not_given(host: FakeHost) -> None:
    page = host.page
    box = page.get_by_role("textbox", name="Message")
    menu = ask_names(host, "a@b.org and (@no")
    expect(menu.get_by_role("option")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(menu).to_be_hidden()
    assert [one["kind"] for one in host.sent].count("variables") == 1
    page.keyboard.type("t")
    menu = page.get_by_role("listbox", name="Variables")
    host.receive({"kind": "variables", "variables": NAMES})
    menu.get_by_role("option").first.click()
    expect(box).to_be_focused()
    picture = {"type": "data", "value": "iVBORw0K", "mimeType": "image/png"}
    part = {"type": "image", "source": picture, "metadata": {"filename": "note.png"}}
    host.receive({"kind": "variable", "name": "note", "parts": [part], "fault": ""})
    files = page.get_by_role("list", name="Attached files")
    expect(files.get_by_role("listitem")).to_have_count(1)
    box.fill("nothing")
    expect(files).to_be_hidden()
    host.receive({"kind": "variable", "name": "gone", "parts": [], "fault": "gone is no more."})
    expect(page.get_by_text("gone is no more.")).to_be_visible()
