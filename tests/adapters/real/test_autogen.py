"""Assistants and teams of AutoGen against the real packages, with OpenAI's SDK underneath."""

from __future__ import annotations

import json
from typing import Any, ClassVar

import pytest
from autogen_agentchat.agents import AssistantAgent
from autogen_agentchat.conditions import (
    HandoffTermination,
    MaxMessageTermination,
    TextMessageTermination,
)
from autogen_agentchat.teams import RoundRobinGroupChat
from autogen_core.models import ModelInfo
from autogen_ext.models.openai import OpenAIChatCompletionClient
from kind_cases import CHAT, DONE, FrameworkCases, called, chunk, spoken
from models import Scripted, sse
from support.runs import run

from agui_notebook.agents import wrap

INFO = ModelInfo(
    vision=True,
    function_calling=True,
    json_output=False,
    structured_output=False,
    family="unknown",
    multiple_system_messages=True,
)


def assistant(url: str, name: str = "a", tools: Any = (), **about: Any) -> Any:
    model = OpenAIChatCompletionClient(
        model="m", base_url=f"{url}/v1", api_key="k", max_retries=0, model_info=INFO
    )
    return AssistantAgent(
        name,
        model,
        tools=list(tools),
        model_client_stream=True,
        reflect_on_tool_use=bool(tools),
        **about,
    )


class TestAutoGen(FrameworkCases):
    """See the cases."""

    packages: ClassVar = ("autogen-agentchat",)
    lacks: ClassVar = {
        "reasoning": "its client reads it of models it knows only",
        "approval": "the framework hands over to the user, and asks about no call",
        "a cut stream is an error": "the framework does not tell",
    }

    def pictures(self, request: Any) -> bool:
        return "data:image/png;base64," in json.dumps(request)  # it writes pictures anew

    def client(self, url: str, tools: Any = ()) -> Any:
        return assistant(url, tools=tools)


@pytest.mark.anyio
async def test_everybody_in_a_team_is_a_subagent(scripted: Scripted) -> None:
    scripted.frames = list(CHAT.answer)
    pair = [assistant(scripted.url, name) for name in ("poet", "critic")]
    team = RoundRobinGroupChat(pair, termination_condition=MaxMessageTermination(3))
    ran = await run(wrap(team), "hi")
    started = [e["name"] for e in ran.events if e["type"] == "SUBAGENT_STARTED"]
    assert started == ["poet", "critic"]


CALL = {**called(0, "h", "{}"), "function": {"name": "transfer_to_user", "arguments": "{}"}}
HANDOFF = sse(chunk(role="assistant", tool_calls=[CALL]), chunk(finish="tool_calls")) + DONE


@pytest.mark.anyio
@pytest.mark.parametrize("in_a_team", [False, True], ids=["alone", "in a team"])
async def test_a_handoff_to_the_user_asks_and_the_answer_is_handed_back(
    in_a_team: bool, scripted: Scripted
) -> None:
    scripted.frames, scripted.later = list(HANDOFF), list(CHAT.answer)
    made = assistant(scripted.url, handoffs=["user"])
    ends = HandoffTermination("user") | MaxMessageTermination(9) | TextMessageTermination("a")
    agent = wrap(RoundRobinGroupChat([made], termination_condition=ends) if in_a_team else made)
    ran = await run(agent, "Which city?")
    [asked] = ran.end["outcome"]["interrupts"]
    assert asked["message"] == "Transferred to user, adopting the role of user immediately."
    answer = {"interruptId": asked["id"], "status": "resolved", "payload": "Oslo"}
    about = {"resume": [answer], "threadId": ran.request["threadId"]}
    again = await run(agent, ran.document["messages"], **about)
    assert spoken(again)[-1] == ("assistant", "Cold.")
    assert again.end["outcome"] == {"type": "success"}
    first, last = [m["content"] for m in scripted.requests[1]["messages"] if m["role"] == "user"]
    assert ("Which city?" in str(first), last) == (True, "Oslo")
