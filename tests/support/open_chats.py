"""Chats of scripted agents in this process, closed behind each test. No test lives here."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import comm
import pytest

import agui_notebook as agui
from agui_notebook import ChatWidget

from .scripted import Browser, Event, session

OPEN: list[ChatWidget] = []


@contextmanager
def scripted_page(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What is opened meanwhile has a scripted page at its end, and is closed."""
    Browser.opened = []
    monkeypatch.setattr(comm, "create_comm", Browser)
    yield
    while OPEN:
        OPEN.pop().close()


def open_chat(script: Callable[[Event], Iterable[Event]], **options: Any) -> ChatWidget:
    """A chat with an agent that answers as ``script`` says."""
    OPEN.append(agui.chat(session(script), **options))
    return OPEN[-1]


def until(done: Callable[[], Any]) -> Any:
    """What ``done`` gives once that is true."""

    async def wait() -> Any:
        while not (found := done()):
            await asyncio.sleep(0.01)
        return found

    return asyncio.run(asyncio.wait_for(wait(), 20))
