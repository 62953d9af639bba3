"""Makes events that were written elsewhere fit for the wire: one foreign event in, fit ones out.

Only events that an agent hands over as dicts or SDK models pass here; what the emitter builds
itself is right by construction. Nothing here sends or keeps anything.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping
from typing import NoReturn

from ..errors import ProtocolError
from ..markup.outlets import line
from ..protocol.compatibility import Compatibility
from ..protocol.document.shape import Event
from ..protocol.grammar import RUN, STARTS, TEXT
from ..protocol.open_items import OpenItems
from ..protocol.order import WORDING, claim_start
from ..protocol.schema import EVENT_TYPES
from ..protocol.tolerance.stages import Nothing, TolerantStages
from ..runtime.ids import mint
from ..values import Json

logger = logging.getLogger(__name__)

OWNED = frozenset(start for start, bracket in STARTS.items() if bracket.word in WORDING)
MAY_BE_NULL = ("value", "snapshot", "event")  # required fields that take any JSON (B-EVM-05)


class Repair:
    """Mends the foreign events of one run, judged against what is open in it."""

    def __init__(self, items: OpenItems) -> None:
        self._items = items
        self._translate = Compatibility(
            {}, False, mint, lambda text: logger.debug("%s", line(text))
        )
        self._stages = TolerantStages(
            items, lambda text: logger.info("%s", line(text)), mint, Nothing(), lost=_refuse
        )

    def __call__(self, given: Json) -> Iterator[Event]:
        """Yield what to send in place of ``given``.

        Raises ProtocolError for what is no event, is beyond reading, or continues a tool call that
        never began (P-STREAM-01: no name can be invented).
        """
        self._stages.blame.number += 1
        for event in self._translate(plain(given)):
            if event["type"] == RUN.start:
                continue  # the emitter has sent its own
            if event["type"] not in EVENT_TYPES:
                logger.warning("%r is no AG-UI event and is left out.", event["type"])
            ids = {"threadId": "", "runId": ""} if event["type"] == RUN.end else {}
            for fit in self._stages({**ids, **event}):
                if fit["type"] in OWNED:
                    claim_start(self._items.owners, fit)
                yield {"role": "assistant", **fit} if fit["type"] == TEXT.start else fit


def _refuse(event: Event, what: str) -> NoReturn:
    raise ProtocolError(f"The agent {what}.", event=event)


def plain(given: Json) -> Event:
    """A wire dict of a dict or SDK model: camelCase keys, a plain type, no nulls."""
    if hasattr(given, "model_dump"):
        given = given.model_dump(mode="json", by_alias=True)
    if not isinstance(given, Mapping) or not given.get("type"):
        raise ProtocolError(
            "An agent may give text and AG-UI events (dicts with a type), "
            f"not a {type(given).__name__}.",
            event=given,
        )
    kind = given["type"]
    event = {camel(key): value for key, value in given.items()}
    event["type"] = getattr(kind, "value", kind)
    return {key: value for key, value in event.items() if value is not None or key in MAY_BE_NULL}


def camel(key: str) -> str:
    """``thread_id`` as the wire spells it."""
    return re.sub(r"_([a-z])", lambda found: found[1].upper(), key)
