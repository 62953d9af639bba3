"""The agent of a recording: answers each request as it was answered, refuses one that differs.

Reached in this process by ``connect()``, or by any client at ``url``.
"""

from __future__ import annotations

import json
import threading
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import ExitStack, asynccontextmanager
from os import PathLike
from typing import Any

from ..client.connect import connect
from ..client.recording import read
from ..client.result import RunResult
from ..client.session import Session
from ..errors import ToolFailed
from ..protocol.document.shape import calls_of, text_of
from ..tools.tool import Tool, ToolFunction, tool
from ..values import Json, JsonObject, JsonView
from .recorded_runs import Reading, RecordedRun, adapt_events, find_difference


class RecordedAgent:
    """Plays the agent's part of the recording at ``path``, which ``save`` or ``record`` wrote.

    A request that is not the recorded one (its messages, state, tools, context or answers) gets
    an error with the difference in it. Raises InvalidInput for a file that is no recording.

    >>> with RecordedAgent(path) as agent:  # doctest: +SKIP
    ...     session = agent.connect(tools=agent.tools())
    ...     session.ask("Hello")
    ...     agent.check()
    """

    def __init__(self, path: str | PathLike[str]) -> None:
        self._start(Reading(read(path)[0]))

    @classmethod
    def of(cls, lines: Iterable[JsonObject]) -> RecordedAgent:
        """The same from lines that are in no file."""
        made = cls.__new__(cls)
        made._start(Reading(lines))
        return made

    def _start(self, reading: Reading) -> None:
        self.opening = reading.opening
        self._exchanges = reading.exchanges
        self._lock = threading.Lock()
        self._next = 0
        self._refusals: list[str] = []
        self._ends = ExitStack()
        self._url = ""

    def __enter__(self) -> RecordedAgent:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<RecordedAgent: {self._next} of {len(self._exchanges)} requests were sent>"

    def close(self) -> None:
        """End what was made for it: sessions, the server."""
        self._ends.close()

    def connect(self, **options: Any) -> Session:
        """A session with this agent, which begins as the recorded one did.

        ``options`` are those of ``agui_notebook.connect``.
        """
        opening = {"messages": self.opening.messages, "state": self.opening.state}
        session = connect("http://recorded.invalid/", **{**opening, "name": "recorded", **options})
        session.options.transport = self._transport
        self._ends.callback(session.close)
        return session

    @property
    def url(self) -> str:
        """An address at which any AG-UI client can reach this agent, on 127.0.0.1."""
        if not self._url:
            from .http_server import serve_http

            self._url, stop = serve_http(self.answer)
            self._ends.callback(stop)
        return self._url

    def tools(self, *functions: ToolFunction) -> list[Tool]:
        """The tools that are offered with the next request, answering as they did then.

        ``functions`` take the places of those of their names.
        """
        given = {made.name: made for made in map(tool, functions)}
        request = (self.next_run.request if self.next_run else None) or {}
        stand_ins = {each["name"]: self._stand_in(each) for each in request.get("tools", ())}
        return list({**stand_ins, **given}.values())

    def check(self) -> None:
        """All that was recorded has been sent, and nothing else. Raises AssertionError."""
        self.check_refusals()
        if self.next_run is not None:
            raise AssertionError(
                f"{self._next} of {len(self._exchanges)} recorded requests were sent; the next "
                f"would have been {_describe(self.next_run.request)}."
            )

    def check_refusals(self) -> None:
        """Nothing was sent that differs from the recording. Raises AssertionError."""
        if self._refusals:
            raise AssertionError(self._refusals[0])

    @property
    def position(self) -> int:
        """How many of the recorded requests have been sent."""
        return self._next

    @property
    def next_run(self) -> RecordedRun | None:
        """The recorded request that comes next, None behind the last."""
        return self._exchanges[self._next] if self._next < len(self._exchanges) else None

    def answer(self, request: JsonView) -> Iterator[JsonObject]:
        """The events that answer a request: the recorded ones, or an error that says why not."""
        with self._lock:
            exchange = self.next_run
            problem = self._problem(exchange, request)
            if problem:
                self._refusals.append(problem)
            else:
                self._next += 1
        if problem or exchange is None:
            return iter([{"type": "RUN_ERROR", "message": problem, "code": "not_as_recorded"}])
        return adapt_events(exchange, request)

    def _problem(self, exchange: RecordedRun | None, request: JsonView) -> str:
        count = len(self._exchanges)
        if exchange is None:
            sent = _describe(request)
            return f"The recording ends after {count} requests; one more was sent: {sent}."
        difference = find_difference(exchange.request, request)
        start = f"Request {self._next + 1} of {count} is not as recorded."
        return f"{start}\n{difference}" if difference else ""

    @asynccontextmanager
    async def _transport(
        self, request: JsonObject, **_: Json
    ) -> AsyncIterator[AsyncIterator[object]]:
        yield _each(self.answer(request))

    def _stand_in(self, offer: JsonView) -> Tool:
        results = self._results(offer["name"])

        def answer(**arguments: Json) -> str:
            left = results[_key(arguments)]
            if not left:
                raise ToolFailed(f"The recording has no call of {offer['name']} with these.")
            message = left.popleft() if len(left) > 1 else left[0]
            if "error" in message:
                raise ToolFailed(message["error"])
            return str(message["content"])

        return Tool(
            answer,
            name=offer["name"],
            description=offer.get("description", ""),
            parameters=offer.get("parameters") or {},
            limit=10**9,  # it was shortened before it was recorded
        )

    def _results(self, name: str) -> dict[str, deque[JsonObject]]:
        """The recorded results of a tool, by arguments."""
        found: dict[str, deque[JsonObject]] = defaultdict(deque)
        seen: set[str] = set()
        for exchange in self._exchanges:
            messages = exchange.request["messages"] if exchange.request else []
            calls = {call["id"]: call for message in messages for call in calls_of(message)}
            for message in messages:
                call = calls.get(message.get("toolCallId", ""))
                if call and call["function"]["name"] == name and call["id"] not in seen:
                    seen.add(call["id"])
                    found[_key_of_text(call["function"]["arguments"])].append(message)
        return found


def tool_calls(result: RunResult) -> list[tuple[str, Json]]:
    """The tools that were called in a turn, each with its arguments."""
    return [(call["name"], call["arguments"]) for call in result.tool_calls]


async def _each(events: Iterator[JsonObject]) -> AsyncIterator[object]:
    for event in events:
        yield event


def _key(arguments: JsonView) -> str:
    return json.dumps(arguments, sort_keys=True)


def _key_of_text(arguments: str) -> str:
    try:
        return _key(json.loads(arguments.strip() or "{}") or {})
    except ValueError:
        return arguments


def _describe(request: JsonView | None) -> str:
    """A request in a few words."""
    if request is None:
        return "a run"
    if request.get("resume"):
        return f"the answer to {', '.join(each['interruptId'] for each in request['resume'])}"
    last = request["messages"][-1] if request["messages"] else {"role": "nothing"}
    return f"{last['role']}: {text_of(last)[:200]!r}"
