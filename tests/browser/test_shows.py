"""What an agent does, as a bare page shows it: each kind of thing, while it happens and after.

Interrupts, tool outputs, the inspector and hostile text have test files of their own.
"""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect
from support.desk import SHOTS
from support.fake_host import FakeHost, theme
from test_chat_view import document, message

pytestmark = pytest.mark.browser

QUESTION = message("u", "user", "Hello?")
MARKDOWN = """# Weekend

Text can be **bold**, *italic*, ~~struck~~ or `code`, and [link](https://ag-ui.com).

- [x] buy bread
- [ ] find a blanket

| City | Summer |
| :--- | -----: |
| Oslo | 22 °C |

```python
def greet(name: str) -> str:
    return f"Hello, {name}!"
```

> A quotation.

$$x = \\frac{-b}{2a}$$
"""


def run(status: str = "running", after: str = "u", **more: Any) -> dict[str, Any]:
    times = {"startedAt": 1_000} if status == "running" else {"startedAt": 1_000, "endedAt": 3_500}
    return {
        "runId": f"run-{after}", "after": after, "status": status, **times,
        "steps": [], "subagents": [], **more,
    }  # fmt: skip


def call(key: str, name: str, arguments: str = "") -> dict[str, Any]:
    return {"id": key, "type": "function", "function": {"name": name, "arguments": arguments}}


def took(start: int, end: int) -> dict[str, Any]:
    return {"status": "done", "startedAt": start, "endedAt": end}


@pytest.fixture
def host(page: Page) -> FakeHost:
    return FakeHost(page)


def log(host: FakeHost) -> Locator:
    return host.page.get_by_role("log")


def fold(host: FakeHost, name: str) -> Locator:
    """The line of something that opens."""
    return log(host).get_by_role("button", name=name)


def opened(line: Locator) -> Locator:
    """What a line shows below it once it is clicked."""
    line.click()
    return line.locator("xpath=following-sibling::*[1]")


def both(host: FakeHost, name: str) -> None:
    """Pictures of the widget as it is, in both themes."""
    for look in ("dark", "light"):
        host.page.add_style_tag(content=theme(look))
        host.page.evaluate(
            "look => { document.body.dataset.jpThemeLight = String(look === 'light') }", look
        )
        host.page.wait_for_function(
            "look => document.querySelector('.agui').style.colorScheme === look", arg=look
        )
        SHOTS.mkdir(exist_ok=True)
        host.page.locator(".agui").screenshot(path=SHOTS / f"shows-{name}-{look}.png")


def test_reasoning_is_one_line_that_tells_how_long_it_took(host: FakeHost) -> None:
    thought = message("r", "reasoning", "First I weigh")
    host.open(document(QUESTION, thought, runs=[run()], items={"message:r": {"status": "open"}}))
    line = fold(host, "Thinking (running)")
    expect(line).to_have_attribute("aria-expanded", "false")
    host.ops(["append", ["messages", 1, "content"], " **two** options."])
    expect(opened(line)).to_contain_text("First I weigh two options.")
    host.ops(["append", ["messages", 1, "content"], " Then I choose."])
    host.ops(["set", ["items", "message:r"], took(1_000, 3_000)])
    line = fold(host, "Thought for 2.0 s")
    expect(line).to_be_visible()
    expect(log(host)).to_contain_text("Then I choose.")
    both(host, "reasoning")


def test_a_tool_call_shows_its_arguments_as_they_stream_then_its_result(host: FakeHost) -> None:
    asked = message("a", "assistant", None, toolCalls=[call("c", "get_weather")])
    host.open(document(QUESTION, asked, runs=[run()], items={"call:c": {"status": "open"}}))
    line = fold(host, "get_weather")
    expect(line).to_contain_text("running")
    body = opened(line)
    place = ["messages", 1, "toolCalls", 0, "function", "arguments"]
    host.ops(["append", place, '{"city": "Lis'])
    expect(body).to_contain_text('{"city": "Lis')
    expect(line).to_contain_text('{"city": "Lis')
    host.ops(["append", place, 'bon"}'], ["set", ["items", "call:c", "status"], "called"])
    expect(body.get_by_role("treeitem", name="city")).to_contain_text("Lisbon")
    result = {"id": "t", "role": "tool", "toolCallId": "c", "content": '{"celsius": 24}'}
    host.ops(["set", ["messages", 2], result], ["set", ["items", "call:c"], took(1_000, 2_250)])
    expect(line).to_contain_text('get_weathercity: "Lisbon" → celsius: 241.3 s')
    expect(body).to_contain_text("Result")
    expect(body.get_by_role("treeitem", name="celsius")).to_contain_text("24")
    both(host, "tool-call")


def test_a_tool_that_fails_and_one_of_the_notebook_say_so(host: FakeHost) -> None:
    calls = [call("c", "lookup", "{}"), call("d", "plot", "{}")]
    failed = message("t", "tool", "failed", toolCallId="c", error="No such city.")
    items = {"call:d": {"status": "called", "by": "notebook", "startedAt": 1_000}}
    asked = message("a", "assistant", None, toolCalls=calls)
    host.open(document(QUESTION, asked, failed, runs=[run()], items=items))
    expect(fold(host, "lookup (failed)")).to_contain_text("No such city.")
    expect(fold(host, "plot (running)")).to_contain_text("this notebook")
    both(host, "tool-failed")


def test_steps_and_progress_move_on_in_place(host: FakeHost) -> None:
    progress = message("p", "activity", {"title": "Planning", "done": 1, "total": 4})
    progress["activityType"] = "agui_notebook.progress"
    tasks = [{"title": "Look", "status": "done"}, {"title": "Write", "status": "running"}]
    plan = message("q", "activity", {"steps": tasks}, activityType="PLAN")
    steps = [{"stepName": "Research", "status": "running", "startedAt": 1_000}]
    host.open(document(QUESTION, progress, plan, runs=[run(steps=steps)]))
    bar = log(host).get_by_role("progressbar", name="Planning")
    expect(bar).to_have_attribute("aria-valuenow", "25")
    step = log(host).get_by_role("list", name="Steps").get_by_role("listitem")
    expect(step).to_have_text("Research (running)")
    expect(log(host).get_by_role("listitem").filter(has_text="Write")).to_contain_text("running")
    both(host, "steps-running")
    host.ops(
        ["set", ["messages", 1, "content", "done"], 4],
        ["set", ["messages", 2, "content", "steps", 1, "status"], "done"],
        ["set", ["runs", 0, "steps", 0], {"stepName": "Research", **took(1_000, 2_000)}],
    )
    expect(bar).to_have_attribute("aria-valuenow", "100")
    expect(step).to_have_text("Research (done) 1.0 s")
    expect(log(host).get_by_role("listitem").filter(has_text="Write")).to_contain_text("done")


def test_subagents_stand_below_their_parent(host: FakeHost) -> None:
    told = [
        {"subagentRunId": "s1", "name": "researcher", "description": "Finds out", **took(1, 9)},
        {"subagentRunId": "s2", "name": "reader", "parentSubagentRunId": "s1"},
    ]
    told[0]["status"], told[1]["status"] = "success", "running"
    said = message("a", "assistant", "Looking for sights.", subagentRunId="s1")
    asked = message("b", "assistant", None, toolCalls=[call("c", "weather", "{}")])
    asked["subagentRunId"] = "s2"
    own = message("d", "assistant", "The plan stands.")
    host.open(document(QUESTION, said, asked, own, runs=[run(subagents=told)]))
    outer = log(host).locator(".agui-subagent", has_text="researcher").first
    inner = outer.locator(".agui-subagent")
    expect(outer).to_contain_text("Looking for sights.")
    expect(inner).to_contain_text("reader")
    expect(inner.get_by_role("button", name="weather")).to_be_visible()
    expect(outer).not_to_contain_text("The plan stands.")
    both(host, "subagents")
    outer.get_by_role("button", name="researcher").click()
    expect(inner).to_be_hidden()
    expect(log(host)).to_contain_text("The plan stands.")


def test_a_finished_run_tells_its_time_tokens_and_warnings(host: FakeHost) -> None:
    usage = [{"provider": "demo", "model": "scripted", "inputTokens": 1_200, "outputTokens": 34}]
    warnings = [{"message": "A field was dropped.", "runId": "run-u"}] * 2
    answer = message("a", "assistant", "Fine.")
    runs = [run("success", usage=usage)]
    host.open(document(QUESTION, answer, runs=runs, warnings=warnings))
    line = log(host).get_by_text("2.5 s · 1,234 tokens", exact=True)
    line.hover()
    facts = re.compile("Run run-u, started .*scripted: input 1,200", re.DOTALL)
    expect(line.locator("xpath=..")).to_have_attribute("title", facts)
    line.click()
    expect(log(host).get_by_text("demo scripted: input 1,200, output 34")).to_be_visible()
    log(host).get_by_text("2 warnings").click()
    expect(log(host).get_by_text("A field was dropped. (2 times)")).to_be_visible()
    both(host, "usage-warnings")
    log(host).get_by_role("button", name="Try again").dblclick()
    assert [said["kind"] for said in host.sent if said["kind"] == "retry"] == ["retry"]


def test_an_error_says_what_to_do_and_only_the_latest_can_be_retried(host: FakeHost) -> None:
    advice = {"advice": "Give it another key.", "again": False}
    fault = {"message": "Error code: 401", "code": "AuthenticationError", **advice}
    again = message("u2", "user", "And now?")
    half = message("a", "assistant", "I begin to")
    runs = [run("error", error=fault), run("incomplete", "u2")]
    host.open(document(QUESTION, half, again, runs=runs))
    errors = log(host).get_by_role("group", name="Error")
    expect(errors.first).to_contain_text("Error code: 401")
    expect(errors.first).to_contain_text("Give it another key.")
    expect(errors.first.get_by_role("button", name="Retry")).to_have_count(0)
    expect(errors.last).to_contain_text("The stream stopped before the run ended")
    expect(log(host)).to_contain_text("Cut off · 2.5 s")
    both(host, "errors")
    errors.last.get_by_role("button", name="Retry").click()
    assert host.sent[-1] == {"kind": "retry"}


def test_an_error_of_the_users_own_code_shows_where_it_is_folded(host: FakeHost) -> None:
    inner = {
        "place": "Cell In[3]",
        "line": 2,
        "name": "weather",
        "code": "return 1 / 0",
        "cell": "In[3]",
    }
    outer = {"place": "agents/trip.py", "line": 40, "name": "plan", "code": "weather(city)"}
    fault = {"message": "ZeroDivisionError: division by zero", "code": "ZeroDivisionError"}
    runs = [run("error", error={**fault, "trace": [outer, inner]})]
    host.open(document(QUESTION, runs=runs))
    card = log(host).get_by_role("group", name="Error")
    expect(card.get_by_text("return 1 / 0")).to_be_hidden()
    card.get_by_text("Cell In[3], line 2, in weather").first.click()
    expect(card.get_by_text("return 1 / 0")).to_be_visible()
    expect(card.get_by_text("agents/trip.py, line 40, in plan")).to_be_visible()
    both(host, "trace")
    card.get_by_role("button", name="Cell In[3], line 2, in weather").click()
    expect(host.page.get_by_text("Cell In[3] is not on this page now.")).to_be_visible()


def test_a_run_that_was_stopped_is_offered_again_and_is_no_error(host: FakeHost) -> None:
    half = message("a", "assistant", "I begin to")
    host.open(document(QUESTION, half, runs=[run("cancelled")]))
    retry = log(host).get_by_role("button", name="Retry")
    expect(retry).to_be_visible()
    expect(log(host).get_by_role("group", name="Error")).to_have_count(0)
    both(host, "stopped")
    retry.click()
    assert {"kind": "retry"} in host.sent
    again = message("u2", "user", "And now?")
    host.snapshot(document(QUESTION, half, again, runs=[run("cancelled"), run("running", "u2")]))
    expect(retry).to_have_count(0)


@pytest.mark.parametrize(
    ("status", "said"),
    [
        ("cancelled", "Stopped · 2.5 s"),
        ("incomplete", "Cut off · 2.5 s"),
        ("interrupt", "Waiting for you"),
        ("error", "Failed · 2.5 s"),
    ],
)
def test_a_run_that_did_not_finish_is_marked_as_such(
    host: FakeHost, status: str, said: str
) -> None:
    half = message("a", "assistant", "I begin to", toolCalls=[call("c", "slow")])
    host.open(document(QUESTION, half, runs=[run(status)], items={"call:c": {"status": "open"}}))
    expect(log(host)).to_contain_text(said)
    expect(log(host)).not_to_contain_text("Done")
    expect(fold(host, "slow (stopped)")).to_be_visible()
    both(host, status)


def test_markdown_is_shown_as_it_is_meant(host: FakeHost) -> None:
    host.page.set_viewport_size({"width": 900, "height": 1_000})
    host.open(document(QUESTION, message("a", "assistant", MARKDOWN)))
    host.page.locator(".agui").evaluate("node => { node.style.height = '900px' }")
    boxes = log(host).get_by_role("checkbox")
    expect(boxes).to_have_count(2)
    assert [box.is_checked() for box in boxes.all()] == [True, False]
    expect(log(host).get_by_role("cell", name="22 °C")).to_have_css("text-align", "end")
    link = log(host).get_by_role("link", name="link")
    expect(link).to_have_attribute("rel", re.compile("noopener noreferrer"))
    expect(log(host).locator("math")).to_be_visible()
    expect(log(host).locator(".agui-k-keyword").first).to_have_text("def")
    both(host, "markdown")
    host.catch_copies()
    log(host).get_by_role("button", name="Copy code").click()
    host.page.wait_for_function("() => globalThis.copied")
    assert host.copied.rstrip() == 'def greet(name: str) -> str:\n    return f"Hello, {name}!"'


def test_every_block_begins_where_its_own_script_does(host: FakeHost) -> None:
    words = "Left.\n\nمرحبا بالعالم.\n\n- عنصر أول\n\n```\ncode\n```\n"
    host.open(document(QUESTION, message("a", "assistant", words)))
    expect(log(host).get_by_role("listitem")).to_have_css("direction", "rtl")
    expect(log(host).locator(".agui-code")).to_have_css("direction", "ltr")
    starts = """node => {
      const range = document.createRange();
      range.selectNodeContents(node);
      const [inner, outer] = [range.getBoundingClientRect(), node.getBoundingClientRect()];
      return inner.left - outer.left < outer.right - inner.right ? "left" : "right";
    }"""
    expect(log(host).locator(".agui-part > p")).to_have_count(2)
    blocks = log(host).locator(".agui-part > p").all()
    assert [block.evaluate(starts) for block in blocks] == ["left", "right"]


def test_what_stands_is_not_drawn_again_while_an_answer_grows(host: FakeHost) -> None:
    items = {"message:a": {"status": "open"}}
    host.open(document(QUESTION, message("a", "assistant", ""), runs=[run()], items=items))
    host.ops(["append", ["messages", 1, "content"], "# Title\n\nFirst *words*.\n\n- one\n"])
    expect(log(host).get_by_role("listitem")).to_have_text("one")
    host.page.evaluate(
        """() => {
          const first = tag => document.querySelector(`.agui-md ${tag}`);
          globalThis.stood = ["h3", "em", "li"].map(first);
        }"""
    )
    for number in range(40):
        host.ops(["append", ["messages", 1, "content"], f"- item {number}\n"])
    host.ops(["append", ["messages", 1, "content"], "\nThe end."])
    expect(log(host).get_by_text("The end.")).to_be_visible()
    assert host.page.evaluate("() => stood.map(node => node.isConnected)") == [True] * 3
