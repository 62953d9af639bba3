"""What a result tells beside the words: how long, how soon, which model, what it cost."""

from __future__ import annotations

import asyncio
import pickle
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

import agui_notebook as agui
from agui_notebook import Session
from agui_notebook.client import RunOptions
from agui_notebook.price_list import cost_of
from agui_notebook.protocol.run_facts import duration_text, facts_line

USAGE = {"provider": "openai", "model": "gpt-4o-mini-2024-07-18", "inputTokens": 1_000}


def session(pause: float, *usage: dict[str, Any]) -> Session:
    """A session with an agent that thinks for so many seconds before and after its first word."""

    @asynccontextmanager
    async def agent(request: dict[str, Any], **_: Any) -> AsyncIterator[AsyncIterator[object]]:
        ids = {"threadId": request["threadId"], "runId": request["runId"]}

        async def frames() -> AsyncIterator[object]:
            yield {"type": "RUN_STARTED", **ids}
            yield {"type": "TEXT_MESSAGE_START", "messageId": "m", "role": "assistant"}
            await asyncio.sleep(pause)
            yield {"type": "TEXT_MESSAGE_CONTENT", "messageId": "m", "delta": "Hi"}
            await asyncio.sleep(pause)
            yield {"type": "TEXT_MESSAGE_END", "messageId": "m"}
            yield {"type": "RUN_FINISHED", **ids, "usage": list(usage)}

        yield frames()

    return Session(RunOptions(agent))


def test_times_are_seconds_from_the_beginning_of_the_turn() -> None:
    result = session(0.05).ask("hi")
    assert result.time_to_first_token is not None
    assert result.duration is not None
    assert 0.04 <= result.time_to_first_token < result.duration
    assert result.duration >= 0.09
    kept = pickle.loads(pickle.dumps(result))
    assert kept.time_to_first_token == result.time_to_first_token
    assert kept.duration == result.duration


def test_without_usage_neither_model_nor_cost_is_guessed() -> None:
    result = session(0).ask("hi")
    assert (result.model, result.cost) == (None, None)


def test_the_cost_follows_the_list_which_the_user_may_extend(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    result = session(0, {**USAGE, "outputTokens": 500}).ask("hi")
    assert result.model == "gpt-4o-mini-2024-07-18"
    assert result.cost == pytest.approx((1_000 * 0.15 + 500 * 0.6) / 1e6)
    other = {"model": "mine", "inputTokens": 10, "outputTokens": 10}
    assert cost_of([other]) is None
    monkeypatch.setitem(agui.prices, "mine", {"input": 1e6, "output": 2e6})
    assert cost_of([other]) == 30
    assert cost_of([other, {**USAGE, "outputTokens": 0}]) == pytest.approx(30.00015)


@pytest.mark.parametrize(
    "entry",
    [
        {**USAGE},
        {"model": "gpt-4o-mini", "outputTokens": 5},
        {**USAGE, "outputTokens": 5, "cacheWriteInputTokens": 3},
        {**USAGE, "model": "gpt-9", "outputTokens": 5},
        {"inputTokens": 1, "outputTokens": 1},
    ],
    ids=["no output", "no input", "a kind without a price", "unknown model", "no model"],
)
def test_what_has_no_price_has_no_cost(entry: dict[str, Any]) -> None:
    assert cost_of([entry]) is None
    assert cost_of([{**USAGE, "outputTokens": 5}, entry]) is None


def test_cached_tokens_are_part_of_the_input_and_have_a_price_of_their_own() -> None:
    entry = {"model": "claude-haiku-4-5", "inputTokens": 100, "outputTokens": 10}
    parts = {"cachedInputTokens": 60, "cacheWriteInputTokens": 20}
    assert cost_of([{**entry, **parts}]) == pytest.approx(
        (20 * 1 + 60 * 0.1 + 20 * 1.25 + 10 * 5) / 1e6
    )


def test_times_and_tokens_are_told_as_below_an_answer_in_the_chat() -> None:
    assert [duration_text(s) for s in (0.04, 0.9997, 9.4, 12.3, 61)] == [
        *("40 ms", "1.0 s", "9.4 s", "12 s", "1 min 1 s")
    ]
    usage = [{"inputTokens": 1_200}, {"outputTokens": 5}, {"totalTokens": 10}]
    assert facts_line(1.0, usage, ["a", "b"], 0.00125) == (
        "1.0 s · 1,215 tokens · $0.0013 · 2 warnings"
    )
    assert facts_line(None, []) == ""
