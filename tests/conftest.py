"""What every test may use: the async backend, servers that end, the shared corpora's folder."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from agui_notebook import LocalServer, serve

settings.register_profile("busy machine", deadline=None)
settings.load_profile("busy machine")

os.environ["AGUI_STORE"] = (
    "off"  # no test may touch a user's conversations; those that keep say where
)

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of official streams and recordings; the test skips where it is absent."""
    if not SHARED.is_dir():
        pytest.skip("the corpus and recordings (../shared) are not beside this checkout")
    return SHARED


@pytest.fixture
def serving() -> Iterator[Callable[..., LocalServer]]:
    """``serve`` whose servers do not outlive the test; without a token there is no warning."""
    started: list[LocalServer] = []

    def start(agent: Any, **options: Any) -> LocalServer:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)
            started.append(serve(agent, **options))
        return started[-1]

    yield start
    for server in started:
        server.stop()
