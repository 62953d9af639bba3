"""What one turn brought: the text, and everything else a caller may ask about it.

Built once when a turn ends; holds copies only.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from html import escape

from ..errors import AGUIError
from ..markup.outlets import Secrets, terminal
from ..markup.visible import visible
from ..protocol.document.operations import copy_json
from ..protocol.document.shape import (
    Document,
    Event,
    Message,
    calls_of,
    item_key,
    text_of,
    words_of,
)
from ..traces import sentence_of
from ..values import Json, JsonObject, JsonView
from .interrupts import Interrupt
from .thread import LiveThread, now
from .threads.journal import wire_lines

_QUIET = "opacity:.65;font-size:smaller"


@dataclass(frozen=True)
class RunResult:
    """One turn, tool rounds included.

    ``outcome`` is success, interrupt, cancelled, error, incomplete or left (it goes on without
    us), and honest: a stream that merely stopped is never success (C-TRUNC-03). ``error`` holds
    what ``run()`` would raise. ``duration`` is in seconds, tool rounds included, ``started`` in ms
    since the epoch.

    >>> server = serve(str.upper)
    >>> result = connect(server.url, token=server.token).ask("hello")
    >>> result
    <RunResult success: 'HELLO'>
    """

    thread_id: str
    run_id: str | None
    outcome: str
    messages: list[JsonObject] = field(repr=False)
    interrupts: list[Interrupt] = field(repr=False)
    usage: list[JsonObject] = field(repr=False)
    state: Json = field(repr=False)
    warnings: list[str] = field(repr=False)
    error: AGUIError | None = None
    duration: float | None = None
    started: int | None = field(default=None, repr=False)
    secrets: Secrets = field(default_factory=Secrets, repr=False, compare=False)
    records: Callable[[], Iterable[JsonObject]] = field(default=list, repr=False, compare=False)

    def __getstate__(self) -> JsonObject:
        """As ``pickle``, ``%store`` and joblib keep it: with its events, without its secrets."""
        lines: list[JsonObject] = [self.secrets.mask_value(line) for line in self.records()]
        return {**vars(self), "records": partial(list, lines), "secrets": Secrets()}

    @cached_property
    def events(self) -> list[Event]:
        """Every event of the turn, in order, as plain dicts.

        >>> result.events[0]["type"]
        'RUN_STARTED'
        """
        return [record["event"] for record in self.records() if "event" in record]

    @cached_property
    def text(self) -> str:
        """What the agent said: the texts of its messages, parted by blank lines.

        >>> result.text
        'HELLO'
        """
        spoken = (m for m in self.messages if m["role"] == "assistant" and not _delegated(m))
        return "\n\n".join(text for message in spoken if (text := text_of(message)))

    @cached_property
    def time_to_first_token(self) -> float | None:
        """Seconds until the agent's first words or thoughts; None where none came.

        >>> result.time_to_first_token < 60
        True
        """
        said = (r["at"] for r in self.records() if _speaks(r.get("event", {})))
        first = next(said, None) if self.started is not None else None
        return None if first is None else max(first - self.started, 0) / 1000

    @property
    def model(self) -> str | None:
        """Which model answered, as its usage names it; several are joined, none is None.

        >>> result.model is None
        True
        """
        names = dict.fromkeys(entry["model"] for entry in self.usage if entry.get("model"))
        return ", ".join(names) or None

    @property
    def cost(self) -> float | None:
        """US dollars by the list prices in ``agui.prices``, which you may change; else None.

        >>> result.cost is None
        True
        """
        from ..price_list import cost_of  # as below: not before somebody looks

        return cost_of(self.usage)

    @cached_property
    def tool_calls(self) -> list[JsonObject]:
        """The turn's tool calls: id, name, arguments (decoded if JSON), result and error if any.

        >>> result.tool_calls
        []
        """
        results = {m["toolCallId"]: m for m in self.messages if m["role"] == "tool"}
        return [
            _call(call, results.get(call["id"], {}))
            for message in self.messages
            for call in message.get("toolCalls") or ()
        ]

    def __repr__(self) -> str:
        shown = self.text if len(self.text) <= 60 else self.text[:59] + "…"
        said = str(self.error) if self.error is not None else self.secrets.mask(shown)
        return f"<RunResult {self.outcome}: {said!r}>"

    def _repr_markdown_(self) -> str:
        """What a notebook shows of it; the agent's HTML stays text (C-TRUST-02)."""
        from ..markup.inert import safe

        facts = [f"*{self.facts}*"] if self.facts else []
        return "\n\n".join([*filter(None, [safe(self._as_markdown())]), *facts])

    def _repr_html_(self) -> str:
        """The same where a notebook shows HTML: every character of the agent's is escaped."""
        from ..markup.markdown_html import format_markdown

        facts = f'<p style="{_QUIET}">{escape(self.facts)}</p>' if self.facts else ""
        return f"<div>{format_markdown(self._as_markdown())}{facts}</div>"

    @property
    def facts(self) -> str:
        """Time, tokens, cost and warnings in one line.

        >>> "token" in result.facts  # this agent names none
        False
        """
        from ..protocol.run_facts import facts_line

        return facts_line(self.duration, self.usage, self.warnings, self.cost)

    def _as_markdown(self) -> str:
        """What was said, and how it ended where that is not simply well, as Markdown.

        It stays in the notebook: no secret, and no control that a terminal would obey.
        """
        notes = [f"*{self.outcome}*"] if self.outcome not in ("success", "error") else []
        if self.error is not None:
            kind, _, told = sentence_of(self.error).partition(":")
            notes += [f"**{kind}**:{told}"]
        notes += [f"- {visible(each.message or each.reason)}" for each in self.interrupts]
        written = "\n\n".join([self.text, *notes] if self.text else notes)
        return self.secrets.mask(terminal(written))


def _speaks(event: JsonView) -> bool:
    """Whether an event brings words or thoughts."""
    kind = event.get("type", "")
    return bool(event.get("delta")) and kind.startswith(("TEXT_MESSAGE", "REASONING_MESSAGE"))


class Mark:
    """Where a thread stood when a turn began, and so what the turn has added."""

    def __init__(self, thread: LiveThread, *, joins: bool = False) -> None:
        self._thread, self._joins = thread, joins
        document = thread.document
        with thread.lock:
            self._started = now()
            self._before = Before(document["messages"], self._started)
            self._events = thread.events
            self._first = len(thread.events)
            self._noted = len(thread.journal)
            self._runs = len(document["runs"])
            self._warnings = len(document["warnings"])

    def result(
        self,
        outcome: str,
        run_id: str | None,
        interrupts: list[Interrupt],
        error: AGUIError | None,
    ) -> RunResult:
        """The turn's result, now that it has ended so."""
        thread, events = self._thread, self._events
        with thread.lock:
            document = thread.document
            first, last = self._first, len(events)
            if self._joins and last > first:
                self._begin_at(document, events[first]["runId"])
            journal = thread.journal[self._noted :]
            return RunResult(
                thread_id=document["threadId"],
                run_id=run_id,
                outcome=outcome,
                messages=copy_json(self._before.new_messages(document)),
                interrupts=interrupts if outcome == "interrupt" else [],
                usage=total_usage(document["runs"][self._runs :]),
                state=thread.copy("state"),
                warnings=[entry["message"] for entry in document["warnings"][self._warnings :]],
                error=error,
                duration=max(now() - self._started, 0) / 1000,
                started=self._started,
                secrets=thread.secrets,
                records=lambda: wire_lines(events, journal, first, last),
            )

    def _begin_at(self, document: Document, run_id: str) -> None:
        """The first run began earlier, and what was there of it has come anew."""
        runs, messages = document["runs"], document["messages"]
        place = next((n for n, run in enumerate(runs) if run["runId"] == run_id), None)
        if place is not None:
            after = runs[place]["after"]
            count = next((n for n, m in enumerate(messages, 1) if m["id"] == after), 0)
            self._before, self._runs = Before(messages[:count], self._started), place


def _delegated(message: JsonView) -> bool:
    return "subagentRunId" in message


def _call(call: JsonView, result: JsonView) -> JsonObject:
    text = call["function"]["arguments"]
    try:
        arguments = json.loads(text)
    except ValueError:
        arguments = text
    found = {"id": call["id"], "name": call["function"]["name"], "arguments": arguments}
    found |= {"result": result["content"]} if "content" in result else {}
    return found | ({"error": result["error"]} if "error" in result else {})


def total_usage(runs: Sequence[JsonView]) -> list[JsonObject]:
    """The usage of several runs, one entry per provider and model; absent is not zero."""
    totals: dict[tuple[Json, Json], JsonObject] = {}
    for entry in (entry for run in runs for entry in run.get("usage", ())):
        names = {key: entry[key] for key in ("provider", "model") if key in entry}
        total = totals.setdefault((names.get("provider"), names.get("model")), names)
        for key in [key for key in entry if key not in names]:
            total[key] = total.get(key, 0) + entry[key]
    return list(totals.values())


class Before:
    """The messages before a turn, and which of those after it the turn has added.

    A server may restate the thread meanwhile, put older messages into it and give ids anew.
    """

    def __init__(self, messages: Sequence[Message], at: int) -> None:
        asked = [n for n, message in enumerate(messages) if message["role"] == "user"]
        self._at = at
        self._known = {message["id"]: _size(message) for message in messages}
        self._asked = messages[asked[-1]] if asked else None
        # what stands behind the question already, when a turn goes on
        self._words = {words_of(message) for message in messages[asked[-1] + 1 if asked else 0 :]}

    def new_messages(self, document: Document) -> list[Message]:
        """In order: what is behind the question and was not there, and what has grown.

        A message that was continued under its old id counts as a whole (C-TEXT-02).
        """
        messages, first = document["messages"], self._first(document["messages"])
        return [
            message
            for place, message in enumerate(messages)
            if self._is_new(message, place >= first, self._is_live(document, message))
        ]

    def _is_new(self, message: Message, behind: bool, live: bool) -> bool:
        if message["id"] in self._known:
            return live and _size(message) > self._known[message["id"]]
        return live or (behind and words_of(message) not in self._words)

    def _first(self, messages: Sequence[Message]) -> int:
        """Where the answers begin, if the question is there under any id; else nowhere."""
        if self._asked is None:
            return 0
        same = [n for n, m in enumerate(messages) if m["id"] == self._asked["id"]]
        if not same:
            words = words_of(self._asked)
            same = [n for n, m in enumerate(messages) if words_of(m) == words]
        return same[-1] + 1 if same else len(messages)

    def _is_live(self, document: Document, message: Message) -> bool:
        """Whether it came, or its call was answered, while the turn went on."""
        keys = [item_key("message", message["id"])]
        keys += [item_key("call", call["id"]) for call in calls_of(message)]
        keys += [item_key("call", message["toolCallId"])] if message["role"] == "tool" else []
        items = (document["items"].get(key, {}) for key in keys)
        return any(max(i.get("startedAt", 0), i.get("endedAt", 0)) >= self._at for i in items)


def _size(message: JsonView) -> int:
    return len(message.get("content") or "") + len(calls_of(message))
