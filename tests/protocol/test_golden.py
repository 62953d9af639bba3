"""The golden streams: what every event does to the document, operation by operation."""

from __future__ import annotations

import copy
import sys
from pathlib import Path

import pytest

from agui_notebook import Append, Set
from agui_notebook.protocol import apply, coalesce, new_document

GOLDEN = Path(__file__).resolve().parents[1] / "golden"
sys.path.insert(0, str(GOLDEN))

import write  # noqa: E402 - lies beside the streams

STREAMS = sorted(GOLDEN.glob("*.jsonl"))


@pytest.mark.parametrize("path", STREAMS, ids=lambda path: path.stem)
def test_the_operations_and_the_document_are_as_written_down(path: Path) -> None:
    lines = write.read(path)
    assert write.told(copy.deepcopy(lines)) == lines


@pytest.mark.parametrize("path", STREAMS, ids=lambda path: path.stem)
@pytest.mark.parametrize("coalesced", [False, True], ids=["one by one", "coalesced"])
def test_applying_the_operations_makes_the_same_document(path: Path, coalesced: bool) -> None:
    before, *steps, after = write.read(path)
    operations = [
        (Append if word == "append" else Set)(tuple(place), value)
        for step in steps
        for word, place, value in step["operations"]
    ]
    document = new_document(before["threadId"], before["messages"], before["state"])
    for operation in coalesce(operations) if coalesced else operations:
        apply(document, operation)
    assert document == after["document"]
