"""Whatever an agent sends: no error but ours, no text lost, no tool run with what nobody said."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from support.any_stream import STREAMS, texts
from support.streams import JSON, Event

from agui_notebook import AGUIError, Session
from agui_notebook.client import RunOptions
from agui_notebook.protocol import EVENTS, text_of

ALL = "all of it"  # a default that no stream says


class Played:
    """One turn: the first request is answered with the stream, what follows with nothing new."""

    def __init__(self, events: list[Any]) -> None:
        self.ran: list[str] = []
        self._events = events
        self.session = Session(RunOptions(self._answer, max_rounds=3), thread_id="t")
        self.session.add_tool(self.purge)
        self.result = asyncio.run(self.session.run("hi", check=False))

    def purge(self, path: str = ALL) -> str:
        """Delete all that is there."""
        self.ran.append(path)
        return "purged"

    @asynccontextmanager
    async def _answer(self, request: Event, **_: Any) -> AsyncIterator[AsyncIterator[Any]]:
        json.dumps(request)
        events, self._events = self._events, []

        async def frames() -> AsyncIterator[Any]:
            yield {"type": "RUN_STARTED", "threadId": "t", "runId": request["runId"]}
            for event in events:
                yield event
            yield {"type": "RUN_FINISHED", "threadId": "t", "runId": request["runId"]}

        yield frames()


# no deadline: the machine may be busy; an example is a whole turn
@settings(deadline=None, max_examples=150, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(STREAMS)
def test_no_stream_breaks_a_session_loses_text_or_makes_up_arguments(events: list[Any]) -> None:
    played = Played(events)
    assert played.result.error is None or isinstance(played.result.error, AGUIError)
    spoken = [m for m in played.session.messages if m["role"] != "activity"]
    kept = [text_of(message) for message in spoken]
    for text in texts(events):
        assert any(text in told for told in kept)
    pieces = "".join(
        str(each.get("delta", "")) for each in events if each["type"].startswith("TOOL_CALL_")
    )
    for path in played.ran:
        assert ("{" if path == ALL else path) in pieces


@settings(deadline=None, max_examples=60, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(st.lists(JSON | st.fixed_dictionaries({"type": st.sampled_from([*EVENTS])}), max_size=6))
def test_frames_that_are_no_events_are_refused_in_words_of_ours(frames: list[Any]) -> None:
    error = Played(frames).result.error
    assert error is None or isinstance(error, AGUIError)
