"""The shapes of AG-UI as one table: kinds, required, optional, closed sets. Nothing is done here.

Reading a row: ``name:kind``; ``!`` = required, else optional and then never null. Kinds: str, bool,
safeint (within 2^53), count (safeint from 0), object (open by key), any (null too), nonnull (any
but null), pointer (RFC 6901), =x (that string), a|b (one of a closed set), [X] (list of), [X+] (at
least one), str/[X] (either), X (another shape or union).
"""

from __future__ import annotations

from typing import NamedTuple

PROTOCOL_VERSION = "1.0"  # what we say we speak
UNDERSTOOD = "1.1"  # up to here nothing is read that is not described below
# a CUSTOM event of ours: what a server has to say about a run besides its answer, in one sentence
WARNING = "agui_notebook.warning"  # its value is {"message": text}

_BASE = "timestamp:safeint rawEvent:nonnull metadata:object"
_OWNED = f"{_BASE} subagentRunId:str"
_SUBAGENT = f"{_BASE} subagentRunId:str!"
_ROLES = "developer|system|assistant|user"
_MESSAGE = "id:str! subagentRunId:str metadata:object"
_SECRET = "encryptedValue:str encryptedValueType:str"  # the second is of 1.1, and understood

EVENTS = {
    "TEXT_MESSAGE_START": f"{_OWNED} messageId:str! role:{_ROLES} name:str",
    "TEXT_MESSAGE_CONTENT": f"{_OWNED} messageId:str! delta:str!",
    "TEXT_MESSAGE_END": f"{_OWNED} messageId:str!",
    "TEXT_MESSAGE_CHUNK": f"{_OWNED} messageId:str role:{_ROLES} delta:str name:str",
    "TOOL_CALL_START": f"{_OWNED} toolCallId:str! toolCallName:str! parentMessageId:str",
    "TOOL_CALL_ARGS": f"{_OWNED} toolCallId:str! delta:str!",
    "TOOL_CALL_END": f"{_OWNED} toolCallId:str!",
    "TOOL_CALL_CHUNK": f"{_OWNED} toolCallId:str toolCallName:str parentMessageId:str delta:str",
    "TOOL_CALL_RESULT": f"{_OWNED} messageId:str! toolCallId:str! content:str/[Part]! role:=tool",
    "STATE_SNAPSHOT": f"{_OWNED} snapshot:any!",
    "STATE_DELTA": f"{_OWNED} delta:[Operation]!",
    "MESSAGES_SNAPSHOT": f"{_BASE} messages:[Message]!",
    "ACTIVITY_SNAPSHOT": f"{_OWNED} messageId:str! activityType:str! content:object! replace:bool",
    "ACTIVITY_DELTA": f"{_OWNED} messageId:str! activityType:str! patch:[Operation]!",
    "RAW": f"{_OWNED} event:any! source:str",
    "CUSTOM": f"{_OWNED} name:str! value:any!",
    "RUN_STARTED": f"{_BASE} threadId:str! runId:str! protocolVersion:str parentRunId:str"
    " input:RunAgentInput",
    "RUN_FINISHED": f"{_BASE} threadId:str! runId:str! result:nonnull outcome:Outcome"
    " usage:[TokenUsage]",
    "RUN_ERROR": f"{_BASE} message:str! code:str usage:[TokenUsage]",
    "STEP_STARTED": f"{_OWNED} stepName:str!",
    "STEP_FINISHED": f"{_OWNED} stepName:str!",
    "REASONING_START": f"{_OWNED} messageId:str!",
    "REASONING_MESSAGE_START": f"{_OWNED} messageId:str! role:=reasoning!",
    "REASONING_MESSAGE_CONTENT": f"{_OWNED} messageId:str! delta:str!",
    "REASONING_MESSAGE_END": f"{_OWNED} messageId:str!",
    "REASONING_MESSAGE_CHUNK": f"{_OWNED} messageId:str delta:str",
    "REASONING_END": f"{_OWNED} messageId:str!",
    "REASONING_ENCRYPTED_VALUE": f"{_OWNED} subtype:tool-call|message! entityId:str!"
    " encryptedValue:str! encryptedValueType:str",
    "SUBAGENT_STARTED": f"{_SUBAGENT} name:str! description:str parentSubagentRunId:str"
    " parentToolCallId:str parentMessageId:str",
    "SUBAGENT_FINISHED": f"{_SUBAGENT} result:nonnull outcome:SubagentOutcome",
    "SUBAGENT_ERROR": f"{_SUBAGENT} message:str! code:str",
}

OBJECTS = {
    "ToolCall": f"id:str! type:=function! function:FunctionCall! metadata:object {_SECRET}",
    "FunctionCall": "name:str! arguments:str!",
    "Context": "description:str! value:str!",
    "Tool": "name:str! description:str! parameters:nonnull metadata:object",
    "ResumeEntry": "interruptId:str! status:resolved|cancelled! payload:nonnull metadata:object",
    "Interrupt": "id:str! reason:str! message:str toolCallId:str responseSchema:object"
    " expiresAt:str metadata:object subagentRunId:str",
    "TokenUsage": "provider:str model:str inputTokens:count outputTokens:count totalTokens:count"
    " reasoningTokens:count cachedInputTokens:count cacheWriteInputTokens:count",
    "RunAgentInput": "threadId:str! runId:str! protocolVersion:str parentRunId:str state:nonnull"
    " messages:[Message]! tools:[Tool] context:[Context] forwardedProps:nonnull"
    " resume:[ResumeEntry]",
}

_MEDIA = "source:Source! id:str metadata:nonnull"

# name -> (the discriminator, {its value: the rest of the shape})
UNIONS = {
    "Message": (
        "role",
        {
            "developer": f"{_MESSAGE} {_SECRET} name:str content:str!",
            "system": f"{_MESSAGE} {_SECRET} name:str content:str!",
            "assistant": f"{_MESSAGE} {_SECRET} name:str content:str toolCalls:[ToolCall]",
            "user": f"{_MESSAGE} {_SECRET} name:str content:str/[Part]!",
            "tool": f"{_MESSAGE} {_SECRET} content:str/[Part]! toolCallId:str! error:str",
            "activity": f"{_MESSAGE} activityType:str! content:object!",
            "reasoning": f"{_MESSAGE} {_SECRET} content:str!",
        },
    ),
    "Part": (
        "type",
        {
            "text": "text:str! id:str metadata:nonnull",
            **dict.fromkeys(("image", "audio", "video", "document"), _MEDIA),
        },
    ),
    "Source": (
        "type",
        {
            "data": "value:str! mimeType:str!",
            "url": "value:str! mimeType:str",
            "file": "value:str! provider:str mimeType:str",
        },
    ),
    "Outcome": (
        "type",
        {
            "success": "pendingToolCallIds:[str]",
            "interrupt": "interrupts:[Interrupt+]!",
            "cancelled": "",
        },
    ),
    "SubagentOutcome": ("type", {"success": "", "suspended": "interruptIds:[str]"}),
    "Operation": (
        "op",
        {
            "add": "path:pointer! value:any!",
            "remove": "path:pointer!",
            "replace": "path:pointer! value:any!",
            "move": "path:pointer! from:pointer!",
            "copy": "path:pointer! from:pointer!",
            "test": "path:pointer! value:any!",
        },
    ),
}

OPEN = frozenset({"Operation"})  # extra members of these are kept (C-PROC-08)
EVENT_TYPES = frozenset(EVENTS)


class Field(NamedTuple):
    """One row's field: its kind as written in the table, and whether it must be there."""

    kind: str
    required: bool


def fields(row: str) -> dict[str, Field]:
    """The fields of one row of the table."""
    pairs = (item.split(":", 1) for item in row.split())
    return {name: Field(kind.rstrip("!"), kind.endswith("!")) for name, kind in pairs}
