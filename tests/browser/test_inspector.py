"""The State and Events tabs in a bare page: editing, following, filtering, and costs."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect
from support.fake_host import FakeHost

pytestmark = pytest.mark.browser

STATE = {"recipe": {"title": "Pasta", "servings": 2}, "tags": ["quick"], "done": False}
TYPES = ("RUN_STARTED", "TEXT_MESSAGE_CONTENT", "TOOL_CALL_START", "STATE_DELTA", "RUN_ERROR")


def conversation(state: Any = None, *runs: dict[str, Any]) -> dict[str, Any]:
    return {
        "threadId": "t", "messages": [], "state": {} if state is None else state,
        "interrupts": [], "runs": list(runs), "items": {}, "outputs": {}, "warnings": [],
    }  # fmt: skip


def run(status: str, **more: Any) -> dict[str, Any]:
    return {"runId": "r", "after": None, "status": status, "steps": [], "subagents": [], **more}


def record(at: int) -> dict[str, Any]:
    kind = TYPES[at % len(TYPES)]
    event = {"type": kind, "delta": f"word {at}"}
    return {"at": 1_700_000_000_000 + at * 7, "runId": f"run-{at // 50}", "event": event}


@pytest.fixture
def host(page: Page) -> FakeHost:
    return FakeHost(page)


def enter(host: FakeHost, tab: str) -> None:
    host.page.get_by_role("tab", name=tab).click()


def row(host: FakeHost, name: str) -> Locator:
    return host.page.get_by_role("treeitem", name=name)


def states(host: FakeHost) -> list[Any]:
    return [sent["value"] for sent in host.sent if sent["kind"] == "set_state"]


# -- state ---------------------------------------------------------------------------------------


@pytest.fixture
def state(host: FakeHost) -> FakeHost:
    host.open(conversation(STATE))
    enter(host, "State")
    expect(row(host, "servings")).to_contain_text("2")
    return host


def test_a_value_is_edited_in_place_and_sent_whole(state: FakeHost) -> None:
    row(state, "servings").hover()
    row(state, "servings").get_by_role("button", name="Edit").click()
    state.page.keyboard.type("4")
    state.page.keyboard.press("Enter")
    assert states(state) == [{**STATE, "recipe": {"title": "Pasta", "servings": 4}}]


def test_what_is_not_json_is_said_and_not_sent(state: FakeHost) -> None:
    row(state, "servings").press("F2")
    state.page.keyboard.type("four")
    state.page.keyboard.press("Enter")
    expect(state.page.get_by_text("Not valid JSON. Text stands in quotes.")).to_be_visible()
    state.page.keyboard.press("Escape")
    expect(row(state, "servings")).to_be_focused()
    assert states(state) == []


def test_text_is_edited_without_quotes_and_a_boolean_is_a_switch(state: FakeHost) -> None:
    row(state, "title").press("F2")
    field = state.page.get_by_role("textbox", name="New value of recipe.title")
    expect(field).to_have_value("Pasta")
    field.fill("2")
    field.press("Enter")
    two = {**STATE, "recipe": {"title": "2", "servings": 2}}
    state.page.get_by_role("button", name="Turn done on").click()
    row(state, "tags").press("+")
    state.page.get_by_role("textbox", name="Value").fill("easy to make")
    state.page.keyboard.press("Enter")
    added = {**STATE, "tags": ["quick", "easy to make"]}
    assert states(state) == [two, {**STATE, "done": True}, added]
    state.ops(["set", ["state", "done"], True])
    expect(state.page.get_by_role("button", name="Turn done off")).to_be_visible()
    expect(state.page.get_by_text("Edited, goes with the next run")).to_be_visible()
    state.ops(["set", ["threadId"], "another"], ["set", ["state"], {}])
    expect(state.page.get_by_text("Edited, goes with the next run")).to_be_hidden()
    state.page.get_by_role("button", name="JSON").click()
    state.page.get_by_role("textbox", name="Shared state as JSON").fill('{"a": 1,}')
    state.page.get_by_role("button", name="Save").click()
    expect(state.page.get_by_text("nothing follows the comma in line 1")).to_be_visible()


def test_an_open_edit_outlives_what_the_agent_does_to_its_value(state: FakeHost) -> None:
    row(state, "servings").press("F2")
    field = state.page.get_by_role("textbox", name="New value of recipe.servings")
    field.fill("[4]")
    for value in ("two", {"adults": 2}, None):
        state.ops(["set", ["state", "recipe", "servings"], value])
    expect(row(state, "servings")).to_contain_text("null")
    expect(field).to_have_value("[4]")
    expect(field).to_be_focused()
    state.page.keyboard.press("Enter")
    assert states(state) == [{**STATE, "recipe": {"title": "Pasta", "servings": [4]}}]
    expect(row(state, "servings")).to_be_focused()


def test_an_edit_whose_place_is_gone_keeps_its_text_and_says_so(state: FakeHost) -> None:
    row(state, "servings").press("F2")
    field = state.page.get_by_role("textbox", name="New value of recipe.servings")
    field.fill("4")
    state.ops(["set", ["state", "recipe"], "none"])
    expect(row(state, "servings")).to_have_count(0)
    expect(field).to_have_value("4")
    field.press("Enter")
    expect(state.page.get_by_text("Its place is gone")).to_be_visible()
    assert states(state) == []
    state.ops(["set", ["state", "recipe"], STATE["recipe"]])
    field.press("Enter")
    assert states(state) == [{**STATE, "recipe": {"title": "Pasta", "servings": 4}}]
    expect(field).to_have_count(0)


def test_keys_are_added_and_removed_by_keyboard(state: FakeHost) -> None:
    row(state, "recipe: 2").press("+")
    state.page.keyboard.type("time")
    state.page.keyboard.press("Tab")
    state.page.keyboard.type("20")
    state.page.keyboard.press("Enter")
    row(state, "tags").press("ArrowDown")
    state.page.keyboard.press("Delete")
    added = {**STATE, "recipe": {"title": "Pasta", "servings": 2, "time": 20}}
    assert states(state) == [added, {**STATE, "tags": []}]


def test_a_key_that_is_there_is_not_overwritten(state: FakeHost) -> None:
    state.page.get_by_role("button", name="Add").first.click()
    state.page.get_by_role("textbox", name="Key").fill("done")
    state.page.get_by_role("textbox", name="Value").fill("1")
    state.page.get_by_role("button", name="Save").click()
    expect(state.page.get_by_text("There is a key done already.")).to_be_visible()
    assert states(state) == []


def test_an_edit_is_marked_until_a_run_takes_it_along_and_can_be_undone(state: FakeHost) -> None:
    row(state, "done").press("F2")
    state.page.keyboard.type("true")
    state.page.keyboard.press("Enter")
    state.ops(["set", ["state"], {**STATE, "done": True}])
    expect(state.page.get_by_text("Edited, goes with the next run")).to_be_visible()
    state.page.get_by_role("button", name="Undo").click()
    assert states(state)[-1] == STATE
    state.ops(["set", ["runs", 0], run("running")])
    expect(state.page.get_by_text("Edited, goes with the next run")).to_be_hidden()


def test_raw_json_is_edited_as_a_whole(state: FakeHost) -> None:
    state.page.get_by_role("button", name="JSON").click()
    raw = state.page.get_by_role("textbox", name="Shared state as JSON")
    assert json.loads(raw.input_value()) == STATE
    raw.fill('{"new": 1}')
    state.page.get_by_role("button", name="Save").click()
    assert states(state) == [{"new": 1}]


def test_only_what_changed_flashes(state: FakeHost) -> None:
    state.page.evaluate(
        """() => {
          globalThis.flashed = new Set();
          const note = ({classList, dataset}) =>
            classList.contains("agui-flash") && flashed.add(dataset.pointer);
          new MutationObserver(all => all.forEach(({target}) => note(target)))
            .observe(document.body, {subtree: true, attributeFilter: ["class"]});
        }"""
    )
    state.ops(["set", ["state", "recipe", "servings"], 3])
    expect(row(state, "servings")).to_contain_text("3")
    assert state.page.evaluate("() => [...flashed]") == ["/recipe/servings"]


def test_the_tree_is_walked_by_keyboard(state: FakeHost) -> None:
    recipe = row(state, "recipe: 2")
    recipe.focus()
    state.page.keyboard.press("ArrowLeft")
    expect(row(state, "recipe")).to_have_attribute("aria-expanded", "false")
    expect(row(state, "recipe: {title")).to_be_focused()
    for key in ("ArrowRight", "ArrowRight", "ArrowDown"):
        state.page.keyboard.press(key)
    expect(row(state, "servings")).to_be_focused()
    state.page.keyboard.press("ArrowLeft")
    expect(row(state, "recipe")).to_be_focused()
    state.page.keyboard.press("End")
    expect(row(state, "done")).to_be_focused()


def test_an_empty_state_says_so_and_takes_a_first_key(host: FakeHost) -> None:
    host.open(conversation())
    enter(host, "State")
    expect(host.page.get_by_text("No shared state yet.")).to_be_visible()
    host.page.get_by_role("button", name="Add").click()
    host.page.get_by_role("textbox", name="Key").fill("a")
    host.page.get_by_role("textbox", name="Value").fill('"b"')
    host.page.keyboard.press("Enter")
    assert states(host) == [{"a": "b"}]


def test_a_readonly_state_offers_no_editing(host: FakeHost) -> None:
    host.open(conversation(STATE), readonly=True)
    enter(host, "State")
    row(host, "servings").press("F2")
    expect(host.page.get_by_role("button", name="Edit")).to_have_count(0)
    expect(host.page.get_by_role("button", name="Save")).to_have_count(0)


# -- events --------------------------------------------------------------------------------------


def give(host: FakeHost, start: int, stop: int, total: int | None = None) -> None:
    items = [record(at) for at in range(start, stop)]
    host.receive({"kind": "events", "from": start, "total": total or stop, "items": items})


@pytest.fixture
def events(host: FakeHost) -> FakeHost:
    host.open(conversation(), eventCount=120)
    enter(host, "Events")
    expect(host.page.get_by_text("Loading events…")).to_be_visible()
    give(host, 0, 120)
    expect(host.page.get_by_text("120 events")).to_be_visible()
    return host


def grid(host: FakeHost) -> Locator:
    return host.page.get_by_role("grid", name="Events")


def spoken(host: FakeHost) -> list[str]:
    """What the drawn rows say."""
    rows = grid(host).get_by_role("row").all_inner_texts()
    return [text.rsplit("word ", 1)[1] for text in rows[1:]]


def commands(host: FakeHost) -> list[dict[str, Any]]:
    return [sent for sent in host.sent if sent["kind"].startswith("events_")]


def test_events_are_asked_for_only_while_they_are_shown(events: FakeHost) -> None:
    enter(events, "Chat")
    give(events, 120, 130)
    enter(events, "Events")
    first, closed, again = commands(events)
    assert (first, again) == tuple({"kind": "events_open", "from": at} for at in (0, 120))
    assert closed == {"kind": "events_close"}


def test_the_kernel_is_told_when_the_last_of_several_views_stops_looking(events: FakeHost) -> None:
    events.page.evaluate("() => { globalThis.other = host.view(document.getElementById('place')) }")
    second = events.page.locator(".agui").nth(1)
    second.get_by_role("tab", name="Events").click()
    give(events, 0, 120)
    expect(second.get_by_text("120 events")).to_be_visible()
    events.page.locator(".agui").first.get_by_role("tab", name="Chat").click()
    assert commands(events)[-1]["kind"] == "events_open"
    events.page.evaluate("() => other.close()")
    assert commands(events)[-1]["kind"] == "events_close"


def test_a_row_tells_time_delta_type_run_and_content(events: FakeHost) -> None:
    cells = grid(events).get_by_role("row").nth(2).get_by_role("gridcell").all_inner_texts()
    assert cells[1:] == ["+7 ms", "TEXT_MESSAGE_CONTENT", "1", "word 1"]


def test_families_and_text_narrow_the_list(events: FakeHost) -> None:
    events.page.get_by_role("button", name="Text").click()
    expect(events.page.get_by_text("96 of 120 events")).to_be_visible()
    events.page.get_by_role("searchbox", name="Search events").fill("WORD 11")
    expect(events.page.get_by_text("8 of 120 events")).to_be_visible()
    assert spoken(events) == ["110", "112", "113", "114", "115", "117", "118", "119"]
    events.page.get_by_role("searchbox", name="Search events").fill("nothing like it")
    expect(events.page.get_by_text("No event matches.")).to_be_visible()


def test_an_event_opens_as_a_tree_and_is_walked_by_keyboard(events: FakeHost) -> None:
    grid(events).press("ArrowDown")
    grid(events).press("ArrowDown")
    grid(events).press("Enter")
    opened = events.page.get_by_role("region", name="Event 2")
    expect(opened).to_contain_text('delta: "word 1"')
    grid(events).press("End")
    expect(events.page.get_by_role("region", name="Event 120")).to_contain_text('delta: "word 119"')
    active = grid(events).get_attribute("aria-activedescendant")
    expect(events.page.locator(f"[id='{active}']")).to_be_in_viewport()
    grid(events).press("Escape")
    expect(events.page.get_by_role("region", name="Event 120")).to_be_hidden()


def test_an_event_and_all_that_pass_are_copied(events: FakeHost) -> None:
    events.catch_copies()
    events.page.get_by_role("searchbox", name="Search events").fill("word 119")
    expect(events.page.get_by_text("1 of 120 events")).to_be_visible()
    events.page.get_by_role("button", name="Copy all").click()
    assert events.copied == json.dumps(record(119)["event"], separators=(",", ":"))
    grid(events).get_by_role("row").nth(1).click()
    grid(events).press("Control+c")
    assert json.loads(events.copied) == record(119)["event"]


def test_the_end_is_followed_until_one_scrolls_away(events: FakeHost) -> None:
    grid(events).press("End")
    grid(events).press("Escape")
    grid(events).evaluate("node => { node.scrollTop = node.scrollHeight }")
    give(events, 120, 200)
    expect(grid(events).get_by_text("word 199")).to_be_visible()
    grid(events).evaluate("node => { node.scrollTop = 0 }")
    give(events, 200, 220)
    expect(events.page.get_by_text("220 events")).to_be_visible()
    assert grid(events).evaluate("node => node.scrollTop") == 0


def test_a_gap_is_asked_for_again_and_a_new_start_begins_anew(events: FakeHost) -> None:
    give(events, 150, 160)
    assert commands(events)[-1] == {"kind": "events_open", "from": 120}
    give(events, 0, 10)
    expect(events.page.get_by_text("10 events")).to_be_visible()


GIVEN = """([start, stop]) => {
  const event = at => ({type: "TEXT_MESSAGE_CONTENT", delta: "word " + at});
  const numbers = Array.from({length: stop - start}, (_, i) => start + i);
  const items = numbers.map(at => ({at, runId: "r", event: event(at)}));
  host.receive({kind: "events", from: start, total: stop, items});
}"""
SENT = """([start, stop]) => {
  const text = at => "data: " + JSON.stringify(
    {type: "TEXT_MESSAGE_CONTENT", messageId: `m${at}`, delta: "word " + at});
  const numbers = Array.from({length: stop - start}, (_, i) => start + i);
  const items = numbers.map(at => ({kind: "frame", runId: "r", at, size: 60,
    type: "TEXT_MESSAGE_CONTENT", text: text(at), why: "", place: "",
    verdict: at % 9 ? "taken" : "mended"}));
  host.receive({kind: "wire", from: start, items, facts: []});
}"""
SCROLLED = """async ([label, one]) => {
  const frame = () => new Promise(requestAnimationFrame);
  const seen = [];
  new PerformanceObserver(list => seen.push(...list.getEntries().map(one => one.duration)))
    .observe({entryTypes: ["longtask"]});
  const grid = document.querySelector(`[role=grid][aria-label=${label}]`);
  for (let at = 0; at <= 40; at += 1) {
    grid.scrollTop = grid.scrollHeight * at / 40;
    await frame();
  }
  const search = document.querySelector(`[type=search][aria-label='${one}']`);
  search.value = "word 49999";
  search.dispatchEvent(new Event("input"));
  while (grid.getAttribute("aria-rowcount") !== "2") await frame();
  await frame();
  return Math.max(0, ...seen);
}"""


@pytest.mark.parametrize(
    ("label", "search", "told", "given"),
    [
        ("Events", "Search events", "50,000 events", GIVEN),
        ("Network", "Filter rows", "50,000 frames", SENT),
    ],
)
def test_fifty_thousand_rows_stay_smooth(
    host: FakeHost, label: str, search: str, told: str, given: str
) -> None:
    host.open(conversation())
    enter(host, "Events")
    expect(host.page.get_by_text("Loading events…")).to_be_visible()
    if label == "Network":
        host.page.get_by_role("button", name=label).click()
    for start in range(0, 50_000, 2_500):
        host.page.evaluate(given, [start, start + 2_500])
    expect(host.page.get_by_text(told)).to_be_visible()
    longest = host.page.evaluate(SCROLLED, [label, search])
    table = host.page.get_by_role("grid", name=label)
    expect(table.get_by_role("row").nth(1)).to_contain_text("word 49999")
    assert table.locator("[role=row]").count() < 60
    assert longest < 200  # ms; this machine may be busy with other tests


def timed(run_id: str, at: int, **more: Any) -> dict[str, Any]:
    """A run of four seconds: a second of a step with a tool, then its answer."""
    step = {"stepName": "plan", "status": "done", "startedAt": at, "endedAt": at + 1000}
    ends = {"startedAt": at, "endedAt": at + 4000, "usage": [{"outputTokens": 60}]}
    return {**run("success", **ends), "runId": run_id, "steps": [step], **more}


def timed_conversation() -> dict[str, Any]:
    calls = [{"id": "c", "type": "function", "function": {"name": "look", "arguments": "{}"}}]
    messages = [
        {"id": "a", "role": "assistant", "content": "Hi", "toolCalls": calls},
        {"id": "b", "role": "assistant", "content": "Hi again"},
    ]
    items = {
        "call:c": {"status": "done", "startedAt": 1200, "endedAt": 1800},
        "message:a": {"status": "done", "startedAt": 2000, "endedAt": 5000},
        "message:b": {"status": "done", "startedAt": 10_500, "endedAt": 14_000},
    }
    runs = [timed("r", 1000), timed("q", 10_000, status="interrupt")]
    return {**conversation(None, *runs), "items": items, "messages": messages}


def test_a_run_is_drawn_over_time_and_its_bars_lead_to_their_rows(host: FakeHost) -> None:
    host.open(timed_conversation())
    enter(host, "Events")
    host.page.get_by_role("button", name="Timeline").click()
    host.page.get_by_role("combobox", name="Run", exact=True).select_option("Run 1")
    assert {"kind": "wire_open", "from": 0} in host.sent
    event = {"type": "TOOL_CALL_START", "toolCallId": "c", "toolCallName": "look"}
    frame = {"kind": "frame", "runId": "r", "at": 1200, "size": 60, "type": event["type"],
             "text": f"data: {json.dumps(event)}", "verdict": "taken",
             "place": "call:c"}  # fmt: skip
    fact = {"runId": "r", "method": "POST", "url": "http://a.test/", "status": 200, "sent": [],
            "received": [], "bytes": 60, "lost": 0, "headers": 100, "first": 150, "token": 1000,
            "end": 4000, "fault": ""}  # fmt: skip
    request = {"kind": "request", "runId": "r", "at": 1000, "size": 2, "body": "{}"}
    host.receive({"kind": "wire", "from": 0, "items": [request, frame], "facts": [fact]})
    bars = host.page.get_by_role("list", name="Run over time").get_by_role("button")
    expect(host.page.get_by_text("first token (dashed) after 1.0 s, 20 tokens/s")).to_be_visible()
    names = [
        "Run 4.0 s, starts after 0 ms, success",
        "Model 3.4 s, starts after 0 ms",
        "plan step 1.0 s, starts after 0 ms, done",
        "look tool 600 ms, starts after 200 ms, done",
        "Answer 3.0 s, starts after 1.0 s, done",
    ]
    expect(bars).to_have_count(len(names))
    for at, name in enumerate(names):
        expect(bars.nth(at)).to_have_accessible_name(name)
    bars.nth(3).click()
    table = host.page.get_by_role("grid", name="Network")
    expect(table).to_be_focused()
    expect(table.locator("[aria-selected=true]")).to_contain_text("look")
    expect(host.page.get_by_role("region", name="Frame")).to_contain_text("toolCallId")


def test_two_runs_are_drawn_over_each_other(host: FakeHost) -> None:
    host.open(timed_conversation())
    enter(host, "Events")
    host.page.get_by_role("button", name="Timeline").click()
    expect(host.page.get_by_text("Took 4.0 s, first token")).to_be_visible()
    host.page.get_by_role("combobox", name="Compare with").select_option("Compare with Run 1")
    expect(host.page.get_by_text("Run 1, the thin bars: took 4.0 s")).to_be_visible()
    bars = host.page.get_by_role("list", name="Run over time").get_by_role("button")
    expect(bars).to_have_text(
        [
            "Run 4.0 s / 4.0 s",
            "plan step 1.0 s / 1.0 s",
            "Answer 3.5 s / 3.0 s",
            "Model 3.4 s",
            "look tool 600 ms",
        ]
    )
    expect(bars.nth(2)).to_have_accessible_name(
        "Answer 3.5 s / 3.0 s, starts after 500 ms, done, in the other run after 1.0 s, done"
    )


def test_a_module_that_does_not_come_is_asked_for_again(host: FakeHost) -> None:
    host.page.clock.install()
    host.page.evaluate("() => host.withhold.add('inspector')")
    host.open(conversation(STATE))
    enter(host, "State")
    expect(host.page.get_by_text("Loading…")).to_be_visible()
    host.page.clock.run_for(25_000)
    host.page.evaluate("() => host.withhold.clear()")
    host.page.get_by_role("button", name="Try again").click()
    host.page.clock.run_for(1_000)
    expect(row(host, "servings")).to_be_visible()
