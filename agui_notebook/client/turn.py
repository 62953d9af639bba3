"""One turn: post, read, run the frontend tools that were asked for, post again.

Knows the order of things within a turn; starting, stopping and waiting for turns is session.py's.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import (
    AsyncIterator,
    Awaitable,
    Callable,
    Iterable,
    Iterator,
    Sequence,
)
from dataclasses import dataclass, field
from functools import partial

from .. import limits
from ..errors import AGUIError, HTTPStatusError, IncompleteRun, RunFailed, TransportError
from ..markup.outlets import Secrets, conceal
from ..protocol import run_input
from ..protocol.document.shape import Message
from ..protocol.pipeline import Delivery, Middleware, Pipeline
from ..runtime.ids import mint
from ..runtime.tool_threads import Home, ToolRun, beside
from ..runtime.user_code import current_task, guard_function, is_outside, user_error
from ..tools.as_json import as_text, shorten
from ..tools.tool import Tool, as_error
from ..values import Json, JsonObject, JsonView
from ..wire.bursts import bursts_until
from ..wire.transport import Timeout, Transport
from .thread import LiveThread, now

Perform = Callable[[ToolRun], Json]
NOT_RUN = "This tool was not run: the turn ended first."


def perform(call: ToolRun) -> Json:
    """Call a tool, where it is at home: its value and a mimebundle of it, or what awaits both."""
    value = call()
    return _await_outcome(value) if inspect.isawaitable(value) else (value, show_text(value))


async def _await_outcome(value: Awaitable[Json]) -> tuple[Json, JsonView]:
    found = await value
    return found, show_text(found)


def _perform(perform: Perform, call: ToolRun) -> Json:
    """The same with the text for the model: made where the tool ran, for it may be slow."""
    outcome = perform(call)
    if inspect.isawaitable(outcome):
        return _await_text(outcome)
    value, bundle = outcome
    return as_text(value), bundle


async def _await_text(outcome: Awaitable[Json]) -> tuple[str, Json]:
    value, bundle = await outcome
    return as_text(value), bundle


def show_text(value: Json) -> JsonObject:
    """A tool's return value as a mimebundle of plain text."""
    return {"text/plain": as_text(value)}


@dataclass
class RunOptions:
    """How turns are run; a session has one, a single call may differ from it."""

    transport: Transport
    tools: dict[str, Tool] = field(default_factory=dict)
    context: Sequence[JsonView] = ()
    forwarded_props: Json = None
    strict: bool = False
    peer: str | None = None  # the newest package version the agent may be of, when known
    middleware: Sequence[Middleware] = ()
    timeout: Timeout = field(default_factory=Timeout)
    retries: int = 0
    max_rounds: int = 10
    # for the transport, this run only; headers are among them
    extras: JsonView = field(default_factory=dict, repr=False)
    perform: Perform = perform


class Turn:
    """One run of the agent and, after frontend tool calls, the runs that continue it."""

    def __init__(self, thread: LiveThread, options: RunOptions, home: Home) -> None:
        self.outcome = "error"
        self.ending = "cancelled"  # what being cancelled makes of a run: incomplete when time is up
        self.run_id: str | None = None
        self.thread = thread
        self.options = options
        self._home = home
        self._age = thread.age

    @property
    def left(self) -> bool:
        """Whether a new thread was begun meanwhile, which nothing of this turn belongs to."""
        return self.thread.age != self._age

    async def run(self, resume: list[JsonObject] | None) -> None:
        """Go through the rounds; ends with ``outcome`` set.

        Raises TransportError, ProtocolError, RunFailed or IncompleteRun for a run that failed.
        """
        with self.thread.turn():
            await self._rounds(resume)

    async def _rounds(self, resume: list[JsonObject] | None) -> None:
        await self._settle_leftovers(resume)
        limit = self.options.max_rounds
        for number in range(1, limit + 1):
            await self._run_with_retries(resume)
            resume = None
            calls = self._due()
            if not calls:
                return
            if number < limit:
                await self._answer(calls)
        self.thread.warn(f"The turn was stopped after {limit} rounds of tool calls (max_rounds).")

    def time_is_up(self) -> None:
        """The turn is about to be cancelled for taking too long."""
        self.ending = "incomplete"

    def end_stopped(self) -> TransportError | None:
        """The turn was cancelled; what arrived stays. An error if time ran out (C-TRUNC-04)."""
        self.outcome = self.ending
        self.thread.mark_stopped(self.run_id, self.ending)
        if self.ending == "cancelled":
            return None
        limit = self.options.timeout.run
        return TransportError(
            f"The turn took longer than {limit:g} s and was stopped; what had arrived is kept. "
            "Give it more time with timeout=Timeout(run=...)."
        )

    async def _run_with_retries(self, resume: list[JsonObject] | None) -> None:
        """One run, with the retries that were asked for: always under a new runId (T-SSE-13)."""
        for attempt in range(self.options.retries + 1):
            run = _Run(self, resume)
            self.run_id = run.request["runId"]
            if await run.stream(may_retry=attempt < self.options.retries):
                break
            await asyncio.sleep(0.5 * 2**attempt if run.wait is None else run.wait)
        self.outcome = run.outcome
        run.raise_failure()

    # -- tools ---------------------------------------------------------------------------------

    def _due(self) -> list[JsonObject]:
        """The calls the run just ended left to us, if one of them is for a tool of ours.

        A call of an earlier run is none of them: it may be one that the user has declined.
        """
        if self.outcome != "success":
            return []
        left = {*self.thread.document["runs"][-1].get("pendingToolCallIds", ())}  # C-TOOL-10
        calls = [call for call in self.thread.open_calls() if call["id"] in left]
        return self._limit_calls(calls) if any(map(self._is_ours, calls)) else []

    def _limit_calls(self, calls: list[JsonObject]) -> list[JsonObject]:
        """No more calls than one run may ask for."""
        most = limits.CALLS
        if len(calls) > most:
            self.thread.warn(
                f"The agent asked for {len(calls):,} tool calls at once: the first {most:,} are "
                "answered (agui_notebook.limits.CALLS)."
            )
        return calls[:most]

    def _is_ours(self, call: JsonView) -> bool:
        return call["function"]["name"] in self.options.tools

    async def _settle_leftovers(self, resume: list[JsonObject] | None) -> None:
        """Answer every call an earlier turn left open before the thread goes on (C-TOOL-11)."""
        calls = self._limit_calls(self.thread.open_calls())
        if not calls:
            return
        if resume is None:
            left = self._leftover_calls()
            self._refuse((c for c in calls if c["id"] in left or self._is_ours(c)), NOT_RUN)
            return
        asked = [i.get("toolCallId") for i in self.thread.document["interrupts"]]
        fresh = self._calls_of_asking_run()
        ours = [c for c in calls if self._is_ours(c) and c["id"] in fresh - {*asked}]
        if None in asked:  # one of them may be what the question is about: never run it unasked
            self._refuse(ours, NOT_RUN)
        else:
            await self._answer(ours)

    def _leftover_calls(self) -> set[str]:
        runs = self.thread.document["runs"]
        if not runs:
            return set()
        if runs[-1]["status"] == "success":
            return set(runs[-1].get("pendingToolCallIds", ()))
        return self.thread.calls_since(runs[-1]["after"])

    def _calls_of_asking_run(self) -> set[str]:
        """Calls of the run that asked; what an earlier one left is the agent's to hand over."""
        asking = [run for run in self.thread.document["runs"] if run["status"] == "interrupt"]
        return set().union(*(self.thread.calls_since(run["after"]) for run in asking[-1:]))

    def _refuse(self, calls: Iterable[JsonView], why: str) -> None:
        for call in list(calls):
            self.thread.call_answered(_tool_message(call, why, error=why), ran=False)

    async def _answer(self, calls: Iterable[JsonView]) -> None:
        """Run the calls side by side; each is answered as soon as it is done."""
        tasks = [asyncio.ensure_future(self._call(call)) for call in calls]
        try:
            await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()

    async def _call(self, call: JsonView) -> None:
        name = call["function"]["name"]
        tool = self.options.tools.get(name)
        if tool is None:
            return self._refuse([call], f"There is no tool named {name!r} here.")
        if call["id"] in self.thread.declined:  # C-TRUST-01
            return self._refuse([call], "The user declined this call.")
        self.thread.call_taken(call["id"])
        task = current_task()
        try:
            given = tool.arguments(call["function"]["arguments"])
            ours = partial(_perform, self.options.perform, partial(tool, **given))
            text, bundle = await (beside if tool.thread else self._home)(ours)
            message = _tool_message(call, shorten(text, tool.limit))
        except BaseException as error:
            if is_outside(error, task):
                self.thread.call_left(call["id"])
                raise
            text = _error_text(error)
            self.thread.call_answered(_tool_message(call, f"Error: {text}", error=text))
        else:
            self.thread.call_answered(message, bundle)


class _Run:
    """One request and the stream that answers it."""

    def __init__(self, turn: Turn, resume: list[JsonObject] | None) -> None:
        self._turn = turn
        self._thread = thread = turn.thread
        self._options = options = turn.options
        self._failure: AGUIError | None = None
        self._begun = False
        self.wait: float | None = None  # seconds that the server asked for before a retry
        self._resume = resume
        self.request = self._build(resume)
        self._pipeline = Pipeline(
            thread.document,
            self.request if resume is None else {**self.request, "resume": resume},
            strict=options.strict,
            peer=options.peer,
            middleware=[guard_function(stage) for stage in options.middleware],
            mint=mint,
        )

    @property
    def outcome(self) -> str:
        """How it ended, by the agent's word or by ours."""
        return self._pipeline.outcome or "error"

    async def stream(self, may_retry: bool) -> bool:
        """Send and read to the end. False: not even connected, and it ``may_retry``."""
        options, task = self._options, current_task()
        try:
            async with options.transport(self.request, **options.extras) as frames:
                await self._read(frames)
        except BaseException as raised:
            if is_outside(raised, task):
                self._end(self._pipeline.fail(self._turn.ending, at=now()))
                raise
            error = user_error(raised)
            if error is not raised:
                conceal(error, getattr(options.transport, "secrets", None) or Secrets())
            if may_retry and not self._begun and _may_pass(error):
                self.wait = getattr(error, "retry_after", None)
                return False
            self._break_off(error)
        return True

    def raise_failure(self) -> None:
        """Raise what made the run fail, if anything did."""
        if self._failure is not None:
            raise self._failure
        run = self._thread.document["runs"][-1]
        if self.outcome == "error":
            told = run.get("error", {})
            text = told.get("message") or "The agent reported an error."
            secrets = getattr(self._options.transport, "secrets", None) or Secrets()
            raise RunFailed(secrets.mask(text), code=told.get("code"))
        if self.outcome == "incomplete":
            raise IncompleteRun("The stream ended without a terminal event: the answer is cut off.")

    def _build(self, resume: list[JsonObject] | None) -> JsonObject:
        thread, options = self._thread, self._options
        with thread.lock:
            return dict(
                run_input.build(
                    thread_id=thread.document["threadId"],
                    run_id=mint(),
                    messages=thread.document["messages"],
                    state=thread.document["state"],
                    tools=[tool.definition() for tool in options.tools.values()],
                    context=options.context,
                    forwarded_props=options.forwarded_props,
                    resume=resume,
                    asked=thread.document["interrupts"],
                    peer=options.peer,
                    warn=thread.warn,
                )
            )

    async def _read(self, frames: AsyncIterator[object]) -> None:
        """The hot path: one lock and one clock reading for all that came at once."""
        thread, pipeline, run_id = self._thread, self._pipeline, self.request["runId"]
        async for burst in bursts_until(frames, self._is_over):
            at = now()
            with thread.lock:
                self._check_left()
                for frame in burst:
                    if not self._begun:
                        self._begun = True
                        thread.record_request(run_id, self._resume)
                    for delivery in pipeline.feed(frame, at):
                        thread.deliver(delivery, at, run_id)
        self._end(pipeline.close(now()))
        for note in getattr(frames, "notes", ()):
            thread.warn(note)

    def _is_over(self) -> bool:
        return self._pipeline.outcome is not None

    def _end(self, deliveries: Iterator[Delivery]) -> None:
        at = now()
        with self._thread.lock:
            self._check_left()
            for delivery in deliveries:
                self._thread.deliver(delivery, at, self.request["runId"])

    def _check_left(self) -> None:
        """Raise CancelledError, though it may take another moment to be told of the stop."""
        if self._turn.left:
            raise asyncio.CancelledError

    def _break_off(self, error: AGUIError) -> None:
        """What arrived stays. A terminal event that came before the loss stands."""
        cut = isinstance(error, TransportError)
        if cut and self._pipeline.outcome is not None:
            return
        self._failure = error
        status = "incomplete" if cut and self._begun else "error"
        self._end(self._pipeline.fail(status, str(error), at=now()))


def _may_pass(error: AGUIError) -> bool:
    """Whether a retry may do better: no connection, or a server that says when to come again."""
    if isinstance(error, HTTPStatusError):
        wait = error.retry_after
        return error.status in (429, 503) and wait is not None and wait <= limits.RETRY_AFTER
    return isinstance(error, TransportError)


def _error_text(error: BaseException) -> str:
    """What went wrong in a tool, even where the error cannot say it."""
    try:
        return as_error(error)
    except BaseException:
        return type(error).__name__


def _tool_message(call: JsonView, content: str, error: str | None = None) -> Message:
    message = {"id": mint(), "role": "tool", "toolCallId": call["id"], "content": content}
    return message if error is None else {**message, "error": error}
