"""What the user's Python draws inside the chat, in real JupyterLab: alive where it can be."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from support.desk import Desk

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

AGENT = """
import ipywidgets
from IPython.display import HTML
import agui_notebook as agui

class Agency:
    name, description, suggestions, capabilities = "agency", "", (), {}

    async def run(self, request, emit):
        if request.get("resume"):
            await emit.text(f"Flying with {request['resume'][0]['payload']}.")
            return
        call = await emit.tool("c1", "get_weather", {"city": "Lisbon"})
        await emit.tool_result(call, {"degrees": 21})
        await emit.state({"recipe": {"name": "Soup", "minutes": 20}})
        await emit.custom("citation", "RFC 9110")
        emit.interrupt({"id": "q1", "message": "Which flight?", "reason": "choose_flight"})

    async def aclose(self):
        pass

chat = agui.chat(Agency())
moved = []

@chat.draw("get_weather")
def weather(args, result, status):
    if status != "done":
        return args.get("city")
    slider = ipywidgets.IntSlider(value=result["degrees"], description=args["city"])
    slider.observe(lambda change: moved.append(change["new"]), "value")
    return ipywidgets.VBox([slider])

@chat.draw(state="/recipe")
def recipe(value):
    script = "<script>parent.hit = 1</script>"
    return HTML(f"<b>{value['name']}</b>: {value['minutes']} minutes{script}")

chat.draw(custom="citation")(lambda value: f"See {value}.")

@chat.draw(ask="choose_flight")
def flights(question, answer):
    button = ipywidgets.Button(description="LH 1")
    button.on_click(lambda _: answer("LH 1"))
    return button

chat
"""


def test_what_python_draws_is_alive_in_its_row_and_answers_for_the_user(lab: Desk) -> None:
    page = lab.page
    lab.open(AGENT, "print(moved)")
    lab.run(0)
    page.get_by_role("textbox", name="Message").fill("go")
    page.keyboard.press("Enter")

    slider = page.locator(".agui-outputs").get_by_role("slider")
    expect(slider).to_be_visible(timeout=30_000)
    slider.focus()
    page.keyboard.press("ArrowRight")
    lab.run(1)
    expect(page.locator(".jp-OutputArea-output").get_by_text("[22]")).to_be_visible()

    recipe = page.locator(".agui-drawn iframe").content_frame.locator("body")
    expect(recipe).to_contain_text("Soup: 20 minutes")
    assert page.evaluate("window.hit") is None, "a script in it does not run"
    expect(page.get_by_text("See RFC 9110.")).to_be_visible()

    question = page.get_by_role("group", name="Which flight?")
    expect(question.get_by_role("button", name="Answer")).to_be_hidden()
    question.get_by_role("button", name="LH 1").click()
    expect(page.get_by_role("log")).to_contain_text("Flying with LH 1.")
