"""What can be read of a session's conversation, as copies. Nothing is changed here."""

from __future__ import annotations

from ..protocol.document.shape import Message
from ..values import JsonObject
from .event_log import EventLog
from .result import total_usage
from .thread import LiveThread


class Readings:
    """Messages, runs and events, as they are by now."""

    thread: LiveThread

    @property
    def messages(self) -> list[Message]:
        """All messages, in the wire's form.

        >>> [message["role"] for message in session.messages][-2:]
        ['user', 'assistant']
        """
        found: list[Message] = self.thread.copy("messages")
        return found

    @property
    def runs(self) -> list[JsonObject]:
        """Every run: id, status, times in epoch ms, usage, steps, subagents.

        >>> session.runs[-1]["status"]
        'success'
        """
        found: list[JsonObject] = self.thread.copy("runs")
        return found

    @property
    def warnings(self) -> list[str]:
        """What was tolerated or went wrong beside the runs, in words.

        >>> session.warnings
        []
        """
        return [entry["message"] for entry in self.thread.copy("warnings")]

    @property
    def usage(self) -> list[JsonObject]:
        """Tokens used so far, one entry per provider and model.

        >>> session.usage
        []
        """
        return total_usage(self.runs)

    @property
    def events(self) -> EventLog:
        """Every event so far, as records ``{"at": ms, "runId": ..., "event": {...}}``.

        >>> session.events[-1]["event"]["type"]
        'RUN_FINISHED'
        """
        return self.thread.events
