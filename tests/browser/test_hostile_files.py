"""Files of others, opened in real JupyterLab: a notebook, a store and a recording run nothing."""

from __future__ import annotations

import json
import sqlite3
import zlib
from contextlib import closing
from pathlib import Path
from typing import Any

import nbformat
import pytest
from playwright.sync_api import expect
from support.desk import Desk

from agui_notebook.client import Card, Store

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

CORPUS: dict[str, list[str]] = json.loads(
    (Path(__file__).parent / "hostile.json").read_text(encoding="utf-8")
)
ATTACKS = [text.replace("alert", "pwned.push") for texts in CORPUS.values() for text in texts][::6]
ATTACKS += ["<img src=x onerror='pwned.push(1)'>", "<script>pwned.push(2)</script>"]
CODE = "\"\"\"\n'); import os; os.system('touch owned') #"
SETUP = """
%load_ext agui_notebook
import os, agui_notebook as agui
os.environ['AGUI_STORE'] = {!r}
asked = []
def agent(text):
    asked.append(text)
    return "never"
"""


def message(number: int, role: str, text: str) -> dict[str, Any]:
    return {"id": f"m{number}", "role": role, "content": text}


def hostile_lines() -> list[dict[str, Any]]:
    """A conversation that is all attack, with changes that no client of ours would write."""
    texts = [*ATTACKS, CODE]
    said = [message(n, ("user", "assistant")[n % 2], text) for n, text in enumerate(texts)]
    call = {"id": "c", "type": "function", "function": {"name": CODE, "arguments": "{}"}}
    asking = {"id": "i", "reason": "tool_call", "message": ATTACKS[-1], "toolCallId": "c"}
    run = {"runId": "r", "after": "m0", "status": "interrupt", "interrupts": [asking]}
    html = {"text/html": ATTACKS[-1], "image/svg+xml": "<svg onload='pwned.push(3)'/>"}
    faked = {"id": "i", "kind": "approval", "text": "Go on?", "actions": [], "rest": None,
             "secret": False, "fingerprint": "x"}  # fmt: skip
    return [
        {"at": 1, "thread": {"id": "t", "messages": said, "state": {ATTACKS[-1]: ATTACKS[-1]}}},
        {"at": 2, "change": [["set", ["messages", len(said)], {
            "id": "a", "role": "assistant", "toolCalls": [call]}]]},
        {"at": 3, "change": [["set", ["outputs", "c"], html], ["set", ["runs", 0], run]]},
        {"at": 4, "change": [["set", ["interrupts"], [asking]], ["set", ["questions"], [faked]]]},
    ]  # fmt: skip


def hostile_store(path: Path) -> None:
    store = Store(path)
    card = Card("abcdefghij", "t", f"\x1b]0;x\x07{ATTACKS[-1]}", ATTACKS[-1], "x", CODE, 3)
    store.append(card, 0, map(json.dumps, hostile_lines()), ["word"])
    store.close()
    with closing(sqlite3.connect(path)) as base, base:
        base.execute("UPDATE thread SET changed = 'soon', messages = -1e300, agent = x'ff'")
        base.execute("INSERT INTO batch VALUES ('abcdefghij', 1, ?)", (b"\x00 no zlib",))
        base.execute("INSERT INTO thread (key, title) VALUES ('bomb', 'bomb')")
        bomb = zlib.compress(b" " * 600_000_000)
        base.execute("INSERT INTO batch VALUES ('bomb', 0, ?)", (bomb,))


def hostile_recording(path: Path) -> None:
    ids = {"threadId": "t", "runId": "r"}
    said = [message(n, "user", text) for n, text in enumerate(ATTACKS)]
    events: list[dict[str, Any]] = [{"type": "RUN_STARTED", **ids}]
    for n, text in enumerate(ATTACKS):
        events += [
            {"type": "TEXT_MESSAGE_START", "messageId": f"a{n}", "role": "assistant"},
            {"type": "TEXT_MESSAGE_CONTENT", "messageId": f"a{n}", "delta": text},
            {"type": "TEXT_MESSAGE_END", "messageId": f"a{n}"},
        ]
    lines = [{"at": 1, "runId": "r", "request": {"messages": said}}]
    lines += [{"at": 2, "runId": "r", "event": event} for event in events]
    path.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")


def hostile_notebook(path: Path) -> None:
    """Outputs that claim to be ours, in a notebook that nobody has trusted."""
    html = "".join(f'<div class="agui-companion agui-saved">{text}</div>' for text in ATTACKS)
    view = {"model_id": "0" * 32, "version_major": 2, "version_minor": 1}
    data = {
        "application/vnd.jupyter.widget-view+json": view,
        "text/html": html,
        "text/markdown": "\n\n".join(ATTACKS),
        "text/plain": "\x1b]52;c;cm0=\x07",
        "application/javascript": "globalThis.pwned.push('javascript')",
    }
    cell = nbformat.v4.new_code_cell("1 + 1")
    cell.outputs = [nbformat.v4.new_output("display_data", {kind: data[kind]}) for kind in data]
    notebook = nbformat.v4.new_notebook(cells=[cell])
    notebook.metadata.update(kernelspec={"name": "python3", "display_name": "Python 3"})
    nbformat.write(notebook, path)


def test_nothing_runs_of_a_hostile_notebook_store_or_recording(lab: Desk, tmp_path: Path) -> None:
    lab.page.add_init_script("globalThis.pwned = []")
    asked_elsewhere: list[str] = []
    lab.page.on("request", lambda request: asked_elsewhere.append(request.url))
    hostile_store(tmp_path / "threads.sqlite")
    hostile_recording(tmp_path / "talk.jsonl")
    hostile_notebook(lab.jupyter.folder / "hostile.ipynb")
    lab.visit("hostile.ipynb")
    expect(lab.cell(0)).to_be_visible()
    assert lab.page.evaluate("globalThis.pwned") == []
    lab.close()
    asked_elsewhere.clear()  # pictures of a notebook's own outputs are Lab's to show or not
    lab.open(
        SETUP.format(str(tmp_path / "threads.sqlite")),
        "%agui threads",
        "chat = agui.chat(agent, name='mine'); chat",
        "%agui open abcdefghij",
        "print(chat.messages[-1]['role'], asked, [str(each) for each in chat.interrupts])",
        "%agui open bomb",
        f"%agui replay {tmp_path / 'talk.jsonl'}",
        f"%agui open {tmp_path / 'talk.jsonl'}",
        "import os; print(os.path.exists('owned'), asked)",
    )
    for index in range(9):
        lab.run(index)
    log = lab.page.get_by_role("log")
    expect(log.first).to_be_attached()
    for button in lab.page.get_by_role("button", name="Threads").all():
        button.click()
    lab.until("document.querySelectorAll('.agui').length > 0")
    assert lab.page.evaluate("globalThis.pwned") == []
    assert "\x1b" not in lab.text(1)
    assert lab.text(8).strip() == "False []"
    assert [url for url in asked_elsewhere if lab.jupyter.url.split("/")[2] not in url
            and not url.startswith(("blob:", "data:"))] == []  # fmt: skip
