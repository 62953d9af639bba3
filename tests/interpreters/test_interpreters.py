"""Every Python that is promised, newest dependencies, and the oldest ones with the oldest Python.

All interpreters run side by side; what they run is small: every import, a real kernel's first
cells, and the tests of what has differed between versions.
"""

from __future__ import annotations

import os
import re
import subprocess
from concurrent.futures import Future, ThreadPoolExecutor

import pytest
from support import interpreters, lanes

pytestmark = [pytest.mark.lane, pytest.mark.slow, pytest.mark.timeout(600)]
SUITES = ("tests/exports/test_notebook_source.py", "tests/protocol/test_order.py")
LANES = {**dict.fromkeys(interpreters.VERSIONS, False), "3.10-lowest": True}


def smoke(name: str, lowest: bool) -> str:
    """What went wrong there; "" for nothing."""
    python = interpreters.environment(name.removesuffix("-lowest"), lowest=lowest)
    settings = {
        "AGUI_STORE": "off",
        "PYTHONPATH": str(lanes.ROOT),
        "IPYTHONDIR": str(python.parent),
    }
    suites = [each for each in SUITES if (lanes.ROOT / each).is_file()]
    pytest_ = ["-m", "pytest", "-q", "-p", "no:cacheprovider"]
    for words in (["tests/interpreters/smoke.py"], [*pytest_, *suites]):
        ran = subprocess.run(
            [str(python), *words],
            cwd=lanes.ROOT,
            env={**os.environ, **settings},
            capture_output=True,
            text=True,
            check=False,
        )
        if ran.returncode:
            return (ran.stdout + ran.stderr)[-4000:]
    return ""


@pytest.fixture(scope="module")
def outcomes() -> dict[str, Future[str]]:
    with ThreadPoolExecutor(max_workers=2) as pool:
        return {name: pool.submit(smoke, name, lowest) for name, lowest in LANES.items()}


@pytest.mark.parametrize("name", LANES)
def test_it_works_on(outcomes: dict[str, Future[str]], name: str) -> None:
    try:
        assert outcomes[name].result() == ""
    except lanes.Unavailable as why:
        pytest.skip(str(why))


def test_the_lanes_are_the_versions_that_are_claimed() -> None:
    text = (lanes.ROOT / "pyproject.toml").read_text(encoding="utf-8")
    claimed = re.findall(r'"Programming Language :: Python :: (3\.\d+)"', text)
    assert tuple(claimed) == interpreters.VERSIONS
