"""Every dialect's reader of ours, by the dialect's name, for tests that feed plain data."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Any

from agui_notebook.agents import Reply
from agui_notebook.agents.adapters.anthropic.messages import AnthropicReader
from agui_notebook.agents.adapters.google_genai import GoogleReader
from agui_notebook.agents.adapters.ollama import read as read_ollama
from agui_notebook.agents.adapters.openai.responses import ResponsesReader
from agui_notebook.agents.models.chat_completions import ChatReader

Read = Callable[[Any], Awaitable[None]]
READERS: dict[str, Callable[[Reply], Read]] = {
    "chat": lambda reply: ChatReader(reply, "openai").read,
    "responses": lambda reply: ResponsesReader(reply).read,
    "anthropic": lambda reply: AnthropicReader(reply).read,
    "google": lambda reply: GoogleReader(reply).read,
    "ollama": lambda reply: lambda chunk: read_ollama(chunk, reply),
}


def as_sdk(dialect: str, chunk: Any) -> Any:
    """Google's SDK spells in its own way what its server sends."""
    if dialect != "google":
        return chunk
    if isinstance(chunk, list):
        return [as_sdk(dialect, each) for each in chunk]
    if not isinstance(chunk, dict):
        return chunk
    return {
        re.sub("([A-Z])", lambda found: f"_{found[1].lower()}", name): (
            value if name == "args" else as_sdk(dialect, value)
        )
        for name, value in chunk.items()
    }
