"""How a turn goes on below the cell in which it asked, when a button there was clicked."""

from __future__ import annotations

import uuid

from ...errors import AGUIError
from ...runtime.loop import background
from .. import kernel
from ..chats import Chat
from ..display import AnswerOutput, error_bundle
from .answer_buttons import show_buttons
from .cell_turn import CellTurn, answer_turn


class Continuation:
    """A place below the running cell for what comes when all questions of a chat are answered."""

    def __init__(self, chat: Chat) -> None:
        self._chat = chat
        self._display_id = f"agui-{uuid.uuid4()}"

    def offer(self) -> None:
        """Show the buttons, and keep the place below them."""
        show_buttons(self._chat, self._go_on)
        if kernel.in_kernel():
            kernel.publish({"text/markdown": "", "text/plain": ""}, self._display_id, update=False)

    def _go_on(self) -> None:
        session = self._chat.session
        pending, decided = session.interrupts, session.decisions
        if all(each.is_answered_by(decided.get(each.id)) for each in pending):
            turn = answer_turn(self._chat, [decided[each.id] for each in pending])
            background().submit(self._follow(turn))

    async def _follow(self, turn: CellTurn) -> None:
        """Stream into the place that was kept; what fails is said there."""
        answer = AnswerOutput(place=self._display_id)
        try:
            error = (await turn.stream(answer)).error
        except AGUIError as raised:
            error = raised
        if error is not None:
            answer.freeze([error_bundle(error)])
