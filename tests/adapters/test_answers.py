"""What comes of a model's answer, however its provider puts it; the readers are fed plain data.

The same cases run against the real SDKs in real/test_answers.py.
"""

from __future__ import annotations

import pytest
from support.answers.cases import Case, of_all
from support.answers.odd import ODD
from support.answers.readers import READERS, as_sdk
from support.answers.reported import REPORTED
from support.answers.running import Tools, check

from agui_notebook.agents import AgentOptions, ModelAgent, Prompt, Reply

pytestmark = pytest.mark.anyio


def agent_of(case: Case, tools: Tools) -> ModelAgent:
    """A model that gives the case's answer, and then says ok."""
    d = case.dialect
    answers = [case.chunks]

    async def ask(prompt: Prompt, reply: Reply) -> None:
        read = READERS[d.name](reply)
        for chunk in answers.pop() if answers else d.answer(d.text("ok")):
            await read(as_sdk(d.name, chunk))

    return ModelAgent(AgentOptions(model="m", tools=tools.all), ask)


@pytest.mark.parametrize("case", [*of_all(), *REPORTED, *ODD], ids=str)
async def test_an_answer_comes_to_what_its_model_meant(case: Case) -> None:
    tools = Tools()
    await check(case, agent_of(case, tools), tools)
