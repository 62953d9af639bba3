"""A caller as simple as the one of Microsoft's tutorial, and the curl program, are served."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from agui_notebook import LocalServer
from agui_notebook.agents import Demo

Serving = Callable[..., LocalServer]


class SimpleCaller:
    """Knows no ids but the thread's, writes snake_case, and cuts the answer into lines."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.thread: str | None = None

    def ask(self, text: str) -> Iterator[dict[str, Any]]:
        system = {"role": "system", "content": "You are a helpful assistant."}
        body: dict[str, Any] = {"messages": [system, {"role": "user", "content": text}]}
        if self.thread:
            body["thread_id"] = self.thread
        accept = {"Accept": "text/event-stream"}
        with httpx.stream("POST", self.url, json=body, headers=accept, timeout=60) as response:
            response.raise_for_status()
            for line in response.iter_lines():
                if line.startswith("data: "):
                    event = json.loads(line[6:])
                    if event["type"] == "RUN_STARTED":
                        self.thread = event["threadId"]
                    yield event


def test_the_tutorials_conversation_goes_as_printed_there(serving: Serving) -> None:
    caller = SimpleCaller(serving(Demo(pace=0), token=False).url)
    shown, threads = [], set()
    for text in ("What is 2 + 2?", "Tell me a fun fact about space", "a\u2028b\u0085c"):
        events = list(caller.ask(text))
        threads.add(caller.thread)
        assert events[0]["type"] == "RUN_STARTED"
        assert [events[-1][key] for key in ("type", "threadId", "runId")] == [
            "RUN_FINISHED",
            caller.thread,
            events[0]["runId"],
        ]
        deltas = [e["delta"] for e in events if e["type"] == "TEXT_MESSAGE_CONTENT"]
        shown.append("".join(deltas))
    assert len(threads) == 1
    assert shown[0] == "2 + 2 equals 4."
    assert "243 Earth days to rotate once on its axis" in shown[1]


def test_an_error_reaches_the_simple_caller(serving: Serving) -> None:
    caller = SimpleCaller(serving(Demo(pace=0), token=False).url)
    last = list(caller.ask("Fail, please"))[-1]
    assert (last["type"], last["code"]) == ("RUN_ERROR", "demo")


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_the_curl_program_shows_the_stream_as_it_comes(serving: Serving) -> None:
    url = serving(Demo(pace=0), token=False).url
    body = '{\n    "messages": [\n      {"role": "user", "content": "What is 2 + 2?"}\n    ]\n  }'
    arguments = ["-H", "Content-Type: application/json", "-H", "Accept: text/event-stream"]
    done = subprocess.run(
        ["curl", "-sS", "-N", url, *arguments, "-d", body], capture_output=True, check=True
    )
    assert re.sub(rb'(Id"):"[0-9a-f-]{32,36}"', rb'\1:"..."', done.stdout).decode() == (
        'data: {"type":"RUN_STARTED","threadId":"...","runId":"...","protocolVersion":"1.0"}\n\n'
        'data: {"type":"TEXT_MESSAGE_START","messageId":"...","role":"assistant"}\n\n'
        'data: {"type":"TEXT_MESSAGE_CONTENT","messageId":"...","delta":"2"}\n\n'
        'data: {"type":"TEXT_MESSAGE_CONTENT","messageId":"...","delta":" +"}\n\n'
        'data: {"type":"TEXT_MESSAGE_CONTENT","messageId":"...","delta":" 2"}\n\n'
        'data: {"type":"TEXT_MESSAGE_CONTENT","messageId":"...","delta":" equals"}\n\n'
        'data: {"type":"TEXT_MESSAGE_CONTENT","messageId":"...","delta":" 4."}\n\n'
        'data: {"type":"TEXT_MESSAGE_END","messageId":"..."}\n\n'
        'data: {"type":"RUN_FINISHED","threadId":"...","runId":"...",'
        '"outcome":{"type":"success"},"usage":[{"provider":"demo","model":"scripted",'
        '"inputTokens":5,"outputTokens":5,"totalTokens":10}]}\n\n'
    )
