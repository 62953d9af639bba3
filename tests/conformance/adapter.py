"""Drives the public client for the judge of the official corpus: ``adapter.py FIXTURE URL``.

Prints one JSON object with what the client made of the stream.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # a checkout need not be installed

from agui_notebook import IncompleteRun, ProtocolError, connect

Fixture = dict[str, Any]


async def play(fixture: Fixture, url: str) -> dict[str, Any]:
    """Run one turn against ``url`` with the fixture's history; report what was seen."""
    starts = [event for event in fixture["stream"] if event.get("type") == "RUN_STARTED"]
    session = connect(
        url,
        strict=True,
        thread_id=next((s["threadId"] for s in starts if isinstance(s.get("threadId"), str)), None),
        messages=fixture.get("input", {}).get("messages", ()),
        peer=fixture.get("client", {}).get("maxProtocolVersion"),
    )
    try:
        result = await session.run(check=False)
    finally:
        session.close()
    failures = [event["message"] for event in result.events if event["type"] == "RUN_ERROR"]
    report = {
        "outcome": "completed",
        "events": result.events,
        "warnings": session.warnings,
        "messages": session.messages,
        "state": session.state,
        **({"runError": failures[-1]} if failures else {}),
    }
    if isinstance(result.error, (ProtocolError, IncompleteRun)):
        report |= {"outcome": "failed", "error": str(result.error)}
    return report


def main() -> None:
    """The command line."""
    fixture = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    print(json.dumps(asyncio.run(play(fixture, sys.argv[2]))))


if __name__ == "__main__":
    main()
