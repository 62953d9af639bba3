"""The first tutorial, run cell by cell in JupyterLab, its chat used with mouse and keyboard."""

from __future__ import annotations

import pytest
from screenshots import bring, tour
from support.desk import SHOTS, Desk

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]


def test_a_newcomer_walks_through_the_first_tutorial(lab: Desk) -> None:
    bring(lab.jupyter)
    tour(lab, SHOTS)
    assert lab.errors == []
