"""Hypothesis strategies: events of the table in any order, with members that may be anything."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from agui_notebook.protocol import EVENTS, fields

from .streams import JSON, Event

# what a field of this name may well hold; anything else is drawn besides
LIKELY: dict[str, st.SearchStrategy[Any]] = {
    **dict.fromkeys(
        ("messageId", "toolCallId", "parentMessageId", "subagentRunId", "entityId"),
        st.sampled_from(["a", "b", "", 5, None]),
    ),
    "toolCallName": st.sampled_from(["purge", "other", None]),
    "role": st.sampled_from(["assistant", "user", "reasoning", "tool", "ai"]),
    "outcome": st.sampled_from(
        [
            *({"type": "success"}, "success", {"type": "interrupt"}, {"type": "success", "x": 1}),
            {"type": "interrupt", "interrupts": [{"id": "i", "message": "?"}, {"value": "?"}]},
        ]
    ),
    "name": st.sampled_from(["on_interrupt", "n"]),
    "activityType": st.just("t"),
    "content": st.sampled_from([{"n": 1}, "working", "ok"]),
    "stepName": st.sampled_from(["x", "y"]),
    "subtype": st.sampled_from(["message", "tool-call"]),
    "messages": st.lists(
        st.fixed_dictionaries(
            {"id": st.sampled_from(["a", "b", "c"]), "role": st.sampled_from(["user", "tool"])},
            optional={"content": JSON, "toolCallId": st.sampled_from(["a", "b"])},
        ),
        max_size=3,
    ),
}
OFTEN = ["TEXT_MESSAGE_CONTENT", "TOOL_CALL_ARGS", "ACTIVITY_SNAPSHOT"]
TEXTS = st.text("abé😀 ", max_size=4)
PIECES = st.sampled_from(['{"path":', '"/data/c"}', '{"path":"/x"}', "{}", "null", '"'])


@st.composite
def event(draw: st.DrawFn) -> Event:
    """An object with a type of the table, and members that may or may not be what they should."""
    event_type = draw(st.sampled_from([*EVENTS, *OFTEN * 5]))
    made: Event = {"type": event_type}
    for name, field in fields(EVENTS[event_type]).items():
        if draw(st.integers(0, 9)) < (9 if field.required else 2):
            made[name] = draw(_value(event_type, name))
    return made


@st.composite
def call(draw: st.DrawFn) -> list[Event]:
    """A call of our tool, of which something may be missing or too much."""
    item = draw(st.sampled_from(["a", "b"]))
    pieces = draw(st.sampled_from([['{"path":', '"/data/c"}'], ['{"path":"/x"}'], ["{}"], []]))
    whole = [
        {"type": "TOOL_CALL_START", "toolCallId": item, "toolCallName": "purge"},
        *({"type": "TOOL_CALL_ARGS", "toolCallId": item, "delta": piece} for piece in pieces),
        {"type": "TOOL_CALL_END", "toolCallId": item},
    ]
    return [each for each in whole for _ in range(draw(st.sampled_from([1, 1, 1, 1, 0, 2])))]


STREAMS = st.lists(event().map(lambda one: [one]) | call(), max_size=12).map(
    lambda parts: [each for part in parts for each in part]
)


def _value(event_type: str, name: str) -> st.SearchStrategy[Any]:
    if name == "delta" and event_type.startswith("TOOL_CALL"):
        return PIECES
    likely = TEXTS if name == "delta" else LIKELY.get(name, JSON)
    return st.one_of(likely, likely, likely, JSON)


def texts(events: list[Any]) -> list[str]:
    """What the agent said: not behind the end of a failed run, nor before it restated all."""
    said: list[str] = []
    failed = False
    for each in events:
        kind, delta = each["type"], each.get("delta")
        if kind in ("RUN_STARTED", "RUN_ERROR"):
            failed = kind == "RUN_ERROR"
        elif kind == "MESSAGES_SNAPSHOT" and not failed:
            said.clear()
        elif kind.startswith(("TEXT_MESSAGE_", "REASONING_MESSAGE_")) and not failed:
            said += [delta] if isinstance(delta, str) else []
    return said
