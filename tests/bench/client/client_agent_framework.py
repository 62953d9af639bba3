"""agent-framework-ag-ui's AGUIChatClient, streaming, as its own examples use it."""

from __future__ import annotations

from functools import cache

import measured
from agent_framework import Message
from agent_framework_ag_ui import AGUIChatClient


@cache
def client(url: str) -> AGUIChatClient:
    """The client of all runs."""
    return AGUIChatClient(endpoint=url)


async def read(url: str, earlier: int) -> str:
    """One turn."""
    asked = [Message(role=m["role"], contents=[m["content"]]) for m in measured.history(earlier)]
    asked.append(Message(role="user", contents=["hi"]))
    updates = client(url).get_response(asked, stream=True)
    return "".join([update.text async for update in updates])


if __name__ == "__main__":
    measured.main(read)
