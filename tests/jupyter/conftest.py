"""Kernels shared by the tests of a file, and sessions with agents that need no model."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from IPython.core.interactiveshell import InteractiveShell
from support.page import Page
from traitlets.config import Config


@pytest.fixture
def ipython() -> Iterator[InteractiveShell]:
    """A shell in this process that keeps no history on disk."""
    config = Config()
    config.HistoryManager.enabled = False
    yield InteractiveShell.instance(config=config)
    InteractiveShell.clear_instance()


@pytest.fixture(scope="module")
def kernel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """A kernel for all tests of the file; each test connects chats of its own."""
    page = Page(Path(tmp_path_factory.mktemp("kernel")))
    page.run("%load_ext agui_notebook\nimport agui_notebook as agui")
    yield page
    page.close()
