"""The shapes on the wire, for type checkers: every event, message and input.

Written by scripts/write_types.py from protocol/schema.py; do not edit. At run time all of them
are plain dicts, and nothing here checks anything (protocol/enforce.py does).

    def show(event: AnyEvent) -> None:
        if event["type"] == "TEXT_MESSAGE_CONTENT":
            print(event["delta"])
"""

from __future__ import annotations

import sys
from typing import Any, Literal, TypeAlias

if sys.version_info >= (3, 11):
    from typing import Required, TypedDict
else:
    from typing_extensions import Required, TypedDict


class OwnedEvent(TypedDict, total=False):
    """What several shapes begin with."""

    timestamp: int
    rawEvent: Any
    metadata: dict[str, Any]
    subagentRunId: str


class RunEvent(TypedDict, total=False):
    """What several shapes begin with."""

    timestamp: int
    rawEvent: Any
    metadata: dict[str, Any]


class NamedMessage(TypedDict, total=False):
    """What several shapes begin with."""

    id: Required[str]
    subagentRunId: str
    metadata: dict[str, Any]
    encryptedValue: str
    encryptedValueType: str
    name: str


class ToolCallEntry(TypedDict, total=False):
    """The wire's ToolCall."""

    id: Required[str]
    type: Required[Literal["function"]]
    function: Required[FunctionCall]
    metadata: dict[str, Any]
    encryptedValue: str
    encryptedValueType: str


class FunctionCall(TypedDict, total=False):
    """The wire's FunctionCall."""

    name: Required[str]
    arguments: Required[str]


class ContextEntry(TypedDict, total=False):
    """The wire's Context."""

    description: Required[str]
    value: Required[str]


class ToolDefinition(TypedDict, total=False):
    """The wire's Tool."""

    name: Required[str]
    description: Required[str]
    parameters: Any
    metadata: dict[str, Any]


class ResumeEntry(TypedDict, total=False):
    """The wire's ResumeEntry."""

    interruptId: Required[str]
    status: Required[Literal["resolved", "cancelled"]]
    payload: Any
    metadata: dict[str, Any]


class InterruptEntry(TypedDict, total=False):
    """The wire's Interrupt."""

    id: Required[str]
    reason: Required[str]
    message: str
    toolCallId: str
    responseSchema: dict[str, Any]
    expiresAt: str
    metadata: dict[str, Any]
    subagentRunId: str


class TokenUsage(TypedDict, total=False):
    """The wire's TokenUsage."""

    provider: str
    model: str
    inputTokens: int
    outputTokens: int
    totalTokens: int
    reasoningTokens: int
    cachedInputTokens: int
    cacheWriteInputTokens: int


class RunAgentInput(TypedDict, total=False):
    """The wire's RunAgentInput."""

    threadId: Required[str]
    runId: Required[str]
    protocolVersion: str
    parentRunId: str
    state: Any
    messages: Required[list[AnyMessage]]
    tools: list[ToolDefinition]
    context: list[ContextEntry]
    forwardedProps: Any
    resume: list[ResumeEntry]


class DeveloperMessage(NamedMessage, total=False):
    """A Message whose role is developer."""

    role: Required[Literal["developer"]]
    content: Required[str]


class SystemMessage(NamedMessage, total=False):
    """A Message whose role is system."""

    role: Required[Literal["system"]]
    content: Required[str]


class AssistantMessage(NamedMessage, total=False):
    """A Message whose role is assistant."""

    role: Required[Literal["assistant"]]
    content: str
    toolCalls: list[ToolCallEntry]


class UserMessage(NamedMessage, total=False):
    """A Message whose role is user."""

    role: Required[Literal["user"]]
    content: Required[str | list[ContentPart]]


class ToolMessage(TypedDict, total=False):
    """A Message whose role is tool."""

    role: Required[Literal["tool"]]
    id: Required[str]
    subagentRunId: str
    metadata: dict[str, Any]
    encryptedValue: str
    encryptedValueType: str
    content: Required[str | list[ContentPart]]
    toolCallId: Required[str]
    error: str


class ActivityMessage(TypedDict, total=False):
    """A Message whose role is activity."""

    role: Required[Literal["activity"]]
    id: Required[str]
    subagentRunId: str
    metadata: dict[str, Any]
    activityType: Required[str]
    content: Required[dict[str, Any]]


class ReasoningMessage(TypedDict, total=False):
    """A Message whose role is reasoning."""

    role: Required[Literal["reasoning"]]
    id: Required[str]
    subagentRunId: str
    metadata: dict[str, Any]
    encryptedValue: str
    encryptedValueType: str
    content: Required[str]


AnyMessage: TypeAlias = (
    DeveloperMessage
    | SystemMessage
    | AssistantMessage
    | UserMessage
    | ToolMessage
    | ActivityMessage
    | ReasoningMessage
)


class TextPart(TypedDict, total=False):
    """A Part whose type is text."""

    type: Required[Literal["text"]]
    text: Required[str]
    id: str
    metadata: Any


class ImagePart(TypedDict, total=False):
    """A Part whose type is image."""

    type: Required[Literal["image"]]
    source: Required[MediaSource]
    id: str
    metadata: Any


class AudioPart(TypedDict, total=False):
    """A Part whose type is audio."""

    type: Required[Literal["audio"]]
    source: Required[MediaSource]
    id: str
    metadata: Any


class VideoPart(TypedDict, total=False):
    """A Part whose type is video."""

    type: Required[Literal["video"]]
    source: Required[MediaSource]
    id: str
    metadata: Any


class DocumentPart(TypedDict, total=False):
    """A Part whose type is document."""

    type: Required[Literal["document"]]
    source: Required[MediaSource]
    id: str
    metadata: Any


ContentPart: TypeAlias = TextPart | ImagePart | AudioPart | VideoPart | DocumentPart


class DataSource(TypedDict, total=False):
    """A Source whose type is data."""

    type: Required[Literal["data"]]
    value: Required[str]
    mimeType: Required[str]


class UrlSource(TypedDict, total=False):
    """A Source whose type is url."""

    type: Required[Literal["url"]]
    value: Required[str]
    mimeType: str


class FileSource(TypedDict, total=False):
    """A Source whose type is file."""

    type: Required[Literal["file"]]
    value: Required[str]
    provider: str
    mimeType: str


MediaSource: TypeAlias = DataSource | UrlSource | FileSource


class SuccessOutcome(TypedDict, total=False):
    """A Outcome whose type is success."""

    type: Required[Literal["success"]]
    pendingToolCallIds: list[str]


class InterruptOutcome(TypedDict, total=False):
    """A Outcome whose type is interrupt."""

    type: Required[Literal["interrupt"]]
    interrupts: Required[list[InterruptEntry]]


class CancelledOutcome(TypedDict, total=False):
    """A Outcome whose type is cancelled."""

    type: Required[Literal["cancelled"]]


RunOutcome: TypeAlias = SuccessOutcome | InterruptOutcome | CancelledOutcome


class SuccessSubagentOutcome(TypedDict, total=False):
    """A SubagentOutcome whose type is success."""

    type: Required[Literal["success"]]


class SuspendedSubagentOutcome(TypedDict, total=False):
    """A SubagentOutcome whose type is suspended."""

    type: Required[Literal["suspended"]]
    interruptIds: list[str]


SubagentOutcome: TypeAlias = SuccessSubagentOutcome | SuspendedSubagentOutcome


class AddOperation(TypedDict, total=False):
    """A Operation whose op is add."""

    op: Required[Literal["add"]]
    path: Required[str]
    value: Required[Any]


class RemoveOperation(TypedDict, total=False):
    """A Operation whose op is remove."""

    op: Required[Literal["remove"]]
    path: Required[str]


class ReplaceOperation(TypedDict, total=False):
    """A Operation whose op is replace."""

    op: Required[Literal["replace"]]
    path: Required[str]
    value: Required[Any]


MoveOperation = TypedDict(
    "MoveOperation",
    {
        "op": Required[Literal["move"]],
        "path": Required[str],
        "from": Required[str],
    },
    total=False,
)


CopyOperation = TypedDict(
    "CopyOperation",
    {
        "op": Required[Literal["copy"]],
        "path": Required[str],
        "from": Required[str],
    },
    total=False,
)


class TestOperation(TypedDict, total=False):
    """A Operation whose op is test."""

    op: Required[Literal["test"]]
    path: Required[str]
    value: Required[Any]


PatchOperation: TypeAlias = (
    AddOperation
    | RemoveOperation
    | ReplaceOperation
    | MoveOperation
    | CopyOperation
    | TestOperation
)


class TextMessageStartEvent(OwnedEvent, total=False):
    type: Required[Literal["TEXT_MESSAGE_START"]]
    messageId: Required[str]
    role: Literal["developer", "system", "assistant", "user"]
    name: str


class TextMessageContentEvent(OwnedEvent, total=False):
    type: Required[Literal["TEXT_MESSAGE_CONTENT"]]
    messageId: Required[str]
    delta: Required[str]


class TextMessageEndEvent(OwnedEvent, total=False):
    type: Required[Literal["TEXT_MESSAGE_END"]]
    messageId: Required[str]


class TextMessageChunkEvent(OwnedEvent, total=False):
    type: Required[Literal["TEXT_MESSAGE_CHUNK"]]
    messageId: str
    role: Literal["developer", "system", "assistant", "user"]
    delta: str
    name: str


class ToolCallStartEvent(OwnedEvent, total=False):
    type: Required[Literal["TOOL_CALL_START"]]
    toolCallId: Required[str]
    toolCallName: Required[str]
    parentMessageId: str


class ToolCallArgsEvent(OwnedEvent, total=False):
    type: Required[Literal["TOOL_CALL_ARGS"]]
    toolCallId: Required[str]
    delta: Required[str]


class ToolCallEndEvent(OwnedEvent, total=False):
    type: Required[Literal["TOOL_CALL_END"]]
    toolCallId: Required[str]


class ToolCallChunkEvent(OwnedEvent, total=False):
    type: Required[Literal["TOOL_CALL_CHUNK"]]
    toolCallId: str
    toolCallName: str
    parentMessageId: str
    delta: str


class ToolCallResultEvent(OwnedEvent, total=False):
    type: Required[Literal["TOOL_CALL_RESULT"]]
    messageId: Required[str]
    toolCallId: Required[str]
    content: Required[str | list[ContentPart]]
    role: Literal["tool"]


class StateSnapshotEvent(OwnedEvent, total=False):
    type: Required[Literal["STATE_SNAPSHOT"]]
    snapshot: Required[Any]


class StateDeltaEvent(OwnedEvent, total=False):
    type: Required[Literal["STATE_DELTA"]]
    delta: Required[list[PatchOperation]]


class MessagesSnapshotEvent(RunEvent, total=False):
    type: Required[Literal["MESSAGES_SNAPSHOT"]]
    messages: Required[list[AnyMessage]]


class ActivitySnapshotEvent(OwnedEvent, total=False):
    type: Required[Literal["ACTIVITY_SNAPSHOT"]]
    messageId: Required[str]
    activityType: Required[str]
    content: Required[dict[str, Any]]
    replace: bool


class ActivityDeltaEvent(OwnedEvent, total=False):
    type: Required[Literal["ACTIVITY_DELTA"]]
    messageId: Required[str]
    activityType: Required[str]
    patch: Required[list[PatchOperation]]


class RawEvent(OwnedEvent, total=False):
    type: Required[Literal["RAW"]]
    event: Required[Any]
    source: str


class CustomEvent(OwnedEvent, total=False):
    type: Required[Literal["CUSTOM"]]
    name: Required[str]
    value: Required[Any]


class RunStartedEvent(RunEvent, total=False):
    type: Required[Literal["RUN_STARTED"]]
    threadId: Required[str]
    runId: Required[str]
    protocolVersion: str
    parentRunId: str
    input: RunAgentInput


class RunFinishedEvent(RunEvent, total=False):
    type: Required[Literal["RUN_FINISHED"]]
    threadId: Required[str]
    runId: Required[str]
    result: Any
    outcome: RunOutcome
    usage: list[TokenUsage]


class RunErrorEvent(RunEvent, total=False):
    type: Required[Literal["RUN_ERROR"]]
    message: Required[str]
    code: str
    usage: list[TokenUsage]


class StepStartedEvent(OwnedEvent, total=False):
    type: Required[Literal["STEP_STARTED"]]
    stepName: Required[str]


class StepFinishedEvent(OwnedEvent, total=False):
    type: Required[Literal["STEP_FINISHED"]]
    stepName: Required[str]


class ReasoningStartEvent(OwnedEvent, total=False):
    type: Required[Literal["REASONING_START"]]
    messageId: Required[str]


class ReasoningMessageStartEvent(OwnedEvent, total=False):
    type: Required[Literal["REASONING_MESSAGE_START"]]
    messageId: Required[str]
    role: Required[Literal["reasoning"]]


class ReasoningMessageContentEvent(OwnedEvent, total=False):
    type: Required[Literal["REASONING_MESSAGE_CONTENT"]]
    messageId: Required[str]
    delta: Required[str]


class ReasoningMessageEndEvent(OwnedEvent, total=False):
    type: Required[Literal["REASONING_MESSAGE_END"]]
    messageId: Required[str]


class ReasoningMessageChunkEvent(OwnedEvent, total=False):
    type: Required[Literal["REASONING_MESSAGE_CHUNK"]]
    messageId: str
    delta: str


class ReasoningEndEvent(OwnedEvent, total=False):
    type: Required[Literal["REASONING_END"]]
    messageId: Required[str]


class ReasoningEncryptedValueEvent(OwnedEvent, total=False):
    type: Required[Literal["REASONING_ENCRYPTED_VALUE"]]
    subtype: Required[Literal["tool-call", "message"]]
    entityId: Required[str]
    encryptedValue: Required[str]
    encryptedValueType: str


class SubagentStartedEvent(RunEvent, total=False):
    type: Required[Literal["SUBAGENT_STARTED"]]
    subagentRunId: Required[str]
    name: Required[str]
    description: str
    parentSubagentRunId: str
    parentToolCallId: str
    parentMessageId: str


class SubagentFinishedEvent(RunEvent, total=False):
    type: Required[Literal["SUBAGENT_FINISHED"]]
    subagentRunId: Required[str]
    result: Any
    outcome: SubagentOutcome


class SubagentErrorEvent(RunEvent, total=False):
    type: Required[Literal["SUBAGENT_ERROR"]]
    subagentRunId: Required[str]
    message: Required[str]
    code: str


AnyEvent: TypeAlias = (
    TextMessageStartEvent
    | TextMessageContentEvent
    | TextMessageEndEvent
    | TextMessageChunkEvent
    | ToolCallStartEvent
    | ToolCallArgsEvent
    | ToolCallEndEvent
    | ToolCallChunkEvent
    | ToolCallResultEvent
    | StateSnapshotEvent
    | StateDeltaEvent
    | MessagesSnapshotEvent
    | ActivitySnapshotEvent
    | ActivityDeltaEvent
    | RawEvent
    | CustomEvent
    | RunStartedEvent
    | RunFinishedEvent
    | RunErrorEvent
    | StepStartedEvent
    | StepFinishedEvent
    | ReasoningStartEvent
    | ReasoningMessageStartEvent
    | ReasoningMessageContentEvent
    | ReasoningMessageEndEvent
    | ReasoningMessageChunkEvent
    | ReasoningEndEvent
    | ReasoningEncryptedValueEvent
    | SubagentStartedEvent
    | SubagentFinishedEvent
    | SubagentErrorEvent
)
