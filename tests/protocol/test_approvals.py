"""What an answer says: yes, no, or something else, in every dialect that deployed servers use."""

from __future__ import annotations

from typing import Any

import pytest

from agui_notebook.protocol import decisions, verdict
from agui_notebook.protocol.approvals import VERDICTS

APPROVE, EDIT, REJECT = ({"type": word} for word in ("approve", "edit", "reject"))
SAID: dict[str, tuple[Any, bool | None]] = {
    "a bare yes": (True, True),
    "a bare no": (False, False),
    "words": ("yes", None),
    "nothing": (None, None),
    "a member that is no yes or no": ({"approved": "yes"}, None),
    "other members": ({"color": "red"}, None),
    "a yes and a no": ({"approved": True, "confirmed": False}, False),
    "decisions that approve and edit": ({"decisions": [APPROVE, EDIT]}, True),
    "decisions with one no": ({"decisions": [APPROVE, REJECT]}, False),
    "a decision nobody knows": ({"decisions": [{"type": "wait"}]}, None),
    "no decisions": ({"decisions": []}, None),
    "decisions that are none": ({"decisions": "approve"}, None),
}


@pytest.mark.parametrize("case", SAID)
def test_an_answer_is_a_yes_a_no_or_neither(case: str) -> None:
    payload, said = SAID[case]
    assert verdict(payload) is said


@pytest.mark.parametrize("name", VERDICTS)
@pytest.mark.parametrize("said", [True, False])
def test_every_name_of_a_verdict_is_understood(name: str, said: bool) -> None:
    assert verdict({name: said}) is said


def test_decisions_are_listed_in_order_and_what_is_none_is_left_out() -> None:
    assert decisions({"decisions": [REJECT, 5, {"type": 5}, APPROVE]}) == ["reject", "approve"]
    assert decisions("approve") == []
