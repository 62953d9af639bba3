"""The Claude Agent SDK against the real packages and the program they carry."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, ClassVar

import pytest
from claude_agent_sdk import ClaudeAgentOptions, create_sdk_mcp_server, tool
from kind_cases import CALLS, FrameworkCases, Words, spoken
from models import Scripted, sse
from support.runs import run

from agui_notebook import InvalidInput
from agui_notebook.agents import wrap

USAGE = {"input_tokens": 5, "output_tokens": 7}


def begin(name: str = "m1") -> dict[str, Any]:
    about = {"id": name, "type": "message", "role": "assistant", "model": "m", "content": []}
    begun = {**about, "stop_reason": None, "stop_sequence": None, "usage": USAGE}
    return {"type": "message_start", "message": begun}


def block(index: int, **content: Any) -> dict[str, Any]:
    return {"type": "content_block_start", "index": index, "content_block": content}


def piece(index: int, kind: str, **more: Any) -> dict[str, Any]:
    delta = {"type": kind, **more}
    return {"type": "content_block_delta", "index": index, "delta": delta}


def end(reason: str = "end_turn", index: int = 0) -> list[dict[str, Any]]:
    stop = {"type": "content_block_stop", "index": index}
    return [stop, {"type": "message_delta", "delta": {"stop_reason": reason}, "usage": USAGE}, OVER]


OVER = {"type": "message_stop"}
TEXT = block(0, type="text", text="")


def says(text: str) -> list[bytes]:
    return sse(begin("m2"), TEXT, piece(0, "text_delta", text=text), *end())


def calls(*made: tuple[str, Any], name: str = "mcp__w__get_weather") -> list[bytes]:
    """Calls, their arguments in two pieces each."""
    told = []
    for index, (call, given) in enumerate(made):
        text = json.dumps(given)
        told += [
            block(index, type="tool_use", id=call, name=name, input={}),
            *(piece(index, "input_json_delta", partial_json=part) for part in (text[:3], text[3:])),
            {"type": "content_block_stop", "index": index},
        ]
    *rest, _ = made
    return sse(begin(), *told, *end("tool_use", len(rest))[1:])


WORDS = Words(
    hello=sse(begin(), TEXT, piece(0, "text_delta", text="Hel")),
    rest=sse(piece(0, "text_delta", text="lo"), *end()),
    calls=calls(*CALLS),
    call=calls(CALLS[0]),
    answer=says("Cold."),
    thought=sse(
        begin(),
        block(0, type="thinking", thinking="", signature=""),
        piece(0, "thinking_delta", thinking="Hm."),
        piece(0, "signature_delta", signature="c2ln"),
        {"type": "content_block_stop", "index": 0},
        block(1, type="text", text=""),
        piece(1, "text_delta", text="So."),
        *end(index=1),
    ),
    fault=sse(
        {"type": "error", "error": {"type": "rate_limit_error", "message": "Rate limit reached"}}
    ),
)


class TestClaude(FrameworkCases):
    """See the cases."""

    packages: ClassVar = ("claude-agent-sdk", "ag-ui-claude-sdk")
    words = WORDS
    tool_name = "mcp__w__get_weather"
    lacks: ClassVar = {
        "history": "the SDK keeps each thread itself",
        "error in the middle": "its program asks again, without a stream",
        "two approvals": "the SDK asks about one call at a time",
    }

    @pytest.fixture(autouse=True)
    def home(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Where the SDK and its program keep their sessions."""
        self.folder = tmp_path
        monkeypatch.setenv("HOME", str(tmp_path))

    def client(self, url: str, tools: Any = ()) -> Any:
        where = {
            "ANTHROPIC_BASE_URL": url,
            "ANTHROPIC_API_KEY": "k",
            "HOME": str(self.folder),
            "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
            "CLAUDE_CODE_MAX_RETRIES": "0",
            "DISABLE_TELEMETRY": "1",
        }
        ours = [each for each in tools if callable(each)]
        own = {"w": create_sdk_mcp_server("w", tools=[as_tool(each) for each in ours])}
        names = [f"mcp__w__{each.__name__}" for each in ours]
        given = {"mcp_servers": own, "allowed_tools": names} if ours else {}
        given["tools"] = [each for each in tools if each not in ours]
        return ClaudeAgentOptions(env=where, model="m", cwd=str(self.folder), **given)

    @pytest.mark.anyio
    @pytest.mark.parametrize("yes", [True, False], ids=["yes", "no"])
    async def test_approval(self, yes: bool, scripted: Scripted) -> None:
        assert await self.ask(scripted, self.decision(yes)) == (["made"] if yes else [])

    @pytest.mark.anyio
    async def test_edited_approval(self, scripted: Scripted) -> None:
        edits = {"command": "touch other", "description": "Make a file."}
        assert await self.ask(scripted, self.decision(True, edits)) == ["other"]

    async def ask(self, scripted: Scripted, payload: Any) -> list[str]:
        """What a command of the program's own tool made, once it was asked about."""
        command = {"command": "touch made", "description": "Make a file."}
        call = calls(("call_a", command), name="Bash")
        url = self.script(scripted, *call, then=self.words.answer)
        agent = wrap(self.client(url, tools=["Bash"]), approve=["Bash"])
        self.made.append(agent)
        ran = await run(agent, "Make a file.")
        [asked] = ran.end["outcome"]["interrupts"]
        assert (asked["message"], self.files()) == ("Allow Bash?", [])
        answer = {"interruptId": asked["id"], "status": "resolved", "payload": payload}
        about = {"resume": [answer], "threadId": ran.request["threadId"]}
        again = await run(agent, ran.document["messages"], **about)
        assert spoken(again)[-1] == ("assistant", "Cold.")
        return self.files()

    def files(self) -> list[str]:
        return sorted(each.name for each in self.folder.iterdir() if each.name[0] != ".")


def test_every_tool_cannot_be_asked_about_at_once() -> None:
    with pytest.raises(InvalidInput, match="asks about tools by name"):
        wrap(ClaudeAgentOptions(), approve=True)


def as_tool(function: Any) -> Any:
    """A function as the SDK's own tool."""

    async def call(given: Any) -> Any:
        return {"content": [{"type": "text", "text": function(**given)}]}

    return tool(function.__name__, function.__doc__, {"city": str})(call)
