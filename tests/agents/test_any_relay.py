"""Whatever another server sends: what is passed on is right to the letter, and loses no text.

The same streams as in client/test_any_stream.py, through what ``serve(url)`` passes events on with.
"""

from __future__ import annotations

import asyncio
from typing import Any

from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st
from support.any_stream import STREAMS, texts
from support.streams import JSON, Event

from agui_notebook import AGUIError, Emitter
from agui_notebook.agents.relay import _pass_on
from agui_notebook.protocol import EVENTS, Pipeline, new_document, text_of

REQUEST = {"threadId": "t", "runId": "r", "protocolVersion": "1.0", "messages": []}
STARTED = {"type": "RUN_STARTED", "threadId": "t", "runId": "r"}
any_stream = settings(
    deadline=None, max_examples=100, phases=[Phase.explicit, Phase.reuse, Phase.generate]
)


def passed_on(events: list[Any]) -> list[Event]:
    """What leaves when these events come; what ends the relay ends it here with RUN_ERROR."""
    sent: list[Event] = []

    async def send(event: Event) -> None:
        sent.append(dict(event))

    async def main() -> None:
        emit = Emitter(REQUEST, send)
        await emit.start_run()
        try:
            for event in events:
                await _pass_on(event, emit)
            await emit.finish()
        except AGUIError as error:
            await emit.error(str(error))

    asyncio.run(main())
    return sent


def read_strictly(events: list[Event]) -> list[dict[str, Any]]:
    """The messages that the letter makes of it. Raises ProtocolError if it is against it."""
    document = new_document("t")
    pipeline = Pipeline(document, REQUEST, strict=True)
    for event in events:
        list(pipeline.feed(event))
    assert events[-1]["type"] in ("RUN_FINISHED", "RUN_ERROR")
    return [dict(message) for message in document["messages"]]


STRANGERS_TAG = [
    {"type": "TEXT_MESSAGE_CONTENT", "messageId": "m", "delta": "one"},
    {"type": "TEXT_MESSAGE_CONTENT", "messageId": "m", "delta": "two", "subagentRunId": "s"},
]


@any_stream
@example(STRANGERS_TAG)
@given(STREAMS)
def test_what_is_passed_on_is_right_to_the_letter_and_makes_up_no_call(events: list[Any]) -> None:
    sent = passed_on(events)
    messages = read_strictly(sent)
    pieces = [str(each.get("delta", "")) for each in events]
    made = [each["delta"] for each in sent if each["type"] == "TOOL_CALL_ARGS"]
    assert set(made) <= {*pieces, ""}
    if sent[-1]["type"] == "RUN_FINISHED":
        kept = [text_of(message) for message in messages if message["role"] != "activity"]
        for text in texts([STARTED, *events]):
            assert any(text in told for told in kept)


@any_stream
@given(st.lists(JSON | st.fixed_dictionaries({"type": st.sampled_from([*EVENTS])}), max_size=6))
def test_frames_that_are_no_events_end_the_run_in_words_of_ours(frames: list[Any]) -> None:
    read_strictly(passed_on(frames))
