"""The named ways to begin a turn, in three modes: awaited, blocking, begun in the background.

One line each: what they do is said by the values of start.py, how by run, ask and start.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ..runtime.loop import Future
from ..values import Json, JsonObject
from .answer_later import AnswerLater
from .interrupts import Answers
from .result import RunResult
from .start import Edit, Join, Resume, Retry

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from .turns.run_options import RunOptions
    from .turns.turn_options import TurnOptions


class Verbs:
    """``resume``, ``edit``, ``retry``, ``join``, beside ``run``, ``ask``, ``start``; ``probe``."""

    options: RunOptions

    @property
    def capabilities(self) -> JsonObject | None:
        """What the agent declares that it can, where ``probe`` or the chat has found that out.

        >>> told = await session.probe()
        >>> session.capabilities["identity"]["type"]
        'agui_notebook'
        """
        return self.options.declared

    async def probe(self) -> str:
        """Ask whether the agent answers, without a run: "", or a sentence that says what is wrong.

        Where the agent publishes what it can, that is in ``capabilities`` afterwards.

        >>> await session.probe()
        ''
        """
        ask = getattr(self.options.transport, "probe", None)
        if ask is None:  # nothing that could be asked: a recording, a transport of yours
            return ""
        problem, self.options.declared = await ask()
        return str(problem)

    def run(
        self,
        message: Json = None,
        *,
        attach: Iterable[Json] = (),
        check: bool = True,
        **over: Unpack[TurnOptions],
    ) -> AnswerLater:
        """Begin a turn and await its end.

        >>> answer = await session.run("hello")
        """
        raise NotImplementedError

    def ask(
        self,
        message: Json = None,
        *,
        attach: Iterable[Json] = (),
        check: bool = True,
        **over: Unpack[TurnOptions],
    ) -> RunResult:
        """Begin a turn and block until its end.

        >>> answer = session.ask("hello")
        """
        raise NotImplementedError

    def start(
        self, message: Json = None, *, attach: Iterable[Json] = (), **over: Unpack[TurnOptions]
    ) -> Future[RunResult | None]:
        """Begin a turn and return at once.

        >>> answer = session.start("hello").result()
        """
        raise NotImplementedError

    async def resume(
        self, answers: Answers | None = None, *, check: bool = True, **over: Unpack[TurnOptions]
    ) -> RunResult:
        """Answer every pending interrupt and go on.

        ``answers`` maps ids to payloads (or Answers), or lists Answers; left out, it is what was
        decided with ``interrupt.approve()`` and its like. Raises InterruptPending when one is not
        answered, has expired or is another question by now, InvalidInput when an answer does not
        fit.

        >>> answer = asking.ask("delete it")
        >>> (await asking.resume({"q1": {"approved": True}})).text
        'Done.'
        """
        return await self.run(Resume(answers), check=check, **over)

    def ask_resume(
        self, answers: Answers | None = None, *, check: bool = True, **over: Unpack[TurnOptions]
    ) -> RunResult:
        """Like ``resume``, but block until the answer is there.

        >>> answer = asking.ask("delete it")
        >>> given = asking.interrupts[0].approve()
        >>> asking.ask_resume().text
        'Done.'
        """
        return self.ask(Resume(answers), check=check, **over)

    def start_resume(
        self, answers: Answers | None = None, **over: Unpack[TurnOptions]
    ) -> Future[RunResult | None]:
        """Like ``resume``, but return at once; never raises.

        >>> answer = asking.ask("delete it")
        >>> asking.start_resume({"q1": {"approved": True}}).result().text
        'Done.'
        """
        return self.start(Resume(answers), **over)

    async def edit(
        self, message_id: str, text: Json, *, check: bool = True, **over: Unpack[TurnOptions]
    ) -> RunResult:
        """Say something else in an earlier user turn and run from there; what followed is dropped.

        Raises InvalidInput when there is no such user message.

        >>> answer = session.ask("hello")
        >>> first = session.messages[0]["id"]
        >>> (await session.edit(first, "good evening")).text
        'GOOD EVENING'
        """
        return await self.run(Edit(message_id, text), check=check, **over)

    def ask_edit(
        self, message_id: str, text: Json, *, check: bool = True, **over: Unpack[TurnOptions]
    ) -> RunResult:
        """Like ``edit``, but block until the answer is there.

        >>> answer = session.ask("hello")
        >>> session.ask_edit(session.messages[0]["id"], "good evening").text
        'GOOD EVENING'
        """
        return self.ask(Edit(message_id, text), check=check, **over)

    def start_edit(
        self, message_id: str, text: Json, **over: Unpack[TurnOptions]
    ) -> Future[RunResult | None]:
        """Like ``edit``, but return at once; never raises.

        >>> answer = session.ask("hello")
        >>> future = session.start_edit(session.messages[0]["id"], "good evening")
        >>> future.result().text
        'GOOD EVENING'
        """
        return self.start(Edit(message_id, text), **over)

    async def retry(self, *, check: bool = True, **over: Unpack[TurnOptions]) -> RunResult:
        """Run the last user turn again; what it had brought is dropped.

        >>> answer = session.ask("hello")
        >>> (await session.retry()).text
        'HELLO'
        """
        return await self.run(Retry(), check=check, **over)

    def ask_retry(self, *, check: bool = True, **over: Unpack[TurnOptions]) -> RunResult:
        """Like ``retry``, but block until the answer is there.

        >>> answer = session.ask("hello")
        >>> session.ask_retry().text
        'HELLO'
        """
        return self.ask(Retry(), check=check, **over)

    def start_retry(self, **over: Unpack[TurnOptions]) -> Future[RunResult | None]:
        """Like ``retry``, but return at once; never raises.

        >>> answer = session.ask("hello")
        >>> session.start_retry().result().text
        'HELLO'
        """
        return self.start(Retry(), **over)

    async def join(self, *, check: bool = True, **over: Unpack[TurnOptions]) -> RunResult:
        """Follow this thread's run that goes on at the server, or look at how it ended.

        It comes from its beginning, in place of what is there of it; ``stop`` ends the run, being
        cancelled only leaves it. Raises RunFailed where the agent keeps nothing of the thread.

        >>> patient = serve(str.upper, name="patient", detach=True)
        >>> there = connect(patient.url, token=patient.token, thread_id="t1")
        >>> left = there.ask("hello", detach=True)
        >>> here = connect(patient.url, token=patient.token, thread_id="t1")
        >>> (await here.join()).text
        'HELLO'
        """
        return await self.run(Join(), check=check, **over)

    def ask_join(self, *, check: bool = True, **over: Unpack[TurnOptions]) -> RunResult:
        """Like ``join``, but block until the run has ended. Ctrl-C leaves it.

        >>> here.ask_join().text
        'HELLO'
        """
        return self.ask(Join(), check=check, **over)

    def start_join(self, **over: Unpack[TurnOptions]) -> Future[RunResult | None]:
        """Like ``join``, but return at once; never raises.

        >>> here.start_join().result().text
        'HELLO'
        """
        return self.start(Join(), **over)
