"""One conversation with one agent: the public client.

Starts, stops and waits for turns; what happens within a turn is turn.py's business.
"""

from __future__ import annotations

import asyncio
import weakref
from collections.abc import AsyncGenerator, Callable, Coroutine, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit

from ..doors import door, shorten
from ..errors import AGUIError, InvalidInput
from ..markup.outlets import Secrets, address, line
from ..protocol.document.operations import Set
from ..protocol.document.shape import Document
from ..runtime import local_agents, loop, tool_threads, waiting
from ..runtime.bridge import LoopQueue, Pump
from ..runtime.ids import mint
from ..runtime.loop import Future
from ..runtime.tool_threads import Home
from ..runtime.user_code import user_error
from ..tools.given import check_text
from ..values import Json, JsonObject, JsonView
from .answer_later import AnswerLater
from .event_log import EventRecord
from .interrupts import Answer, Interrupt, read_interrupts
from .readings import Readings
from .result import Mark, RunResult
from .session_tools import SessionTools
from .start import Join, Start, as_start
from .thread import EventObserver, LiveThread, Observer
from .threads.journal import wire_lines
from .turns.leaving import left_run, stop_left
from .turns.run_options import RunOptions
from .turns.turn_start import Opening, as_json, open_turn, override_options
from .turns.turn_task import Job, check_result, close_quietly
from .user_messages import earlier_message
from .verbs import Verbs

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from ..types import AnyEvent
    from .turns.turn import Turn
    from .turns.turn_options import TurnOptions

# what the first turn loads, for whoever has time before it
LATER = tuple(f"agui_notebook.{name}" for name in ("client.turns.turn", "protocol.pipeline"))
T = TypeVar("T")
HELD = 5.0  # seconds to wait for the document; whatever changes it is quick


class Session(Verbs, Readings, SessionTools):
    """A thread of messages and state shared with an agent; made by ``connect()``.

    ``run`` is awaited, ``ask`` blocks, ``stream`` gives events, ``start`` returns at once. Each
    takes what is to be said, or any other start: ``Say``, ``Resume``, ``Edit``, ``Retry``,
    ``Join``. The last four have names of their own: ``resume`` is awaited, ``ask_resume`` blocks,
    ``start_resume`` returns at once, and so for ``edit`` and ``retry``.
    What they raise is an AGUIError; what had arrived is in its ``result`` and in the document.
    Everything that is read here but ``document`` is a copy.

    >>> server = serve(str.upper)
    >>> session = connect(server.url, token=server.token)
    >>> session.ask("hello").text
    'HELLO'
    """

    def __init__(
        self,
        options: RunOptions,
        *,
        name: str | None = None,
        thread_id: str | None = None,
        messages: Iterable[JsonView] = (),
        state: Json = None,
        system: str | None = None,
    ) -> None:
        self.options = options
        self.secrets: Secrets = getattr(options.transport, "secrets", None) or Secrets()
        self._address: str = getattr(options.transport, "url", "")
        self.url = address(self._address)  # as it may be shown: without credentials
        self.name = name or urlsplit(self.url).netloc.rpartition("@")[2] or "agent"
        self.home: asyncio.AbstractEventLoop | None = None
        self.result: RunResult | None = None
        self._opening = [earlier_message(message, mint) for message in messages]
        if system is not None:
            self._opening.insert(0, {"id": mint(), "role": "system", "content": system})
        self._first_state = as_json(state, "The state")
        self.thread = LiveThread(thread_id or mint(), self._opening, self._first_state)
        self.thread.secrets = self.secrets
        self.decisions: dict[str, Answer] = {}  # taken with interrupt.approve() and its like
        self._job: Job | None = None
        weakref.finalize(self, close_quietly, options.transport).atexit = False

    def __repr__(self) -> str:
        count = len(self.document["messages"])
        return line(f"<Session {self.name}: {count} messages, thread {self.thread_id}>")

    @property
    def document(self) -> Document:
        """The live document. Do not change it; read it under ``session.lock``.

        >>> with session.lock: print(session.document["state"])
        {}
        """
        return self.thread.document

    @property
    def lock(self) -> Json:
        """Held while the document changes and observers are told of it; re-entrant.

        >>> with session.lock: session.document["threadId"] == session.thread_id
        True
        """
        return self.thread.lock

    @property
    def thread_id(self) -> str:
        """The conversation's id, sent with every run.

        >>> session.thread_id == session.document["threadId"]
        True
        """
        return self.document["threadId"]

    @property
    def interrupts(self) -> list[Interrupt]:
        """The questions the agent waits for; their answers are remembered for ``resume()``.

        >>> session.interrupts
        []
        """
        with self.lock:
            pending, messages = self.thread.copy("interrupts"), self.document["messages"]
            known = messages if pending else ()
            return read_interrupts(pending, known, self._decide, self.secrets.mask)

    @property
    def running(self) -> bool:
        """Whether a turn is going on.

        >>> session.running
        False
        """
        return self._job is not None and self._job.running

    @property
    def strict(self) -> bool:
        """Whether agents are held to the letter of the specification.

        >>> session.strict
        False
        """
        return self.options.strict

    def observe(self, function: Observer) -> Callable[[], None]:
        """Call ``function`` with the operations of every change; returns how to stop that.

        It is called under ``lock``, on the thread that made the change (the background loop's
        while an agent streams), and must be quick. What it raises becomes a warning.

        >>> seen = []
        >>> leave = session.observe(seen.extend)
        >>> session.set_state(1)
        >>> seen
        [Set(path=('state',), value=1)]
        >>> leave()
        """
        return self.thread.observe(function)

    def observe_events(self, function: EventObserver) -> Callable[[], None]:
        """Call ``function`` with a record of every event, in the same way.

        >>> kinds = []
        >>> leave = session.observe_events(lambda r: kinds.append(r["event"]["type"]))
        >>> answer = session.ask("hello")
        >>> kinds[0]
        'RUN_STARTED'
        """
        return self.thread.observe_events(function)

    def run(
        self,
        message: Json = None,
        *,
        attach: Iterable[Json] = (),
        check: bool = True,
        **over: Unpack[TurnOptions],
    ) -> AnswerLater:
        """Send a user message (None: run on the history as it is) and await the answer.

        ``message`` is text, content parts or a message dict, or a start; ``attach`` adds files.
        ``over`` changes context, forwarded_props, headers, timeout, max_rounds, retries, strict or
        middleware for this call.
        Raises InterruptPending when answers are due first (C-INT-04); TransportError,
        ProtocolError, RunFailed or IncompleteRun when the run fails, unless ``check`` is false.

        >>> answer = await session.run("hello")
        >>> answer.text
        'HELLO'
        """
        return AnswerLater(self._run(as_start(message, attach), over, check))

    async def _run(self, start: Start, over: JsonView, check: bool) -> RunResult:
        try:
            return check_result(await self._await_turn(start, over), check)
        except AGUIError as error:
            raise shorten(error)  # noqa: B904

    @door
    def ask(
        self,
        message: Json = None,
        *,
        attach: Iterable[Json] = (),
        check: bool = True,
        **over: Unpack[TurnOptions],
    ) -> RunResult:
        """Like ``run``, but block until the answer is there. Ctrl-C stops the run.

        >>> session.ask("hello").text
        'HELLO'
        """
        first = as_start(message, attach)
        try:
            result = self._block(first, over)
        except KeyboardInterrupt:
            self._stop_and_wait(first)
            raise
        return check_result(result, check)

    async def stream(
        self,
        message: Json = None,
        *,
        attach: Iterable[Json] = (),
        check: bool = True,
        **over: Unpack[TurnOptions],
    ) -> AsyncGenerator[AnyEvent, None]:
        """Like ``run``, but yield the events as they come; ``session.result`` holds the result.

        Leaving the loop early stops the run.

        >>> kinds = [event["type"] async for event in session.stream("hello")]
        >>> kinds[-1]
        'RUN_FINISHED'
        """
        feed: LoopQueue[EventRecord] = LoopQueue()
        leave = self.observe_events(feed.put)
        job = None
        try:
            future = self._begin(as_start(message, attach), self._home(), over)
            job = self._job
            future.add_done_callback(lambda _: feed.close())
            async for record in feed:
                yield record["event"]  # type: ignore[misc]
            check_result(future.result(), check)
        except AGUIError as error:
            raise shorten(error)  # noqa: B904
        finally:
            leave()
            if job is not None and job.running:
                job.stop()

    def start(
        self, message: Json = None, *, attach: Iterable[Json] = (), **over: Unpack[TurnOptions]
    ) -> Future[RunResult | None]:
        """Like ``run``, but return at once; never raises, what goes wrong is in the document.

        The future holds the result, None when nothing was sent.

        >>> future = session.start("hello")
        >>> future.result().text
        'HELLO'
        """
        outcome: Future[RunResult | None] = Future()
        try:
            future = self._begin(as_start(message, attach), self._home(), over)
        except AGUIError as error:
            self.thread.warn(str(error))
            outcome.set_result(None)
        else:
            future.add_done_callback(lambda done: self._settle(done, outcome))
        return outcome

    def stop(self) -> None:
        """Stop the turn going on, or the run that was left: what arrived stays.

        >>> session.stop()
        """
        if self.running:
            self._stop_turn()
        elif (left := left_run(self.thread.document["runs"])) is not None:
            self._submit(stop_left(self.thread, self.options, left))

    def _stop_turn(self) -> None:
        if self._job is not None and self._job.running:
            self._job.stop()

    def leave(self) -> None:
        """Leave the turn going on: where the server lets runs go on, ``join`` finds it again.

        >>> session.leave()
        """
        if self._job is not None and self._job.running:
            self._job.leave()

    def new_thread(self, thread_id: str | None = None) -> str:
        """Leave this conversation, stop its turn, and begin another; returns its id.

        >>> answer = session.ask("hello")
        >>> session.new_thread("t2")
        't2'
        >>> session.messages
        []
        """
        check_text("thread_id", thread_id)
        self._stop_turn()
        self.decisions.clear()
        fresh = thread_id or mint()
        self.thread.reset(fresh, self._opening, self._first_state)
        return fresh

    @property
    def state(self) -> Json:
        """The state shared with the agent, as a copy; setting it is ``set_state``.

        >>> session.state
        {}
        """
        return self.thread.copy("state")

    @state.setter
    def state(self, value: Json) -> None:
        self.set_state(value)

    @door
    def set_state(self, value: Json) -> None:
        """Change the shared state; the agent gets it with the next run.

        Raises InvalidInput for what is not JSON.

        >>> session.set_state({"step": 1})
        >>> session.state
        {'step': 1}
        """
        self.thread.change(Set(("state",), as_json(value, "The state")))

    def instruct(self, text: str) -> None:
        """Put a system message into the thread, to go out with the next run; once is enough.

        >>> session.instruct("Be brief.")
        >>> session.messages[-1]["role"]
        'system'
        """
        told = [m.get("content") for m in self.messages if m["role"] == "system"]
        if told[-1:] != [text]:
            self.thread.add_message({"id": mint(), "role": "system", "content": text})

    def close(self) -> None:
        """Stop, and close the connections kept open between runs. A later run opens new ones.

        >>> session.close()
        >>> session.ask("again").text
        'AGAIN'
        """
        self._stop_turn()
        close_quietly(self.options.transport, self._job)

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def records(self) -> Iterator[JsonObject]:
        """Everything that went over the wire, in the lines of a recording.

        >>> sorted(next(session.records()))
        ['at', 'request', 'runId']
        """
        thread = self.thread
        return wire_lines(thread.events, thread.journal, 0, len(thread.events))

    # -- turns ---------------------------------------------------------------------------------

    def _begin(self, start: Start, home: Home, over: JsonView) -> Future[RunResult]:
        from .turns.turn import Turn  # not before: half of what it takes to connect

        options = override_options(self.options, over)
        first = open_turn(self.thread, self.decisions, start)
        with self._hold_lock():
            if self.running:
                raise InvalidInput("A turn is still going on: await it, or stop() it first.")
            self._follow_tools()
            job = self._job = Job(self._job)
            joins = isinstance(start, Join)
            made = Turn(self.thread, options, home, joins=joins, is_stopped=lambda: job.stopped)
            job.future = self._submit(self._turn(job, first, made))
        return job.future

    def _submit(self, work: Coroutine[Json, Json, T]) -> Future[T]:
        """Let it go on where the transport lives."""
        here = loop.running_loop()
        if getattr(self.options.transport, "callers_loop", False) and here is not None:
            return asyncio.run_coroutine_threadsafe(work, here)
        return loop.background().submit(work)

    @contextmanager
    def _hold_lock(self) -> Iterator[None]:
        """The lock, unless a function of the user's took it and never came back."""
        if not self.lock.acquire(timeout=HELD):
            raise AGUIError(
                "A function of yours still holds this conversation and does not return: "
                "begin another with connect()."
            )
        try:
            yield
        finally:
            self.lock.release()

    async def _turn(self, job: Job, first: Opening, turn: Turn) -> RunResult:
        await job.enter()
        limit_off = job.limit(turn.options.timeout.run, turn.time_is_up)
        try:
            return await self._take_turn(job, first, turn)
        finally:
            limit_off()

    async def _take_turn(self, job: Job, first: Opening, turn: Turn) -> RunResult:
        with self.lock:
            resume = None if turn.left else first()
        mark = Mark(self.thread, joins=turn.joins)
        error: AGUIError | None = None
        try:
            job.check()
            await turn.run(resume)
        except AGUIError as failure:
            error = failure
        except asyncio.CancelledError as raised:
            error = turn.end_stopped() if job.is_cancelled else user_error(raised)
            if job.is_cancelled and not (job.stopped or job.left):
                raise
        self.result = mark.result(turn.outcome, turn.run_id, self.interrupts, error)
        if error is not None:
            error.result = self.result
        return self.result

    def _block(self, first: Start, over: JsonView) -> RunResult:
        here = loop.running_loop()
        if here is not None and self._needs(here):
            return waiting.wait_nested(self._begin(first, tool_threads.on_loop(here), over))
        pump = Pump()
        return waiting.wait(self._begin(first, tool_threads.on_pump(pump), over), pump)

    async def _await_turn(self, first: Start, over: JsonView) -> RunResult:
        future = self._begin(first, self._home(), over)
        try:
            return await waiting.await_in_ticks(future)
        except asyncio.CancelledError:
            if self._job is not None:
                self._break_off(first)
                await self._job.wind_up_here()
            raise

    def _break_off(self, start: Start) -> None:
        """Whoever was interrupted wanted a stop; whoever only joined, to look no more."""
        if self._job is not None:
            (self._job.leave if isinstance(start, Join) else self._job.stop)()

    def _stop_and_wait(self, start: Start) -> None:
        """Whoever was interrupted finds in the document how the turn ended."""
        if self._job is not None:
            self._break_off(start)
            self._job.wind_up()

    def _decide(self, answer: Answer) -> None:
        self.decisions[answer.interrupt_id] = answer

    def _settle(self, done: Future[RunResult], outcome: Future[RunResult | None]) -> None:
        error = None if done.cancelled() else done.exception()
        if error is not None:
            self.thread.warn(str(error))
        outcome.set_result(None if error is not None or done.cancelled() else done.result())

    def _home(self) -> Home:
        """Where tools run for somebody who awaits: as told, else on the loop that awaits."""
        here = self.home or loop.running_loop()
        beside = self.home is None and loop.background().here() and not loop.background().single
        if here is None or beside:
            return tool_threads.beside
        return tool_threads.on_loop(here)

    def _needs(self, here: asyncio.AbstractEventLoop) -> bool:
        """Whether a turn cannot go on while ``here`` is blocked."""
        if loop.background().single:
            return True
        on_it = any(made.is_async and not made.thread for made in self.options.tools.values())
        callers = getattr(self.options.transport, "callers_loop", False)
        return on_it or callers or local_agents.lives_on(here, self._address)
