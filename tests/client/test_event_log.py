"""The event log: everything comes back as it went in, in little room."""

from __future__ import annotations

import contextlib
import json
import tracemalloc
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agui_notebook.client import EventLog
from agui_notebook.client.event_log import BLOCK

DELTAS = ["TEXT_MESSAGE_CONTENT", "TOOL_CALL_ARGS"]
events = st.one_of(
    st.fixed_dictionaries(
        {
            "type": st.sampled_from(DELTAS),
            "messageId": st.sampled_from(["a", "b"]),
            "delta": st.one_of(st.text(max_size=5), st.just("x" * 70_000), st.just([1])),
        },
        optional={
            "timestamp": st.one_of(st.integers(0, 2**53), st.just(1.0)),
            "metadata": st.just({"k": 1}),
        },
    ),
    st.fixed_dictionaries({"type": st.just("CUSTOM"), "value": st.just({"deep": [1]})}),
)


def filled(records: list[tuple[int, str, dict[str, Any]]]) -> EventLog:
    log = EventLog(contextlib.nullcontext())
    for at, run, event in records:
        log.add(at, run, event)
    return log


@given(
    st.lists(st.tuples(st.integers(0, 200_000), st.sampled_from(["r1", "r2"]), events)),
)
def test_every_event_comes_back_equal_and_in_order(records: list[Any]) -> None:
    clock, ordered = 0, []
    for gap, run, event in records:
        clock += gap
        ordered.append((clock, run, event))
    log = filled(ordered)
    expected = [{"at": at, "runId": run, "event": event} for at, run, event in ordered]
    assert list(log) == expected
    assert [log[n] for n in range(len(log))] == expected
    assert log[1:4] == expected[1:4]
    assert log[-2:] == expected[-2:]
    assert log[::-1] == expected[::-1]


def test_what_the_caller_does_to_an_event_later_does_not_reach_the_log() -> None:
    event = {"type": "STATE_SNAPSHOT", "snapshot": {"n": 1}}
    log = filled([(1, "r", event)])
    event["snapshot"]["n"] = 2  # type: ignore[index]
    log[0]["event"]["snapshot"]["n"] = 3
    assert log[0]["event"] == {"type": "STATE_SNAPSHOT", "snapshot": {"n": 1}}


def test_a_clock_that_steps_back_loses_nothing() -> None:
    delta = {"type": "TEXT_MESSAGE_CONTENT", "messageId": "m", "delta": "x"}
    log = filled([(10, "r", delta), (5, "r", delta), (12, "r", delta)])
    assert [record["at"] for record in log] == [10, 10, 12]


def test_a_single_event_in_the_middle_of_a_long_stream_is_found() -> None:
    log = filled(
        [
            (n, "r", {"type": "TEXT_MESSAGE_CONTENT", "messageId": "m", "delta": f"{n} "})
            for n in range(3 * BLOCK)
        ]
    )
    assert log[2 * BLOCK + 7]["event"]["delta"] == f"{2 * BLOCK + 7} "
    assert len(log) == 3 * BLOCK


def test_a_delta_costs_less_than_its_text() -> None:
    tracemalloc.start()
    try:
        log = filled([])
        for n in range(20 * BLOCK):
            delta = f"w{n % 1000} "
            log.add(n, "r", {"type": "TEXT_MESSAGE_CONTENT", "messageId": "m", "delta": delta})
        held = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    assert len(log) == 20 * BLOCK
    assert held < 20 * BLOCK * len("w000 ")


@given(
    st.lists(st.tuples(st.integers(0, 300), st.sampled_from(["r1", "r2"]), events), max_size=30),
    st.integers(0, 30),
)
def test_written_in_two_pieces_and_read_again_it_is_the_same_log(
    records: list[Any], cut: int
) -> None:
    clock, ordered = 0, []
    for gap, run, event in records:
        clock += gap
        ordered.append((clock, run, event))
    log = filled(ordered)
    cut = min(cut, len(log))
    texts = [*log.texts(0, cut), *log.texts(cut, len(log))]
    again = EventLog(contextlib.nullcontext())
    for text in texts:
        again.add_line(json.loads(text))
    assert list(again) == list(log)
    assert len(texts) <= len(log)


@pytest.mark.parametrize(
    "parts",
    [
        {"sizes": "01", "gaps": "00"},
        {"sizes": "0101", "gaps": "00"},
        {"sizes": [1, "1"], "gaps": [0, 0]},
        {"sizes": [-1, 3], "gaps": [0, 0]},
        {"sizes": "zz", "gaps": "00"},
    ],
)
def test_folded_deltas_that_do_not_make_up_their_text_are_refused(parts: Any) -> None:
    event = {"type": "TEXT_MESSAGE_CONTENT", "messageId": "m", "delta": "ab"}
    with pytest.raises(ValueError, match=r"delta|hexadecimal"):
        EventLog(contextlib.nullcontext()).add_line(
            {"at": 1, "runId": "r", "event": event, "deltas": parts}
        )
