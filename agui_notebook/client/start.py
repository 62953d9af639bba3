"""What a turn may begin with: a message, answers, an earlier turn changed or repeated.

Values only, the same for awaiting, blocking and starting. turn_start.py checks them and carries
them out.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ..errors import InvalidInput
from ..values import Json
from .interrupts import Answers


@dataclass(frozen=True)
class Say:
    """Send a user message: text, content parts or a message dict; ``attach`` adds files.

    Without either the agent runs on the history as it is.

    >>> session.ask(Say("hello")).text
    'HELLO'
    """

    message: Json = None
    attach: Iterable[Json] = ()


@dataclass(frozen=True)
class Resume:
    """Answer every pending interrupt and go on.

    ``answers`` maps ids to payloads (or Answers), or lists Answers; left out, it is what was
    decided with ``interrupt.approve()`` and its like:

        session.interrupts[0].approve()
        session.ask(Resume())

    >>> answer = asking.ask("delete it")
    >>> asking.ask(Resume({"q1": {"approved": True}})).text
    'Done.'
    """

    answers: Answers | None = None


@dataclass(frozen=True)
class Edit:
    """Say something else in an earlier user turn and run from there; what followed is dropped.

    >>> answer = session.ask("hello")
    >>> session.ask(Edit(session.messages[0]["id"], "bye")).text
    'BYE'
    """

    message_id: str
    text: Json


@dataclass(frozen=True)
class Retry:
    """Run the last user turn again; what it had brought is dropped.

    >>> answer = session.ask("hello")
    >>> session.ask(Retry()).text
    'HELLO'
    """


@dataclass(frozen=True)
class Join:
    """Follow this thread's run that goes on at the server, or look at how it ended.

    >>> session.ask(Join()).error
    RunFailed('This agent keeps nothing of this thread: there is nothing to join.')
    """


Start = Say | Resume | Edit | Retry | Join


def as_start(message: Json, attach: Iterable[Json] = ()) -> Start:
    """A start as it is; anything else is something to say.

    Raises InvalidInput for files beside a start that says nothing.
    """
    if not isinstance(message, Start):
        return Say(message, attach)
    if tuple(attach):
        raise InvalidInput("Files are attached to what is said: Say(message, attach=[...]).")
    return message
