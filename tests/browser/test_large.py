"""Large chats and many of them: opening, scrolling, streaming and closing stay cheap.

Work is measured as processor time of tasks on the page's main thread, so that a machine busy with
other things does not fail a test; only what a reader waits for is measured by the clock.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from support.desk import Desk
from support.fake_host import FakeHost
from test_chat_view import document, message

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

TURNS = 500
TOKENS = 100_000
PARAGRAPH = "Once upon a *time* there was a kernel that lived alone in a `quiet` process. " * 4
CODE = "\n\n```python\nfor number in range(10):\n    print(number)\n```\n\n- one\n- two\n\n"


def long_thread() -> dict[str, Any]:
    """500 turns: a question, a tool call with its result, an answer with code and a list."""
    messages: list[dict[str, Any]] = []
    runs: list[dict[str, Any]] = []
    for at in range(TURNS):
        function = {"name": "look_up", "arguments": json.dumps({"page": at})}
        call = {"id": f"c{at}", "type": "function", "function": function}
        messages += [
            message(f"u{at}", "user", f"Question {at}"),
            message(f"a{at}", "assistant", None, toolCalls=[call]),
            message(f"t{at}", "tool", f"Page {at}", toolCallId=f"c{at}"),
            message(f"b{at}", "assistant", f"{PARAGRAPH}{CODE}Answer {at}."),
        ]
        times = {"startedAt": at * 10_000, "endedAt": at * 10_000 + 2_000}
        runs.append({"runId": f"r{at}", "after": f"u{at}", "status": "success", **times})
    return document(*messages, runs=runs)


def tasks_of(browser: Browser, page: Page, work: Callable[[], object]) -> list[float]:
    """The tasks of the page's main thread during ``work``, each in ms of processor time."""
    browser.start_tracing(page=page, categories=["toplevel", "__metadata"])
    try:
        work()
    finally:
        events = json.loads(browser.stop_tracing())["traceEvents"]
    own = {
        (one["pid"], one["tid"])
        for one in events
        if one["name"] == "thread_name" and one["args"]["name"] == "CrRendererMain"
    }
    tasks = [
        one["tdur"] / 1000
        for one in events
        if one["name"].endswith("RunTask") and (one["pid"], one["tid"]) in own and "tdur" in one
    ]
    assert len(tasks) > 50, "the browser told of no tasks"
    return tasks


@pytest.fixture
def host(page: Page) -> FakeHost:
    return FakeHost(page)


OPENED = """async thread => {
  await host.open();
  const frame = () => new Promise(requestAnimationFrame);
  while (!document.querySelector(".agui")) await frame();
  const start = performance.now();
  host.snapshot(thread);
  const last = () => {
    const all = document.querySelectorAll(".agui-answer");
    const box = all.length && all[all.length - 1].getBoundingClientRect();
    return box && box.height > 0 && all[all.length - 1].textContent.includes("Answer 499.");
  };
  while (!last()) await frame();
  await frame();
  const took = performance.now() - start;
  document.querySelector(".agui").parentElement.remove();
  host.life.abort();
  return took;
}"""
SCROLLED = """async () => {
  const frame = () => new Promise(requestAnimationFrame);
  const log = document.querySelector("[role=log]");
  while (!log.textContent.includes("Question 0")) await frame();
  for (let at = 60; at >= 0; at -= 1) {
    log.scrollTop = log.scrollHeight * at / 60;
    await frame();
  }
}"""


def test_five_hundred_turns_open_within_a_second(host: FakeHost) -> None:
    thread = long_thread()
    took = min(host.page.evaluate(OPENED, thread) for _ in range(3))
    print(f"opened after {took:.0f} ms")
    assert took < 1000


def test_five_hundred_turns_scroll_without_a_long_task(browser: Browser, host: FakeHost) -> None:
    host.open()
    expect(host.page.locator(".agui")).to_be_visible()
    host.page.evaluate("thread => { globalThis.thread = thread }", long_thread())

    def read() -> None:
        host.page.evaluate("() => host.snapshot(thread)")
        host.page.evaluate(SCROLLED)

    longest = max(tasks_of(browser, host.page, read))
    print(f"longest task {longest:.0f} ms")
    assert longest < 50


STREAMED = """async ([text, tokens]) => {
  const pieces = text.match(/[^]{1,4}/g);
  const gaps = [];
  let at = 0, last = performance.now(), going = true;
  const tick = now => {
    gaps.push(now - last);
    last = now;
    if (going) requestAnimationFrame(tick);
  };
  requestAnimationFrame(tick);
  const start = performance.now();
  await new Promise(done => {
    const timer = setInterval(() => {
      const due = Math.min(tokens, Math.round((performance.now() - start) * tokens / 8000));
      let piece = "";
      for (; at < due; at += 1) piece += pieces[at % pieces.length];
      if (piece) host.ops([["append", ["messages", 1, "content"], piece]]);
      if (at === tokens) { clearInterval(timer); done(); }
    }, 30);
  });
  const sent = performance.now();
  host.ops([["append", ["messages", 1, "content"], "\\n\\nThe very end."]]);
  const frame = () => new Promise(requestAnimationFrame);
  while (!document.querySelector("[role=log]").textContent.includes("The very end.")) await frame();
  going = false;
  gaps.sort((one, other) => one - other);
  const [usual, rare, longest] = [0.5, 0.99, 1].map(
    part => Math.round(gaps[Math.ceil(part * gaps.length) - 1]));
  const behind = Math.round(performance.now() - sent);
  const nodes = document.querySelectorAll(".agui *").length;
  return {frames: gaps.length, usual, rare, longest, behind, nodes};
}"""
# what is not drawn of a long answer, for those who look for it, select it, scroll to it or print it
KEPT = """async () => {
  const frame = () => new Promise(requestAnimationFrame);
  const log = document.querySelector("[role=log]");
  const chapters = () => document.querySelectorAll(".agui-h2").length;
  const resting = () => document.querySelectorAll(".agui-rests").length;
  const few = chapters();
  const unread = () =>
    Array.from(document.querySelectorAll(".agui-rests")).some(each => !each.textContent);
  while (unread()) await frame();
  const all = document.createRange();
  all.selectNodeContents(log);
  const found = log.textContent.split("A chapter").length - 1;
  getSelection().addRange(all);
  const selected = String(getSelection()).split("A chapter").length - 1;
  getSelection().removeAllRanges();
  log.scrollTop = 0;
  const first = document.querySelector(".agui-part");
  while (first.matches(".agui-rests")) await frame();
  dispatchEvent(new Event("beforeprint"));
  const printed = [chapters(), resting()];
  dispatchEvent(new Event("afterprint"));
  while (!resting()) await frame();
  const whole = found === selected;
  return {few: few < found / 10, whole, printed: printed[0] === found && printed[1] === 0};
}"""


def test_frames_keep_coming_while_100_000_tokens_stream(browser: Browser, host: FakeHost) -> None:
    items = {"message:a": {"status": "open"}}
    runs = [{"runId": "r", "after": "u", "status": "running", "startedAt": 0}]
    question, answer = message("u", "user", "A story"), message("a", "assistant", "")
    host.open(document(question, answer, runs=runs, items=items))
    text = f"## A chapter\n\n{PARAGRAPH}{CODE}{PARAGRAPH}\n\n"
    seen: dict[str, Any] = {}

    def stream() -> None:
        seen.update(host.page.evaluate(STREAMED, [text, TOKENS]))

    tasks = tasks_of(browser, host.page, stream)
    print(f"longest task {max(tasks):.0f} ms, {sum(tasks) / 80:.0f}% of a processor, {seen}")
    assert max(tasks) < 50
    assert sum(tasks) < 6000  # ms of the 8 s that it streams, 12,500 tokens a second
    # by the clock, so with room for a machine that other tests keep busy
    assert seen["usual"] < 100  # ms between two frames, half of the time
    assert seen["longest"] < 1000  # ms
    assert seen["behind"] < 4000  # ms from the last token to its being on the page
    assert seen["nodes"] < 5000
    assert host.page.evaluate(KEPT) == {"few": True, "whole": True, "printed": True}


# -- many ---------------------------------------------------------------------------------------

AGENT = """
import gc, tracemalloc
import agui_notebook as agui
from IPython.display import clear_output, display
from comm import get_comm_manager

def parrot(text):
    for word in range(50):
        yield f"word {word} of " + text

async def cycle(times):
    for _ in range(times):
        chat = agui.chat(parrot)
        display(chat)
        await chat.run("a story")
        chat.close()
        clear_output()

def held():
    gc.collect()
    kinds = ("ChatWidget", "Session", "LocalServer", "Feed")
    alive = [type(one).__name__ for one in gc.get_objects()]
    counts = {kind: alive.count(kind) for kind in kinds}
    return {**counts, "comms": len(get_comm_manager().comms)}

tracemalloc.start()
"""
MEASURE = "print(held(), tracemalloc.get_traced_memory()[0])"


def heap(page: Page) -> float:
    """MB of the page's JavaScript heap after a collection."""
    client = page.context.new_cdp_session(page)
    client.send("HeapProfiler.enable")
    client.send("HeapProfiler.collectGarbage")
    client.send("HeapProfiler.collectGarbage")
    used: float = client.send("Runtime.getHeapUsage")["usedSize"]
    client.detach()
    return used / 1e6


def test_fifty_chats_made_used_and_closed_leave_nothing(lab: Desk) -> None:
    lab.open(AGENT, "await cycle(10)", MEASURE, *["await cycle(25)", MEASURE] * 2)
    for index in (0, 1, 2):
        lab.run(index)
    before = heap(lab.page)
    for index in (3, 4, 5, 6):
        lab.run(index)
    after = heap(lab.page)
    expect(lab.page.locator(".agui")).to_have_count(0)
    told = [re.fullmatch(r"(\{.*\}) (\d+)", lab.text(index).strip()) for index in (2, 4, 6)]
    held, sizes = zip(*(each.groups() for each in told if each), strict=True)
    # what chats leave is left by each 25 of them; a table of Python's that grows, 2 MB once, is not
    grown = min(int(size) - int(former) for former, size in pairwise(sizes)) / 1e6
    print(f"kernel grew {grown:.2f} MB, page {after - before:.2f} MB; {held[2]}")
    assert held[0] == held[1] == held[2]
    assert grown < 0.5  # MB
    assert after - before < 10  # MB, Lab's own records of 2,500 messages included


CLOSED = """async ([thread, times]) => {
  for (let at = 0; at < times; at += 1) {
    const place = document.body.appendChild(document.createElement("div"));
    await host.open({place});
    host.snapshot(structuredClone(thread));
    for (let piece = 0; piece < 20; piece += 1) {
      host.ops([["append", ["messages", 3, "content"], " more words"]]);
      await new Promise(requestAnimationFrame);
    }
    host.life.abort();
    place.remove();
  }
  host.model = host.sent = host.life = null;
}"""


def test_a_page_forgets_chats_that_are_gone(host: FakeHost) -> None:
    thread = long_thread()
    thread = {**thread, "messages": thread["messages"][:40], "runs": thread["runs"][:10]}
    sizes = []
    for _ in range(3):
        host.page.evaluate(CLOSED, [thread, 25])
        sizes.append(heap(host.page))
    print(f"heap after 25, 50, 75 chats: {sizes} MB")
    assert sizes[2] - sizes[0] < 0.5  # MB
