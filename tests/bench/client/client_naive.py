"""The tutorial's client: aiter_lines and json.loads; it checks nothing and keeps nothing."""

from __future__ import annotations

import json

import httpx
import measured


async def read(url: str, earlier: int) -> str:
    """Post, and join the deltas."""
    text = ""
    body = {"threadId": "t", "runId": "r", "messages": measured.history(earlier)}
    async with (
        httpx.AsyncClient(timeout=60.0) as client,
        client.stream("POST", url, json=body, headers={"Accept": "text/event-stream"}) as response,
    ):
        response.raise_for_status()
        async for line in response.aiter_lines():
            if line.startswith("data: "):
                try:
                    event = json.loads(line[6:])
                except json.JSONDecodeError:
                    continue
                if event.get("type") == "TEXT_MESSAGE_CONTENT":
                    text += event.get("delta", "")
    return text


if __name__ == "__main__":
    measured.main(read)
