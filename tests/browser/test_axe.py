"""Accessibility as axe-core sees it: no finding in any view, light or dark, wide or narrow."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect
from support.fake_host import ROOT, FakeHost
from support.questions import with_questions
from test_interrupts import BOOKING, approval, asked, question
from test_outputs import PNG, TABLE, told

pytestmark = pytest.mark.browser

AXE = ROOT / "js" / "node_modules" / "axe-core" / "axe.min.js"
# WCAG 2.2 AA, and what axe's authors hold to be good practice within a part of a page
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "rules": {"region": {"enabled": False}, "page-has-heading-one": {"enabled": False}},
}
MARKDOWN = """# Title

Text with **weight**, `code`, [a link](https://a.test) and $x^2$.

- [x] done
- [ ] open

| city | °C |
|:-----|---:|
| Oslo | 7 |

> quoted

```python
print("hello", 1 + 2)  # words
```

![cat](https://elsewhere.test/cat.png)
"""


@pytest.fixture(params=["light", "dark"])
def host(request: pytest.FixtureRequest, page: Page) -> FakeHost:
    axe_source()
    page.emulate_media(reduced_motion="reduce")
    return FakeHost(page, request.param)


def axe_source() -> str:
    """The script, where it is installed."""
    if not AXE.is_file():
        pytest.skip("axe-core is not installed: run `npm ci` in the folder js")
    return AXE.read_text(encoding="utf-8")


def findings(host: FakeHost) -> list[str]:
    """Every finding within the widget, however small, with what it is about."""
    page = host.page
    if not page.evaluate("() => 'axe' in globalThis"):
        page.add_script_tag(content=axe_source())
    result = page.evaluate("options => axe.run('.agui', options)", RULES)
    return [
        f"{found['id']}: {node['html'][:160]} {node['failureSummary'][:200]}"
        for found in result["violations"]
        for node in found["nodes"]
    ]


def narrow(host: FakeHost) -> None:
    host.page.set_viewport_size({"width": 400, "height": 800})


def run(status: str, after: str, **more: Any) -> dict[str, Any]:
    times = {"startedAt": 1000, "endedAt": 3000}
    return {"runId": f"r-{after}", "after": after, "status": status, **times, "steps": [],
            "subagents": [], **more}  # fmt: skip


def eventful() -> dict[str, Any]:
    """A conversation with about everything a chat can show."""
    calls = [
        {
            "id": call,
            "type": "function",
            "function": {"name": name, "arguments": '{"city": "Oslo"}'},
        }
        for call, name in (("c1", "plot"), ("c2", "weather"), ("c3", "slow"))
    ]
    messages = [
        {"id": "s", "role": "system", "content": "Be brief."},
        {"id": "u", "role": "user", "content": "Hello"},
        {"id": "r", "role": "reasoning", "content": "Let me think."},
        {"id": "a", "role": "assistant", "content": MARKDOWN, "toolCalls": calls},
        {"id": "t1", "role": "tool", "toolCallId": "c1", "content": "drawn"},
        {
            "id": "t2",
            "role": "tool",
            "toolCallId": "c2",
            "content": "failed",
            "error": "No network.",
        },
        {
            "id": "x",
            "role": "activity",
            "activityType": "PLAN",
            "content": {"steps": [{"title": "one"}]},
        },
        {"id": "u2", "role": "user", "content": "And again"},
    ]
    steps = [{"stepName": "plan", "status": "done", "startedAt": 1000, "endedAt": 2000}]
    error = {"message": "The model is not there.", "code": "ModelError"}
    usage = [{"provider": "p", "model": "m", "inputTokens": 1200, "outputTokens": 30}]
    return with_questions(
        {
            **told({"image/png": PNG, "text/html": TABLE, "text/plain": "x"}),
            "messages": messages,
            "items": {"message:r": {"status": "done", "startedAt": 1000, "endedAt": 1500}},
            "runs": [
                run(
                    "interrupt", "u", interrupts=[{"id": "i", "reason": "ask", "message": "May I?"}]
                ),
                run("success", "s", resume=[{"interruptId": "i", "status": "resolved"}]),
                run("success", "r", steps=steps, usage=usage),
                run("error", "u2", error=error),
            ],
            "warnings": [{"message": "An unknown field was dropped.", "runId": "r-r", "at": 1}],
        }
    )


def test_a_conversation_is_accessible(host: FakeHost) -> None:
    host.open(eventful())
    expect(host.page.locator("math")).to_be_attached()
    expect(host.page.get_by_role("list", name="Your answers")).to_be_visible()
    for closed in host.page.get_by_role("log").locator("[aria-expanded=false]").element_handles():
        closed.click()
    expect(host.page.locator(".agui-picture")).to_be_attached()
    assert findings(host) == []
    narrow(host)
    assert findings(host) == []


def test_an_empty_chat_and_its_menus_are_accessible(host: FakeHost) -> None:
    agent = {"name": "demo", "description": "An agent.", "suggestions": ["Say hello", "Plot it"]}
    host.open(
        {**told(), "messages": [], "runs": []}, agent=agent, agents=[agent, {"name": "other"}]
    )
    expect(host.page.get_by_role("button", name="Say hello")).to_be_visible()
    assert findings(host) == []
    for name in ("Thread menu", "demo"):
        host.page.get_by_role("button", name=name).first.click()
        expect(host.page.get_by_role("menu").first).to_be_visible()
        assert findings(host) == []
        host.page.keyboard.press("Escape")


def test_forms_are_accessible(host: FakeHost) -> None:
    expired = question(
        {"type": "string"}, id="old", message="Too late", expiresAt="2020-01-01T00:00:00Z"
    )
    host.open(asked(approval(), question(BOOKING), question(id="free", message="Else?"), expired))
    host.page.get_by_role("button", name="Edit arguments").click()
    host.page.get_by_role("button", name="Add").click()
    host.page.get_by_role("button", name="Answer").first.click()
    expect(host.page.get_by_text("Needed.").first).to_be_visible()
    assert findings(host) == []
    narrow(host)
    assert findings(host) == []


def test_the_state_tab_is_accessible(host: FakeHost) -> None:
    state = {
        "recipe": {"title": "Pasta", "servings": 2, "done": False, "note": None},
        "tags": ["a"],
    }
    host.open({**told(), "state": state})
    host.page.get_by_role("tab", name="State").click()
    expect(host.page.get_by_role("tree")).to_be_visible()
    host.page.get_by_role("treeitem", name="servings").press("F2")
    host.page.keyboard.type("x")
    host.page.keyboard.press("Enter")
    host.ops(["set", ["state", "recipe", "title"], "Pizza"])
    expect(host.page.get_by_text("Edited, goes with the next run")).to_be_visible()
    assert findings(host) == []
    narrow(host)
    host.page.get_by_role("button", name="JSON").click()
    assert findings(host) == []


def wire() -> list[dict[str, Any]]:
    """A request, and a frame of each verdict."""
    request = {"kind": "request", "runId": "r-u2", "at": 1000, "size": 2, "body": "{}"}
    frame = {"kind": "frame", "runId": "r-u2", "at": 1001, "size": 9, "type": "TEXT_MESSAGE_END",
             "text": 'data: {"type": "TEXT_MESSAGE_END"}', "why": "Why it is so."}  # fmt: skip
    verdicts = ("taken", "mended", "passed over", "refused")
    return [request, *({**frame, "verdict": each} for each in verdicts)]


def test_the_events_tab_is_accessible(host: FakeHost) -> None:
    host.open(eventful(), eventCount=60)
    host.page.get_by_role("tab", name="Events").click()
    kinds = ("RUN_STARTED", "TEXT_MESSAGE_CONTENT", "TOOL_CALL_ARGS", "RUN_ERROR", "CUSTOM")
    items = [
        {"at": at, "runId": "r", "event": {"type": kinds[at % 5], "delta": "words"}}
        for at in range(60)
    ]
    expect(host.page.get_by_text("Loading events…")).to_be_visible()
    host.receive({"kind": "events", "from": 0, "total": 60, "items": items})
    grid = host.page.get_by_role("grid", name="Events")
    grid.press("ArrowDown")
    grid.press("Enter")
    host.page.get_by_role("button", name="Reasoning").click()
    assert findings(host) == []
    narrow(host)
    assert findings(host) == []
    host.page.get_by_role("button", name="Timeline").click()
    expect(host.page.get_by_role("list", name="Run over time")).to_be_visible()
    host.page.get_by_role("combobox", name="Compare with").select_option("Compare with Run 1")
    assert findings(host) == []
    host.page.set_viewport_size({"width": 1280, "height": 800})
    host.page.get_by_role("button", name="Network").click()
    host.receive({"kind": "wire", "from": 0, "items": wire(), "facts": []})
    grid = host.page.get_by_role("grid", name="Network")
    for key in ("Home", "Enter"):
        grid.press(key)
        assert findings(host) == []
    grid.press("End")
    host.page.get_by_role("button", name="Refused").click()
    assert findings(host) == []
    narrow(host)
    assert findings(host) == []


def test_attached_files_notices_and_a_dead_kernel_are_accessible(host: FakeHost) -> None:
    host.open(told())
    file: Any = {"name": "a.txt", "mimeType": "text/plain", "buffer": b"abc"}
    with host.page.expect_file_chooser() as chooser:
        host.page.get_by_role("button", name="Attach files").click()
    chooser.value.set_files([file])
    host.receive({"kind": "notice", "level": "error", "text": "The agent is not there."})
    expect(host.page.get_by_text("a.txt")).to_be_visible()
    assert findings(host) == []
    host.page.evaluate("() => host.model.trigger('comm:close')")
    assert findings(host) == []


def test_a_surface_that_the_agent_describes(host: FakeHost) -> None:
    bound = {"path": "/v"}
    options = [{"label": "Breakfast", "value": "b"}, {"label": "Dinner", "value": "d"}]
    parts: list[dict[str, Any]] = [
        {"component": "Text", "text": "Your room", "variant": "h2"},
        {"component": "Text", "text": "Two nights, *sea view*"},
        {"component": "Text", "text": "Without breakfast", "variant": "caption"},
        {"component": "TextField", "label": "Guest", "value": bound},
        {"component": "CheckBox", "label": "Late arrival", "value": {"path": "/late"}},
        {"component": "ChoicePicker", "label": "Meal", "options": options, "value": bound},
        {"component": "Slider", "label": "Nights", "max": 9, "value": {"path": "/nights"}},
        {"component": "DateTimeInput", "label": "From", "value": {"path": "/from"}},
        {"component": "Icon", "name": "star"},
        {"component": "Divider"},
        {"component": "Image", "url": "https://elsewhere.test/p.png", "description": "Room"},
        {"component": "Button", "child": "p1", "variant": "primary", "action": {"event": {}}},
    ]
    named = {f"p{at}": {"id": f"p{at}", **part} for at, part in enumerate(parts)}
    root = {"id": "root", "component": "Card", "child": "all"}
    named |= {"root": root, "all": {"id": "all", "component": "Column", "children": [*named]}}
    surface = {"place": "c", "id": "s", "live": True, "components": named, "drawn": {}}
    surface |= {"data": {"v": "Ada", "nights": 3}, "problems": ["It wants a 'Flash'."]}
    host.open(told({"application/vnd.agui-notebook.surface+json": surface, "text/plain": "x"}))
    group = host.page.get_by_role("group", name="Described by the agent")
    group.get_by_role("button", name="Data").click()
    expect(group.get_by_role("tree", name="Data")).to_contain_text("Ada")
    assert findings(host) == []
    narrow(host)
    assert findings(host) == []


def test_tables_large_pictures_and_the_menu_of_variables_are_accessible(host: FakeHost) -> None:
    columns = [{"name": "", "index": True}, {"name": "x", "number": True, "decimals": 1}]
    rows = [[str(number), None if number == 3 else f"{number}.5"] for number in range(12)]
    table = {"columns": columns, "rows": rows, "count": 900, "width": 1, "cut": 0}
    shown = {"application/vnd.agui-notebook.table+json": table, "text/plain": "x"}
    host.open(told([shown, {"image/png": PNG, "text/plain": "A figure"}]))
    expect(host.page.get_by_role("region", name="Table, 900 rows")).to_be_visible()
    host.page.get_by_role("textbox", name="Message").press_sequentially("@")
    expect(host.page.get_by_role("listbox", name="Variables")).to_be_visible()
    names = [["sales", "pandas.DataFrame", "2 × 2"], ["note", "str", "6 characters"]]
    host.receive({"kind": "variables", "variables": names})
    assert findings(host) == []
    narrow(host)
    assert findings(host) == []
    host.page.get_by_role("option", name="note").click()
    parts = [{"type": "text", "text": "Variable"}]
    host.receive({"kind": "variable", "name": "note", "parts": parts, "fault": ""})
    host.page.get_by_role("button", name="Show what is sent").click()
    expect(host.page.get_by_role("dialog")).to_be_visible()
    assert findings(host) == []
    host.page.keyboard.press("Escape")
    host.page.get_by_role("button", name="Enlarge").click(force=True)
    expect(host.page.get_by_role("dialog", name="A figure")).to_be_visible()
    assert findings(host) == []
