"""What an agent says its answer with. Pairs START and END, closes what is open, one terminal event.

It knows AG-UI's events and nothing of HTTP, loops or providers; foreign events are made fit in
normalise.py, and run.py decides how a run ends.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

from ..protocol.document.shape import Event
from ..protocol.grammar import CALL, REASONING, SPAN, TEXT
from ..protocol.open_items import OpenItems
from ..protocol.schema import PROTOCOL_VERSION, WARNING
from ..runtime.ids import mint
from ..tools.as_json import as_text
from ..values import Json, JsonObject, JsonView
from .masking import explain, mask_secrets
from .normalise import Repair
from .usage import Usage

SendEvent = Callable[[Event], Awaitable[None]]


class _RunState:
    """What an emitter shares with the emitters of its subagents."""

    def __init__(self, request: JsonView, send: SendEvent) -> None:
        self.request, self.send = request, send
        self.subagents = "protocolVersion" in request  # a caller that names none predates them
        self.items, self.usage = OpenItems(), Usage()
        self.repair = Repair(self.items)
        self.interrupts: list[JsonObject] = []
        self.warned: set[str] = set()
        self.ending: Event = {}  # fields for RUN_FINISHED that the agent chose


class Emitter:
    """Sends the events of one run, in order, each valid at the moment it leaves.

    Deltas open what they need: ``await emit.text("Hel")`` starts a message, the next ``text``
    continues it, and anything that has to come between (a tool call, reasoning) ends it first.
    Ids are minted unless given. After the terminal event everything is dropped silently, since
    the caller has gone. Backpressure is real: each call returns when the transport took the
    bytes.

    >>> events = []
    >>> async def send(event): events.append(event["type"])
    >>> emit = Emitter({"threadId": "t", "runId": "r", "protocolVersion": "1.0"}, send)
    >>> await emit.text("Hello")
    >>> events
    ['TEXT_MESSAGE_START', 'TEXT_MESSAGE_CONTENT']
    """

    def __init__(self, request: JsonView, send: SendEvent) -> None:
        self._run = _RunState(request, send)
        self._owner: str | None = None
        self._text: str | None = None  # open text message
        self._thought: str | None = None  # open reasoning message; its span has the same id
        self._turn: str | None = None  # assistant message that carries this turn's tool calls

    # -- text and reasoning -------------------------------------------------------------

    async def text(self, delta: str) -> None:
        """Continue the answer (P-STREAM-01); an empty delta is not sent.

        >>> await emit.text("Hel")
        >>> await emit.text("lo")
        """
        if not delta:
            return
        if self._text is None:
            await self.start_text()
        await self._send({"type": "TEXT_MESSAGE_CONTENT", "messageId": self._text, "delta": delta})

    async def start_text(self, message_id: str | None = None) -> str:
        """Begin a new message of the assistant; returns its id.

        >>> await emit.start_text("m2")
        'm2'
        """
        await self.pause()
        self._text = self._turn = message_id or mint()
        await self._send(
            {"type": "TEXT_MESSAGE_START", "messageId": self._text, "role": "assistant"}
        )
        return self._text

    async def reasoning(self, delta: str) -> None:
        """Continue the reasoning shown before an answer (span and message share one id).

        >>> await emit.reasoning("Let me see.")
        """
        if not delta:
            return
        if self._thought is None:
            await self._start_reasoning()
        await self._send(
            {"type": "REASONING_MESSAGE_CONTENT", "messageId": self._thought, "delta": delta}
        )

    async def _start_reasoning(self) -> None:
        await self.pause()
        self._thought = mint()
        await self._send({"type": "REASONING_START", "messageId": self._thought})
        await self._send(
            {
                "type": "REASONING_MESSAGE_START",
                "messageId": self._thought,
                "role": "reasoning",
            }
        )

    async def encrypted_value(self, value: str, *, call: str | None = None) -> None:
        """Attach a provider's opaque value to a tool call, or to the open reasoning (C-REAS-05).

        With neither, a reasoning message is opened to carry it.

        >>> await emit.encrypted_value("c2VjcmV0")
        """
        if call is None and self._thought is None:
            await self._start_reasoning()
        await self._send(
            {
                "type": "REASONING_ENCRYPTED_VALUE",
                "subtype": "message" if call is None else "tool-call",
                "entityId": call or self._thought,
                "encryptedValue": value,
            }
        )

    async def pause(self, metadata: JsonView | None = None) -> None:
        """End the open text and reasoning, if any; what follows starts afresh.

        ``metadata`` is put on the text message that ends.

        >>> await emit.pause()
        >>> events[-1]
        'TEXT_MESSAGE_END'
        """
        text, self._text = self._text, None
        thought, self._thought = self._thought, None
        if text is not None:
            marked = {"metadata": dict(metadata)} if metadata else {}
            await self._close({"type": "TEXT_MESSAGE_END", "messageId": text, **marked})
        if thought is not None:
            await self._close({"type": "REASONING_MESSAGE_END", "messageId": thought})
            await self._close({"type": "REASONING_END", "messageId": thought})

    # -- tools --------------------------------------------------------------------------

    async def tool_call(self, call: str | None, name: str) -> str:
        """Begin a call; returns its id. The calls of one model turn share an assistant message.

        A call of a frontend tool is left unanswered: RUN_FINISHED lists it as pending
        (P-TOOL-08, P-TOOL-09).

        >>> await emit.tool_call("c1", "weather")
        'c1'
        """
        await self.pause()
        call = call or mint()
        self._turn = self._turn or mint()
        await self._send(
            {
                "type": "TOOL_CALL_START",
                "toolCallId": call,
                "toolCallName": name,
                "parentMessageId": self._turn,
            }
        )
        return call

    async def tool_args(self, call: str, delta: str) -> None:
        """Continue a call's arguments: a piece of their JSON text.

        >>> call = await emit.tool_call(None, "weather")
        >>> await emit.tool_args(call, '{"city": "Oslo"}')
        """
        if delta:
            await self._send({"type": "TOOL_CALL_ARGS", "toolCallId": call, "delta": delta})

    async def tool_end(self, call: str) -> None:
        """The call's arguments are complete; ends it once, however often it is said.

        >>> call = await emit.tool_call(None, "weather")
        >>> await emit.tool_end(call)
        """
        await self._close({"type": "TOOL_CALL_END", "toolCallId": call})

    async def tool(self, call: str | None, name: str, arguments: Json) -> str:
        """A whole call at once; ``arguments`` is JSON text or something to write as JSON.

        >>> await emit.tool("c1", "weather", {"city": "Oslo"})
        'c1'
        """
        call = await self.tool_call(call, name)
        text = arguments if isinstance(arguments, str) else as_text(arguments)
        await self.tool_args(call, text)
        await self.tool_end(call)
        return call

    async def tool_result(self, call: str, content: Json) -> None:
        """Answer a backend tool's call: a string, content parts, or anything JSON (B-TOOL-05).

        >>> call = await emit.tool(None, "weather", {"city": "Oslo"})
        >>> await emit.tool_result(call, {"celsius": 3})
        """
        await self.pause()
        await self.tool_end(call)
        self._turn = None
        await self._send(
            {
                "type": "TOOL_CALL_RESULT",
                "messageId": mint(),
                "toolCallId": call,
                "content": tool_content(content),
                "role": "tool",
            }
        )

    # -- state, activity, application events -----------------------------------------------

    async def state(self, snapshot: Json) -> None:
        """Replace the shared state with any JSON value (C-STATE-01).

        >>> await emit.state({"step": 1})
        """
        await self._send({"type": "STATE_SNAPSHOT", "snapshot": snapshot})

    async def state_delta(self, patch: Sequence[JsonView]) -> None:
        """Amend the shared state by JSON Patch; the request's state is the baseline.

        >>> await emit.state_delta([{"op": "replace", "path": "/step", "value": 2}])
        """
        await self._send({"type": "STATE_DELTA", "delta": list(patch)})

    async def messages(self, messages: Sequence[JsonView]) -> None:
        """Restate the whole conversation (P-LIFE-14).

        >>> await emit.messages([{"id": "u1", "role": "user", "content": "hi"}])
        """
        await self.pause()
        await self._out({"type": "MESSAGES_SNAPSHOT", "messages": list(messages)})

    async def activity(self, kind: str, content: JsonView, *, message_id: str | None = None) -> str:
        """Show or replace an activity (progress, a plan); returns its id for ``activity_delta``.

        >>> await emit.activity("PLAN", {"done": 0}, message_id="p1")
        'p1'
        """
        message_id = message_id or mint()
        await self._send(
            {
                "type": "ACTIVITY_SNAPSHOT",
                "messageId": message_id,
                "activityType": kind,
                "content": dict(content),
            }
        )
        return message_id

    async def activity_delta(self, message_id: str, kind: str, patch: Sequence[JsonView]) -> None:
        """Amend an activity shown before; ``kind`` is repeated (P-ACT-07).

        >>> shown = await emit.activity("PLAN", {"done": 0})
        >>> change = {"op": "replace", "path": "/done", "value": 1}
        >>> await emit.activity_delta(shown, "PLAN", [change])
        """
        await self._send(
            {
                "type": "ACTIVITY_DELTA",
                "messageId": message_id,
                "activityType": kind,
                "patch": list(patch),
            }
        )

    async def custom(self, name: str, value: Json = None) -> None:
        """An event of the application's own; prefix the name (P-PASS-05).

        >>> await emit.custom("shop.basket", {"items": 2})
        """
        await self._send({"type": "CUSTOM", "name": name, "value": value})

    async def warn(self, text: str) -> None:
        """Tell the user in one sentence what is not as it seems; each sentence once in a run.

        >>> await emit.warn("The answer is from yesterday.")
        """
        if text not in self._run.warned:
            self._run.warned.add(text)
            await self.custom(WARNING, {"message": mask_secrets(text)})

    # -- steps and subagents ------------------------------------------------------------

    @asynccontextmanager
    async def step(self, name: str) -> AsyncIterator[None]:
        """A named phase around a block; it ends also when the block raises.

        >>> async with emit.step("search"): await emit.text("Searching.")
        """
        await self._send({"type": "STEP_STARTED", "stepName": name})
        try:
            yield
        finally:
            await self._close({"type": "STEP_FINISHED", "stepName": name})

    @asynccontextmanager
    async def subagent(
        self, name: str, *, description: str | None = None, call: str | None = None
    ) -> AsyncIterator[Emitter]:
        """A delegation around a block, which speaks through the emitter it is given.

        ``call`` is the tool call that asked for it. A block that raises ends in SUBAGENT_ERROR,
        and the exception goes on (C-SUB-12).

        >>> async with emit.subagent("critic") as critic: await critic.text("Fine.")
        """
        await self.pause()
        inner = self._child(mint())
        about = {"description": description, "parentToolCallId": call}
        about["parentSubagentRunId"] = self._owner
        known = {key: value for key, value in about.items() if value is not None}
        await inner._send({"type": "SUBAGENT_STARTED", "name": name, **known})
        try:
            yield inner
        except Exception as error:
            await inner._leave({"type": "SUBAGENT_ERROR", "message": explain(error)[0]})
            raise
        await inner._leave({"type": "SUBAGENT_FINISHED", "outcome": {"type": "success"}})

    def _child(self, owner: str) -> Emitter:
        inner = Emitter(self._run.request, self._run.send)
        inner._run, inner._owner = self._run, owner
        return inner

    async def _leave(self, last: Event) -> None:
        await self.pause()
        for event in self._run.items.closing_events():
            mine = event.get("subagentRunId") == self._owner
            if mine and event["type"] != "SUBAGENT_FINISHED":
                await self._close(event)
        await self._send(last)

    # -- how the run ends ---------------------------------------------------------------

    def usage(self, **counts: Any) -> None:
        """Add one model call's tokens, sent with the terminal event (P-USAGE-16, P-USAGE-18).

        Takes ``provider``, ``model``, ``input_tokens``, ``output_tokens``, ``reasoning_tokens``,
        ``cached_input_tokens``, ``cache_write_input_tokens``; input and output are totals that
        include their parts, and an unknown count is left out or None.

        >>> emit.usage(provider="openai", model="gpt", input_tokens=5, output_tokens=7)
        """
        self._run.usage.add(**counts)

    def interrupt(self, *interrupts: JsonView) -> None:
        """Ask a human: the run will end as interrupted once the agent returns (P-INT-01).

        Each is a wire Interrupt; ``id`` is minted and ``reason`` is "input_required" if absent.

        >>> emit.interrupt({"reason": "confirmation", "message": "Really?"})
        """
        for given in interrupts:
            self._run.interrupts.append({"id": mint(), "reason": "input_required", **given})

    def result(self, value: Json) -> None:
        """What RUN_FINISHED carries as ``result``.

        >>> emit.result({"found": 3})
        """
        self._run.ending["result"] = value

    @property
    def run_id(self) -> str:
        """The run's id, as the caller made it.

        >>> emit.run_id
        'r'
        """
        return str(self._run.request["runId"])

    @property
    def ended(self) -> bool:
        """Whether the terminal event has left.

        >>> emit.ended
        False
        """
        return self._run.items.over

    async def start_run(self) -> None:
        """RUN_STARTED, with our own protocol version (P-VER-03).

        >>> await emit.start_run()
        """
        parent = {key: value for key, value in self._run.request.items() if key == "parentRunId"}
        start = {"type": "RUN_STARTED", **self._ids(), **parent}
        await self._send({**start, "protocolVersion": PROTOCOL_VERSION})

    async def finish(self) -> None:
        """Close what is open and send RUN_FINISHED with the outcome that is true.

        >>> await emit.start_run()
        >>> await emit.finish()
        >>> events[-1]
        'RUN_FINISHED'
        """
        await self._finish({**self._run.ending, **self._outcome()})

    async def cancel_run(self) -> None:
        """Close what is open and say that the run was stopped on purpose (P-LIFE-10).

        >>> await emit.start_run()
        >>> await emit.cancel_run()
        >>> emit.ended
        True
        """
        await self._finish({"outcome": {"type": "cancelled"}})

    async def error(self, message: str, code: str | None = None) -> None:
        """RUN_ERROR; it needs nothing closed.

        >>> await emit.start_run()
        >>> await emit.error("The model is away.", code="away")
        >>> events[-1]
        'RUN_ERROR'
        """
        failed = {"type": "RUN_ERROR", "message": message, **self._run.usage.report()}
        await self._send({**failed, "code": code} if code else failed)

    async def _finish(self, how: JsonView) -> None:
        self._text = self._thought = None
        for event in self._run.items.closing_events():
            await self._send(event)
        await self._send({"type": "RUN_FINISHED", **self._ids(), **how, **self._run.usage.report()})

    def _outcome(self) -> JsonObject:
        if self._run.interrupts:
            return {"outcome": {"type": "interrupt", "interrupts": self._run.interrupts}}
        if self._run.ending.get("outcome", {}).get("type") in ("interrupt", "cancelled"):
            return {}
        pending = self._run.items.pending_calls()
        listed = {"pendingToolCallIds": pending} if pending else {}
        return {"outcome": {"type": "success", **listed}}

    def _ids(self) -> dict[str, str]:
        return {key: self._run.request[key] for key in ("threadId", "runId")}

    # -- the one door -------------------------------------------------------------------

    async def event(self, event: Json) -> None:
        """Pass on an AG-UI event made elsewhere (a dict, or a model of the Python SDK).

        It is repaired where that is safe: missing STARTs are opened, doubled ones dropped,
        chunks expanded, nulls and unknown fields removed, run boundaries absorbed. Raises
        ProtocolError when it is beyond repair.

        >>> await emit.event({"type": "STATE_SNAPSHOT", "snapshot": [1, 2]})
        >>> events[-1]
        'STATE_SNAPSHOT'
        """
        for fit in self._run.repair(event):
            await ENTRANCES.get(fit["type"], Emitter._pass)(self, fit)

    async def _pass(self, event: Event) -> None:
        if event["type"] in PAUSES:
            await self.pause()
        await self._out(event)
        if event["type"] == "TEXT_MESSAGE_END" and event["messageId"] == self._text:
            self._text = None

    async def _fail(self, event: Event) -> None:
        self._run.usage.take(event.get("usage", ()))
        await self.error(event["message"], event.get("code"))

    async def _finish_run(self, event: Event) -> None:
        self._run.usage.take(event.get("usage", ()))
        self._run.ending = {key: event[key] for key in ("outcome", "result") if key in event}

    async def _close(self, event: Event) -> None:
        if self._run.items.is_open(event):
            await self._send(event)

    def _send(self, event: Event) -> Awaitable[None]:
        if self._owner is not None:
            event["subagentRunId"] = self._owner
        return self._out(event)

    def _out(self, event: Event) -> Awaitable[None]:
        run = self._run
        if run.items.over:
            return _nothing()
        shown = event if run.subagents else without_subagents(event)
        writing = run.send(shown) if shown else _nothing()  # what cannot be written is not noted
        run.items.note(event)
        return writing


def without_subagents(event: Event) -> Event:
    """The event as its caller's own agent's; nothing of one that is about a subagent (C-LEG-05)."""
    if event["type"].startswith("SUBAGENT_"):
        return {}
    return {name: value for name, value in event.items() if name != "subagentRunId"}


async def _nothing() -> None:
    """Where an event goes that nobody hears any more."""


# foreign events that are not simply passed on; the rest of normalise.py's output is
ENTRANCES: dict[str, Callable[[Emitter, Event], Awaitable[None]]] = {
    "RUN_FINISHED": Emitter._finish_run,
    "RUN_ERROR": Emitter._fail,
}
# foreign events that end the message which plain text deltas were filling
PAUSES = frozenset(
    {bracket.start for bracket in (TEXT, REASONING, SPAN, CALL)}
    | {"TOOL_CALL_RESULT", "MESSAGES_SNAPSHOT"}
)


def tool_content(content: Json) -> str | list[Any]:
    """A tool's answer as TOOL_CALL_RESULT takes it: text, content parts, or JSON text."""
    if isinstance(content, list) and content and all(_is_part(part) for part in content):
        return content
    return "" if content is None else as_text(content)


def _is_part(part: Json) -> bool:
    kinds = ("text", "image", "audio", "video", "document")
    return isinstance(part, Mapping) and part.get("type") in kinds
