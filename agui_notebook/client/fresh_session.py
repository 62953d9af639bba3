"""Another conversation that begins as a given one began: its agent, its tools, its first words."""

from __future__ import annotations

from ..values import Json
from .session import Session
from .turns.run_options import RunOptions


def fresh_session(session: Session, options: RunOptions, state: Json = None) -> Session:
    """A session with nothing said yet; ``state`` is shared in place of what the other began with.

    ``options`` are those of the other, or made from them.
    """
    began = session._first_state if state is None else state
    return Session(options, name=session.name, messages=session._opening, state=began)
