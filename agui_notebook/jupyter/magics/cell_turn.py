"""One turn below a cell: begun by a magic, shown while it streams, frozen when it ends.

Whoever awaits can be interrupted within a tick; whoever blocks sees the answer at its end. What
was begun in the chat itself comes to its end first.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import NamedTuple

from ...client.interrupts import Answer
from ...client.result import RunResult, total_usage
from ...client.session import Session
from ...client.start import Join, Resume, Retry, Say, Start
from ...protocol.document.operations import copy_json
from ...protocol.document.shape import Bundle, Document, Message
from ...runtime import loop, waiting
from ...runtime.bridge import TICK
from ...values import JsonObject, JsonView
from ..chats import Chat
from ..display import AnswerOutput, answer_bundles
from .answer_buttons import has_buttons


class CellTurn(NamedTuple):
    """A turn that has not begun: what it begins with, and how it differs from the session's own.

    ``known`` gives the ids of messages that are no part of the answer.
    """

    chat: Chat
    start: Start
    over: JsonObject
    known: Callable[[Session], frozenset[str]]

    async def stream(self, answer: AnswerOutput) -> RunResult:
        """Stream the answer to where it is shown. Being cancelled stops a run, or leaves one."""
        await self._free()
        before = self._before()
        task = asyncio.ensure_future(self.chat.session.run(self.start, check=False, **self.over))
        try:
            while not task.done():
                await asyncio.wait({task}, timeout=TICK)
                answer.grow(lambda: self._bundles(before))
        except asyncio.CancelledError:
            session = self.chat.session
            (session.leave if isinstance(self.start, Join) else session.stop)()
            task.cancel()
            await self._wind_up()
            raise
        finally:
            answer.freeze(self._bundles(before))
        return task.result()

    def wait(self, *, quiet: bool = False) -> RunResult:
        """Block until the answer is there, then show it. Ctrl-C stops the run."""
        if self.chat.session.running:
            wait = waiting.wait_nested if loop.running_loop() else waiting.wait
            wait(loop.background().submit(self._free()))
        before = self._before()
        try:
            return self.chat.session.ask(self.start, check=False, **self.over)
        finally:
            AnswerOutput(quiet=quiet).freeze(self._bundles(before))

    async def _free(self) -> None:
        """Wait for the turn that is going on; being cancelled does not stop it."""
        while self.chat.session.running:
            await asyncio.sleep(TICK)

    async def _wind_up(self) -> None:
        """Give a stopped run a moment to say so in the document."""
        for _ in range(20):
            if all(run["status"] != "running" for run in self.chat.session.runs):
                return
            await asyncio.sleep(0.05)

    def _before(self) -> frozenset[str]:
        """The ids of the runs and messages that are no part of this turn."""
        session = self.chat.session
        return self.known(session) | {run["runId"] for run in session.runs}

    def _bundles(self, before: frozenset[str]) -> list[Bundle]:
        session = self.chat.session
        with session.lock:
            held = session.document
            fresh = [
                message
                for message in self._find_answer(held, before)
                if message["id"] not in before and message["role"] != "user"
            ]
            # an error is told by whoever began the turn
            told = ("error", "incomplete")
            new = (run for run in held["runs"] if run["runId"] not in before)
            runs = [run for run in new if run["status"] not in told]
            document = copy_json({**held, "messages": fresh, "runs": runs, "state": None})
            facts = turn_facts([run for run in held["runs"] if run["runId"] not in before], held)
        advise = not has_buttons(document["questions"])
        hidden = session.secrets.mask_value({**document, "facts": facts})
        return answer_bundles(hidden, self.chat.name, hidden["facts"], advise=advise)

    def _find_answer(self, held: Document, before: frozenset[str]) -> list[Message]:
        """The messages among which the answer is: behind what a joined run began with."""
        messages = held["messages"]
        run = next((run for run in held["runs"] if run["runId"] not in before), None)
        if run is None or not isinstance(self.start, Join):
            return messages
        places = (n for n, message in enumerate(messages, 1) if message["id"] == run["after"])
        return messages[next(places, 0) :]


def turn_facts(runs: Sequence[JsonView], held: JsonView) -> str:
    """Time, tokens and warnings of these runs, once all have ended."""
    if not runs or any(run["status"] == "running" for run in runs):
        return ""
    from ...price_list import cost_of
    from ...protocol.run_facts import facts_line

    times = [run[key] for run in runs for key in ("startedAt", "endedAt") if key in run]
    seconds = (max(times) - min(times)) / 1000 if times else None
    mine = {run["runId"] for run in runs}
    told = [each["message"] for each in held["warnings"] if each.get("runId") in mine]
    usage = total_usage(runs)
    line = facts_line(seconds, usage, told, cost_of(usage))
    return ": ".join([line, "; ".join(dict.fromkeys(told))]) if told else line


def say_turn(chat: Chat, text: str, parts: Sequence[JsonView] = ()) -> CellTurn:
    """The turn that begins with the user's ``text`` and the parts behind it."""
    hidden = chat.session.secrets.mask_value(list(parts))
    return CellTurn(chat, Say([text, *hidden] if hidden else text), {}, _all_message_ids)


def answer_turn(chat: Chat, answers: list[Answer]) -> CellTurn:
    """The turn that goes on when all questions are answered."""
    return CellTurn(chat, Resume(answers), {}, _all_message_ids)


def retry_turn(chat: Chat) -> CellTurn:
    """The last user turn once more."""
    return CellTurn(chat, Retry(), {}, _ids_before_answer)


def join_turn(chat: Chat) -> CellTurn:
    """A run of this thread that goes on at the server."""
    return CellTurn(chat, Join(), {}, _ids_before_answer)


def _all_message_ids(session: Session) -> frozenset[str]:
    return frozenset(message["id"] for message in session.messages)


def _ids_before_answer(session: Session) -> frozenset[str]:
    """All up to the last user message."""
    messages = session.messages
    asked = [number for number, message in enumerate(messages) if message["role"] == "user"]
    return frozenset(message["id"] for message in messages[: asked[-1] + 1 if asked else 0])
