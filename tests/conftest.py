"""What every test may use: the async backend and where the shared corpora lie."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("busy machine", deadline=None)
settings.load_profile("busy machine")

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
