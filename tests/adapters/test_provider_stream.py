"""Streams of sync and async clients: read without blocking, closed whatever happens."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from functools import partial, wraps
from typing import Any

import pytest

from agui_notebook.agents.models.provider_errors import provider_error
from agui_notebook.agents.models.provider_stream import (
    fill_request,
    is_async,
    open_stream,
)

pytestmark = pytest.mark.anyio


async def test_a_sync_stream_is_read_in_a_thread_while_the_loop_goes_on() -> None:
    go_on, threads = threading.Event(), set()

    def numbers() -> Iterator[int]:
        threads.add(threading.current_thread())
        yield 1
        assert go_on.wait(5)
        yield 2

    seen = []
    async with open_stream(numbers) as items:
        async for item in items:
            seen.append(item)
            go_on.set()  # the loop is free although the stream waits
    assert seen == [1, 2]
    assert threading.main_thread() not in threads


async def test_in_a_page_which_has_no_threads_a_sync_stream_stays_on_its_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("agui_notebook.agents.models.provider_stream.HAS_THREADS", False)
    threads = set()

    def numbers() -> Iterator[int]:
        threads.add(threading.current_thread())
        yield 1

    async with open_stream(numbers) as items:
        assert [item async for item in items] == [1]
    assert threads == {threading.current_thread()}


async def test_what_a_sync_stream_raises_reaches_the_reader() -> None:
    def broken() -> Iterator[int]:
        yield 1
        raise OSError("gone")

    async with open_stream(broken) as items:
        assert await anext(items) == 1
        with pytest.raises(OSError, match="gone"):
            await anext(items)


async def test_leaving_early_closes_an_async_stream() -> None:
    closed = []

    async def numbers() -> AsyncIterator[int]:
        try:
            for number in range(9):
                yield number
        finally:
            closed.append(True)

    async with open_stream(numbers) as items:
        async for _ in items:
            break
    assert closed == [True]


async def test_leaving_early_closes_a_sync_stream_at_its_next_item() -> None:
    closed, go_on = threading.Event(), threading.Event()

    def numbers() -> Iterator[int]:
        try:
            yield 1
            go_on.wait(5)
            yield 2
        finally:
            closed.set()

    async with open_stream(numbers) as items:
        async for _ in items:
            break
    go_on.set()
    assert await asyncio.to_thread(closed.wait, 5)


async def test_leaving_before_a_sync_stream_began_closes_it_unread() -> None:
    called_now, go_on, closed = threading.Event(), threading.Event(), threading.Event()
    read: list[int] = []

    class Stream:
        def __iter__(self) -> Iterator[int]:
            read.append(1)
            return iter([1])

        def close(self) -> None:
            closed.set()

    def begin() -> Stream:
        called_now.set()
        go_on.wait(5)
        return Stream()

    async def take() -> None:
        async with open_stream(begin) as items:
            async for _ in items:
                pass

    task = asyncio.create_task(take())
    assert await asyncio.to_thread(called_now.wait, 5)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    go_on.set()
    assert await asyncio.to_thread(closed.wait, 5)
    assert read == []


async def test_a_disguised_async_stream_is_read_on_the_loop() -> None:
    async def numbers() -> AsyncIterator[int]:
        yield 1

    async def later() -> AsyncIterator[int]:
        return numbers()

    for start in (lambda: numbers(), lambda: later()):
        async with open_stream(start) as items:
            assert [item async for item in items] == [1]


def test_coroutine_functions_are_known_under_decorators_and_partials() -> None:
    async def work() -> None: ...

    async def stream() -> AsyncIterator[int]:
        yield 1

    @wraps(work)
    def decorated(*args: Any) -> Any:
        return work(*args)

    assert all(map(is_async, (work, stream, decorated, partial(decorated, 1))))  # type: ignore[arg-type]
    assert not is_async(print)


def test_parameters_an_sdk_does_not_know_travel_in_the_body() -> None:
    def create(*, model: str, extra_body: Any = None) -> Any:
        return model, extra_body

    assert fill_request(create, {"model": "m"})() == ("m", None)
    both = {"model": "m", "top_k": 3, "extra_body": {"seed": 1}}
    assert fill_request(create, both)() == ("m", {"top_k": 3, "seed": 1})

    def strict(*, model: str) -> None: ...

    with pytest.raises(TypeError, match="top_k"):
        fill_request(strict, {"model": "m", "top_k": 3})()


class Limited(Exception):
    status_code = 429
    body = {"error": {"message": "Slow down", "type": "rate_limit_error"}}  # noqa: RUF012


def test_what_an_sdk_raised_inside_a_frameworks_exception_is_what_is_told() -> None:
    outer = RuntimeError("the service failed")
    outer.__cause__ = Limited()
    told = provider_error(outer)
    assert told.code == "rate_limit_error"
    package = __name__.partition(".")[0]
    assert str(told) == f"{package} answered 429: Slow down"


def test_a_bare_connection_error_is_told_with_its_cause() -> None:
    outer = OSError("Connection error.")
    outer.__cause__ = OSError("[Errno 111] Connection refused")
    told = str(provider_error(outer))
    assert told == "OSError: Connection error. ([Errno 111] Connection refused)"


def test_a_connection_of_another_loop_is_explained() -> None:
    error = RuntimeError("<Event> is bound to a different event loop")
    assert 'loop="kernel"' in str(provider_error(error))
