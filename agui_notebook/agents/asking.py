"""How an agent asks the user for a yes to a call: the question, its answer, what waits meanwhile.

What asking looks like on the wire is protocol/approvals.py; which calls are asked about is decided
by the agents.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from typing import Generic, TypeVar

from ..errors import RunFailed
from ..protocol.approvals import Said, approval_schema, call_schema, read_answer
from ..protocol.document.shape import Message, open_calls
from ..values import Foreign, JsonObject, JsonView
from .agent import RunRequest, answers
from .emitter import Emitter

Waiting = TypeVar("Waiting")
PREFIX = "approve-"
REFUSED = "The user did not allow this call."
LOST = (
    "The agent no longer knows what was asked here: it was asked by a process that has ended, or "
    "too long ago. Ask again."
)


def question_id(call: str) -> str:
    """The id of the interrupt that asks for a yes to a call."""
    return f"{PREFIX}{call}"


def call_of(question: str) -> str | None:
    """The way back: the call that an interrupt asks about; None where it asks something else."""
    call = question.removeprefix(PREFIX)
    return call if call != question else None


def question(call: str, name: str, schema: JsonObject | None = None) -> JsonObject:
    """The interrupt that asks for a yes to a call; without ``schema`` nobody changes arguments."""
    return {
        "id": question_id(call),
        "reason": "tool_approval",
        "toolCallId": call,
        "message": f"Allow {name}?",
        "responseSchema": schema or _yes_or_no(),
    }


def _yes_or_no() -> JsonObject:
    schema = approval_schema()
    schema["properties"].pop("editedArgs")
    return schema


def read_entry(entry: JsonView) -> Said:
    """What an entry of a request's ``resume`` says; anything but a clear yes is a no."""
    said = read_answer(entry.get("payload"))
    return said._replace(yes=entry["status"] == "resolved" and said.yes is True)


def read_entries(given: Foreign) -> dict[str, Said]:
    """The same for all answers of a ``RunAgentInput``, by interrupt id."""
    entries = [each.model_dump(by_alias=True) for each in getattr(given, "resume", None) or ()]
    return {each["interruptId"]: read_entry(each) for each in entries}


def refusal(said: Said) -> str:
    """What a call that was not allowed brings, for the model to read."""
    return f"{REFUSED} {said.reason}" if said.reason else REFUSED


async def settle_calls(
    request: RunRequest,
    emit: Emitter,
    asked: Mapping[str, JsonObject],
    carry_out: Callable[[JsonObject], Awaitable[str]],
) -> list[Message] | None:
    """The conversation, with what became of the calls that the user was asked about.

    ``asked`` are the tools that are asked about, parameters by name; ``carry_out`` runs a call
    that was allowed. None where a question is still open, which is asked again.
    """
    given = answers(request)
    messages: list[Message] = list(request["messages"])
    owed = [call for call in open_calls(messages) if call["function"]["name"] in asked]
    missing = [call for call in owed if question_id(call["id"]) not in given]
    for call in (each for each in owed if each not in missing):
        said = read_entry(given[question_id(call["id"])])
        content = await carry_out(apply_edits(call, said)) if said.yes else refusal(said)
        await emit.tool_result(call["id"], content)
        messages.append({"role": "tool", "toolCallId": call["id"], "content": content})
    emit.interrupt(*(question_about(call, asked) for call in missing))
    return None if missing else messages


def apply_edits(call: JsonObject, said: Said) -> JsonObject:
    """A call with the arguments that the user gave it, where they did."""
    if said.edits is None:
        return call
    return {**call, "function": {**call["function"], "arguments": json.dumps(said.edits)}}


def question_about(call: JsonObject, asked: Mapping[str, JsonObject]) -> JsonObject:
    """The interrupt that asks about a wire call, whose arguments may be changed."""
    name = call["function"]["name"]
    return question(call["id"], name, call_schema(asked[name]))


def refuse_edits(said: Said, kind: str) -> Said:
    """The answer itself. Raises RunFailed where it changes arguments, which ``kind`` cannot."""
    if said.yes and said.edits is not None:
        raise RunFailed(f"{kind} takes a yes or a no to a call, no other arguments.")
    return said


class PerThread(Generic[Waiting]):
    """What is kept for threads that go on later: that of the newest ``most`` of them."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._held: OrderedDict[str, Waiting] = OrderedDict()

    def keep(self, thread: str, held: Waiting) -> Waiting | None:
        """Keep it, as the newest; what had to go for it is returned."""
        self._held.pop(thread, None)
        self._held[thread] = held
        return self._held.popitem(last=False)[1] if len(self._held) > self._most else None

    def take(self, thread: str) -> Waiting | None:
        """What is kept for the thread, which is no longer kept then."""
        return self._held.pop(thread, None)

    def take_open(self, thread: str) -> Waiting:
        """The same. Raises RunFailed where nothing is kept, so nothing can be answered."""
        if (held := self.take(thread)) is None:
            raise RunFailed(LOST, code="unknown_interrupt")
        return held
