"""Every adapter against the real package, in a virtual environment where pins require it."""

from __future__ import annotations

import os
import subprocess

import pytest
from support import lanes

# what packages would ask or tell over the network
QUIET = {
    "LITELLM_LOCAL_MODEL_COST_MAP": "True",
    "CREWAI_DISABLE_TELEMETRY": "true",
    "OTEL_SDK_DISABLED": "true",
}


@pytest.mark.lane
@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("lane", lanes.ALL, ids=lambda lane: lane.name)
def test_adapters_hold_against_the_real_packages(lane: lanes.Lane) -> None:
    run_in(lane)


@pytest.mark.heavy
@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("lane", lanes.HEAVY, ids=lambda lane: lane.name)
def test_adapters_hold_against_real_packages_that_are_large(lane: lanes.Lane) -> None:
    run_in(lane)


def test_a_lane_of_the_newest_versions_has_no_pins_and_keeps_its_bounds() -> None:
    lane = lanes.Lane("x", ("a[b]==1.2", "torch==2.13.0+cpu", "c<3", "d==1; x != 'y'"), ("t.py",))
    packages = ("a[b]", "torch==2.13.0+cpu", "c<3", "d; x != 'y'")
    assert lanes.newest(lane) == lanes.Lane("newest-x", packages, ("t.py",))


def environment() -> dict[str, str]:
    """Ours; what is imported is compiled once and not with each run."""
    kept = {key: held for key, held in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    return {"PYTHONPYCACHEPREFIX": str(lanes.LANES / "pycache"), **kept}


def run_in(lane: lanes.Lane) -> None:
    """Run the modules of a lane in its environment."""
    try:
        lanes.aimock()
        lane = lanes.ready(lane)
    except lanes.Unavailable as why:
        pytest.skip(str(why))
    done = subprocess.run(
        [str(lane.python), "-m", "pytest", "-q", "-p", "no:cacheprovider", *lane.modules],
        cwd=lanes.REAL,
        env={**environment(), "PYTHONPATH": str(lanes.ROOT), **QUIET},
        capture_output=True,
        text=True,
        check=False,
    )
    print(lanes.versions(lane), done.stdout)
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
