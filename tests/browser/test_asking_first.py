"""A tool of the notebook that asks first, on the page: allowed for the session, and asked again."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from support.desk import Desk

pytestmark = pytest.mark.browser

CHAT = """\
import agui_notebook as agui, json
async def agent(messages, text):
    if messages[-1]["role"] == "tool":
        yield "Done: " + messages[-1]["content"]
        return
    call = {"toolCallId": f"call-{len(messages)}"}
    yield {"type": "TOOL_CALL_START", "toolCallName": "delete_file", **call}
    yield {"type": "TOOL_CALL_ARGS", "delta": json.dumps({"path": text}), **call}
    yield {"type": "TOOL_CALL_END", **call}
chat = agui.chat(agent)
@chat.tool(approve=True)
def delete_file(path: str) -> str:
    "Delete a file."
    return path + " is gone"
chat"""


def test_a_tool_is_allowed_for_the_session_and_asked_about_again(desk: Desk) -> None:
    desk.open(CHAT)
    desk.run(0)
    message = desk.page.get_by_role("textbox", name="Message")
    log = desk.page.get_by_role("log")
    allow = desk.page.get_by_role("button", name="Allow in this session")
    message.fill("old.csv")
    message.press("Enter")
    expect(allow).to_be_enabled()
    expect(log).to_contain_text("Allow delete_file?")
    allow.click()
    expect(log).to_contain_text("Done: old.csv is gone")
    message.fill("new.csv")
    message.press("Enter")
    expect(log).to_contain_text("Done: new.csv is gone")
    desk.page.get_by_role("button", name="Thread menu").click()
    desk.page.get_by_role("menuitem", name="Ask again before delete_file").click()
    message.fill("third.csv")
    message.press("Enter")
    expect(allow).to_be_enabled()
    expect(log).not_to_contain_text("third.csv is gone")
