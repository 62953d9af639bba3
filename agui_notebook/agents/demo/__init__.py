"""The offline demo agent: scripted, honest about it, one scene per thing an agent can do.

Routing and pacing live here; what is said and done is in scenes.py, asking.py and talk.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ...values import JsonObject
from ..agent import RunRequest, Wrapped
from ..emitter import Emitter
from .asking import open_approvals, settle_approvals
from .scenes import SCENES, Scene, after_frontend_tool
from .stage import Stage
from .talk import small_talk

PACE = 80.0  # tokens per second: about what a quick model does

SUGGESTIONS = (
    "Show me some Markdown",
    "What is the weather in Lisbon and Oslo?",
    "Plan a weekend in Rome",
    "Send an email to the team",
    "Book a table for dinner",
    "Make a to-do list for a picnic",
    "Use one of my tools",
    "Think before you answer",
    "Fail halfway, please",
    "Tell me a long story",
)

CAPABILITIES: JsonObject = {
    "tools": {"supported": True, "parallelCalls": True, "clientProvided": True},
    "state": {"snapshots": True, "deltas": True, "memory": False, "persistentState": False},
    "multiAgent": {"supported": True, "delegation": True},
    "reasoning": {"supported": True, "streaming": True, "encrypted": False},
    "humanInTheLoop": {
        "supported": True,
        "approvals": True,
        "interrupts": True,
        "approveWithEdits": True,
    },
}


@dataclass
class Demo(Wrapped):
    """A scripted agent. ``pace`` is in tokens per second; 0 means without any pause.

    >>> demo_agent.name
    'demo'
    """

    name: str = "demo"
    description: str = "A scripted demo of what agents can do in a notebook; no model behind it."
    suggestions: Sequence[str] = SUGGESTIONS
    pace: float = PACE

    def __post_init__(self) -> None:
        self.capabilities = CAPABILITIES

    async def run(self, request: RunRequest, emit: Emitter) -> None:
        """Play the scene that fits what was said last; the same words play the same scene."""
        stage = Stage(request, emit, self.pace)
        await self._scene(stage)(stage)
        emit.usage(
            provider="demo",
            model="scripted",
            input_tokens=sum(map(stage.count, stage.user_texts)),
            output_tokens=stage.spoken,
        )

    def _scene(self, stage: Stage) -> Scene:
        messages = stage.request["messages"]
        if open_approvals(stage.request):
            return settle_approvals
        if messages and messages[-1]["role"] == "tool":
            return after_frontend_tool
        fitting = (scene for words, scene in SCENES if words.search(stage.text))
        return next(fitting, small_talk)


agent = Demo()
