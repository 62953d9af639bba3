"""Kernels shared by the tests of a file, and sessions with agents that need no model."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from page import Page


@pytest.fixture(scope="module")
def kernel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """A kernel for all tests of the file; each test connects chats of its own."""
    page = Page(Path(tmp_path_factory.mktemp("kernel")))
    page.run("%load_ext agui_notebook\nimport agui_notebook as agui")
    yield page
    page.close()
