"""The demo's questions: a form, and a tool that needs a yes. Each ends a run; the next goes on."""

from __future__ import annotations

import json

from ...protocol.approvals import approval_schema, read_answer
from ...protocol.document.shape import open_calls
from ...values import JsonObject, JsonView
from ..agent import RunRequest, answers
from ..emitter import Emitter
from .stage import Stage

# -- a form ---------------------------------------------------------------------------------------

TABLE: JsonObject = {
    "type": "object",
    "properties": {
        "guests": {"type": "integer", "title": "Guests", "minimum": 1, "maximum": 12, "default": 2},
        "day": {"type": "string", "format": "date", "title": "Day"},
        "place": {"type": "string", "title": "Where", "enum": ["inside", "on the terrace"]},
        "vegetarian": {"type": "boolean", "title": "Vegetarian menu"},
        "wishes": {"type": "string", "title": "Wishes", "description": "For the kitchen"},
    },
    "required": ["guests", "place"],
}


async def book(stage: Stage) -> None:
    """Ask with a form, and go on with what was filled in."""
    given = [each for key, each in answers(stage.request).items() if key.startswith("table-")]
    if not given:
        await stage.say("Gladly (no table is really booked). I need to know a few things.")
        stage.emit.interrupt(
            {
                "id": f"table-{stage.request['runId']}",
                "reason": "input_required",
                "message": "Which table shall I book?",
                "responseSchema": TABLE,
            }
        )
        return
    await stage.say(_tell_booking(given[0]))


def _tell_booking(answer: JsonView) -> str:
    wanted = answer.get("payload")
    if answer["status"] == "cancelled" or not isinstance(wanted, dict):
        return "As you like: no table, then."
    menu = ", with the vegetarian menu" if wanted.get("vegetarian") else ""
    day = f" on {wanted['day']}" if wanted.get("day") else ""
    who = f"{wanted.get('guests')}, {wanted.get('place')}{day}{menu}"
    return f"A table for {who}: booked, in this script."


# -- approval -----------------------------------------------------------------------------------

EMAIL = {
    "to": "team@example.com",
    "subject": "Lunch on Friday",
    "body": "Hello all, shall we have lunch together on Friday at noon?",
}
ANSWER = approval_schema(
    {"properties": {name: {"type": "string", "default": EMAIL[name]} for name in EMAIL}},
    approved="Send it?",
    editedArgs="Changes",
    reason="Why not",
)


async def email(stage: Stage) -> None:
    """A tool that needs a human's yes: the run ends as interrupted (P-INT-01)."""
    await stage.say("I would send this email (nothing is really sent), but only with your yes.")
    call = await stage.call("send_email", EMAIL)
    _ask(stage.emit, call)


def _ask(emit: Emitter, call: str) -> None:
    emit.interrupt(
        {
            "id": f"approve-{call}",
            "reason": "tool_approval",
            "message": "Send this email to the team?",
            "toolCallId": call,
            "responseSchema": ANSWER,
        }
    )


def open_approvals(request: RunRequest) -> list[JsonObject]:
    """Calls of ``send_email`` in the history that nobody has answered."""
    calls = open_calls(request["messages"])
    return [call for call in calls if call["function"]["name"] == "send_email"]


async def settle_approvals(stage: Stage) -> None:
    """Do what was decided; ask again where no answer came (P-INT-10)."""
    given = answers(stage.request)
    for call in open_approvals(stage.request):
        answer = given.get(f"approve-{call['id']}")
        if answer is None:
            _ask(stage.emit, call["id"])
        else:
            result, said = _decision(answer, call)
            await stage.emit.tool_result(call["id"], result)
            await stage.say(said)


def _decision(answer: JsonView, call: JsonView) -> tuple[str, str]:
    """The tool's result and what to say, by the human's answer."""
    said = read_answer(answer.get("payload"))
    if answer["status"] == "cancelled":
        return "Cancelled by the user.", "As you like: the email stays unsent, and we move on."
    if said.yes is not True:
        why = f" ({said.reason})" if said.reason else ""
        return f"Declined by the user{why}.", f"I have not sent it{why}."
    mail = {**json.loads(call["function"]["arguments"]), **(said.edits or {})}
    done = f"Sent to {mail['to']}: {mail['subject']}"
    return done, f"Done: “{mail['subject']}” is on its way to {mail['to']} (well, in this script)."
