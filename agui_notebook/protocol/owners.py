"""Who owns what within a run: the parent agent or one of its subagents (C-SUB-01, C-STATE-05).

Only ownership lives here; what may come when is order.py's business.
"""

from __future__ import annotations

from collections.abc import Iterable

from ..errors import ProtocolError
from .document.shape import Event, Message

Owner = str | None  # a subagentRunId; None is the parent agent


class Owners:
    """The first to open something owns it until the run is over, one map per kind (``of``)."""

    def __init__(self) -> None:
        self.of: dict[str, dict[str, Owner]] = {
            kind: {} for kind in ("message", "tool call", "reasoning message", "activity")
        }

    def claim(self, kind: str, item: str, owner: Owner) -> None:
        """Give ``item`` an owner unless it has one."""
        self.of[kind].setdefault(item, owner)

    def check(self, event: Event, kind: str, item: str, word: str = "") -> None:
        """A tag must be the opener's; no tag is always right. Raises ProtocolError."""
        tag = event.get("subagentRunId")
        owners = self.of[kind]
        if tag is not None and item in owners and owners[item] != tag:
            opener = f"the {word or kind} '{item}' opener's subagent '{owner_name(owners[item])}'."
            raise violation(event, "C-SUB-01", f"subagentRunId '{tag}' does not match {opener}")

    def restate(self, messages: Iterable[Message]) -> None:
        """Take over who owns the messages of a snapshot or of an echoed input."""
        kinds = {"activity": "activity", "reasoning": "reasoning message"}
        for message in messages:
            owner = message.get("subagentRunId")
            items = [(kinds.get(message["role"], "message"), message["id"])]
            items += [("tool call", call["id"]) for call in message.get("toolCalls") or ()]
            for kind, item in items:
                self.of[kind][item] = owner


def owner_name(owner: Owner) -> str:
    """An owner as error messages name it."""
    return "(the parent agent)" if owner is None else owner


def violation(event: Event, rule: str, text: str) -> ProtocolError:
    """The reference's sentence for an event that must not come now."""
    colon = "" if text.startswith("event: ") else ":"
    return ProtocolError(f"Cannot send '{event['type']}'{colon} {text}", rule=rule, event=event)
