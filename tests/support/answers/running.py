"""Runs a case's answer through an agent and compares what came of it, tools and all."""

from __future__ import annotations

from typing import Any

from agui_notebook import Agent
from support.runs import run

from .cases import Case


class Tools:
    """Two tools that note how they were called."""

    def __init__(self) -> None:
        self.ran: list[str] = []
        self.all = [self.purge, self.ping]

    def purge(self, path: str = "/") -> str:
        """Purge."""
        self.ran.append(path)
        return "purged"

    def ping(self) -> str:
        """Ping."""
        self.ran.append("ping")
        return "pong"


async def check(case: Case, agent: Agent, tools: Tools) -> None:
    """Run the case and compare all that came of it."""
    ran = await run(agent, "go", warned=True)
    said = {"text": "", "thought": ""}
    for message in ran.said:
        kind = {"assistant": "text", "reasoning": "thought"}.get(message["role"])
        if kind:
            said[kind] += message.get("content") or ""
    results = [m["content"] for m in ran.said if m["role"] == "tool"]
    unrun = [text for text in results if text not in ("purged", "pong")]
    end = ran.end
    assert tuple(sorted(tools.ran)) == tuple(sorted(case.ran))
    assert len(unrun) == len(case.told), unrun
    assert all(map(str.startswith, unrun, case.told)), unrun
    asked_again = bool(results) and not case.warns
    assert said == {"text": case.text + ("ok" if asked_again else ""), "thought": case.thought}
    assert marks(ran.said) == case.refusal
    assert len(ran.warnings) == len(case.warns), ran.warnings
    assert all(word in text for word, text in zip(case.warns, ran.warnings, strict=True))
    failed = case.code is not None or bool(case.said)
    assert end["type"] == ("RUN_ERROR" if failed else "RUN_FINISHED"), end
    if failed:
        assert case.said in end["message"]
        assert case.code in (None, end.get("code"))
    else:
        assert end["outcome"] == {"type": "success"}
    assert len({call["id"] for call in calls(ran.said)}) == len(calls(ran.said))


def marks(messages: list[dict[str, Any]]) -> str | None:
    return next((m["metadata"]["refusal"] for m in messages if "metadata" in m), None)


def calls(messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [call for message in messages for call in message.get("toolCalls") or ()]
