"""Fixtures of the server tests: servers that are stopped when the test ends."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from agui_notebook.server.local import LocalServer, serve, servers


@pytest.fixture
def serving() -> Iterator[Callable[..., LocalServer]]:
    """``serve`` whose servers do not outlive the test; without a token there is no warning."""

    def start(agent: Any, **options: Any) -> LocalServer:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)
            return serve(agent, **options)

    yield start
    for server in servers().values():
        server.stop()
