"""A session's methods and properties on the widget, with the signatures that they have there.

Only delegation; a test holds it to Session's own signatures.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterable
from typing import TYPE_CHECKING

from ..client.answer_later import AnswerLater
from ..client.event_log import EventLog
from ..client.interrupts import Interrupt
from ..client.result import RunResult
from ..client.session import Session
from ..client.verbs import Verbs
from ..protocol.document.shape import Message
from ..runtime.loop import Future
from ..tools.tool import Tool
from ..values import Json, JsonObject

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from ..client.turns.turn_options import TurnOptions
    from ..types import AnyEvent


class SessionFace(Verbs):
    """What a chat widget does as its session does it."""

    @property
    def session(self) -> Session:
        """The session behind this face.

        >>> widget.session.name
        'loud'
        """
        raise NotImplementedError

    def run(
        self,
        message: Json = None,
        *,
        attach: Iterable[Json] = (),
        check: bool = True,
        **over: Unpack[TurnOptions],
    ) -> AnswerLater:
        """Send a message and await the answer; see ``Session.run``.

        >>> (await widget.run("hello")).text
        'HELLO'
        """
        return self.session.run(message, attach=attach, check=check, **over)

    def ask(
        self,
        message: Json = None,
        *,
        attach: Iterable[Json] = (),
        check: bool = True,
        **over: Unpack[TurnOptions],
    ) -> RunResult:
        """Like ``run``, but block until the answer is there. Ctrl-C stops the run.

        >>> widget.ask("hello").text
        'HELLO'
        """
        return self.session.ask(message, attach=attach, check=check, **over)

    def stream(
        self,
        message: Json = None,
        *,
        attach: Iterable[Json] = (),
        check: bool = True,
        **over: Unpack[TurnOptions],
    ) -> AsyncGenerator[AnyEvent, None]:
        """Like ``run``, but yield the events as they come; see ``Session.stream``.

        >>> kinds = [event["type"] async for event in widget.stream("hello")]
        >>> kinds[-1]
        'RUN_FINISHED'
        """
        return self.session.stream(message, attach=attach, check=check, **over)

    def start(
        self, message: Json = None, *, attach: Iterable[Json] = (), **over: Unpack[TurnOptions]
    ) -> Future[RunResult | None]:
        """Begin a turn and return at once; see ``Session.start``.

        >>> widget.start("hello").result().text
        'HELLO'
        """
        return self.session.start(message, attach=attach, **over)

    def stop(self) -> None:
        """Stop the turn going on, or the run that was left: what arrived stays.

        >>> widget.stop()
        """
        self.session.stop()

    def leave(self) -> None:
        """Leave the turn going on; see ``Session.leave``.

        >>> widget.leave()
        """
        self.session.leave()

    def new_thread(self, thread_id: str | None = None) -> str:
        """Leave this conversation, stop its turn, and begin another; returns its id.

        >>> widget.new_thread("t1")
        't1'
        """
        return self.session.new_thread(thread_id)

    def set_state(self, value: Json) -> None:
        """Change the shared state; the agent gets it with the next run. Raises InvalidInput.

        >>> widget.set_state({"step": 1})
        >>> widget.state
        {'step': 1}
        """
        self.session.set_state(value)

    @property
    def messages(self) -> list[Message]:
        """All messages, in the wire's form.

        >>> answer = widget.ask("hello")
        >>> widget.messages[-1]["content"]
        'HELLO'
        """
        return self.session.messages

    @property
    def state(self) -> Json:
        """The state shared with the agent, as a copy; setting it is ``set_state``.

        >>> widget.set_state([1])
        >>> widget.state
        [1]
        """
        return self.session.state

    @state.setter
    def state(self, value: Json) -> None:
        self.set_state(value)

    @property
    def events(self) -> EventLog:
        """Every event so far, as records ``{"at": ms, "runId": ..., "event": {...}}``.

        >>> answer = widget.ask("hello")
        >>> len(widget.events) > 4
        True
        """
        return self.session.events

    @property
    def runs(self) -> list[JsonObject]:
        """Every run: id, status, times in epoch ms, usage, steps, subagents.

        >>> answer = widget.ask("hello")
        >>> widget.runs[-1]["status"]
        'success'
        """
        return self.session.runs

    @property
    def interrupts(self) -> list[Interrupt]:
        """The questions the agent waits for.

        >>> widget.interrupts
        []
        """
        return self.session.interrupts

    @property
    def warnings(self) -> list[str]:
        """What was tolerated or went wrong beside the runs, in words.

        >>> widget.warnings
        []
        """
        return self.session.warnings

    @property
    def usage(self) -> list[JsonObject]:
        """Tokens used so far, one entry per provider and model.

        >>> widget.usage
        []
        """
        return self.session.usage

    @property
    def tools(self) -> dict[str, Tool]:
        """The frontend tools, by name.

        >>> list(widget.tools)
        []
        """
        return self.session.tools

    @property
    def permissions(self) -> list[str]:
        """Tools that were allowed for this session, and run unasked.

        >>> widget.permissions
        []
        """
        return self.session.permissions

    @property
    def thread_id(self) -> str:
        """The conversation's id, sent with every run.

        >>> widget.new_thread("t2") == widget.thread_id
        True
        """
        return self.session.thread_id

    @property
    def running(self) -> bool:
        """Whether a turn is going on.

        >>> widget.running
        False
        """
        return self.session.running

    @property
    def result(self) -> RunResult | None:
        """The last turn's result.

        >>> answer = widget.ask("hello")
        >>> widget.result.text
        'HELLO'
        """
        return self.session.result
