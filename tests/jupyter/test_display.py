"""The transcript saved beside a chat: never more than a host can draw at once."""

from __future__ import annotations

from typing import Any

import pytest

from agui_notebook.jupyter.display import companion_bundle


def talk(text: str) -> dict[str, Any]:
    said = {"id": "a", "role": "assistant", "content": text}
    asked = {"id": "u", "role": "user", "content": "go"}
    lists = {"interrupts": [], "questions": [], "runs": [], "warnings": []}
    held = {"threadId": "t", "state": {}, "items": {}, "outputs": {}}
    return {**lists, **held, "messages": [asked, said]}


def test_a_transcript_too_long_for_a_host_keeps_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agui_notebook.limits.TRANSCRIPT_LENGTH", 10_000)
    page = companion_bundle(talk("<b>word</b> " * 2_000 + "the end"), "demo")["text/html"]
    assert len(page) < 4_000
    assert "the last 1,000 (agui_notebook.limits.TRANSCRIPT_LENGTH)" in page
    assert "<b>" not in page
    assert "the end" in page


def test_a_usual_transcript_is_whole() -> None:
    page = companion_bundle(talk("*word* " * 2_000), "demo")["text/html"]
    assert page.count("<em>word</em>") == 2_000
