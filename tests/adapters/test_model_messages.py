"""A history as chat models take it, whatever order servers left it in."""

from __future__ import annotations

from typing import Any

from agui_notebook.agents import turns
from agui_notebook.agents.models.media import Media, parts_of
from agui_notebook.agents.models.prompt import UNANSWERED, system_text


def call(call_id: str) -> dict[str, Any]:
    function = {"name": "f", "arguments": "{}"}
    return {"id": call_id, "type": "function", "function": function}


def assistant(content: str = "", *ids: str, thoughts: Any = ()) -> dict[str, Any]:
    calls = [call(each) for each in ids]
    return {
        "role": "assistant",
        "content": content,
        "toolCalls": calls,
        "reasoning": list(thoughts),
    }


def tool(call_id: str, content: str = "done") -> dict[str, Any]:
    return {"id": f"t-{call_id}", "role": "tool", "toolCallId": call_id, "content": content}


USER = {"id": "u", "role": "user", "content": "hi"}


def test_results_follow_their_calls_however_they_were_ordered() -> None:
    history = [
        USER,
        {"id": "a", "role": "assistant", "content": "Looking."},
        {"id": "b", "role": "assistant", "toolCalls": [call("c1")]},
        {"id": "d", "role": "assistant", "toolCalls": [call("c2")]},
        tool("c2"),
        tool("c1"),
        {"id": "e", "role": "assistant", "content": "Done."},
    ]
    assert turns(history) == [  # type: ignore[arg-type]
        USER,
        assistant("Looking.", "c1", "c2"),
        tool("c1"),
        tool("c2"),
        assistant("Done."),
    ]


def test_a_call_without_a_result_gets_a_note_and_a_result_without_a_call_is_left_out() -> None:
    history = [USER, {"id": "a", "role": "assistant", "toolCalls": [call("c1")]}, tool("c9"), USER]
    note = {"role": "tool", "toolCallId": "c1", "content": UNANSWERED}
    assert turns(history) == [USER, assistant("", "c1"), note, USER]  # type: ignore[arg-type]


def test_thoughts_join_the_answer_they_led_to_and_are_no_turn_alone() -> None:
    thought = {"id": "r", "role": "reasoning", "content": "Hm."}
    answer = {"id": "a", "role": "assistant", "content": "So."}
    activity = {"id": "x", "role": "activity", "activityType": "p", "content": {}}
    assert turns([USER, thought, activity, answer]) == [USER, assistant("So.", thoughts=[thought])]
    assert turns([USER, thought, USER]) == [USER, USER]


def test_what_systems_and_contexts_say_is_one_text() -> None:
    request = {
        "messages": [
            {"id": "s", "role": "system", "content": "Be kind."},
            USER,
            {"id": "d", "role": "developer", "content": "Be brief."},
        ],
        "context": [{"description": "Language", "value": "English"}],
    }
    assert system_text(request, "You help.") == (
        "You help.\n\nBe kind.\n\nBe brief.\n\nLanguage: English"
    )


def test_parts_are_text_and_media_and_the_rest_is_left_out() -> None:
    content = [
        {"type": "text", "text": "see"},
        {"type": "image", "source": {"type": "url", "value": "http://x/y.png"}},
        {"type": "audio", "source": {"type": "data", "value": "AA", "mimeType": "audio/mpeg"}},
        {"type": "document", "source": {"type": "file", "value": "file-1"}},
        {"type": "hologram", "source": {"type": "data", "value": "AA"}},
        {"type": "image", "source": {"type": "elsewhere", "value": "?"}},
    ]
    assert list(parts_of({"role": "user", "content": content})) == [
        "see",
        Media("image", "image/png", None, "http://x/y.png", None),
        Media("audio", "audio/mpeg", "AA", None, None),
        Media("document", "application/pdf", None, None, "file-1"),
    ]
