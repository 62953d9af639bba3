"""What a session knows: its document, read safely from any thread. Changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..protocol.document.shape import Document, Message
from .event_log import EventLog
from .interrupts import Answer, Interrupt, read_interrupts
from .result import total_usage
from .thread import EventObserver, LiveThread, Observer


class SessionView:
    """The readable side of a session. Everything but ``document`` is a copy."""

    thread: LiveThread
    decisions: dict[str, Answer]  # taken with interrupt.approve() and its like

    @property
    def document(self) -> Document:
        """The live document. Do not change it; read it under ``session.lock``."""
        return self.thread.document

    @property
    def lock(self) -> Any:
        """Held while the document changes and observers are told of it; re-entrant."""
        return self.thread.lock

    @property
    def thread_id(self) -> str:
        """The conversation's id, sent with every run."""
        return self.document["threadId"]

    @property
    def messages(self) -> list[Message]:
        """All messages, in the wire's form."""
        found: list[Message] = self.thread.copy("messages")
        return found

    @property
    def state(self) -> Any:
        """The state shared with the agent; ``set_state`` changes it."""
        return self.thread.copy("state")

    @property
    def runs(self) -> list[dict[str, Any]]:
        """Every run: id, status, times in epoch ms, usage, steps, subagents."""
        found: list[dict[str, Any]] = self.thread.copy("runs")
        return found

    @property
    def warnings(self) -> list[str]:
        """What was tolerated or went wrong beside the runs, in words."""
        return [entry["message"] for entry in self.thread.copy("warnings")]

    @property
    def usage(self) -> list[dict[str, Any]]:
        """Tokens used so far, one entry per provider and model."""
        return total_usage(self.runs)

    @property
    def events(self) -> EventLog:
        """Every event so far, as records ``{"at": ms, "runId": ..., "event": {...}}``."""
        return self.thread.events

    @property
    def interrupts(self) -> list[Interrupt]:
        """The questions the agent waits for; their answers are remembered for ``resume()``."""
        with self.lock:
            pending, messages = self.thread.copy("interrupts"), self.document["messages"]
            return read_interrupts(pending, messages if pending else (), self._decide)

    def observe(self, function: Observer) -> Callable[[], None]:
        """Call ``function`` with the operations of every change; returns how to stop that.

        It is called under ``lock``, on the thread that made the change (the background loop's
        while an agent streams), and must be quick. What it raises becomes a warning.
        """
        return self.thread.observe(function)

    def observe_events(self, function: EventObserver) -> Callable[[], None]:
        """Call ``function`` with a record of every event, in the same way."""
        return self.thread.observe_events(function)

    def _decide(self, answer: Answer) -> None:
        self.decisions[answer.interrupt_id] = answer
