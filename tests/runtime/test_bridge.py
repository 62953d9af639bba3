"""The bridge between threads and loops: order, waking, room, closing and leaving."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextvars import ContextVar
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agui_notebook.runtime.bridge import (
    AHEAD,
    LoopQueue,
    Pump,
    ThreadQueue,
    iterate_in_thread,
    start_thread,
)

DEADLINE = 10


@pytest.fixture
def _eager_threads() -> Iterator[None]:
    """Threads take turns as often as Python can."""
    former = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(former)


@given(st.lists(st.sampled_from(["put", "put", "look", "look", "close"]), max_size=60))
def test_whoever_has_seen_all_there_was_is_woken_for_what_comes(steps: list[str]) -> None:
    wakes: list[int] = []
    queue: ThreadQueue[int] = ThreadQueue(lambda: wakes.append(1))
    got: list[int] = []
    put, looking = 0, None  # a reader that looks may be held up between two items
    for step in steps:
        if step == "put" and not queue.closed:
            queue.put(put := put + 1)
        elif step == "close":
            queue.close()
            assert wakes
        elif step == "look":
            if looking is None:
                wakes.clear()
                looking = queue.take()
            item = next(looking, None)
            looking = None if item is None else looking
            got += [] if item is None else [item]
        assert looking or wakes or len(got) == put
    got += looking or []
    got += queue.take()
    assert got == list(range(1, put + 1))


@given(st.data())
@settings(max_examples=30, deadline=None)
@pytest.mark.usefixtures("_eager_threads")
def test_items_of_many_threads_arrive_once_and_in_the_order_of_each(data: st.DataObject) -> None:
    counts = data.draw(st.lists(st.integers(0, 60), min_size=1, max_size=4))
    room = data.draw(st.none() | st.integers(1, 5))
    got = asyncio.run(asyncio.wait_for(_collect(counts, room), DEADLINE))
    for writer, count in enumerate(counts):
        assert [item for who, item in got if who == writer] == list(range(count))
    assert len(got) == sum(counts)


async def _collect(counts: list[int], room: int | None) -> list[tuple[int, int]]:
    queue: LoopQueue[tuple[int, int]] = LoopQueue(room=room)

    def write(writer: int) -> None:
        for number in range(counts[writer]):
            assert queue.put((writer, number))

    writers = [threading.Thread(target=write, args=(n,)) for n in range(len(counts))]

    def close() -> None:
        for each in writers:
            each.join()
        queue.close()

    for each in [*writers, threading.Thread(target=close)]:
        each.start()
    return [item async for item in queue]


@given(st.integers(0, 300), st.integers(0, 300))
@settings(max_examples=30, deadline=None)
@pytest.mark.usefixtures("_eager_threads")
def test_a_reader_may_leave_at_any_item_and_the_writer_ends(length: int, wanted: int) -> None:
    ended = threading.Event()
    made: list[int] = []

    def numbers() -> Iterator[int]:
        try:
            for number in range(length):
                made.append(number)
                yield number
        finally:
            ended.set()

    async def read() -> list[int]:
        got: list[int] = []
        async with iterate_in_thread(numbers) as items:
            async for item in items:
                got.append(item)
                if len(got) >= wanted:
                    break
        return got

    got = asyncio.run(asyncio.wait_for(read(), DEADLINE))
    assert got == list(range(min(length, max(wanted, 1))))
    assert ended.wait(DEADLINE)
    assert len(made) <= len(got) + AHEAD + 2


@pytest.mark.anyio
async def test_a_fast_iterator_is_held_back_and_goes_on_when_there_is_room() -> None:
    made: list[int] = []

    def numbers() -> Iterator[int]:
        for number in range(10 * AHEAD):
            made.append(number)
            yield number

    async with iterate_in_thread(numbers) as items:
        reading = aiter(items)
        first = await anext(reading)
        assert first == 0
        assert len(made) <= AHEAD + 2
        rest = [item async for item in reading]
    assert [first, *rest] == made == list(range(10 * AHEAD))


@pytest.mark.anyio
@pytest.mark.parametrize("kind", [OSError, SystemExit, KeyboardInterrupt, GeneratorExit])
async def test_what_an_iterator_raises_comes_behind_its_items(kind: type[BaseException]) -> None:
    def numbers() -> Iterator[int]:
        yield 1
        raise kind("enough")

    got: list[Any] = []
    async with iterate_in_thread(numbers) as items:
        try:
            async for item in items:
                got += [item]
        except BaseException as error:
            got.append(type(error))
    assert got == [1, kind]


@pytest.mark.anyio
async def test_an_iterator_sees_the_context_of_whoever_started_it() -> None:
    word: ContextVar[str] = ContextVar("word")
    word.set("here")
    async with iterate_in_thread(lambda: [word.get()]) as items:
        assert [item async for item in items] == ["here"]


def test_a_loop_that_is_gone_does_not_trouble_the_writer() -> None:
    async def make() -> LoopQueue[int]:
        return LoopQueue()

    queue = asyncio.run(make())
    assert queue.put(1)
    queue.close()


def test_a_blocked_thread_runs_jobs_until_its_future_is_done() -> None:
    pump, done, ran = Pump(), Future[str](), []

    def work() -> None:
        gone = threading.Event()
        pump.put(lambda: (ran.append(threading.current_thread()), gone.set()))  # type: ignore[func-returns-value]
        assert gone.wait(DEADLINE)
        done.set_result("over")

    threading.Thread(target=work).start()
    assert pump.until(done) == "over"
    assert ran == [threading.current_thread()]


def test_what_a_job_raises_ends_the_wait() -> None:
    pump = Pump()
    pump.put(lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        pump.until(Future())


def test_in_a_page_no_thread_is_started_even_where_its_host_emulates_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ran: list[str] = []
    monkeypatch.setattr(sys, "platform", "emscripten")
    with pytest.raises(RuntimeError, match="a web page has no threads"):
        start_thread(ran.append, "it was")
    assert ran == []
