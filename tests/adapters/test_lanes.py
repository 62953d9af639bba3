"""Every adapter against the real package, in a virtual environment where pins require it."""

from __future__ import annotations

import os
import subprocess

import pytest
from support import lanes


@pytest.mark.lane
@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("lane", lanes.ALL, ids=lambda lane: lane.name)
def test_adapters_hold_against_the_real_packages(lane: lanes.Lane) -> None:
    try:
        lanes.aimock()
        lanes.ready(lane)
    except lanes.Unavailable as why:
        pytest.skip(str(why))
    done = subprocess.run(
        [str(lane.python), "-m", "pytest", "-q", "-p", "no:cacheprovider", *lane.modules],
        cwd=lanes.REAL,
        env={**os.environ, "PYTHONPATH": str(lanes.ROOT), "LITELLM_LOCAL_MODEL_COST_MAP": "True"},
        capture_output=True,
        text=True,
        check=False,
    )
    print(done.stdout)
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
