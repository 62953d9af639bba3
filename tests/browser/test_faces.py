"""What a bare page says of trouble, of what an agent can, and of what the user decided."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from support.desk import SHOTS
from support.fake_host import FakeHost, theme
from test_chat_view import document, message

pytestmark = pytest.mark.browser

QUESTION = message("u", "user", "Invite the team to lunch.")
EMAIL = {"to": "team", "subject": "Lunch on Friday"}


@pytest.fixture
def host(page: Page) -> FakeHost:
    return FakeHost(page)


def looks(host: FakeHost, name: str) -> None:
    """Pictures in both themes, and narrow."""
    SHOTS.mkdir(exist_ok=True)
    for look, width in (("dark", 1068), ("light", 1068), ("light", 420)):
        host.page.set_viewport_size({"width": width, "height": 520})
        host.page.add_style_tag(content=theme(look))
        light = "light => document.body.dataset.jpThemeLight = String(light)"
        host.page.evaluate(light, look == "light")
        host.page.locator(".agui").screenshot(path=SHOTS / f"faces-{name}-{look}-{width}.png")


def test_an_empty_chat_says_whether_the_agent_answers_and_what_it_can(host: FakeHost) -> None:
    problem = "No server answers at http://127.0.0.1:1/: start the agent's server."
    agent = {"name": "weather", "description": "Tells the weather.", "problem": problem}
    host.open(document(), agent=agent)
    expect(host.page.locator(".agui-welcome")).to_contain_text(problem)
    expect(host.page.locator(".agui-status")).to_have_attribute("data-status", "error")
    looks(host, "problem")
    able = {"name": "weather", "description": "Tells the weather.", "can": "tools, pictures"}
    host.snapshot(document(), agent={**able, "model": "small-1"}, tools=["near", "far"])
    header = host.page.locator(".agui-header").get_by_role("button").first
    expect(header).to_contain_text("small-1 · 2 tools")
    assert "Tools: near, far" in str(header.get_attribute("title"))
    expect(host.page.locator(".agui-welcome")).to_contain_text("Tells the weather.")
    expect(host.page.locator(".agui-welcome")).to_contain_text("Can: tools, pictures")
    looks(host, "can")


def test_files_are_not_offered_to_an_agent_that_takes_none(host: FakeHost) -> None:
    host.open(document(), agent={"name": "weather", "files": False})
    expect(host.page.get_by_role("button", name="Attach files")).to_be_hidden()
    host.snapshot(document(), agent={"name": "weather"})
    expect(host.page.get_by_role("button", name="Attach files")).to_be_visible()


def decided(declined: bool, **more: Any) -> dict[str, Any]:
    """A call that was asked about for a minute, and how that was answered."""
    function = {"name": "send_email", "arguments": json.dumps(EMAIL)}
    called = [{"id": "c", "type": "function", "function": function}]
    call = message("a", "assistant", "", toolCalls=called)
    answer = {"interruptId": "i", "asked": "Allow send_email?", "declined": declined, **more}
    asked = {"id": "i", "reason": "tool_approval", "toolCallId": "c"}
    runs = [
        {"runId": "r1", "after": "u", "status": "interrupt", "startedAt": 1_000, "endedAt": 2_000,
         "interrupts": [asked], "steps": [], "subagents": []},
        {"runId": "r2", "after": "a", "status": "success", "startedAt": 62_000, "endedAt": 64_000,
         "answers": [answer], "steps": [], "subagents": []},
    ]  # fmt: skip
    result = message("t", "tool", "Denied." if declined else "Sent.", toolCallId="c")
    items = {"call:c": {"status": "done", "startedAt": 1_500, "endedAt": 63_000}}
    return document(QUESTION, call, result, runs=runs, items=items)


def test_an_approval_shows_what_was_changed_and_the_call_its_own_time(host: FakeHost) -> None:
    change = {"name": "subject", "before": "Lunch on Friday", "after": "Dinner on Saturday"}
    said = "Approved with changes: subject: Lunch on Friday → Dinner on Saturday"
    host.open(decided(False, said=said, changes=[change]))
    answers = host.page.get_by_role("list", name="Your answers")
    expect(answers).to_contain_text("subject: Lunch on Friday → Dinner on Saturday")
    expect(answers.locator("del")).to_have_text("Lunch on Friday")
    line = host.page.get_by_role("button", name="send_email")
    expect(line).to_contain_text("1.5 s")
    asked = host.page.locator(".agui-run", has_text="Asked you").locator("summary")
    plain = host.page.locator(".agui-run").last.locator("summary")
    colour = "node => getComputedStyle(node).color"
    assert asked.evaluate(colour) == plain.evaluate(colour), "it waits no longer"
    looks(host, "changes")


def test_a_call_that_was_denied_has_no_tick_of_success(host: FakeHost) -> None:
    host.open(decided(True, said="Denied: not today"))
    line = host.page.get_by_role("button", name="send_email (denied)")
    expect(line).to_be_visible()
    expect(host.page.locator(".agui-call")).to_have_attribute("data-state", "denied")
    looks(host, "denied")
