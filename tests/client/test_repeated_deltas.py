"""The short way that neighbouring deltas take: it may be faster, never different."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from agui_notebook import ProtocolError
from agui_notebook.protocol import Pipeline, new_document

IDS = {"threadId": "t", "runId": "r"}
TEXT = {"type": "TEXT_MESSAGE_CONTENT", "messageId": "m", "delta": "x"}
ARGS = {"type": "TOOL_CALL_ARGS", "toolCallId": "c", "delta": "{"}
EVENTS: list[Any] = [
    TEXT,
    {**TEXT, "delta": ""},
    {**TEXT, "delta": 3},
    {**TEXT, "delta": "\ud83d"},
    {**TEXT, "extra": "no"},
    {**TEXT, "metadata": {"k": 1}},
    {**TEXT, "timestamp": 1},
    {**TEXT, "timestamp": True},
    {**TEXT, "subagentRunId": "s"},
    {**TEXT, "messageId": "other"},
    {"type": "TEXT_MESSAGE_CONTENT", "messageId": "m"},
    {"type": "TEXT_MESSAGE_CHUNK", "messageId": "k", "delta": "y"},
    {"type": "TEXT_MESSAGE_END", "messageId": "m"},
    {"type": "TEXT_MESSAGE_START", "messageId": "m", "role": "assistant"},
    {"type": "MESSAGES_SNAPSHOT", "messages": []},
    ARGS,
    {"type": "TOOL_CALL_START", "toolCallId": "c", "toolCallName": "f"},
    {"type": "TOOL_CALL_END", "toolCallId": "c"},
    {"type": "RUN_FINISHED", **IDS},
    "no object",
]


def told(events: list[Any], strict: bool, **more: Any) -> Any:
    document = new_document("t")
    pipeline = Pipeline(document, IDS, strict=strict, **more)
    seen: list[Any] = []
    try:
        for event in [{"type": "RUN_STARTED", **IDS}, *EVENTS[13:14], *events]:
            seen += [told[:2] for told in pipeline.feed(event, 1)]
    except ProtocolError as error:
        seen.append(str(error))
    return document, seen, pipeline.warnings


@given(st.lists(st.one_of(st.just(TEXT), st.sampled_from(EVENTS)), max_size=12), st.booleans())
def test_the_short_way_gives_what_the_long_way_gives(events: list[Any], strict: bool) -> None:
    long_way = told(events, strict, middleware=[lambda event: [event]])
    assert told(events, strict) == long_way
