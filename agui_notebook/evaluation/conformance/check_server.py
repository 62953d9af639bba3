"""Drives a server through a few prompts, or reads a recording, and has the answers judged."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from contextlib import closing
from urllib.parse import urlsplit

from ...client.recording import read, unfold
from ...doors import door, shorten
from ...errors import AGUIError, HTTPStatusError, InvalidInput, TransportError
from ...protocol import run_input
from ...runtime.ids import mint
from ...server.local import LocalServer
from ...values import Json, JsonObject, JsonView
from ...wire.http import HTTPTransport
from ...wire.probe import probe
from ...wire.transport import Bursts, check_url
from ..agents import OpenAgent, serve_apart
from ..running import HandOver, block, follow
from .judge_stream import RawAnswer, is_terminal, judge_stream
from .server_check import CheckedRun, Findings, ServerCheck, kinds_of

PROMPTS = ("Hello!", "What can you do?", "What time is it? Use the tool if you like.")
NOT_LET_IN = (401, 403, 404, 407)  # no agent was reached: nothing is known of it
TOOL = {
    "name": "current_time",
    "description": "Tells what time it is.",
    "parameters": {"type": "object", "properties": {}},
}


@door
def check(
    url: Json,
    prompts: str | Sequence[str] = PROMPTS,
    *,
    headers: Mapping[str, str] | None = None,
    token: str | None = None,
) -> ServerCheck:
    """Ask a server of anybody a few prompts and say which rules of AG-UI its answers break.

    The last prompt comes with a client tool on offer, and a follow-up turn goes on with the first
    thread. ``url`` may be the path of a recording, whose runs are judged instead, or a server or an
    agent of this kernel. Raises InvalidInput, and TransportError where nothing answers.

    >>> check(serve(str.upper)).ok
    True
    """
    with closing(_Checking(url, prompts, headers, token)) as driven:
        if not block(driven):
            raise KeyboardInterrupt
        return driven.result()


async def check_async(
    url: Json,
    prompts: str | Sequence[str] = PROMPTS,
    *,
    headers: Mapping[str, str] | None = None,
    token: str | None = None,
) -> ServerCheck:
    """``check`` to be awaited, with the same options. Raises the same.

    >>> (await check_async(serve(str.upper))).ok
    True
    """
    try:
        with closing(_Checking(url, prompts, headers, token)) as driven:
            await follow(driven)
            return driven.result()
    except AGUIError as error:
        raise shorten(error)  # noqa: B904


class _Checking:
    """One check under way: what was asked, what was found."""

    agents: Sequence[OpenAgent] = ()

    def __init__(
        self,
        url: Json,
        prompts: str | Sequence[str],
        headers: Mapping[str, str] | None,
        token: str | None,
    ) -> None:
        self._prompts = [prompts] if isinstance(prompts, str) else list(prompts)
        if not self._prompts or not all(isinstance(each, str) for each in self._prompts):
            raise InvalidInput("A check wants prompts: one text, or a list of texts.")
        self._transport: HTTPTransport | None = None
        self._own: LocalServer | None = None
        if not isinstance(url, str | LocalServer):
            url = self._own = serve_apart(url)
        if isinstance(url, LocalServer):
            url, token = url.url, token or url.token
        self._name, self._note = url, ""
        if "://" in self._name or not self._name.endswith(".jsonl"):
            self._transport = HTTPTransport(check_url(url), headers=headers, token=token)
            self._name = urlsplit(self._transport.url).netloc.rpartition("@")[2]
        self._runs: list[CheckedRun] = []
        self._found = Findings([], [])
        self._failure: AGUIError | None = None

    async def run(self, tell: HandOver) -> None:
        """Ask, and judge; what stops it is kept for whoever waits."""
        try:
            if self._transport is None:
                self._read_recording()
            else:
                await self._drive(self._transport)
        except AGUIError as error:
            self._failure = error

    def result(self) -> ServerCheck:
        """What was found. Raises what stopped it."""
        if self._failure is not None:
            raise self._failure
        return ServerCheck(self._name, self._runs, self._found, self._note)

    def close(self) -> None:
        """End the server that was begun for the check, if any."""
        if self._own is not None:
            self._own.stop()

    async def _drive(self, transport: HTTPTransport) -> None:
        try:
            found = await probe(transport)
            told = ", ".join(sorted(found.capabilities or ()))
            self._note = f"Capabilities: {told}." if told else "It publishes no capabilities."
            first: list[JsonObject] = []
            thread = mint()
            for number, prompt in enumerate(self._prompts):
                offered = number == len(self._prompts) - 1
                now = thread if number == 0 else mint()
                messages = await self._ask(transport, now, prompt, [], offered)
                first = first if number else messages
            await self._ask(transport, thread, "Go on, please.", first, offered=False)
        finally:
            await transport.aclose()

    async def _ask(
        self,
        transport: HTTPTransport,
        thread: str,
        prompt: str,
        before: Sequence[JsonView],
        offered: bool,
    ) -> list[JsonObject]:
        request = run_input.build(
            thread_id=thread,
            run_id=mint(),
            messages=[*before, {"id": mint(), "role": "user", "content": prompt}],
            tools=[TOOL] if offered else [],
        )
        return self._note_run(prompt, await _answer(transport, dict(request), not self._runs))

    def _note_run(self, prompt: str, answer: RawAnswer) -> list[JsonObject]:
        self._runs.append(CheckedRun(prompt, len(answer.frames), kinds_of(answer.frames)))
        verdict = judge_stream(answer, len(self._runs))
        self._found.faults.extend(verdict.faults)
        self._found.remarks.extend(verdict.remarks)
        return list(verdict.document["messages"])

    def _read_recording(self) -> None:
        lines, damaged = read(self._name)
        self._note = f"The recording is damaged at line {damaged}." if damaged else ""
        answers: list[tuple[JsonObject, list[object]]] = []
        for each in unfold(lines):
            if "request" in each or not answers:
                answers.append((dict(each.get("request") or {}), []))
            if "event" in each:
                answers[-1][1].append(each["event"])
        for request, frames in answers:
            said = (request.get("messages") or [{}])[-1].get("content")
            self._note_run(str(said or "")[:80], RawAnswer(request or _own(frames), frames))


def _own(frames: Sequence[object]) -> JsonObject:
    """For bare events, a request with the ids that they name."""
    start = frames[0] if frames and isinstance(frames[0], dict) else {}
    return {name: start.get(name, "") for name in ("threadId", "runId")}


async def _answer(transport: HTTPTransport, request: JsonObject, is_first: bool) -> RawAnswer:
    """Whatever comes, to its end. Raises TransportError where nobody was reached at all."""
    frames: list[object] = []
    arrivals: list[float] = []
    began, error = time.monotonic(), None
    try:
        async with transport(request) as stream:
            async for burst in Bursts(stream, lambda: any(map(is_terminal, frames[-1:]))):
                frames.extend(burst)
                arrivals.append(time.monotonic() - began)
    except AGUIError as failure:
        if is_first and not frames and _is_unreached(failure):
            raise
        error = failure
    return RawAnswer(request, frames, error, arrivals)


def _is_unreached(error: AGUIError) -> bool:
    """Whether no agent was asked: nobody answered, or somebody who does not let us in."""
    if isinstance(error, HTTPStatusError):
        return error.status in NOT_LET_IN
    return isinstance(error, TransportError) and _names_a_connection(error.__cause__)


def _names_a_connection(cause: BaseException | None) -> bool:
    return type(cause).__name__.startswith("Connect")
