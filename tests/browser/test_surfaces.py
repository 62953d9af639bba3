"""Surfaces that an agent describes, in real JupyterLab: drawn, filled in, pressed; hostile ones."""

from __future__ import annotations

import pytest
from playwright.sync_api import Request, expect
from support.desk import Desk

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

AGENT = """
import json
import agui_notebook as agui

HOTEL = [
    {"id": "root", "component": "Card", "child": "all"},
    {"id": "all", "component": "Column",
     "children": ["title", "name", "nights", "meal", "offers", "flight", "photo", "book", "yes"]},
    {"id": "title", "component": "Text", "text": {"path": "/title"}, "variant": "h2"},
    {"id": "name", "component": "TextField", "label": "Guest", "value": {"path": "/guest"},
     "checks": [{"condition": {"call": "required", "args": {"value": {"path": "/guest"}}},
                 "message": "Whose room is it?"}]},
    {"id": "nights", "component": "Slider", "label": "Nights", "min": 1, "max": 9,
     "value": {"path": "/nights"}},
    {"id": "meal", "component": "ChoicePicker", "label": "Meal", "value": {"path": "/meal"},
     "options": [{"label": "Breakfast", "value": "b"}, {"label": "Dinner", "value": "d"}]},
    {"id": "offers", "component": "List", "children": {"componentId": "offer", "path": "/offers"}},
    {"id": "offer", "component": "Text", "text": {"path": "name"}},
    {"id": "flight", "component": "FlightCard", "price": {"path": "/price"}},
    {"id": "photo", "component": "Image", "url": "https://elsewhere.test/p.png",
     "description": "Room"},
    {"id": "book", "component": "Button", "child": "book-label", "variant": "primary",
     "action": {"event": {"name": "book", "context": {"guest": {"path": "/guest"},
                "nights": {"path": "/nights"}, "meal": {"path": "/meal"}}}}},
    {"id": "book-label", "component": "Text", "text": "Book it"},
    {"id": "yes", "component": "Button", "child": "yes-label",
     "action": {"event": {"name": "approve", "context": {"approved": True}}}},
    {"id": "yes-label", "component": "Text", "text": "Approve"},
]
HOSTILE = "<img src=x onerror='window.hit=1'><script>window.hit=1</script>"
BAD = [
    {"id": "root", "component": "Column", "children": ["root", "text", "flash", "gone", "go"]},
    {"id": "text", "component": "Text", "text": HOSTILE, "variant": HOSTILE},
    {"id": "flash", "component": "Flash"},
    {"id": "go", "component": "Button", "child": "text",
     "action": {"functionCall": {"call": "openUrl", "args": {"url": "javascript:window.hit=1"}}}},
]
DATA = {"title": "Your room", "guest": "", "nights": 2, "meal": ["b"], "price": "80 EUR",
        "offers": [{"name": "Sea view"}, {"name": "Garden"}]}
heard = []

class Hotel:
    name, description, suggestions, capabilities = "hotel", "", (), {}

    async def run(self, request, emit):
        last = request["messages"][-1]
        if last["role"] == "tool":
            heard.append(request["forwardedProps"]["a2uiAction"]["userAction"])
            await emit.text(f"Heard {heard[-1]['name']}.")
            return
        bad = last["content"] == "bad"
        id, components = ("bad", BAD) if bad else ("room", HOTEL)
        operations = [
            {"version": "v0.9", "createSurface": {"surfaceId": id, "catalogId": "basic"}},
            {"version": "v0.9", "updateComponents": {"surfaceId": id, "components": components}},
            {"version": "v0.9", "updateDataModel": {"surfaceId": id, "path": "/", "value": DATA}},
        ]
        call = await emit.tool(f"c-{id}", "generate_a2ui", {})
        await emit.tool_result(call, {"a2ui_operations": operations})
        if last["content"] == "ask":
            emit.interrupt({"id": "q1", "message": "Charge the card?", "reason": "charge"})

    async def aclose(self):
        pass

chat = agui.chat(Hotel(), surfaces=True)

@chat.component("FlightCard", price=str)
def flight(price):
    return f"A flight for {price}"

chat
"""


def test_a_surface_is_drawn_filled_in_and_pressed_and_a_hostile_one_does_nothing(
    lab: Desk,
) -> None:
    page = lab.page
    left: list[str] = []

    def note(request: Request) -> None:
        if "elsewhere.test" in request.url:
            left.append(request.url)

    page.on("request", note)
    lab.open(AGENT, "print(heard[-1]['context'], len(heard))", "print(chat.interrupts)")
    lab.run(0)
    say = page.get_by_role("textbox", name="Message")
    say.fill("go")
    page.keyboard.press("Enter")

    surface = page.get_by_role("group", name="Described by the agent")
    expect(surface.get_by_role("heading", name="Your room")).to_be_visible(timeout=30_000)
    expect(surface).to_contain_text("Sea view")
    expect(surface).to_contain_text("Garden")
    expect(surface).to_contain_text("A flight for 80 EUR")
    surface.get_by_role("textbox", name="Guest").fill("Ada")
    surface.get_by_role("slider", name="Nights").focus()
    page.keyboard.press("ArrowRight")
    surface.get_by_role("radio", name="Dinner").check()
    surface.get_by_role("button", name="Data").click()
    expect(surface.get_by_role("tree", name="Data")).to_contain_text("Ada")
    lab.shot("surface")
    surface.get_by_role("button", name="Book it").click()
    expect(page.get_by_role("log")).to_contain_text("Heard book.")
    lab.run(1)
    sent = "{'guest': 'Ada', 'nights': 3, 'meal': ['d']} 1"
    expect(page.locator(".jp-OutputArea-output").get_by_text(sent)).to_be_visible()

    assert left == [], "no picture is fetched unasked"
    surface.get_by_role("button", name="Load Room from elsewhere.test").click()
    page.wait_for_function("() => document.querySelector('.agui-a2ui-image img')")

    say.fill("ask")
    page.keyboard.press("Enter")
    expect(page.get_by_role("group", name="Charge the card?")).to_be_visible()
    expect(surface).to_have_count(2)  # before that the last one is the old one, which is no more
    surface.last.get_by_role("button", name="Approve").click()
    expect(page.get_by_text("The agent waits for an answer: give that first.")).to_be_visible()
    lab.run(2)
    expect(
        page.locator(".jp-OutputArea-output").get_by_text("Charge the card?").last
    ).to_be_visible()
    assert surface.first.get_by_role("button", name="Approve").is_disabled(), "it is no more"


def test_a_hostile_surface_is_sentences(lab: Desk) -> None:
    page = lab.page
    lab.open(AGENT)
    lab.run(0)
    page.get_by_role("textbox", name="Message").fill("bad")
    page.keyboard.press("Enter")
    surface = page.get_by_role("group", name="Described by the agent")
    expect(surface).to_contain_text("The component 'root' contains itself.", timeout=30_000)
    expect(surface).to_contain_text("It wants a 'Flash', which there is not here.")
    expect(surface).to_contain_text("It names a component 'gone', which it does not have.")
    expect(surface).to_contain_text("window.hit=1")
    assert surface.locator("a[href], img, script").count() == 0
    assert page.evaluate("window.hit") is None
