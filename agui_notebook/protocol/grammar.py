"""Which event types open, continue and close what: one table, and the sets that follow from it.

Nothing is done here. Who checks an order, mends one or writes one looks it up here.
"""

from __future__ import annotations

from typing import NamedTuple


class Bracket(NamedTuple):
    """Something with a beginning and an end; ``key`` is the member of its events that names it."""

    word: str  # in sentences
    key: str
    start: str
    end: str
    content: str = ""  # what arrives in between, if anything does
    chunk: str = ""  # the short form of all three
    failure: str = ""  # another event that ends it
    brings: str = ""  # what the content is, in sentences


RUN = Bracket("run", "runId", "RUN_STARTED", "RUN_FINISHED", failure="RUN_ERROR")
STEP = Bracket("step", "stepName", "STEP_STARTED", "STEP_FINISHED")
SUBAGENT = Bracket(
    "subagent",
    "subagentRunId",
    "SUBAGENT_STARTED",
    "SUBAGENT_FINISHED",
    failure="SUBAGENT_ERROR",
)
TEXT = Bracket(
    "text message",
    "messageId",
    "TEXT_MESSAGE_START",
    "TEXT_MESSAGE_END",
    "TEXT_MESSAGE_CONTENT",
    "TEXT_MESSAGE_CHUNK",
    brings="text for message",
)
REASONING = Bracket(
    "reasoning message",
    "messageId",
    "REASONING_MESSAGE_START",
    "REASONING_MESSAGE_END",
    "REASONING_MESSAGE_CONTENT",
    "REASONING_MESSAGE_CHUNK",
    brings="reasoning for message",
)
SPAN = Bracket("reasoning span", "messageId", "REASONING_START", "REASONING_END")
CALL = Bracket(
    "tool call",
    "toolCallId",
    "TOOL_CALL_START",
    "TOOL_CALL_END",
    "TOOL_CALL_ARGS",
    "TOOL_CALL_CHUNK",
    brings="arguments for tool call",
)

ITEMS = (STEP, TEXT, REASONING, SPAN, CALL, SUBAGENT)  # what a run is made of
STREAMS = (TEXT, CALL, REASONING)  # what arrives in pieces

STARTS = {bracket.start: bracket for bracket in ITEMS}
CONTENTS = {bracket.content: bracket for bracket in STREAMS}
ENDS = {bracket.end: bracket for bracket in ITEMS} | {SUBAGENT.failure: SUBAGENT}
CHUNKS = {bracket.chunk: bracket for bracket in STREAMS}
BRACKETS = STARTS | CONTENTS | ENDS

DELTAS = frozenset(CONTENTS)
TERMINAL = frozenset({RUN.end, RUN.failure})
BOUNDARIES = TERMINAL | {RUN.start}
