"""Interrupts as forms, in a bare page: what is asked, what is sent, what can never happen."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect
from support.fake_host import FakeHost

pytestmark = pytest.mark.browser

ARGUMENTS = {"to": "ada@example.org", "body": "Hello"}
TEXTS = {"to": {"type": "string"}, "body": {"type": "string"}}
APPROVAL = {
    "type": "object",
    "properties": {
        "approved": {"type": "boolean"},
        "accepted": {"type": "boolean", "description": "Legacy alias for approved."},
        **TEXTS,
        "editedArgs": {"type": "object", "properties": TEXTS, "required": ["to", "body"]},
    },
    "anyOf": [{"required": ["approved"]}, {"required": ["accepted"]}],
}
EMAIL = {"type": "string", "format": "email"}
BOOKING = {
    "type": "object",
    "required": ["city", "nights", "room"],
    "properties": {
        "city": {"type": "string", "description": "Where to stay."},
        "nights": {"type": "integer", "minimum": 1, "maximum": 30},
        "room": {"enum": ["Single", "Double"]},
        "currency": {"enum": ["EUR", "USD", "GBP", "JPY", "CHF"], "default": "EUR"},
        "extras": {"type": "array", "uniqueItems": True, "items": {"enum": ["Spa", "Parking"]}},
        "guests": {"type": "array", "items": {"type": "string"}},
        "contact": {"type": "object", "properties": {"email": EMAIL}},
        "pay": {"oneOf": [{"title": "Card", "type": "integer"}, {**TEXTS["to"], "title": "Name"}]},
    },
}


def asked(*interrupts: dict[str, Any]) -> dict[str, Any]:
    """A conversation that stands still at these interrupts; ``c1`` is a call of send_email."""
    call = {"id": "c1", "type": "function"}
    call["function"] = {"name": "send_email", "arguments": json.dumps(ARGUMENTS)}  # type: ignore[assignment]
    return {
        "threadId": "t",
        "messages": [{"id": "a", "role": "assistant", "toolCalls": [call]}],
        "state": {},
        "interrupts": list(interrupts),
        "runs": [run("interrupt")],
        "items": {},
        "outputs": {},
        "warnings": [],
    }


def run(status: str) -> dict[str, Any]:
    return {"runId": "r", "after": None, "status": status, "steps": [], "subagents": []}


def approval(**more: Any) -> dict[str, Any]:
    asked = {"id": "i1", "reason": "tool_call", "message": "Send it?", "toolCallId": "c1"}
    return {**asked, "responseSchema": APPROVAL, **more}


def question(schema: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    asked = {"id": "q1", "reason": "input_required", "message": "What now?", **more}
    return asked if schema is None else {**asked, "responseSchema": schema}


@pytest.fixture
def host(page: Page) -> FakeHost:
    return FakeHost(page)


def form(host: FakeHost, name: str) -> Locator:
    return host.page.get_by_role("group", name=name, exact=True)


def press(host: FakeHost, name: str) -> None:
    host.page.get_by_role("button", name=name, exact=True).click()


def answers(host: FakeHost) -> list[list[dict[str, Any]]]:
    return [sent["answers"] for sent in host.sent if sent["kind"] == "resume"]


def resolved(payload: Any, interrupt: str = "i1") -> dict[str, Any]:
    return {"interruptId": interrupt, "status": "resolved", "payload": payload}


def test_an_approval_shows_the_call_and_sends_yes(host: FakeHost) -> None:
    host.open(asked(approval()))
    expect(form(host, "Send it?")).to_contain_text("send_email")
    expect(form(host, "Send it?")).to_contain_text('to: "ada@example.org"')
    expect(host.page.get_by_role("textbox", name="Accepted")).to_have_count(0)
    press(host, "Approve")
    assert answers(host) == [[resolved({"approved": True})]]


@pytest.mark.parametrize("late", [False, True])
def test_a_form_higher_than_the_chat_is_read_from_its_top(host: FakeHost, late: bool) -> None:
    host.page.set_viewport_size({"width": 700, "height": 500})
    fields = {f"field {number}": {"type": "string"} for number in range(12)}
    wanted = asked(question({"type": "object", "properties": fields}))
    host.open({**wanted, "interrupts": []} if late else wanted)
    if late:
        host.ops(["set", ["interrupts"], wanted["interrupts"]])
    expect(host.page.get_by_role("button", name="Answer")).to_be_enabled()
    expect(form(host, "What now?").get_by_text("What now?")).to_be_in_viewport()


def test_a_denial_sends_no(host: FakeHost) -> None:
    host.open(asked(approval()))
    press(host, "Deny")
    assert answers(host) == [[resolved({"approved": False})]]


def test_abandoning_is_an_answer_of_its_own(host: FakeHost) -> None:
    host.open(asked(approval()))
    press(host, "Abandon")
    assert answers(host) == [[{"interruptId": "i1", "status": "cancelled"}]]


def test_edited_arguments_go_along_whole_and_only_when_edited(host: FakeHost) -> None:
    host.open(asked(approval()))
    press(host, "Edit arguments")
    host.page.get_by_role("textbox", name="Body").fill("Goodbye")
    press(host, "Approve")
    edited = {"to": "ada@example.org", "body": "Goodbye"}
    assert answers(host) == [[resolved({"approved": True, "editedArgs": edited})]]


def test_arguments_looked_at_but_left_alone_are_not_sent(host: FakeHost) -> None:
    host.open(asked(approval()))
    press(host, "Edit arguments")
    press(host, "Approve")
    assert answers(host) == [[resolved({"approved": True})]]


def test_no_key_says_yes_by_itself(host: FakeHost) -> None:
    schema = {**APPROVAL, "properties": {**APPROVAL["properties"], "reason": {"type": "string"}}}  # type: ignore[dict-item]
    host.open(asked(approval(responseSchema=schema)))
    expect(host.page.get_by_role("button", name="Approve")).to_be_enabled()
    expect(host.page.get_by_role("button", name="Approve")).not_to_be_focused()
    for key in ("Enter", "Escape", "Control+Enter", "Shift+Enter"):
        host.page.keyboard.press(key)
    reason = host.page.get_by_role("textbox", name="Reason")
    for key in ("Enter", "Escape", "Control+Enter"):
        reason.press(key)
    assert answers(host) == []


def test_buttons_wait_a_moment_so_that_a_click_meant_for_else_is_no_consent(host: FakeHost) -> None:
    host.open(asked())
    host.page.evaluate(
        """interrupts => {
          host.ops([["set", ["interrupts"], interrupts]]);
          globalThis.early = new Promise(done => new MutationObserver((_, own) => {
            const buttons = [...document.querySelectorAll("button")];
            const approve = buttons.find(one => one.textContent === "Approve");
            if (!approve) return;
            own.disconnect();
            approve.click();
            done(approve.disabled);
          }).observe(document.body, {childList: true, subtree: true}));
        }""",
        [approval()],
    )
    assert host.page.evaluate("() => early") is True
    assert answers(host) == []
    press(host, "Approve")
    assert len(answers(host)) == 1


def test_a_form_with_every_kind_of_field_sends_what_was_filled_in(host: FakeHost) -> None:
    host.open(asked(question(BOOKING)))
    page = host.page
    page.get_by_role("textbox", name="City").fill("Lisbon")
    page.get_by_role("textbox", name="Nights").fill("3")
    page.get_by_role("radio", name="Double").check()
    page.get_by_role("combobox", name="Currency").select_option("CHF")
    page.get_by_role("checkbox", name="Spa").check()
    guests = page.get_by_role("group", name="Guests")
    guests.get_by_role("button", name="Add").click()
    page.keyboard.type("Ada")
    page.get_by_role("textbox", name="Email").fill("ada@example.org")
    page.get_by_role("radio", name="Name").check()
    page.get_by_role("textbox", name="Name").fill("Ada Lovelace")
    press(host, "Answer")
    payload = {
        "city": "Lisbon", "nights": 3, "room": "Double", "currency": "CHF", "extras": ["Spa"],
        "guests": ["Ada"], "contact": {"email": "ada@example.org"}, "pay": "Ada Lovelace",
    }  # fmt: skip
    assert answers(host) == [[resolved(payload, "q1")]]


def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_sent(host: FakeHost) -> None:
    host.open(asked(question(BOOKING)))
    nights = host.page.get_by_role("textbox", name="Nights")
    nights.fill("99")
    press(host, "Answer")
    city = host.page.get_by_role("textbox", name="City")
    expect(city).to_be_focused()
    expect(city).to_have_attribute("aria-invalid", "true")
    expect(city).to_have_accessible_description("Where to stay. Needed.")
    expect(nights).to_have_accessible_description("At most 30.")
    nights.fill("2")
    expect(nights).to_have_attribute("aria-invalid", "false")
    assert answers(host) == []


def test_a_question_without_a_schema_takes_words_or_json(host: FakeHost) -> None:
    host.open(asked(question()))
    host.page.get_by_role("textbox", name="Text").fill("Go on")
    press(host, "Answer")
    assert answers(host) == [[resolved("Go on", "q1")]]


def test_several_interrupts_are_answered_together(host: FakeHost) -> None:
    host.open(asked(approval(), question({"type": "boolean"})))
    send = host.page.get_by_role("button", name="Send answers")
    expect(host.page.get_by_text("0 of 2 answered")).to_be_visible()
    press(host, "Deny")
    expect(form(host, "Send it?")).to_contain_text("Denied")
    expect(send).to_be_disabled()
    press(host, "Change")
    press(host, "Approve")
    press(host, "No")
    expect(host.page.get_by_text("2 of 2 answered")).to_be_visible()
    assert answers(host) == []
    send.click()
    assert answers(host) == [[resolved({"approved": True}), resolved(False, "q1")]]


def test_an_expired_interrupt_can_only_be_abandoned(host: FakeHost) -> None:
    host.open(asked(approval(expiresAt="2020-01-01T00:00:00Z")))
    expect(form(host, "Send it?")).to_contain_text("It can only be abandoned.")
    expect(host.page.get_by_role("button", name="Approve")).to_be_hidden()
    press(host, "Abandon")
    assert answers(host) == [[{"interruptId": "i1", "status": "cancelled"}]]


def test_an_interrupt_expires_before_the_readers_eyes(host: FakeHost) -> None:
    host.open(asked())
    soon = host.page.evaluate("() => new Date(Date.now() + 2500).toISOString()")
    host.ops(["set", ["interrupts"], [approval(expiresAt=soon)]])
    expect(form(host, "Send it?")).to_contain_text("Expires in")
    expect(form(host, "Send it?")).to_contain_text("It can only be abandoned.")
    expect(host.page.get_by_role("button", name="Deny")).to_be_hidden()


def test_an_answer_is_sent_once_and_again_only_after_it_failed(host: FakeHost) -> None:
    host.open(asked(approval()))
    press(host, "Approve")
    expect(host.page.get_by_role("button", name="Approve")).to_be_disabled()
    host.ops(["set", ["runs", 1], run("running")])
    expect(host.page.get_by_role("button", name="Approve")).to_be_disabled()
    host.ops(["set", ["runs", 1, "status"], "error"])
    press(host, "Deny")
    assert answers(host) == [[resolved({"approved": True})], [resolved({"approved": False})]]


def test_a_refused_answer_may_be_given_again(host: FakeHost) -> None:
    host.open(asked(approval()))
    press(host, "Approve")
    host.receive({"kind": "notice", "level": "error", "text": "The agent is not there."})
    expect(host.page.get_by_role("button", name="Approve")).to_be_enabled()


def test_an_answer_the_kernel_refused_may_be_given_again_and_the_reason_is_said(
    host: FakeHost,
) -> None:
    host.open(asked(approval()))
    press(host, "Approve")
    expect(host.page.get_by_role("button", name="Deny")).to_be_disabled()
    host.ops(["set", ["warnings", 0], {"message": "i1 does not take this answer.", "at": 1}])
    expect(host.page.get_by_role("button", name="Deny")).to_be_enabled()
    expect(host.page.get_by_text("i1 does not take this answer.").first).to_be_visible()


def test_the_form_is_gone_while_its_answers_are_at_work_and_back_if_they_failed(
    host: FakeHost,
) -> None:
    host.open({**asked(approval()), "runs": [{**run("interrupt"), "interrupts": [approval()]}]})
    region = host.page.get_by_role("region", name="The agent waits for you")
    trace = host.page.get_by_role("list", name="Your answers").get_by_role("listitem")
    expect(region).to_be_visible()
    went_on = {**run("running"), "runId": "r2", "resume": [resolved({"approved": True})]}
    host.ops(["set", ["runs", 1], went_on])
    expect(trace).to_have_text(["Send it? → Approved"])
    expect(region).to_be_hidden()
    host.ops(["set", ["runs", 1, "status"], "error"])
    expect(region).to_be_visible()
    expect(trace).to_have_count(0)
    expect(host.page.get_by_role("button", name="Retry")).to_have_count(0)
    denied = {**went_on, "runId": "r3", "resume": [resolved({"approved": False})]}
    host.ops(["set", ["runs", 2], denied])
    expect(trace).to_have_text(["Send it? → Denied"])


def test_an_id_that_is_asked_again_does_not_change_what_was_answered_before(host: FakeHost) -> None:
    first, again = ({**run("interrupt"), "interrupts": [approval()]} for _ in range(2))
    again |= {"runId": "r2", "resume": [resolved({"approved": False})]}
    last = {**run("success"), "runId": "r3", "resume": [resolved({"approved": True})]}
    host.open({**asked(), "runs": [first, again, last]})
    trace = host.page.get_by_role("list", name="Your answers").get_by_role("listitem")
    expect(trace).to_have_text(["Send it? → Denied", "Send it? → Approved"])


def test_the_form_goes_when_the_interrupts_are_answered(host: FakeHost) -> None:
    host.open(asked(approval()))
    expect(form(host, "Send it?")).to_be_visible()
    host.ops(["set", ["interrupts"], []])
    expect(host.page.get_by_role("region", name="The agent waits for you")).to_be_hidden()


def test_what_was_answered_stays_in_sight(host: FakeHost) -> None:
    ended = {**run("interrupt"), "interrupts": [approval(), question()]}
    host.open({**asked(approval(), question()), "runs": [ended]})
    trace = host.page.get_by_role("list", name="Your answers")
    expect(form(host, "Send it?")).to_be_visible()
    expect(trace).to_have_count(0)
    given = [resolved({"approved": False}), {"interruptId": "q1", "status": "cancelled"}]
    host.ops(["set", ["runs", 1], {**run("running"), "runId": "r2", "resume": given}])
    items = trace.get_by_role("listitem")
    expect(items).to_have_text(["Send it? → Denied", "What now? → Abandoned"])
    host.ops(["set", ["interrupts"], []], ["set", ["runs", 1, "status"], "success"])
    expect(items).to_have_count(2)


def test_a_run_that_left_calls_to_the_notebook_does_not_say_done(host: FakeHost) -> None:
    left = {**run("success"), "pendingToolCallIds": ["c1"]}
    host.open({**asked(), "runs": [left]})
    expect(host.page.locator(".agui-run-end")).to_have_text("Called tools")


def test_a_snapshot_does_not_take_away_what_was_typed(host: FakeHost) -> None:
    host.open(asked(question({"type": "string"})))
    answer = host.page.get_by_role("textbox", name="Your answer")
    answer.fill("half a sen")
    host.snapshot(asked(question({"type": "string"})))
    expect(answer).to_have_value("half a sen")


def test_nothing_can_be_answered_while_the_kernel_is_gone(host: FakeHost) -> None:
    host.open(asked(approval()))
    expect(host.page.get_by_role("button", name="Approve")).to_be_enabled()
    host.page.evaluate("() => host.model.trigger('comm:close')")
    expect(host.page.get_by_role("button", name="Approve")).to_be_disabled()
