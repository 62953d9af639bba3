"""What bytes become when they are decompressed: counted, in slices, and given up where too much."""

from __future__ import annotations

import asyncio
import gzip
import json
import time
import zlib
from collections.abc import Callable
from contextlib import suppress

import httpx
import pytest
from support.servers import FINISHED, STARTED, Reply, answer, frame, said, serve_frames

from agui_notebook import AGUIError, HTTPStatusError, ProtocolError, connect, limits
from agui_notebook.wire import FrameReader, HTTPTransport, Inflate, decode

Compress = Callable[[bytes], bytes]
IDS = {"threadId": "t", "runId": "r"}
ANSWER = b"".join(
    frame({**event, **IDS} if event in (STARTED, FINISHED) else event)
    for event in [STARTED, *said("compressed ", "but heard"), FINISHED]
)


def raw_deflate(data: bytes) -> bytes:
    made = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return made.compress(data) + made.flush()


def compressed(encoding: str, data: bytes) -> Reply:
    return Reply([data], 200, {"content-type": "text/event-stream", "content-encoding": encoding})


@pytest.mark.parametrize(
    ("encoding", "compress"),
    [("gzip", gzip.compress), ("deflate", zlib.compress), ("deflate", raw_deflate), ("", bytes)],
)
def test_a_compressed_answer_is_read_like_any_other(encoding: str, compress: Compress) -> None:
    with serve_frames(compressed(encoding, compress(ANSWER))) as server:
        assert connect(server.url).ask("hi").text == "compressed but heard"
        assert server.requests[0].headers["accept-encoding"] == "gzip, deflate"


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip", "compress", "\x1b]0;x"])
def test_an_encoding_that_cannot_be_bounded_is_refused(encoding: str) -> None:
    with (
        serve_frames(compressed(encoding, ANSWER)) as server,
        pytest.raises(ProtocolError, match="which was not asked for: have the server"),
    ):
        connect(server.url).ask("hi")


def test_broken_compression_is_told_as_that() -> None:
    with (
        serve_frames(compressed("gzip", b"\x1f\x8b\x08 no gzip")) as server,
        pytest.raises(ProtocolError, match="gzip compression is broken"),
    ):
        connect(server.url).ask("hi")


def test_a_bomb_is_given_up_before_it_is_held(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "COMPRESSION_FROM", 1_000_000)
    sizes: list[int] = []
    pieces = Inflate("gzip").feed(gzip.compress(bytes(50_000_000), 9))
    with pytest.raises(ProtocolError, match="more than 200 to 1"):
        sizes.extend(map(len, pieces))
    assert max(sizes) <= limits.SLICE_BYTES
    assert sum(sizes) <= 10_100_000  # 200 times the 50 kB it came in


def test_an_answer_without_end_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "RUN_BYTES", 100_000)
    with pytest.raises(ProtocolError, match="longer than 100,000 bytes"):
        list(Inflate().feed(bytes(100_001)))


@pytest.mark.parametrize("noise", [b":\n\n", b": " + b"x" * 1_000 + b"\n\n"])
def test_comments_without_end_are_given_up(noise: bytes) -> None:
    sent = gzip.compress(noise * (30_000_000 // len(noise)))
    with (
        serve_frames(compressed("gzip", sent)) as server,
        pytest.raises(ProtocolError, match=r"characters that are no events|to 1"),
    ):
        connect(server.url).ask("hi")


async def longest_pause(url: str) -> float:
    """How long another task of the loop had to wait while an answer was read, at most.

    In seconds of this thread's own: what other processes do meanwhile is not counted.
    """
    pauses = [0.0]

    async def tick() -> None:
        while True:
            since = time.thread_time()
            await asyncio.sleep(0)
            pauses.append(time.thread_time() - since)

    ticking = asyncio.create_task(tick())
    try:
        async with (
            httpx.AsyncClient(timeout=30) as client,
            HTTPTransport(url, client=client)({"messages": []}) as frames,
        ):
            async for _ in frames:
                pass
    except AGUIError:
        pass
    ticking.cancel()
    return max(pauses)


def reading_of(sent: bytes) -> float:
    """How long this thread reads ``sent`` at one go, in its own seconds."""
    since = time.thread_time()
    inflate, reader = Inflate("gzip"), FrameReader()
    with suppress(ProtocolError):
        for piece in inflate.feed(sent):
            for text in reader.feed(piece):
                decode(text)
    return time.thread_time() - since


@pytest.mark.parametrize("frames", [b":\n\n" * 600_000, b"data: 1\n\n" * 200_000])
def test_other_tasks_run_while_a_bomb_is_read(frames: bytes) -> None:
    sent = gzip.compress(frames)
    pauses = []
    for _ in range(2):  # the best of two: nothing is warm
        with serve_frames(compressed("gzip", sent)) as server:
            pauses.append(asyncio.run(longest_pause(server.url)))
    assert min(pauses) < reading_of(sent) / 3


def test_an_error_page_that_is_a_bomb_is_read_at_its_beginning() -> None:
    sent = gzip.compress(json.dumps({"detail": "x" * 60_000_000}).encode())
    head = {"content-type": "application/json", "content-encoding": "gzip"}
    with (
        serve_frames(Reply([sent], 500, head)) as server,
        pytest.raises(HTTPStatusError) as caught,
    ):
        connect(server.url).ask("hi")
    assert len(caught.value.body) == 500


def flooded_stop() -> float:
    """Seconds until a run that floods in was stopped."""
    flood = [frame({"type": "CUSTOM", "name": "x", "value": "y" * 9}) * 200] * 2_000
    with serve_frames([STARTED, *flood, *answer("late")]) as server:
        session = connect(server.url)
        future = session.start("hi")
        while not session.events:
            time.sleep(0.001)
        since = time.perf_counter()
        session.stop()
        stopped = time.perf_counter() - since
        assert not session.running
        result = future.result(10)
    assert result is not None
    assert result.outcome == "cancelled"
    return stopped


def test_stop_is_heard_while_an_answer_floods_in() -> None:
    assert any(flooded_stop() < 0.1 for _ in range(5))  # others may be busy beside us
