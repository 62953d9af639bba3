"""One request to the agent and the stream that answers it. What leads to it, and what follows, is
turn.py's business.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from typing import TYPE_CHECKING, Protocol

from ... import limits
from ...errors import AGUIError, HTTPStatusError, IncompleteRun, RunFailed, TransportError
from ...markup.outlets import Secrets, conceal
from ...protocol import run_input
from ...protocol.capabilities import takes_tools
from ...protocol.hydration.left_run import kept_run
from ...runtime import faults, spans
from ...runtime.ids import mint
from ...runtime.user_code import current_task, is_outside, user_error
from ...tools.tool import Tool
from ...values import Foreign, JsonObject
from ...wire.capture import Capture
from ...wire.transport import Bursts
from ..thread import LiveThread, now
from .leaving import KEEPS_NOTHING, LEFT, NOT_KEPT, stop_kept
from .middleware import guard_middleware
from .run_advice import advice_on
from .run_options import RunOptions

if TYPE_CHECKING:
    from ...protocol.pipeline import Delivery


NOT_BEGUN: JsonObject = {"status": "error", "error": {"code": "unavailable"}}


class Round(Protocol):
    """What a run needs of the turn that it is part of."""

    thread: LiveThread
    options: RunOptions
    ending: str
    joins: bool

    def is_stopped(self) -> bool:
        """Whether being cancelled means a stop, rather than that somebody leaves."""

    def check_left(self) -> None:
        """Raise CancelledError where nothing of this belongs to the thread any more."""

    def for_agent(self, resume: list[JsonObject] | None) -> list[JsonObject] | None:
        """What of the answers the agent is sent."""


class AgentRun:
    """One request and the stream that answers it."""

    def __init__(self, turn: Round, resume: list[JsonObject] | None) -> None:
        from ...protocol.pipeline import Pipeline  # not before: a third of what connect() loads

        self._turn = turn
        self._thread = thread = turn.thread
        self._options = options = turn.options
        self._failure: AGUIError | None = None
        self._begun = False
        self._kept: str | None = None  # what the server calls this run, which goes on without us
        self._told = 0  # events of the thread before this run's
        self._capture = Capture()  # of nothing, unless the transport fills one
        self.wait: float | None = None  # seconds that the server asked for before a retry
        self.span: Foreign = None  # where this process traces
        self._resume = resume
        self.request = self._build(resume)
        self._pipeline = Pipeline(
            thread.document,
            self.request if resume is None else {**self.request, "resume": resume},
            strict=options.strict,
            peer=options.peer,
            middleware=[guard_middleware(stage) for stage in options.middleware],
            mint=mint,
            watched=thread.is_watched,
        )

    @property
    def outcome(self) -> str:
        """How it ended, by the agent's word or by ours."""
        return self._pipeline.outcome or "error"

    async def stream(self, may_retry: bool) -> bool:
        """Send and read to the end. False: not even connected, and it ``may_retry``."""
        options = self._options
        url = str(getattr(options.transport, "url", ""))
        with spans.run_span(self.request, options.declared or {}, url) as self.span:
            ended = await self._stream(may_retry)
            spans.note_run(self.span, self._thread.document["runs"][-1] if ended else NOT_BEGUN)
            return ended

    async def _stream(self, may_retry: bool) -> bool:
        options, task = self._options, current_task()
        try:
            async with options.transport(self.request, **self._extras()) as frames:
                await self._read(frames)
        except BaseException as raised:
            self._capture.end()
            if is_outside(raised, task):
                await self._break_away()
                raise
            error = user_error(raised)
            if error is not raised:
                conceal(error, getattr(options.transport, "secrets", None) or Secrets())
            self._capture.end(str(error))
            if may_retry and not self._begun and _may_pass(error):
                self.wait = getattr(error, "retry_after", None)
                return False
            self._break_off(error)
        self._capture.end(self._capture.fault or self._missing_end())
        self._thread.trace(self.request["runId"], faults.take(self.request["runId"]))
        self._thread.advise(self.request["runId"], advice_on(self._failure))
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
            failed = RunFailed(secrets.mask(text), code=told.get("code"))
            failed.frames, failed.advice = told.get("trace", ()), told.get("advice", "")
            raise failed
        if self.outcome == "incomplete":
            raise IncompleteRun("The stream ended without a terminal event: the answer is cut off.")

    def _build(self, resume: list[JsonObject] | None) -> JsonObject:
        thread, options = self._thread, self._options
        with thread.lock:
            return dict(
                run_input.build(
                    thread_id=thread.document["threadId"],
                    run_id=mint(),
                    messages=() if self._turn.joins else thread.document["messages"],
                    state=None if self._turn.joins else thread.document["state"],
                    tools=[tool.definition() for tool in self._offered_tools()],
                    context=options.context,
                    forwarded_props=options.forwarded_props,
                    resume=self._turn.for_agent(resume),
                    asked=thread.document["interrupts"],
                    peer=options.peer,
                    warn=thread.warn,
                )
            )

    def _offered_tools(self) -> Iterable[Tool]:
        """The tools, unless the agent declares that it takes none of its caller's."""
        tools = self._options.tools
        if tools and not takes_tools(self._options.declared or {}):
            names = ", ".join(tools)
            self._thread.warn(f"This agent says that it takes no tools: {names} stayed here.")
            return ()
        return tools.values()

    def _extras(self) -> JsonObject:
        """What the transport is given besides; what it sends and gets is kept as it is."""
        options, thread = self._options, self._thread
        if not getattr(options.transport, "captures", False):
            return {**options.extras}
        secret = frozenset(each["id"] for each in thread.document["questions"] if each["secret"])
        kept = Capture(self.request["runId"], secret, options.strict, options.peer)
        self._capture = thread.captures.begin(kept)
        return {**options.extras, "capture": self._capture}

    async def _read(self, frames: AsyncIterator[object]) -> None:
        """The hot path: one lock and one clock reading for all that came at once."""
        thread, pipeline, run_id = self._thread, self._pipeline, self.request["runId"]
        async for burst in Bursts(frames, pipeline.is_over):
            at = now()
            with thread.lock:
                self._turn.check_left()
                for frame in burst:
                    if not self._begun:
                        self._begin(frame)
                    for delivery in pipeline.feed(frame, at):
                        thread.deliver(delivery, at, run_id)
            if self._leaves and pipeline.outcome is None:
                self._leave()
                break
        else:
            self._conclude(frames)

    def _conclude(self, frames: AsyncIterator[object]) -> None:
        """The stream has ended."""
        thread, pipeline = self._thread, self._pipeline
        complaint = getattr(frames, "complaint", "")
        if complaint and pipeline.outcome is None:
            self._capture.fault = complaint
            self._end(pipeline.feed({"type": "RUN_ERROR", "message": complaint}, now()))
        self._end(pipeline.close(now()))
        for note in getattr(frames, "notes", ()):
            thread.warn(note)
        if self._turn.joins and self.outcome == "success" and len(thread.events) <= self._told + 2:
            self._end(pipeline.fail("error", KEEPS_NOTHING, at=now()))

    def _begin(self, frame: object) -> None:
        """The server answers. A run of ours that it has kept comes anew, from its beginning."""
        self._begun, self._kept = True, kept_run(frame)
        if self._turn.joins and self._kept is not None:
            self._thread.forget_run(self._kept)
        self._thread.record_request(self.request, self._resume)
        self._told = len(self._thread.events)
        if self._options.detach and self._kept is None:
            self._thread.warn(NOT_KEPT)

    @property
    def _leaves(self) -> bool:
        return self._options.detach and self._kept is not None

    def _leave(self) -> None:
        """It goes on without us; what it was asked to go on with has been said."""
        self._end(self._pipeline.fail(LEFT, at=now()))
        if self._resume is not None:
            self._thread.settle([entry["interruptId"] for entry in self._resume])

    async def _break_away(self) -> None:
        """We were cancelled. A run that the server keeps is told to stop, if that was meant."""
        stopped = self._turn.is_stopped()
        if self._kept is not None and not stopped:
            self._turn.ending = LEFT
        try:
            self._end(self._pipeline.fail(self._turn.ending, at=now()))
        finally:
            if self._kept is not None and stopped:
                await stop_kept(self._options, self.request["threadId"], self._kept)

    def _end(self, deliveries: Iterable[Delivery]) -> None:
        at = now()
        with self._thread.lock:
            self._turn.check_left()
            for delivery in deliveries:
                self._thread.deliver(delivery, at, self.request["runId"])

    def _missing_end(self) -> str:
        """That no event ended it, in words; "" where one did."""
        run = self._thread.document["runs"][-1] if self.outcome == "incomplete" else {}
        return str(run.get("error", {}).get("message", ""))

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
