"""What a single turn may have otherwise than its session: names and types for callers.

turn_start.py checks them at run time, turn.py acts on them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, TypedDict

from ...values import Json, JsonView

if TYPE_CHECKING:
    from ...protocol.pipeline import Middleware
    from ...wire.transport import Timeout


class TurnOptions(TypedDict, total=False):
    """Keywords of ``run``, ``ask``, ``stream``, ``start`` and their like, for one call.

    ``context``: facts for the prompt. ``forwarded_props``: JSON for the agent. ``headers``: HTTP
    headers besides the session's. ``timeout``: a Timeout, or seconds between two bytes.
    ``max_rounds``: runs that frontend tools may lead to. ``retries``: of a run that could not
    begin. ``strict``: hold the agent to the letter. ``middleware``: functions over raw events.
    ``detach``: leave as soon as the run has begun, where the server lets it go on (``join``).
    """

    context: JsonView | Iterable[JsonView]
    forwarded_props: Json
    headers: Mapping[str, str] | Callable[[], Mapping[str, str]]
    timeout: Timeout | float | None
    max_rounds: int
    retries: int
    strict: bool
    middleware: Sequence[Middleware]
    detach: bool
