"""Frames gathered for a moment: fewer writes, same bytes, nothing held back after a pause."""

from __future__ import annotations

import asyncio

import pytest

from agui_notebook.server.frame_batch import LIMIT, Outbox

pytestmark = pytest.mark.anyio


class Written:
    """What was written, piece by piece."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []
        self.grew = asyncio.Event()

    async def __call__(self, data: bytes) -> None:
        self.pieces.append(data)
        self.grew.set()


async def test_the_first_frame_after_a_pause_goes_out_at_once() -> None:
    written = Written()
    await Outbox(written).put(b"a")
    assert written.pieces == [b"a"]


async def test_frames_within_a_moment_go_out_together_and_by_themselves() -> None:
    written = Written()
    outbox = Outbox(written)
    for frame in (b"a", b"b", b"c", b"d"):
        await outbox.put(frame)
    written.grew.clear()
    await asyncio.wait_for(written.grew.wait(), 5)
    assert written.pieces == [b"a", b"bcd"]


async def test_what_is_left_goes_out_at_the_close_which_waits_for_no_moment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("agui_notebook.server.frame_batch.MOMENT", 60)
    written = Written()
    outbox = Outbox(written)
    await outbox.put(b"a")
    await outbox.put(b"b")
    await asyncio.wait_for(outbox.close(), 5)
    assert written.pieces == [b"a", b"b"]


async def test_much_at_once_waits_for_no_moment() -> None:
    written = Written()
    outbox = Outbox(written)
    await outbox.put(b"a")
    await outbox.put(b"b" * LIMIT)
    assert written.pieces == [b"a", b"b" * LIMIT]


async def test_a_writer_that_failed_is_heard_at_the_close() -> None:
    async def broken(data: bytes) -> None:
        if data != b"a":
            raise ConnectionResetError("gone")

    outbox = Outbox(broken)
    await outbox.put(b"a")
    await outbox.put(b"b")
    with pytest.raises(ConnectionResetError):
        await outbox.close()
