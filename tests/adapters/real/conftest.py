"""What the tests inside a lane share: the async backend, and the two mock model servers.

Outside of a lane, where this folder is not the root, its modules hold no test.
"""

from __future__ import annotations

import contextlib
import importlib
import ssl
import sys
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import pytest

HERE = Path(__file__).parent
sys.path.append(str(HERE))  # for whoever names a file here from elsewhere

pytest.register_assert_rewrite("chat_cases", "support.runs")

from models import Aimock, Scripted  # noqa: E402 - after the line that lets asserts explain
from results import pytest_runtest_makereport, pytest_sessionfinish  # noqa: E402, F401


class Elsewhere(pytest.Module):
    """A module that only a lane can import."""

    def collect(self) -> list[pytest.Item | pytest.Collector]:
        return []


@pytest.hookimpl(tryfirst=True)
def pytest_pycollect_makemodule(
    module_path: Path, parent: pytest.Collector
) -> pytest.Module | None:
    """In a lane as always."""
    if parent.config.rootpath == HERE:
        return None
    return Elsewhere.from_parent(parent, path=module_path)


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
def certificates_are_read_once() -> Iterator[None]:
    """Every client reads the machine's certificates anew, a third of these tests' time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ssl, "create_default_context", lru_cache(ssl.create_default_context))
        yield


@pytest.fixture(scope="session", autouse=True)
def nothing_closes_on_another_tests_loop() -> None:
    """An SDK's client that nobody closed closes itself on whatever loop the collector runs in.

    Here that is the loop of another test, where the close fails: its own is gone.
    """
    for name in ("openai", "anthropic"):
        with contextlib.suppress(ImportError):
            base = importlib.import_module(f"{name}._base_client")
            del base.AsyncHttpxClientWrapper.__del__
