"""What the tests inside a lane share: the async backend, and the two mock model servers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

pytest.register_assert_rewrite("chat_cases", "support.runs")

from models import Aimock, Scripted  # noqa: E402 - after the line that lets asserts explain


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
