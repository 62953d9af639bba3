"""Buttons below a cell for what its turn asked: a click does what %agui approve and deny do.

Where no widget can be shown, that is said in their place. How the turn goes on is handed in.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Sequence
from typing import Any

from ...client.interrupts import Interrupt
from ...client.session import Session
from ...errors import AGUIError, InvalidInput
from ...markup.inert import plain
from ...markup.outlets import terminal
from ...markup.visible import visible
from ...protocol.document.arguments import read_arguments
from ...protocol.question import QuestionAction
from ...values import JsonObject, JsonView
from .. import kernel
from ..chats import Chat

VIEW = "application/vnd.jupyter.widget-view+json"
TALLEST = 12  # lines of a field; more scroll


def has_buttons(questions: Sequence[JsonView]) -> bool:
    """Whether each of these is answered by a yes or a no, below a cell that can show buttons."""
    kinds = {question["kind"] for question in questions}
    return bool(kinds) and kinds <= {"approval", "yes_no"} and kernel.in_kernel()


class AnswerButtons:
    """Approve and Deny for one question, its arguments to be changed, a reason to be given.

    ``go_on`` is called when it was answered.
    """

    def __init__(self, session: Session, question: Interrupt, go_on: Callable[[], None]) -> None:
        self._session, self._question, self._go_on = session, question, go_on
        self._display_id = f"agui-{uuid.uuid4()}"
        self._parts: list[Any] = []

    def show(self) -> None:
        """Put them below the running cell."""
        from ipywidgets import HBox, Textarea, VBox

        self._arguments = [_arguments(action) for action in self._question.question["actions"]]
        # a field, since labels are typeset and what is wrong may be said in an agent's words
        self._note = Textarea(disabled=True, rows=2, layout={"width": "100%", "display": "none"})
        row = HBox(self._row(), layout={"flex_flow": "row wrap"})
        fields = [each for each in self._arguments if each is not None]
        box = VBox([*fields, row, self._note])
        self._parts = [*fields, *row.children, row, self._note, box]
        name = self._question.id
        told = f"%agui approve {name} or %agui deny {name}"
        view = {VIEW: box._repr_mimebundle_()[VIEW]}
        self._publish({**view, "text/markdown": f"*{plain(told)}*", "text/plain": told}, False)

    def _row(self) -> list[Any]:
        from ipywidgets import Button, Text

        yes = Button(description="Approve", button_style="primary")
        no = Button(description="Deny")
        reason = Text(description="Reason", placeholder="if you deny", layout={"width": "320px"})
        yes.on_click(lambda _: self._decide(self._approve, "Approved"))
        no.on_click(lambda _: self._decide(lambda: self._deny(reason.value), "Denied"))
        return [reason, no, yes]

    def _approve(self) -> None:
        actions = self._question.question["actions"]
        changed = [
            None if field is None else read_changes(action["args"], field.value)
            for action, field in zip(actions, self._arguments, strict=True)
        ]
        self._question.approve(changed if any(changed) else ())

    def _deny(self, reason: str) -> None:
        self._question.deny(reason.strip() or None)

    def _decide(self, verb: Callable[[], object], said: str) -> None:
        pending = [each.fingerprint for each in self._session.interrupts]
        if self._question.fingerprint not in pending:  # answered in the chat, or in another cell
            self._say("This question waits no longer.")
            return
        try:
            verb()
        except AGUIError as error:  # it can be mended and clicked again
            self._note.value, self._note.layout.display = terminal(str(error)), ""
            return
        self._say(said)
        self._go_on()

    def _say(self, text: str) -> None:
        """What happened stands where the buttons were; neither is clicked twice."""
        self._publish({"text/markdown": f"*{plain(text)}*", "text/plain": text}, True)
        parts, self._parts = self._parts, []
        for part in parts:
            part.close()

    def _publish(self, bundle: JsonView, update: bool) -> None:
        kernel.publish(bundle, self._display_id, update=update)


def _arguments(action: QuestionAction) -> Any:
    """A field for the arguments of a call, or None where none of them may be changed."""
    from ipywidgets import Textarea

    held = read_arguments(action["args"])
    if action["edits"] is None or not held:
        return None
    text = write_arguments(held)
    rows = min(text.count("\n") + 1, TALLEST)
    return Textarea(text, description="Arguments", rows=rows, layout={"width": "100%"})


def write_arguments(held: JsonView) -> str:
    """Arguments as JSON to be changed; what a reader could not see is written as an escape."""
    text = json.dumps(held, indent=2, ensure_ascii=False)
    return text if visible(text) == text else json.dumps(held, indent=2)


def read_changes(asked: str, text: str) -> JsonObject | None:
    """What somebody changed of the arguments ``asked``; None: nothing. Raises InvalidInput."""
    held = read_arguments(asked) or {}
    if text.strip() == write_arguments(held):
        return None
    given = read_arguments(text or "null")
    if given is None:
        raise InvalidInput("The arguments are no JSON object: mend them, or deny.")
    if gone := sorted(held.keys() - given.keys()):
        raise InvalidInput(f"{', '.join(gone)} cannot be left out: give a value.")
    changed = {
        name: value
        for name, value in given.items()
        if name not in held or json.dumps(value) != json.dumps(held[name])
    }
    return changed or None


def show_buttons(chat: Chat, go_on: Callable[[], None]) -> None:
    """Buttons for all that the chat waits for, if yes or no answers each."""
    session = chat.session
    if has_buttons([question.question for question in session.interrupts]):
        for question in session.interrupts:
            AnswerButtons(session, question, go_on).show()
