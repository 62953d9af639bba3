"""What comes of a model's answer, however its provider puts it; the readers are fed plain data.

The same cases run against the real SDKs in real/test_answers.py.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from support.answers.cases import Case, of_all
from support.answers.reported import REPORTED
from support.answers.running import Tools, check

from agui_notebook.agents.adapters.anthropic import AnthropicReader
from agui_notebook.agents.adapters.google_genai import GoogleReader
from agui_notebook.agents.adapters.ollama import read as read_ollama
from agui_notebook.agents.adapters.openai.responses import ResponsesReader
from agui_notebook.agents.agent import AgentOptions
from agui_notebook.agents.models.chat_completions import ChatReader
from agui_notebook.agents.models.model_reply import Reply
from agui_notebook.agents.models.prompt import Prompt
from agui_notebook.agents.models.tool_loop import ModelAgent

pytestmark = pytest.mark.anyio
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


def agent_of(case: Case, tools: Tools) -> ModelAgent:
    """A model that gives the case's answer, and then says ok."""
    d = case.dialect
    answers = [case.chunks]

    async def ask(prompt: Prompt, reply: Reply) -> None:
        read = READERS[d.name](reply)
        for chunk in answers.pop() if answers else d.answer(d.text("ok")):
            await read(as_sdk(d.name, chunk))

    return ModelAgent(AgentOptions(model="m", tools=tools.all), ask)


@pytest.mark.parametrize("case", [*of_all(), *REPORTED], ids=str)
async def test_an_answer_comes_to_what_its_model_meant(case: Case) -> None:
    tools = Tools()
    await check(case, agent_of(case, tools), tools)
