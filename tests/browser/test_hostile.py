"""Hostile text stays text: a corpus of XSS vectors in every place where an agent can put a text.

hostile.json holds the vectors by kind, audit.js what may stand on the page. Everything is drawn in
real Chromium, all of it opened, and then: no script ran, nothing left the page, nothing was
clobbered, and neither elements nor styles beyond what the widget itself makes (C-TRUST-02).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from support.fake_host import FakeHost
from support.questions import with_questions

pytestmark = pytest.mark.browser

HERE = Path(__file__).parent
CORPUS: dict[str, list[str]] = json.loads((HERE / "hostile.json").read_text(encoding="utf-8"))
AUDIT = (HERE / "audit.js").read_text(encoding="utf-8")
MIMES = ("text/html", "image/svg+xml", "text/markdown", "text/plain", "image/png")
EVERY = list(dict.fromkeys(text for texts in CORPUS.values() for text in texts))
MOST = 30  # vectors in one conversation
GROUPS = [EVERY[at : at + MOST] for at in range(0, len(EVERY), MOST)]
SENTINEL = "<p id=sentinel style='height:40px'>a neighbour of the chat's</p>"


class Hostile(FakeHost):
    """A host that notes whatever a vector achieves."""

    def __init__(self, page: Page) -> None:
        page.add_init_script("globalThis.ran = []; globalThis.alert = what => ran.push(what);")
        self.popups: list[Any] = []
        page.context.on("page", lambda popup: self.popups.append(popup))
        super().__init__(page)
        page.evaluate("html => document.body.insertAdjacentHTML('beforeend', html)", SENTINEL)
        page.evaluate(f"() => {{ globalThis.audit = {AUDIT}; audit.remember(); }}")

    def play(self, call: str, *given: Any) -> None:
        """A call on the page's host; as JSON, as the comm has it, so that no key is lost."""
        self.page.evaluate(f"text => host.{call}(...JSON.parse(text))", json.dumps(given))

    def unfold(self) -> None:
        """Open whatever can be opened, also what that brings to light."""
        self.page.evaluate(
            """async () => {
              const frame = () => new Promise(requestAnimationFrame);
              const closed = () => [...document.querySelectorAll(
                ".agui-log [aria-expanded=false], .agui-log details:not([open]) > summary,"
                + " .agui-log .agui-link")];
              for (let round = 0; round < 4; round += 1) {
                for (const node of closed()) node.click();
                for (let count = 0; count < 8; count += 1) await frame();
              }
            }"""
        )

    def is_clean(self) -> None:
        for frame in self.page.main_frame.child_frames:
            frame.wait_for_load_state()
        assert self.page.evaluate("() => audit.breaches()") == []
        assert self.requests == []
        assert self.popups == []
        # no tool's page went elsewhere
        assert {frame.url for frame in self.page.main_frame.child_frames} <= {"about:srcdoc"}


@pytest.fixture
def host(page: Page) -> Iterator[Hostile]:
    host = Hostile(page)
    yield host
    host.is_clean()


def call(identity: str, name: str, arguments: str) -> dict[str, Any]:
    return {
        "id": identity,
        "type": "function",
        "function": {"name": name, "arguments": arguments},
    }


def parts(text: str) -> list[dict[str, Any]]:
    """A user's or a tool's content: text and attachments, all hostile."""
    return [
        {"type": "text", "text": text},
        {
            "type": "document",
            "source": {"type": "data", "value": "YQ==", "mimeType": text},
            "metadata": {"filename": text},
        },
        {"type": "image", "source": {"type": "data", "value": text, "mimeType": "image/png"}},
        {"type": "image", "source": {"type": "url", "value": text}},
        {"type": "video", "source": {"type": "file", "value": text, "provider": text}},
    ]


def mimes(text: str) -> tuple[str, ...]:
    """Markup stands in a frame of its own; the rest need not, so that the tests stay short."""
    return MIMES if "<" in text else MIMES[2:]


def turn(text: str, at: int) -> Iterator[dict[str, Any]]:
    """The messages of one run, the text in each of their fields."""
    calls = [call(f"{text}-{at}-{mime}", text, json.dumps({text: text})) for mime in mimes(text)]
    calls += [call(f"{text}-{at}-raw", text, text), call(f"{text}-{at}-none", text, "")]
    yield {"id": f"{text}-u-{at}", "role": "user", "content": text, "name": text}
    yield {"id": f"{text}-p-{at}", "role": "user", "content": parts(text)}
    yield {"id": f"{text}-s-{at}", "role": "system", "content": text}
    yield {"id": f"{text}-r-{at}", "role": "reasoning", "content": text}
    answer = {"id": f"{text}-a-{at}", "role": "assistant", "content": text, "toolCalls": calls}
    yield {**answer, "name": text, "subagentRunId": f"{text}-{at}"}
    for place, made in enumerate(calls[:-1]):
        content = parts(text) if place == 1 else text
        result = {"id": f"{text}-t-{at}-{place}", "role": "tool", "content": content}
        yield {**result, "toolCallId": made["id"], **({"error": text} if place == 2 else {})}
    told = {text: text, "title": text, "status": text, "items": [{text: text}], "progress": text}
    yield {"id": f"{text}-x-{at}", "role": "activity", "activityType": text, "content": told}


def run(text: str, at: int) -> dict[str, Any]:
    subagent = {"subagentRunId": f"{text}-{at}", "name": text, "description": text}
    return {
        "runId": f"{text}-{at}",
        "after": f"{text}-u-{at}",
        "status": "error",
        "startedAt": 1000,
        "endedAt": 3000,
        "error": {"message": text, "code": text},
        "usage": [{"provider": text, "model": text, "inputTokens": 1, "outputTokens": 2}],
        "result": {text: text},
        "steps": [{"stepName": text, "status": "done", "startedAt": 1000, "endedAt": 2000}],
        "subagents": [{**subagent, "status": "error", "message": text, "result": text}],
    }


def answered(text: str, at: int) -> list[dict[str, Any]]:
    """A run that ended with a question, and the one that went on with the answer."""
    asked = {"id": text, "reason": text, "message": text}
    given = {"interruptId": text, "status": "resolved", "payload": {text: text}}
    ends = {"after": f"{text}-u-{at}", "startedAt": 1000, "endedAt": 3000}
    return [
        {**ends, "runId": f"{text}-{at}-asked", "status": "interrupt", "interrupts": [asked]},
        {**ends, "runId": f"{text}-{at}-went-on", "status": "success", "resume": [given]},
    ]


def question(text: str, at: int) -> dict[str, Any]:
    field = {"type": "string", "title": text, "description": text, "default": text}
    choices = {"enum": [text, "other"], "title": text, "description": text}
    schema = {
        "type": "object",
        "title": text,
        "properties": {
            text: field,
            f"{text}1": choices,
            f"{text}2": {"items": field, "type": "array"},
        },
        "required": [text],
    }
    asked = {"id": f"{text}-{at}", "reason": text, "message": text, "expiresAt": text}
    return {**asked, "responseSchema": schema, "metadata": {text: text}}


def conversation(texts: list[str]) -> dict[str, Any]:
    """Every text in every place of a conversation."""
    messages = [message for at, text in enumerate(texts) for message in turn(text, at)]
    outputs = {
        f"{text}-{at}-{mime}": {mime: text} for at, text in enumerate(texts) for mime in mimes(text)
    }
    trees = {
        f"{text}-{at}-raw": [{"application/json": {text: text}}, table(text)]
        for at, text in enumerate(texts)
    }
    surfaces = {f"{text}-{at}-none": surface(text, at) for at, text in enumerate(texts)}
    told = {
        "threadId": texts[0],
        "messages": [*messages, {"id": "end", "role": "assistant", "content": "**the end**"}],
        "state": {
            "deep": {text: {text: [text]} for text in texts},
            **{text: text for text in texts},
        },
        "interrupts": [question(text, at) for at, text in enumerate(texts[:8])],
        "runs": [
            each for at, text in enumerate(texts) for each in (*answered(text, at), run(text, at))
        ],
        "items": {},
        "outputs": {**outputs, **trees, **surfaces},
        "warnings": [{"message": text, "at": 1, "runId": f"{text}-0"} for text in texts],
    }
    return with_questions(told)


def table(text: str) -> dict[str, Any]:
    """A text as names and cells of a table, its index among them."""
    columns = [{"name": text, "index": True}, {"name": text, "number": True, "decimals": 2}]
    told = {"columns": columns, "rows": [[text, text]] * 12, "count": 12, "width": 1, "cut": 0}
    return {"application/vnd.agui-notebook.table+json": told, "text/plain": text}


SURFACE = "application/vnd.agui-notebook.surface+json"


def surface(text: str, at: int) -> dict[str, Any]:
    """A text in every property of every component, and in the data that they are bound to."""
    names: tuple[str, ...] = (
        "Text",
        "Image",
        "Icon",
        "Video",
        "AudioPlayer",
        "TextField",
        "CheckBox",
        "Slider",
    )
    names += ("ChoicePicker", "DateTimeInput", "Divider", text)
    link = {"functionCall": {"call": "openUrl", "args": {"url": text}}}
    words = dict.fromkeys(("text", "url", "description", "name", "label", "axis", "weight"), text)
    more = {"value": {"path": "v"}, "options": [{"label": text, "value": text}]}
    parts: dict[str, Any] = {
        f"{text}{at}": {"id": f"{text}{at}", "component": name, **words, **more, "variant": how}
        for at, name in enumerate(names)
        for how in ("h2" if at % 2 else text,)
    }
    ids = [*parts]
    parts["go"] = {"id": "go", "component": "Button", "child": ids[0], "action": link}
    parts["tabs"] = {"id": "tabs", "component": "Tabs", "tabs": [{"title": text, "child": "go"}]}
    parts["root"] = {"id": "root", "component": "Column", "children": [*ids, "go", "tabs", "root"],
                     "justify": text, "align": text}  # fmt: skip
    data = {"v": text, text: text, "__proto__": {"hit": text}}
    told = {"place": text, "id": f"{text}-{at}", "live": True, "components": parts, "data": data}
    return {SURFACE: {**told, "problems": [text], "drawn": {}}, "text/plain": text}


def around(texts: list[str]) -> dict[str, Any]:
    agent = {"name": texts[0], "url": texts[0], "description": texts[0], "suggestions": texts}
    return {"agent": agent, "agents": [{"name": text} for text in texts], "tools": texts}


@pytest.mark.parametrize("texts", GROUPS, ids=range(len(GROUPS)))
def test_a_hostile_conversation_is_only_text(host: Hostile, texts: list[str]) -> None:
    host.open()
    host.play("snapshot", conversation(texts), around(texts))
    log = host.page.get_by_role("log")
    expect(log.get_by_text("the end")).to_be_visible()
    expect(host.page.get_by_role("region", name="The agent waits for you")).to_be_visible()
    host.unfold()
    expect(log.get_by_role("list", name="Your answers")).to_have_count(len(texts))
    assert log.locator("iframe").count() == 2 * sum("<" in text for text in texts)
    expect(log.get_by_role("group", name="Described by the agent")).to_have_count(len(texts))
    host.page.get_by_role("button", name="Answer", exact=True).first.click()


def test_names_and_texts_of_variables_are_only_text(host: Hostile) -> None:
    host.open()
    host.play("snapshot", conversation(["hello"]), around(["hello"]))
    page = host.page
    page.get_by_role("textbox", name="Message").press_sequentially("@")
    names = page.get_by_role("listbox", name="Variables")
    expect(names).to_be_visible()
    every = [[text, text, text] for text in EVERY[:40]]
    host.play("receive", {"kind": "variables", "variables": every})
    expect(names.get_by_role("option")).to_have_count(40)
    host.is_clean()
    page.keyboard.press("Escape")
    page.get_by_role("textbox", name="Message").fill("@v ")
    parts = [{"type": "text", "text": text} for text in EVERY]
    host.play("receive", {"kind": "variable", "name": "v", "parts": parts, "fault": ""})
    page.get_by_role("button", name="Show what is sent").click()
    expect(page.get_by_role("dialog").locator("pre")).to_have_count(len(EVERY))
    assert page.get_by_role("dialog").locator("pre *").count() == 0
    page.keyboard.press("Escape")  # nothing may lie over the page in the end


def test_hostile_state_and_events_are_only_text(host: Hostile) -> None:
    host.open()
    host.play("snapshot", {**conversation(EVERY), "messages": [], "outputs": {}}, around(EVERY))
    host.page.get_by_role("tab", name="State").click()
    expect(host.page.get_by_role("treeitem", name="deep").first).to_be_visible()
    host.page.get_by_role("tab", name="Events").click()
    kinds = [
        {"type": kind, "name": text, "delta": text, "value": {text: text}, text: text}
        for text in EVERY
        for kind in (text, "CUSTOM", "RAW")
    ]
    items = [{"at": at, "runId": event["name"], "event": event} for at, event in enumerate(kinds)]
    host.play("receive", {"kind": "events", "from": 0, "total": len(items), "items": items})
    grid = host.page.get_by_role("grid", name="Events")
    grid.press("ArrowDown")
    grid.press("Enter")
    for _ in range(0, len(items), 20):
        grid.press("PageDown")
    host.page.get_by_role("button", name="Timeline").click()
    expect(host.page.get_by_role("list", name="Run over time")).to_be_visible()
    for text in EVERY[::15]:
        host.play("receive", {"kind": "notice", "level": "error", "text": text})


STREAM = """async ([texts, from, to]) => {
  // every message grows in its own step, all of them in each frame
  const step = at => [1, 3, 8][at % 3];
  for (let turn = from; turn < to; turn += 1) {
    const ops = texts.flatMap((text, at) => {
      const piece = text.slice(turn * step(at), (turn + 1) * step(at));
      return piece ? [["append", ["messages", at, "content"], piece]] : [];
    });
    if (ops.length) host.ops(ops);
    await new Promise(requestAnimationFrame);
  }
}"""


def test_a_hostile_stream_is_only_text_at_every_moment(host: Hostile) -> None:
    empty = conversation(["x"])
    host.open({**empty, "messages": [], "outputs": {}, "interrupts": [], "runs": []})
    names = range(len(EVERY))
    host.play("ops", [["set", ["items", f"message:{at}"], {"status": "open"}] for at in names])
    blank = {"role": "assistant", "content": ""}
    host.play("ops", [["set", ["messages", at], {"id": str(at), **blank}] for at in names])
    texts = [text[:300] for text in EVERY]
    for at in range(0, 300, 10):
        host.page.evaluate(STREAM, [texts, at, at + 10])
        if at % 50 == 0:
            host.is_clean()
    host.play("ops", [["set", ["items", f"message:{at}", "status"], "done"] for at in names])
    host.play(
        "ops", [["set", ["messages", len(EVERY)], {**blank, "id": "end", "content": "the end"}]]
    )
    expect(host.page.get_by_role("log").get_by_text("the end")).to_be_visible()


def test_a_remote_image_is_fetched_only_when_its_reader_asks(page: Page) -> None:
    host = FakeHost(page)
    text = "![cat](https://elsewhere.test/cat.png) ![dog](https://elsewhere.test/dog.png)"
    host.open(
        {**conversation(["x"]), "messages": [{"id": "a", "role": "assistant", "content": text}]}
    )
    show = page.get_by_role("button", name="Show “cat” from elsewhere.test")
    expect(show).to_be_visible()
    assert host.requests == []
    with page.expect_request("https://elsewhere.test/cat.png"):
        show.click()
    assert host.requests == ["https://elsewhere.test/cat.png"]


def test_a_link_in_a_tools_page_leads_nowhere(host: Hostile) -> None:
    link = "<a href=https://evil.test target=_self style='position:fixed;inset:0'>go</a>"
    made = conversation([link])
    made["messages"] = [one for one in made["messages"] if one["role"] in ("assistant", "tool")]
    host.open(made)
    host.unfold()
    page = host.page.locator(".agui-page iframe").first
    page.scroll_into_view_if_needed()
    page.click()
    expect(page.content_frame.get_by_text("go")).to_be_visible()


def test_formulas_and_colours_were_really_drawn(host: Hostile) -> None:
    """The corpus is not harmless merely because the modules that draw it never came."""
    text = "$x^2$\n\n```python\nprint(1)\n```\n\nend"
    host.open(
        {**conversation(["x"]), "messages": [{"id": "a", "role": "assistant", "content": text}]}
    )
    expect(host.page.locator("math msup")).to_be_attached()
    expect(host.page.locator("pre code span").first).to_be_attached()


PLANTED = (
    "<script>0</script>",
    "<img src=https://evil.test>",
    "<a href=javascript:0>x</a>",
    "<form></form>",
    "<em onclick=0>x</em>",
    "<span id=location>x</span>",
    "<input name=cookie>",
    "<svg><path></path></svg>",
    "<iframe srcdoc=x></iframe>",
    "<p style='position:fixed;inset:0'>x</p>",
    "<style>*{color:red}</style>",
)


def test_the_audit_sees_what_it_should(page: Page) -> None:
    """Each kind of breach, made on purpose."""
    host = Hostile(page)
    host.open(conversation(["x"]))
    for html in PLANTED:
        page.evaluate(
            "html => document.querySelector('.agui').insertAdjacentHTML('beforeend', html)", html
        )
        assert page.evaluate("() => audit.breaches().length") > 0, html
        page.locator(".agui").evaluate("node => node.lastElementChild.remove()")
