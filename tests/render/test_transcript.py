"""What a reader is shown of a conversation, whatever the form."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

import pytest

from agui_notebook.markup.markdown_html import format_markdown
from agui_notebook.protocol import new_document
from agui_notebook.render.html import html
from agui_notebook.render.markdown import markdown
from agui_notebook.render.text import text
from agui_notebook.render.transcript import Entry, entries


def call(name: str, arguments: str, mid: str = "c1") -> dict[str, Any]:
    return {"id": mid, "type": "function", "function": {"name": name, "arguments": arguments}}


def conversation() -> dict[str, Any]:
    """One turn of everything: a tool, its result, reasoning, an answer."""
    messages = [
        {"id": "s", "role": "system", "content": "Be brief."},
        {"id": "u1", "role": "user", "content": "What is 2 + 2?"},
        {"id": "r1", "role": "reasoning", "content": "Simple enough."},
        {"id": "a1", "role": "assistant", "toolCalls": [call("add", '{"a": 2, "b": 2}')]},
        {"id": "t1", "role": "tool", "toolCallId": "c1", "content": "4"},
        {"id": "p1", "role": "activity", "activityType": "PLAN", "content": {"steps": 2}},
        {"id": "a2", "role": "assistant", "content": "It is **4**."},
    ]
    document: dict[str, Any] = dict(new_document("t", messages))  # type: ignore[arg-type]
    document["runs"] = [{"runId": "r", "after": "u1", "status": "success"}]
    return document


def test_entries_come_in_reading_order_with_results_at_their_calls() -> None:
    assert entries(conversation(), "demo") == [
        Entry("user", "You", "What is 2 + 2?"),
        Entry("reasoning", "Reasoning", "Simple enough."),
        Entry("call", "add(a=2, b=2)", "4"),
        Entry("activity", "PLAN", '{"steps": 2}'),
        Entry("assistant", "demo", "It is **4**."),
    ]


def test_plain_text_reads_like_a_dialogue() -> None:
    assert text(conversation(), agent="demo") == (
        "You: What is 2 + 2?\n\n[Reasoning: Simple enough.]\n\n[add(a=2, b=2) -> 4]\n\n"
        '[PLAN: {"steps": 2}]\n\ndemo: It is **4**.'
    )


def test_markdown_shows_every_entry() -> None:
    assert markdown(conversation(), agent="demo") == (
        "**You**\n\n> What is 2 + 2?\n\n> *Reasoning*\n>\n> Simple enough.\n\n"
        '🔧 `add(a=2, b=2)` → `4`\n\n*PLAN* `{"steps": 2}`\n\n**demo**\n\nIt is **4**.'
    )


def test_html_shows_every_entry() -> None:
    assert html(conversation(), agent="demo").split("\n") == [
        "<blockquote><strong>You</strong><br>What is 2 + 2?</blockquote>",
        "<details><summary>Reasoning</summary><p>Simple enough.</p></details>",
        "<details><summary><code>add(a=2, b=2)</code></summary><pre>4</pre></details>",
        '<p><em>PLAN: {"steps": 2}</em></p>',
        "<div><strong>demo</strong><p>It is <strong>4</strong>.</p></div>",
    ]


def two_turns(status: str, error: dict[str, Any] | None = None) -> dict[str, Any]:
    messages = [
        {"id": "u1", "role": "user", "content": "one"},
        {"id": "a1", "role": "assistant", "content": "half an ans"},
        {"id": "u2", "role": "user", "content": "two"},
        {"id": "a2", "role": "assistant", "content": "whole"},
    ]
    first = {"runId": "r1", "after": "u1", "status": status}
    if error:
        first["error"] = error  # type: ignore[assignment]
    document: dict[str, Any] = dict(new_document("t", messages))
    document["runs"] = [first, {"runId": "r2", "after": "u2", "status": "success"}]
    return document


def test_a_run_that_failed_is_marked_where_it_failed() -> None:
    document = two_turns("error", {"message": "quota used up", "code": "429"})
    assert [(e.kind, e.title, e.text) for e in entries(document)] == [
        ("user", "You", "one"),
        ("assistant", "Agent", "half an ans"),
        ("alert", "The run failed (429)", "quota used up"),
        ("user", "You", "two"),
        ("assistant", "Agent", "whole"),
    ]


def test_stopped_and_incomplete_runs_are_marked_as_such() -> None:
    marks = [entries(two_turns(status))[2] for status in ("cancelled", "incomplete")]
    assert marks == [
        Entry("note", "Stopped", ""),
        Entry("alert", "The stream stopped before the run ended", ""),
    ]


def test_a_run_that_failed_before_anything_was_said_is_marked_at_the_top() -> None:
    document: dict[str, Any] = dict(new_document("t"))
    document["runs"] = [{"runId": "r", "after": None, "status": "error", "error": {"message": "x"}}]
    assert entries(document) == [Entry("alert", "The run failed", "x")]


def test_a_pending_interrupt_is_the_last_thing_read() -> None:
    document: dict[str, Any] = dict(new_document("t"))
    document["interrupts"] = [{"id": "i1", "reason": "tool_call", "message": "Delete it?"}]
    assert entries(document) == [Entry("alert", "Waiting for your answer", "Delete it?")]
    document["interrupts"].append({"id": "i2", "reason": "ask", "message": "Go on?"})
    assert entries(document) == [
        Entry("alert", "Waiting for your answer to i1", "Delete it?"),
        Entry("alert", "Waiting for your answer to i2", "Go on?"),
    ]


def asking(arguments: str) -> dict[str, Any]:
    call = {"id": "c1", "type": "function"}
    call["function"] = {"name": "dr\u043ep", "arguments": arguments}  # type: ignore[assignment]
    messages = [{"id": "a", "role": "assistant", "toolCalls": [call]}]
    document: dict[str, Any] = dict(new_document("t", messages))
    asked = {"id": "i1", "reason": "tool_call", "message": "Do\u200b it?", "toolCallId": "c1"}
    return {**document, "interrupts": [asked]}


@pytest.mark.parametrize("written", [text, markdown, html])
def test_what_waits_for_a_yes_is_read_whole_literal_and_as_it_is_written(written: Any) -> None:
    sql = "SELECT 1; " * 1000 + "DROP TABLE users"
    page = written(asking(f'{{"id": 9007199254740993, "n": 1.10, "s": "{sql}\u202e"}}'))
    for shown in ("dr‹U+043E›p", "Do‹U+200B› it?", "9007199254740993", "1.10"):
        assert shown in page
    assert "DROP TABLE users‹U+202E›" in page


def test_what_was_answered_is_read_where_it_was_asked() -> None:
    messages = [{"id": "u", "role": "user", "content": "go"}]
    messages += [{"id": "a", "role": "assistant", "content": "deleted"}]
    document: dict[str, Any] = dict(new_document("t", messages))
    questions = [
        {"id": "i1", "reason": "tool_call", "message": "Delete it?"},
        {"id": "i2", "reason": "where"},
    ]
    given = {"interruptId": "i1", "status": "resolved", "payload": {"approved": True}}
    document["runs"] = [
        {"runId": "r", "after": "u", "status": "interrupt", "interrupts": questions},
        {"runId": "q", "after": "u", "status": "success", "resume": [given]},
    ]
    assert entries(document) == [
        Entry("user", "You", "go"),
        Entry("note", "Delete it? → Approved", ""),
        Entry("assistant", "Agent", "deleted"),
    ]


def test_only_an_answer_that_arrived_is_read_and_only_with_its_own_question() -> None:
    document: dict[str, Any] = dict(new_document("t"))
    asked = {"id": "q", "reason": "ask", "message": "Go on?"}

    def run(status: str, approved: bool, **more: Any) -> dict[str, Any]:
        given = {"interruptId": "q", "status": "resolved", "payload": approved}
        return {"runId": status, "after": None, "status": status, "resume": [given], **more}

    document["interrupts"] = [asked]
    document["runs"] = [
        {**run("interrupt", True), "interrupts": [asked]},
        {**run("interrupt", False), "interrupts": [asked]},
        run("error", True),
    ]
    titles = [entry.title for entry in entries(document)]
    assert titles == ["Go on? → No", "The run failed", "Waiting for your answer"]
    document["interrupts"] = []
    titles = [entry.title for entry in entries(document)]
    assert titles == ["Go on? → No", "Go on? → Yes", "The run failed"]


def test_subagents_speak_under_their_own_name() -> None:
    message = {"id": "a", "role": "assistant", "content": "hi", "subagentRunId": "s1"}
    document: dict[str, Any] = dict(new_document("t", [message]))
    subagent = {"subagentRunId": "s1", "name": "researcher"}
    document["runs"] = [{"runId": "r", "after": None, "status": "success", "subagents": [subagent]}]
    assert entries(document) == [Entry("assistant", "researcher", "hi")]


@pytest.mark.parametrize("metadata", [{"refusal": "refusal"}, {"refusal": "No."}, {}, "refusal"])
def test_words_of_refusal_are_marked(metadata: Any) -> None:
    message = {"id": "a", "role": "assistant", "content": "I cannot.", "metadata": metadata}
    document: dict[str, Any] = dict(new_document("t", [message]))
    told = "bot (refused)" if metadata and metadata != "refusal" else "bot"
    assert entries(document, "bot") == [Entry("assistant", told, "I cannot.")]
    assert text(document, agent="bot") == f"{told}: I cannot."
    assert told in markdown(document, agent="bot")
    assert told in html(document, agent="bot")


def test_the_text_of_an_answer_in_parts_is_read_in_every_form() -> None:
    parts = [
        {"type": "text", "text": "one"},
        {"type": "image", "source": {"mimeType": "image/png"}},
    ]
    document: dict[str, Any] = dict(
        new_document("t", [{"id": "a", "role": "assistant", "content": parts}])
    )
    for form in (text, markdown, html):
        assert "one" in form(document)
        assert "image/png" in form(document)


def test_parts_that_are_no_text_are_named() -> None:
    parts = [
        {"type": "text", "text": "look"},
        {"type": "image", "source": {"type": "data", "value": "…", "mimeType": "image/png"}},
        {"type": "document", "source": {"type": "url", "value": "…"},
         "metadata": {"filename": "a.pdf"}},
    ]  # fmt: skip
    document = new_document("t", [{"id": "u", "role": "user", "content": parts}])
    assert entries(document)[0].text == "look\n\n[image: image/png]\n\n[document: a.pdf]"


def test_arguments_that_are_no_json_are_shown_as_they_came() -> None:
    message = {"id": "a", "role": "assistant", "toolCalls": [call("f", '{"a": 2')]}
    assert entries(new_document("t", [message]))[0].title == 'f({"a": 2)'


def test_a_long_result_is_cut() -> None:
    messages = [
        {"id": "a", "role": "assistant", "toolCalls": [call("f", "")]},
        {"id": "t", "role": "tool", "toolCallId": "c1", "content": "x" * 5_000},
    ]
    assert entries(new_document("t", messages))[0].text == "x" * 1_999 + "…"  # type: ignore[arg-type]


def test_a_tool_error_is_shown_in_place_of_its_result() -> None:
    messages = [
        {"id": "a", "role": "assistant", "toolCalls": [call("f", "")]},
        {"id": "t", "role": "tool", "toolCallId": "c1", "content": "", "error": "no such file"},
    ]
    assert entries(new_document("t", messages))[0].text == "no such file"  # type: ignore[arg-type]


def test_a_picture_made_by_a_tool_is_embedded_and_a_huge_one_is_not() -> None:
    message = {"id": "a", "role": "assistant", "toolCalls": [call("plot", "")]}
    document: dict[str, Any] = dict(new_document("t", [message]))
    document["outputs"] = {"c1": {"image/png": "aGk=\n", "text/plain": "<Figure>"}}
    assert '<img alt="plot()" src="data:image/png;base64,aGk=">' in html(document)
    document["outputs"]["c1"]["image/png"] = "x" * 300_000
    assert len(html(document)) < 100


def test_what_python_drew_is_read_in_the_transcript_without_its_markup() -> None:
    progress = {"id": "p", "role": "activity", "activityType": "progress", "content": {"n": 1}}
    document: dict[str, Any] = dict(new_document("t", [progress]))
    page = "<b>3</b> of 9<script>hit()</script><style>b{}</style>"
    document["outputs"] = {
        "message:p": {"text/html": page, "text/plain": "<HTML object>"},
        "state:/plot": {"image/png": "aGk="},
        "state:/none": [],
    }
    assert entries(document) == [
        Entry(
            "activity", "progress", "3 of 9", ({"text/html": page, "text/plain": "<HTML object>"},)
        ),
        Entry("activity", "/plot", "", ({"image/png": "aGk="},)),
    ]
    assert html(document).count("<img") == 1


class Balance(HTMLParser):
    """Collects what is opened and never closed, and every tag and address seen."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.addresses += [value or "" for key, value in attrs if key in ("href", "src")]
        if tag not in ("br", "hr", "img"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_breaks_escaped_pipes_and_a_list_that_goes_on_are_kept() -> None:
    answer = (
        "one  \ntwo\\\nthree\n\n"
        "| a |\n|---|\n| `x \\| y`<br>z |\n\n"
        "1. first\n```\ncode\n```\n2. second\n"
    )
    assert format_markdown(answer) == (
        "<p>one<br>two<br>three</p>"
        "<table><tr><th>a</th></tr><tr><td><code>x | y</code><br>z</td></tr></table>"
        "<ol><li>first</li></ol><pre><code>code</code></pre>"
        '<ol start="2"><li>second</li></ol>'
    )


def test_the_markdown_of_answers_becomes_well_formed_html() -> None:
    answer = (
        "# Title\nText with `code` and [a link](https://x.org) and *so*.\n\n"
        "- one\n  - nested\n- two\n1. first\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n> quoted\n\n---\n"
        "```python\nprint('<b>')\n```\ndone"
    )
    written = html(new_document("t", [{"id": "a", "role": "assistant", "content": answer}]))
    seen = Balance()
    seen.feed(written)
    assert seen.open == []
    assert seen.addresses == ["https://x.org"]
    assert "<pre><code>print('&lt;b&gt;')</code></pre>" in written
    assert (
        "<ul><li>one<ul><li>nested</li></ul></li><li>two</li></ul><ol><li>first</li></ol>"
        in written
    )
    assert "<table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr></table>" in written
