"""A session's methods and properties on the widget, with the signatures that they have there.

Only delegation; a test holds it to Session's own signatures.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from typing import TYPE_CHECKING

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

    from ..client.turn_options import TurnOptions
    from ..types import AnyEvent


class SessionFace(Verbs):
    """What a chat widget does as its session does it."""

    @property
    def session(self) -> Session:
        """The session behind this face."""
        raise NotImplementedError

    async def run(
        self,
        message: Json = None,
        *,
        attach: Iterable[Json] = (),
        check: bool = True,
        **over: Unpack[TurnOptions],
    ) -> RunResult:
        """Send a message and await the answer; see ``Session.run``."""
        return await self.session.run(message, attach=attach, check=check, **over)

    def ask(
        self,
        message: Json = None,
        *,
        attach: Iterable[Json] = (),
        check: bool = True,
        **over: Unpack[TurnOptions],
    ) -> RunResult:
        """Like ``run``, but block until the answer is there. Ctrl-C stops the run."""
        return self.session.ask(message, attach=attach, check=check, **over)

    def stream(
        self,
        message: Json = None,
        *,
        attach: Iterable[Json] = (),
        check: bool = True,
        **over: Unpack[TurnOptions],
    ) -> AsyncIterator[AnyEvent]:
        """Like ``run``, but yield the events as they come; see ``Session.stream``."""
        return self.session.stream(message, attach=attach, check=check, **over)

    def start(
        self, message: Json = None, *, attach: Iterable[Json] = (), **over: Unpack[TurnOptions]
    ) -> Future[RunResult | None]:
        """Begin a turn and return at once; see ``Session.start``."""
        return self.session.start(message, attach=attach, **over)

    def stop(self) -> None:
        """Stop the turn going on: the connection is closed, what arrived stays."""
        self.session.stop()

    def new_thread(self, thread_id: str | None = None) -> str:
        """Leave this conversation, stop its turn, and begin another; returns its id."""
        return self.session.new_thread(thread_id)

    def set_state(self, value: Json) -> None:
        """Change the shared state; the agent gets it with the next run. Raises InvalidInput."""
        self.session.set_state(value)

    @property
    def messages(self) -> list[Message]:
        """All messages, in the wire's form."""
        return self.session.messages

    @property
    def state(self) -> Json:
        """The state shared with the agent; ``set_state`` changes it."""
        return self.session.state

    @property
    def events(self) -> EventLog:
        """Every event so far, as records ``{"at": ms, "runId": ..., "event": {...}}``."""
        return self.session.events

    @property
    def runs(self) -> list[JsonObject]:
        """Every run: id, status, times in epoch ms, usage, steps, subagents."""
        return self.session.runs

    @property
    def interrupts(self) -> list[Interrupt]:
        """The questions the agent waits for."""
        return self.session.interrupts

    @property
    def warnings(self) -> list[str]:
        """What was tolerated or went wrong beside the runs, in words."""
        return self.session.warnings

    @property
    def usage(self) -> list[JsonObject]:
        """Tokens used so far, one entry per provider and model."""
        return self.session.usage

    @property
    def tools(self) -> dict[str, Tool]:
        """The frontend tools, by name."""
        return self.session.tools

    @property
    def thread_id(self) -> str:
        """The conversation's id, sent with every run."""
        return self.session.thread_id

    @property
    def running(self) -> bool:
        """Whether a turn is going on."""
        return self.session.running

    @property
    def result(self) -> RunResult | None:
        """The last turn's result."""
        return self.session.result
