"""Bytes to JSON values: wherever the network cuts, however the server frames."""

from __future__ import annotations

import json
from itertools import chain, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agui_notebook import ProtocolError
from agui_notebook.wire import FrameReader, decode

EVENTS = [
    {"type": "A", "delta": "plain"},
    {"type": "B", "delta": "line\u2028par\u2029next\x85vt\x0bff\x0c e\u0301 👩\u200d🔬"},
    {"type": "C", "delta": ""},
    {"type": "D", "deep": {"x": [1, 2.5, None, True]}},
]


def read(body: bytes, cuts: tuple[int, ...] = ()) -> list[object]:
    reader = FrameReader()
    places = [0, *sorted(cuts), len(body)]
    data = [d for a, b in pairwise(places) for d in reader.feed(body[a:b])]
    return [decode(d) for d in [*data, *reader.close()]]


def framed(events: list[dict], newline: str = "\n", prefix: str = "data: ") -> bytes:
    texts = (json.dumps(event, ensure_ascii=False) for event in events)
    return "".join(f"{prefix}{text}{newline}{newline}" for text in texts).encode()


@given(st.lists(st.sampled_from(["\n", "\r", "data: 1", "data:2", ": c", "x"]), max_size=12))
def test_no_framing_however_odd_hangs_or_breaks(pieces: list[str]) -> None:
    body = "".join(pieces).encode()
    whole = FrameReader()
    expected = [*whole.feed(body), *whole.close()]
    single = FrameReader()
    bytewise = [d for n in range(len(body)) for d in single.feed(body[n : n + 1])]
    assert [*bytewise, *single.close()] == expected


@given(
    newline=st.sampled_from(["\n", "\r\n", "\r"]),
    cuts=st.lists(st.integers(0, 330), max_size=12).map(tuple),
)
def test_any_cut_of_any_line_ending_gives_the_same_events(newline: str, cuts: tuple) -> None:
    assert read(framed(EVENTS, newline), cuts) == EVENTS  # type: ignore[arg-type]


def test_every_single_byte_may_come_alone() -> None:
    body = framed(EVENTS, "\r\n")  # type: ignore[arg-type]
    assert read(body, tuple(range(len(body)))) == EVENTS


@pytest.mark.parametrize(
    "body",
    [
        b'data:{"type":"A"}\n\n',
        b'\xef\xbb\xbfdata: {"type":"A"}\n\n',
        b': hello\n\ndata: {"type":"A"}\n\n: bye\r\n\r\n',
        b'event: x\nid: 7\nretry: 5\ndata: {"type":"A"}\n\nid: 8\n\nretry: 9\n\n\n\n',
        b'data: {"type":\ndata: "A"}\n\n',
        b'data: {"type":"A"}\n\ndata: [DONE]\n\ndata:\n\ndata: \n\n',
        b'\n\n\ndata: {"type":"A"}\n\n\n\n',
        b'data: {"type":"A"}',
        b'data: {"type":"A"}\n',
        b'data: {"type":"A"}\r\n\r',
        b'DATA: {"type":"B"}\n\n data: {"type":"C"}\n\ndata: {"type":"A"}\n\n',
    ],
)
def test_other_framings_read_the_same(body: bytes) -> None:
    assert read(body) == [{"type": "A"}]


def test_invalid_utf8_is_replaced_and_the_stream_goes_on() -> None:
    assert read(b'data: {"a":"\xff"}\n\ndata: 2\n\n') == [{"a": "\ufffd"}, 2]


@pytest.mark.parametrize(
    "text", ["{", "NaN", '{"a":Infinity', "[-Infinity]", "hello", "1 2", "'a'"]
)
def test_a_frame_that_is_no_json_is_the_agents_fault(text: str) -> None:
    with pytest.raises(ProtocolError, match="not JSON") as caught:
        decode(text)
    assert caught.value.rule == "C-PROC-17"


def test_nesting_that_python_cannot_follow_is_a_clear_error() -> None:
    with pytest.raises(ProtocolError, match="nested too deeply"):
        decode("[" * 100_000)


def test_an_endless_frame_is_refused_before_it_fills_the_memory() -> None:
    reader = FrameReader()
    blocks = (reader.feed(b"x" * 65_536) for _ in range(200))
    with pytest.raises(ProtocolError, match="SSE buffer size exceeded maximum limit of 10 MB"):
        list(chain.from_iterable(blocks))


def test_a_long_frame_in_small_pieces_stays_linear() -> None:
    body = b'data: "' + b"y" * 5_000_000 + b'"\n\n'
    [text] = read(body, tuple(range(0, len(body), 1_000)))
    assert text == "y" * 5_000_000


def test_the_beginning_is_kept_for_an_error_to_show() -> None:
    reader = FrameReader()
    assert list(reader.feed(b"<html>" + b"a" * 5000)) == []
    assert reader.head == "<html>" + "a" * 1994
