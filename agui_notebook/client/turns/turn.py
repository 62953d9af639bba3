"""One turn: post, read, run the frontend tools that were asked for, post again.

Knows the order of things within a turn; starting, stopping and waiting for turns is session.py's.
"""

from __future__ import annotations

import asyncio
from collections.abc import (
    Callable,
    Iterable,
)
from functools import partial

from ... import limits
from ...errors import (
    ToolFailed,
    TransportError,
)
from ...protocol.document.shape import Message
from ...runtime import faults, spans
from ...runtime.ids import mint
from ...runtime.tool_threads import Home, ToolRun, beside
from ...runtime.user_code import current_task, is_outside
from ...tools.as_json import shorten
from ...tools.tool import as_error
from ...values import Foreign, Json, JsonObject, JsonView
from ..thread import LiveThread
from .agent_run import AgentRun
from .run_options import RunOptions
from .tool_outcome import perform_for_model
from .tool_questions import own_questions, question_about

NOT_RUN = "This tool was not run: the turn ended first."
NOT_ASKED = "This tool was not run: the user was not asked about it."


class Turn:
    """One run of the agent and, after frontend tool calls, the runs that continue it."""

    def __init__(
        self,
        thread: LiveThread,
        options: RunOptions,
        home: Home,
        *,
        joins: bool,
        is_stopped: Callable[[], bool],
    ) -> None:
        self.outcome = "error"
        self.ending = "cancelled"  # what being cancelled makes of a run: incomplete when time is up
        self.joins = joins  # the first run is one that goes on already
        self.is_stopped = is_stopped  # whether being cancelled means that, or that somebody leaves
        self.run_id: str | None = None
        self.thread = thread
        self.options = options
        self._home = home
        self._age = thread.age
        self._span: Foreign = None  # of the latest run

    @property
    def left(self) -> bool:
        """Whether a new thread was begun meanwhile, which nothing of this turn belongs to."""
        return self.thread.age != self._age

    def check_left(self) -> None:
        """Raise CancelledError then, though it may take another moment to be told of the stop."""
        if self.thread.age != self._age:
            raise asyncio.CancelledError

    async def run(self, resume: list[JsonObject] | None) -> None:
        """Go through the rounds; ends with ``outcome`` set.

        Raises TransportError, ProtocolError, RunFailed or IncompleteRun for a run that failed.
        """
        with self.thread.turn():
            await self._rounds(resume)

    async def _rounds(self, resume: list[JsonObject] | None) -> None:
        if not self.joins:
            await self._settle_leftovers(resume)
        limit = self.options.max_rounds
        for number in range(1, limit + 1):
            await self._run_with_retries(resume)
            resume, self.joins = None, False
            calls = self._due()
            asking = await self._answer(calls) if number < limit else []
            if asking or not calls:
                self._ask(asking or await self._asking_beside())
                return
            if all(map(self._only_shows, calls)):
                return  # nobody waits for what it gave: it goes out with what is said next
        self.thread.warn(f"The turn was stopped after {limit} rounds of tool calls (max_rounds).")

    def time_is_up(self) -> None:
        """The turn is about to be cancelled for taking too long."""
        self.ending = "incomplete"

    def end_stopped(self) -> TransportError | None:
        """The turn was cancelled; what arrived stays. An error if time ran out (C-TRUNC-04)."""
        self.outcome = self.ending
        self.thread.mark_stopped(self.run_id, self.ending)
        if self.ending != "incomplete":
            return None
        limit = self.options.timeout.run
        return TransportError(
            f"The turn took longer than {limit:g} s and was stopped; what had arrived is kept. "
            "Give it more time with timeout=Timeout(run=...)."
        )

    async def _run_with_retries(self, resume: list[JsonObject] | None) -> None:
        """One run, with the retries that were asked for: always under a new runId (T-SSE-13)."""
        for attempt in range(self.options.retries + 1):
            run = AgentRun(self, resume)
            self.run_id = run.request["runId"]
            if await run.stream(may_retry=attempt < self.options.retries):
                break
            await asyncio.sleep(0.5 * 2**attempt if run.wait is None else run.wait)
        self.outcome, self._span = run.outcome, run.span
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

    def _only_shows(self, call: JsonView) -> bool:
        return self._is_ours(call) and self.options.tools[call["function"]["name"]].shows

    async def _settle_leftovers(self, resume: list[JsonObject] | None) -> None:
        """Answer every call an earlier turn left open before the thread goes on (C-TOOL-11)."""
        await self._carry_out_verdicts()
        calls = self._limit_calls(self.thread.open_calls())
        if not calls:
            return
        if not self.for_agent(resume):
            left = self._leftover_calls()
            self._refuse((c for c in calls if c["id"] in left or self._is_ours(c)), NOT_RUN)
            return
        ours = self._ours_beside()
        asked = [i.get("toolCallId") for i in self.thread.document["interrupts"]]
        if None in asked:  # one of them may be what the question is about: never run it unasked
            self._refuse(ours, NOT_RUN)
        else:
            self._refuse(await self._answer(ours), NOT_ASKED)

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

    def for_agent(self, resume: list[JsonObject] | None) -> list[JsonObject] | None:
        """The answers that the agent is waiting for; None: it asked nothing."""
        own = own_questions(self.thread.document)
        return [entry for entry in resume or () if entry["interruptId"] not in own] or None

    def _refuse(self, calls: Iterable[JsonView], why: str) -> None:
        for call in list(calls):
            self.thread.call_answered(_tool_message(call, why, error=why), ran=False)

    async def _answer(self, calls: Iterable[JsonObject]) -> list[JsonObject]:
        """Run the calls side by side; each is answered as soon as it is done.

        Returns those that the user has to be asked about first.
        """
        tasks = [asyncio.ensure_future(self._call(call)) for call in calls]
        try:
            return [call for call in await asyncio.gather(*tasks) if call is not None]
        finally:
            for task in tasks:
                task.cancel()

    async def _call(self, call: JsonObject, *, allowed: bool = False) -> JsonObject | None:
        """Carry a call out, or return it where that wants a yes that was not given."""
        name = call["function"]["name"]
        tool = self.options.tools.get(name)
        if tool is None:
            self._refuse([call], f"There is no tool named {name!r} here.")
            return None
        if call["id"] in self.thread.declined:  # C-TRUST-01
            self._refuse([call], "The user declined this call.")
            return None
        if not allowed and await self._needs_yes(call):
            return call
        self.thread.call_taken(call["id"])
        task = current_task()
        try:
            given = tool.arguments(call["function"]["arguments"])
            ours = partial(perform_for_model, self.options.perform, partial(tool, **given))
            text, bundle = await self._perform(call, beside if tool.thread else self._home, ours)
            message = _tool_message(call, shorten(text, tool.limit))
        except BaseException as error:
            if is_outside(error, task):
                self.thread.call_left(call["id"])
                raise
            text = _error_text(error)
            self.thread.call_answered(_tool_message(call, f"Error: {text}", error=text))
            self.thread.trace(None, {call["id"]: faults.frames_of(error)})
        else:
            self.thread.call_answered(message, bundle)
        return None

    async def _perform(self, call: JsonView, home: Home, ours: ToolRun) -> tuple[str, Json]:
        """Run the tool where it belongs, in a span of its own."""
        with spans.tool_span(call["function"]["name"], call["id"], self._span) as span:
            try:
                found: tuple[str, Json] = await home(spans.carry(ours))
            except BaseException as error:
                spans.note_failure(span, type(error).__name__)
                raise
            return found

    # -- asking first --------------------------------------------------------------------------

    def _ask(self, calls: Iterable[JsonView]) -> None:
        """The turn ends with our questions about these calls."""
        tools = self.options.tools
        asked = [question_about(call, tools[call["function"]["name"]]) for call in calls]
        with self.thread.lock:
            if asked and not self.left:
                self.thread.ask_here(asked)
                self.outcome = "interrupt"

    async def _asking_beside(self) -> list[JsonObject]:
        """Where the agent asks, what else of that run wants a yes is asked about as well."""
        beside = self._ours_beside() if self.outcome == "interrupt" else []
        return [call for call in beside if await self._needs_yes(call)]

    def _ours_beside(self) -> list[JsonObject]:
        """Calls of ours that the run which asked something left, and did not ask about."""
        asked = [i.get("toolCallId") for i in self.thread.document["interrupts"]]
        fresh = self._calls_of_asking_run() - {*asked}
        calls = self._limit_calls(self.thread.open_calls())
        return [c for c in calls if self._is_ours(c) and c["id"] in fresh]

    async def _needs_yes(self, call: JsonView) -> bool:
        """Whether the user is asked first; what cannot run for its arguments is not asked about.

        A function of the user's may say so, and runs where the tool would.
        """
        options, name = self.options, call["function"]["name"]
        tool = options.tools[name]
        if name in options.allowed:
            return False
        try:
            given = tool.arguments(call["function"]["arguments"])
        except Exception:
            return False
        if options.approve or not callable(tool.approve):
            return options.approve or tool.needs_yes(given)
        home = beside if tool.thread else self._home
        try:
            return bool(await home(partial(tool.needs_yes, given)))
        except ToolFailed:  # it was stopped, and did not say
            return True

    async def _carry_out_verdicts(self) -> None:
        """What the user decided about calls here, done side by side."""
        verdicts, self.thread.verdicts = self.thread.verdicts, []
        left = {call["id"] for call in self.thread.open_calls()}
        decided = [each for each in verdicts if each.call["id"] in left]
        for each in decided:
            if each.refusal is not None:
                self._refuse([each.call], each.refusal)
        yes = [self._call(each.call, allowed=True) for each in decided if each.refusal is None]
        await asyncio.gather(*yes)


def _error_text(error: BaseException) -> str:
    """What went wrong in a tool, even where the error cannot say it."""
    try:
        return as_error(error)
    except BaseException:
        return type(error).__name__


def _tool_message(call: JsonView, content: str, error: str | None = None) -> Message:
    message = {"id": mint(), "role": "tool", "toolCallId": call["id"], "content": content}
    return message if error is None else {**message, "error": error}
