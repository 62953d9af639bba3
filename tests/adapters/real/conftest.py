"""What the tests inside a lane share: the async backend, and the two mock model servers."""

from __future__ import annotations

import contextlib
import importlib
from collections.abc import Iterator

import pytest

pytest.register_assert_rewrite("chat_cases", "support.runs")

from models import Aimock, Scripted  # noqa: E402 - after the line that lets asserts explain
from results import pytest_runtest_makereport, pytest_sessionfinish  # noqa: E402, F401


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def aimock() -> Iterator[Aimock]:
    """A model server of every provider's dialect, with the answers of models.FIXTURES."""
    with Aimock() as running:
        yield running


@pytest.fixture
def scripted() -> Iterator[Scripted]:
    """A model server that sends exactly the bytes a test gives it."""
    with Scripted() as running:
        yield running


@pytest.fixture(scope="session", autouse=True)
def nothing_closes_on_another_tests_loop() -> None:
    """An SDK's client that nobody closed closes itself on whatever loop the collector runs in.

    Here that is the loop of another test, where the close fails: its own is gone.
    """
    for name in ("openai", "anthropic"):
        with contextlib.suppress(ImportError):
            base = importlib.import_module(f"{name}._base_client")
            del base.AsyncHttpxClientWrapper.__del__
