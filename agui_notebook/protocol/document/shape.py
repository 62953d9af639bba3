"""The document's shape: the wire's own messages and state, plus what a view needs to know of runs.

Only shapes and questions about them live here; changing a document is operations.py's business.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Literal, TypedDict

from ...values import Json
from .operations import copy_json

if TYPE_CHECKING:
    from ..answer_text import AnswerText
    from ..question import Question

Message = dict[str, Json]
Event = dict[str, Json]


class Step(TypedDict, total=False):
    """A named phase of a run; ``status`` is running, done or abandoned; times in epoch ms."""

    stepName: str
    status: str
    startedAt: int
    endedAt: int
    subagentRunId: str


class Subagent(TypedDict, total=False):
    """One delegation; ``status`` is running, success, suspended, error or abandoned."""

    subagentRunId: str
    name: str
    description: str
    parentSubagentRunId: str
    parentToolCallId: str
    parentMessageId: str
    status: str
    result: Json
    message: str
    startedAt: int
    endedAt: int


class Run(TypedDict, total=False):
    """One run; ``status`` is running, success, interrupt, cancelled, error, incomplete or left.

    One that was left goes on at the server, which calls it ``kept``. ``after`` is the id of the
    last message when it started, or None. ``interrupts`` are what the agent stopped to ask, and
    what this side asked before tools of its own (``askedHere``: the ids of these), ``resume`` the
    answers this run went on with (the wire's ResumeEntry), ``answers`` the same in words.
    """

    runId: str
    kept: str
    after: str | None
    status: str
    startedAt: int
    endedAt: int
    error: dict[str, Json]
    usage: list[dict[str, Json]]
    result: Json
    pendingToolCallIds: list[str]
    interrupts: list[dict[str, Json]]
    askedHere: list[str]
    resume: list[dict[str, Json]]
    answers: list[AnswerText]
    steps: list[Step]
    subagents: list[Subagent]


class Item(TypedDict, total=False):
    """How far a message or tool call has come: open (streaming), called (no result yet), done.

    ``trace`` holds the lines of the user's own code in which a call failed here.
    """

    status: str
    startedAt: int
    endedAt: int
    by: str
    trace: list[dict[str, Json]]


Bundle = dict[str, Json]  # one thing in all its forms, by media type
Output = Bundle | list[Bundle]  # what a tool of the notebook's showed; several things in order


class Document(TypedDict):
    """One conversation, as kernel and browser both hold it.

    ``questions`` say what ``interrupts`` ask, one for each, in the same order.
    """

    threadId: str
    messages: list[Message]
    state: Json
    interrupts: list[dict[str, Json]]
    questions: list[Question]
    runs: list[Run]
    items: dict[str, Item]
    outputs: dict[str, Output]
    warnings: list[dict[str, Json]]


def new_document(
    thread_id: str, messages: Iterable[Mapping[str, Json]] = (), state: Json = None
) -> Document:
    """An empty conversation, or one that starts from copies of ``messages`` and ``state``.

    No state (None) is ``{}``.
    """
    return {
        "threadId": thread_id,
        "messages": [copy_json(dict(message)) for message in messages],
        "state": {} if state is None else copy_json(state),
        "interrupts": [],
        "questions": [],
        "runs": [],
        "items": {},
        "outputs": {},
        "warnings": [],
    }


def text_of(message: Mapping[str, Json]) -> str:
    """The text of a message: its string content, or its text parts joined."""
    content = message.get("content")
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else []
    return "".join(part.get("text", "") for part in parts if part.get("type") == "text")


def pair_surrogates(text: str) -> str:
    """``text`` with surrogate pairs that were split over two JSON strings joined again."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")


def calls_of(message: Mapping[str, Json]) -> Sequence[dict[str, Json]]:
    """The tool calls a message carries."""
    return message.get("toolCalls") or ()


def words_of(message: Mapping[str, Json]) -> str:
    """What makes two messages the same to whoever reads them."""
    calls = [call.get("function") for call in calls_of(message)]
    return json.dumps([message["role"], message.get("content") or "", calls], sort_keys=True)


def item_key(kind: Literal["message", "call", "state", "ask"], item: str) -> str:
    """Where ``document["items"]`` has what is known of a message or a tool call.

    ``outputs`` has under such a key what was drawn of an activity, a state or a question.
    """
    return f"{kind}:{item}"


def answered_calls(messages: Iterable[Mapping[str, Json]]) -> set[str]:
    """Ids of the tool calls that a tool message answers."""
    return {message["toolCallId"] for message in messages if message.get("role") == "tool"}


def open_calls(messages: Sequence[Mapping[str, Json]]) -> list[dict[str, Json]]:
    """The tool calls nobody has answered, in order."""
    done = answered_calls(messages)
    return [call for message in messages for call in calls_of(message) if call["id"] not in done]


def calls_since(messages: Sequence[Mapping[str, Json]], message_id: str | None) -> set[str]:
    """Ids of the tool calls made behind this message; None: of all."""
    first = next((n for n, m in enumerate(messages, 1) if m["id"] == message_id), 0)
    return {call["id"] for message in messages[first:] for call in calls_of(message)}


def bundles_of(output: Json) -> list[Bundle]:
    """What a tool showed, as a list; nothing where it showed nothing."""
    if isinstance(output, list):
        return [dict(bundle) for bundle in output]
    return [dict(output)] if output else []
