"""The first tutorial, run cell by cell in JupyterLab, its chat used with mouse and keyboard."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from screenshots import bring, signature, tour
from support.desk import SHOTS, Desk

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]


def test_a_newcomer_walks_through_the_first_tutorial(lab: Desk) -> None:
    bring(lab.jupyter)
    tour(lab, SHOTS)
    assert lab.errors == []


def test_shift_and_tab_show_every_option_of_the_one_call(lab: Desk) -> None:
    tooltip = signature(lab)
    for option in ("tools:", "model:", "headers:", "timeout:", "body_timeout:", "-> 'ChatWidget'"):
        expect(tooltip).to_contain_text(option)
    expect(tooltip).not_to_contain_text("**options")
