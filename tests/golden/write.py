"""Fills in what our pipeline makes of each golden stream. Run it after a deliberate change."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1]))

from agui_notebook import ProtocolError  # noqa: E402
from agui_notebook.protocol import Pipeline, new_document, to_wire  # noqa: E402

Line = dict[str, Any]


def told(lines: list[Line]) -> list[Line]:
    """The same conversation with operations and the document after."""
    before, *steps = [line for line in lines if "document" not in line]
    document = new_document(before["threadId"], before["messages"], before["state"])
    request = {"threadId": before["threadId"], "runId": "r1"}
    pipeline = Pipeline(document, request)
    return [before, *(_step(pipeline, step) for step in steps), {"document": document}]


def _step(pipeline: Pipeline, step: Line) -> Line:
    event, at = step["event"], step["at"]
    operations: list[Any] = []
    deliveries = pipeline.close(at) if event is None else pipeline.feed(event, at)
    try:
        for _, done, _ in deliveries:
            operations += map(to_wire, done)
    except ProtocolError as error:
        for _, done, _ in pipeline.fail("error", str(error), at=at):
            operations += map(to_wire, done)
    # a copy, because what the document holds goes on changing
    return {"at": at, "event": event, "operations": json.loads(json.dumps(operations))}


def read(path: Path) -> list[Line]:
    """The lines of one file."""
    return [json.loads(line) for line in path.read_text("utf-8").split("\n") if line]


if __name__ == "__main__":
    for path in sorted(HERE.glob("*.jsonl")):
        path.write_text("".join(json.dumps(line) + "\n" for line in told(read(path))), "utf-8")
