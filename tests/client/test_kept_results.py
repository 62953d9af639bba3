"""A result that is kept by pickle, as %store and joblib do it: what stays, and what must not."""

from __future__ import annotations

import pickle
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from agui_notebook import Session
from agui_notebook.client import RunOptions

ASKED = {"id": "q", "reason": "input_required", "message": "Which token?"}


@asynccontextmanager
async def agent(request: dict[str, Any], **_: Any) -> AsyncIterator[AsyncIterator[object]]:
    ids = {"threadId": request["threadId"], "runId": request["runId"]}

    async def frames() -> AsyncIterator[object]:
        yield {"type": "RUN_STARTED", **ids}
        yield {"type": "TEXT_MESSAGE_START", "messageId": "m", "role": "assistant"}
        yield {"type": "TEXT_MESSAGE_CONTENT", "messageId": "m", "delta": "for hunter2-secret"}
        yield {"type": "TEXT_MESSAGE_END", "messageId": "m"}
        outcome = {"type": "interrupt", "interrupts": [ASKED]}
        yield {"type": "RUN_FINISHED", **ids, "outcome": outcome}

    yield frames()


def test_a_result_is_kept_whole_and_its_questions_can_still_be_answered() -> None:
    session = Session(RunOptions(agent), thread_id="t")
    session.secrets.add("hunter2-secret")
    result = session.ask("go")
    kept = pickle.loads(pickle.dumps(result))
    assert [kept.outcome, kept.messages, kept.usage] == ["interrupt", result.messages, result.usage]
    assert [event["type"] for event in kept.events] == [event["type"] for event in result.events]
    assert kept.interrupts[0].answer("blue").payload == "blue"
    assert session.decisions == {}


def test_the_events_of_a_kept_result_hold_no_secret_that_the_session_knows() -> None:
    session = Session(RunOptions(agent), thread_id="t")
    session.secrets.add("hunter2-secret")
    kept = pickle.loads(pickle.dumps(session.ask("go")))
    assert "hunter2-secret" not in repr(kept.events)
    assert "hunter2-secret" not in repr(vars(kept.secrets))
