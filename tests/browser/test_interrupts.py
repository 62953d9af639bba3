"""Interrupts as forms, in a bare page: what is asked, what is sent, what can never happen."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect
from support.fake_host import FakeHost
from support.questions import with_questions

from agui_notebook.protocol import answers_in_words, ask_all

pytestmark = pytest.mark.browser

ARGUMENTS = {"to": "ada@example.org", "body": "Hello"}
CALL = {"id": "c1", "type": "function"}
CALL["function"] = {"name": "send_email", "arguments": json.dumps(ARGUMENTS)}  # type: ignore[assignment]
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
    messages = [{"id": "a", "role": "assistant", "toolCalls": [CALL]}]
    return {
        "threadId": "t",
        "messages": messages,
        "state": {},
        "interrupts": list(interrupts),
        "questions": ask_all(interrupts, messages),
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


def decisions(host: FakeHost) -> list[list[dict[str, Any]]]:
    """What was sent; each decision names what was shown, which is held by a test of its own."""
    sent = [sent["decisions"] for sent in host.sent if sent["kind"] == "resume"]
    return [[{**each, "fingerprint": bool(each["fingerprint"])} for each in one] for one in sent]


def decided(verb: str, interrupt: str = "i1", **more: Any) -> dict[str, Any]:
    """A decision; what it carries is JSON text."""
    texts = {key: json.dumps(value, separators=(",", ":")) for key, value in more.items()}
    return {"interruptId": interrupt, "verb": verb, "fingerprint": True, **texts}


def went_on(status: str, *given: dict[str, Any], run_id: str = "r2") -> dict[str, Any]:
    """A run that went on with these answers."""
    told = answers_in_words([approval(), question()], given)
    return {**run(status), "runId": run_id, "resume": list(given), "answers": told}


def asks(*interrupts: dict[str, Any]) -> list[list[Any]]:
    """The operations of a run that asks."""
    document = asked(*interrupts)
    return [["set", [key], document[key]] for key in ("interrupts", "questions")]


def resolved(payload: Any, interrupt: str = "i1") -> dict[str, Any]:
    return {"interruptId": interrupt, "status": "resolved", "payload": payload}


def test_an_approval_shows_the_call_and_sends_yes(host: FakeHost) -> None:
    host.open(asked(approval()))
    expect(form(host, "Send it?")).to_contain_text("send_email")
    expect(form(host, "Send it?")).to_contain_text('to: "ada@example.org"')
    expect(host.page.get_by_role("textbox", name="Accepted")).to_have_count(0)
    press(host, "Approve")
    assert decisions(host) == [[decided("approve")]]


@pytest.mark.parametrize("late", [False, True])
def test_a_form_higher_than_the_chat_is_read_from_its_top(host: FakeHost, late: bool) -> None:
    host.page.set_viewport_size({"width": 700, "height": 500})
    fields = {f"field {number}": {"type": "string"} for number in range(12)}
    wanted = asked(question({"type": "object", "properties": fields}))
    host.open({**wanted, "interrupts": [], "questions": []} if late else wanted)
    if late:
        host.ops(*[["set", [key], wanted[key]] for key in ("interrupts", "questions")])
    expect(host.page.get_by_role("button", name="Answer")).to_be_enabled()
    expect(form(host, "What now?").get_by_text("What now?")).to_be_in_viewport()


def test_a_denial_sends_no(host: FakeHost) -> None:
    host.open(asked(approval()))
    press(host, "Deny")
    assert decisions(host) == [[decided("deny")]]


def test_abandoning_is_an_answer_of_its_own(host: FakeHost) -> None:
    host.open(asked(approval()))
    press(host, "Abandon")
    assert decisions(host) == [[decided("abandon")]]


def test_of_edited_arguments_only_what_was_edited_goes_along(host: FakeHost) -> None:
    host.open(asked(approval()))
    press(host, "Edit arguments")
    host.page.get_by_role("textbox", name="Body").fill("Goodbye")
    press(host, "Approve")
    assert decisions(host) == [[decided("approve", edits=[{"body": "Goodbye"}])]]


def test_arguments_looked_at_but_left_alone_are_not_sent(host: FakeHost) -> None:
    host.open(asked(approval()))
    press(host, "Edit arguments")
    press(host, "Approve")
    assert decisions(host) == [[decided("approve")]]


def test_no_key_says_yes_by_itself(host: FakeHost) -> None:
    schema = {**APPROVAL, "properties": {**APPROVAL["properties"], "reason": {"type": "string"}}}  # type: ignore[dict-item]
    host.open(asked(approval(responseSchema=schema)))
    expect(host.page.get_by_role("button", name="Approve")).to_be_enabled()
    expect(host.page.get_by_role("button", name="Approve")).not_to_be_focused()
    for key in ("Enter", "Escape", "Control+Enter", "Shift+Enter"):
        host.page.keyboard.press(key)
    host.page.get_by_text("Reason (optional)").first.click()
    reason = host.page.get_by_role("textbox", name="Reason")
    expect(reason).to_be_visible()
    for key in ("Enter", "Escape", "Control+Enter"):
        reason.press(key)
    assert decisions(host) == []


def test_buttons_wait_a_moment_so_that_a_click_meant_for_else_is_no_consent(host: FakeHost) -> None:
    host.open(asked())
    host.page.evaluate(
        """operations => {
          host.ops(operations);
          globalThis.early = new Promise(done => new MutationObserver((_, own) => {
            const buttons = [...document.querySelectorAll("button")];
            const approve = buttons.find(one => one.textContent === "Approve");
            if (!approve) return;
            own.disconnect();
            approve.click();
            done(approve.disabled);
          }).observe(document.body, {childList: true, subtree: true}));
        }""",
        asks(approval()),
    )
    assert host.page.evaluate("() => early") is True
    assert decisions(host) == []
    press(host, "Approve")
    assert len(decisions(host)) == 1


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
    assert decisions(host) == [[decided("answer", "q1", value=payload)]]


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
    assert decisions(host) == []


def test_a_question_without_a_schema_takes_words_or_json(host: FakeHost) -> None:
    host.open(asked(question()))
    host.page.get_by_role("textbox", name="Text").fill("Go on")
    press(host, "Answer")
    assert decisions(host) == [[decided("answer", "q1", value="Go on")]]


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
    assert decisions(host) == []
    send.click()
    assert decisions(host) == [[decided("approve"), decided("deny", "q1")]]


def test_an_expired_interrupt_can_only_be_abandoned(host: FakeHost) -> None:
    host.open(asked(approval(expiresAt="2020-01-01T00:00:00Z")))
    expect(form(host, "Send it?")).to_contain_text("It can only be abandoned.")
    expect(host.page.get_by_role("button", name="Approve")).to_be_hidden()
    press(host, "Abandon")
    assert decisions(host) == [[decided("abandon")]]


def test_an_interrupt_expires_before_the_readers_eyes(host: FakeHost) -> None:
    host.open(asked())
    soon = host.page.evaluate("() => new Date(Date.now() + 2500).toISOString()")
    host.ops(*asks(approval(expiresAt=soon)))
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
    assert decisions(host) == [[decided("approve")], [decided("deny")]]


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
    host.ops(["set", ["runs", 1], went_on("running", resolved({"approved": True}))])
    expect(trace).to_have_text(["Send it? → Approved"])
    expect(region).to_be_hidden()
    host.ops(["set", ["runs", 1, "status"], "error"])
    expect(region).to_be_visible()
    expect(trace).to_have_count(0)
    expect(host.page.get_by_role("button", name="Retry")).to_have_count(0)
    denied = went_on("running", resolved({"approved": False}), run_id="r3")
    host.ops(["set", ["runs", 2], denied])
    expect(trace).to_have_text(["Send it? → Denied"])


def test_an_id_that_is_asked_again_does_not_change_what_was_answered_before(host: FakeHost) -> None:
    first = {**run("interrupt"), "interrupts": [approval()]}
    again = {**first, **went_on("interrupt", resolved({"approved": False}))}
    last = went_on("success", resolved({"approved": True}), run_id="r3")
    host.open({**asked(), "runs": [first, again, last]})
    trace = host.page.get_by_role("list", name="Your answers").get_by_role("listitem")
    expect(trace).to_have_text(["Send it? → Denied", "Send it? → Approved"])


def test_the_form_goes_when_the_interrupts_are_answered(host: FakeHost) -> None:
    host.open(asked(approval()))
    expect(form(host, "Send it?")).to_be_visible()
    host.ops(*asks())
    expect(host.page.get_by_role("region", name="The agent waits for you")).to_be_hidden()


def test_what_was_answered_stays_in_sight(host: FakeHost) -> None:
    ended = {**run("interrupt"), "interrupts": [approval(), question()]}
    host.open({**asked(approval(), question()), "runs": [ended]})
    trace = host.page.get_by_role("list", name="Your answers")
    expect(form(host, "Send it?")).to_be_visible()
    expect(trace).to_have_count(0)
    given = [resolved({"approved": False}), {"interruptId": "q1", "status": "cancelled"}]
    host.ops(["set", ["runs", 1], went_on("running", *given)])
    items = trace.get_by_role("listitem")
    expect(items).to_have_text(["Send it? → Denied", "What now? → Abandoned"])
    host.ops(*asks(), ["set", ["runs", 1, "status"], "success"])
    expect(items).to_have_count(2)


def test_a_run_that_left_calls_to_the_notebook_does_not_say_done(host: FakeHost) -> None:
    left = {**run("success"), "pendingToolCallIds": ["c1"]}
    host.open({**asked(), "runs": [left]})
    expect(host.page.locator(".agui-run summary")).to_contain_text("Called tools")


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


# -- what is approved is shown whole, literal and as it was written ---


def about(
    arguments: str, name: str = "send_email", message: str = "Send it?", **edits: str
) -> dict[str, Any]:
    """A conversation that asks about a call with these arguments; ``edits``: which may change."""
    call = {"id": "c1", "type": "function", "function": {"name": name, "arguments": arguments}}
    members = {key: {"type": kind} for key, kind in edits.items()}
    changed = {"type": "object", "properties": members}
    schema = {"properties": {"approved": {"type": "boolean"}, "editedArgs": changed}}
    question = approval(message=message, responseSchema={"type": "object", **schema})
    messages = [{"id": "a", "role": "assistant", "toolCalls": [call]}]
    return with_questions({**asked(), "messages": messages, "interrupts": [question]})


def approve(host: FakeHost) -> Locator:
    return host.page.get_by_role("button", name="Approve", exact=True)


def ready(host: FakeHost) -> None:
    """The pause before buttons work is over."""
    expect(host.page.get_by_role("button", name="Deny", exact=True)).to_be_enabled()


def langchain(*names: str) -> dict[str, Any]:
    actions = [{"name": name, "args": {"path": f"/{name}", "size": 2**60}} for name in names]
    raw = {"langgraph": {"raw": {"action_requests": actions}}}
    document = {**asked(), "interrupts": [{"id": "i1", "reason": "langgraph:interrupt"}]}
    document["interrupts"][0]["metadata"] = raw
    return with_questions(document)


def test_the_action_that_a_langgraph_middleware_asks_about_is_shown_and_approved(
    host: FakeHost,
) -> None:
    host.open(langchain("delete_file"))
    card = form(host, "langgraph:interrupt")
    expect(card).to_contain_text("delete_file")
    expect(card).to_contain_text('path: "/delete_file"')
    expect(card.get_by_role("textbox")).to_have_count(0)
    press(host, "Approve")
    assert decisions(host) == [[decided("approve")]]


def test_one_of_several_actions_is_edited_and_the_others_stay(host: FakeHost) -> None:
    host.open(langchain("delete_file", "move_file"))
    host.page.get_by_role("button", name="Edit arguments").nth(1).click()
    host.page.get_by_role("textbox", name="Path").fill("/elsewhere")
    press(host, "Approve")
    edits = [None, {"path": "/elsewhere"}]
    assert decisions(host) == [[decided("approve", edits=edits)]]


def test_a_denied_action_of_a_langgraph_middleware_sends_no(host: FakeHost) -> None:
    host.open(langchain("delete_file"))
    press(host, "Deny")
    assert decisions(host) == [[decided("deny")]]


@pytest.mark.parametrize("how", ["scrolled", "Show all"])
def test_a_long_value_has_to_be_seen_before_it_can_be_approved(host: FakeHost, how: str) -> None:
    sql = "SELECT 1; " * 3000 + "DROP TABLE users"
    host.open(about(json.dumps({"sql": sql})))
    ready(host)
    expect(approve(host)).to_be_disabled()
    expect(host.page.get_by_text("30,018 characters.")).to_be_visible()
    whole = host.page.get_by_role("region", name="sql, 30018 characters")
    if how == "scrolled":
        for _ in range(3):  # it is drawn as far as it was scrolled
            whole.evaluate("node => { node.scrollTop = node.scrollHeight; }")
            host.page.evaluate("() => new Promise(requestAnimationFrame)")
    else:
        press(host, "Show all")
    expect(approve(host)).to_be_enabled()
    expect(whole).to_contain_text("DROP TABLE users")
    press(host, "Approve")
    assert decisions(host) == [[decided("approve")]]


def test_a_long_value_can_be_denied_unread(host: FakeHost) -> None:
    host.open(about(json.dumps({"sql": "x" * 5000})))
    press(host, "Deny")
    assert decisions(host) == [[decided("deny")]]


def test_many_short_lines_are_long_too(host: FakeHost) -> None:
    host.open(about(json.dumps({"script": "\n" * 100 + "rm -rf /"})))
    ready(host)
    expect(approve(host)).to_be_disabled()


def test_editing_does_not_make_unseen_arguments_seen(host: FakeHost) -> None:
    host.open(about(json.dumps({"to": "a", "body": "x" * 5000}), to="string"))
    press(host, "Edit arguments")
    host.page.get_by_role("textbox", name="To").fill("b")
    expect(approve(host)).to_be_disabled()
    press(host, "Show all")
    press(host, "Approve")
    assert decisions(host) == [[decided("approve", edits=[{"to": "b"}])]]


def test_what_cannot_be_seen_or_looks_like_another_is_marked(host: FakeHost) -> None:
    hostile = {"file": "a\u202egnp.exe", "to": "p\u0430ypal.com", "note": "z\u200bw \U000e0041"}
    host.open(about(json.dumps(hostile), name="s\u0435nd", message="Send\u202e it?"))
    card = host.page.get_by_role("group", name="Send‹U+202E› it?")
    for shown in (
        "s‹U+0435›nd",
        'file: "a‹U+202E›gnp.exe"',
        'to: "p‹U+0430›ypal.com"',
        'note: "z‹U+200B›w ‹U+E0041›"',
    ):
        expect(card).to_contain_text(shown)
    expect(card.locator(".agui-mark")).to_have_count(6)


def test_a_value_cannot_look_like_another_argument(host: FakeHost) -> None:
    host.open(about(json.dumps({"body": 'x"\nto: "eve@example.org', "to": "ada@example.org"})))
    values = form(host, "Send it?").locator("dd")
    expect(values).to_have_text(['"x\\"\nto: \\"eve@example.org"', '"ada@example.org"'])


def test_numbers_are_shown_as_written_and_editing_another_leaves_them(host: FakeHost) -> None:
    written = '{"to": "ada", "id": 9007199254740993, "rate": 1.10, "extra": {"n": 1e400}}'
    host.open(about(written, to="string"))
    for shown in ("id: 9007199254740993", "rate: 1.10", '"n": 1e400'):
        expect(form(host, "Send it?")).to_contain_text(shown)
    press(host, "Edit arguments")
    host.page.get_by_role("textbox", name="To").fill("bob")
    press(host, "Approve")
    assert decisions(host) == [[decided("approve", edits=[{"to": "bob"}])]]


def test_a_number_that_is_no_double_is_sent_as_it_was_typed(host: FakeHost) -> None:
    host.open(about('{"id": 9007199254740993, "to": "ada"}', id="integer"))
    press(host, "Edit arguments")
    number = host.page.get_by_role("textbox", name="Id")
    expect(number).to_have_value("9007199254740993")
    number.fill("9007199254740995")
    press(host, "Approve")
    assert decisions(host) == [[decided("approve", edits=[{"id": 9007199254740995}])]]


@pytest.mark.parametrize("text", ['{"to": "ada", "to": "eve"}', '{"to": "ada"', "[1, 2]"])
def test_arguments_that_are_not_plain_are_shown_as_they_stand(host: FakeHost, text: str) -> None:
    host.open(about(text))
    expect(form(host, "Send it?").locator("dd")).to_have_text([text])
    expect(host.page.get_by_role("button", name="Edit arguments")).to_have_count(0)


def test_a_decision_names_what_was_shown_and_other_arguments_are_another_question(
    host: FakeHost,
) -> None:
    first, then = about('{"to": "ada"}'), about('{"to": "eve"}')
    host.open(first)
    ready(host)
    host.ops(*[["set", [key], then[key]] for key in ("messages", "questions")])
    expect(form(host, "Send it?")).to_contain_text('to: "eve"')
    expect(approve(host)).to_be_disabled()  # the pause begins again
    press(host, "Approve")
    [[sent]] = [each["decisions"] for each in host.sent if each["kind"] == "resume"]
    assert sent["fingerprint"] == then["questions"][0]["fingerprint"]
    assert sent["fingerprint"] != first["questions"][0]["fingerprint"]


def test_a_question_about_a_call_nobody_has_says_so(host: FakeHost) -> None:
    host.open(with_questions({**asked(), "interrupts": [approval(toolCallId="gone")]}))
    expect(form(host, "Send it?")).to_contain_text("not in this conversation: gone")
