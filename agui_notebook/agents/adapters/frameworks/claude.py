"""The Claude Agent SDK through ``ag-ui-claude-sdk``: one session of the SDK per thread.

Tools of ``approve=`` are those that the adapter defers: their calls wait in the SDK's session.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from functools import partial

from ....errors import InvalidInput
from ....protocol.approvals import Said
from ....values import Foreign, JsonObject
from ...agent import Agent, AgentOptions, RunRequest, Takes, takes_only
from ...asking import question, read_entries, refusal
from ...emitter import Emitter
from ...models.loose_json import count, mapping, text
from ...official import (
    OfficialAgent,
    ask,
    load,
    questions_in,
    relay,
    run_input,
    with_context,
)

INSTALL = "agui_notebook[claude]"
WHAT = "Serving the Claude Agent SDK"
ENDS = ("RUN_FINISHED", "RUN_ERROR")
TOLD = "claude:assistant_content"  # once more what is told already, errors with keys in them too


def takes(obj: Foreign) -> Takes:
    """The options that mean something here."""
    return takes_only("the Claude Agent SDK", "approve", own_tools=True)


def adapt(obj: Foreign, options: AgentOptions) -> Agent:
    """Wrap options or a client. Raises UnsupportedAgent when a package is missing."""
    library = load("ag_ui_claude_sdk", INSTALL, WHAT)
    given = obj if type(obj).__name__ == "ClaudeAgentOptions" else obj.options
    # without pieces the adapter tells an answer at its end only, and in its history twice
    about = replace(given, include_partial_messages=True)
    name = options.name or "claude"
    official = library.ClaudeAgentAdapter(
        name=name,
        options=about,
        description=options.description or "",
        defer_tools=_deferred_tools(options),
    )
    return ClaudeAgent(partial(_answer, official), options, name, close=official.shutdown)


class ClaudeAgent(OfficialAgent):
    """The adapter's agent, which tells its tokens in a result of its own."""

    async def run(self, request: RunRequest, emit: Emitter) -> None:
        """Answer one request. Raises RunFailed with what the provider said."""
        events = self._answer(run_input(with_context(request)))
        await relay(events, emit, {"RUN_FINISHED": _count})


def _count(event: Foreign, emit: Emitter) -> bool:
    told = mapping(mapping(event.result).get("usage"))
    cached, kept = told.get("cache_read_input_tokens"), told.get("cache_creation_input_tokens")
    given = (told.get("input_tokens"), cached, kept)
    emit.usage(
        provider="anthropic",
        input_tokens=sum(count(each) or 0 for each in given),
        output_tokens=count(told.get("output_tokens")),
        cached_input_tokens=count(cached),
        cache_write_input_tokens=count(kept),
    )
    return False


def _deferred_tools(options: AgentOptions) -> tuple[str, ...]:
    if options.approve is True:
        raise InvalidInput(
            "The Claude Agent SDK asks about tools by name: approve=['Bash', 'mcp__SERVER__TOOL']."
        )
    return tuple(map(str, options.approve or ()))


async def _answer(official: Foreign, given: Foreign) -> AsyncIterator[Foreign]:
    """Its events; questions and answers in the words that are understood here."""
    said = read_entries(given)
    for entry in given.resume or ():
        entry.status, entry.payload = "resolved", _decision(said[entry.interrupt_id])
    over = False
    try:
        async for event in official.run(given):
            over = getattr(event.type, "value", event.type) in ENDS
            if asked := questions_in(event):
                ask(event, [_about_call(each) for each in asked])
            if getattr(event, "name", None) != TOLD:
                yield event
    finally:
        if not over:  # left alone, the program would go on
            await official.interrupt(given.thread_id)


def _decision(said: Said) -> JsonObject:
    if not said.yes:
        return {"behavior": "deny", "message": refusal(said)}
    edits = {} if said.edits is None else {"updatedInput": dict(said.edits)}
    return {"behavior": "allow", **edits}


def _about_call(asked: JsonObject) -> JsonObject:
    call = asked["toolCallId"]
    name = text(mapping(asked.get("metadata")).get("toolName")) or "this call"
    return {**question(call, name), "id": asked["id"]}
