"""What an answer to an interrupt says: yes, no, or something else.

Pure. Who answers, and whether an answer fits, is the client's business.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# members of a payload that hold a yes or no, as deployed servers name them (twin: schema.js)
VERDICTS = (
    *("approved", "accepted", "approve", "accept", "confirmed"),
    *("confirm", "allowed", "allow"),
)
DECISIONS = ("approve", "edit", "reject")


def verdict(payload: Any) -> bool | None:
    """The yes or no in ``payload``; a no counts most, and None is neither."""
    if isinstance(payload, bool):
        return payload
    members = payload if isinstance(payload, Mapping) else {}
    said = [members[name] for name in VERDICTS if isinstance(members.get(name), bool)]
    said += [kind != "reject" for kind in decisions(payload) if kind in DECISIONS]
    return all(said) if said else None


def decisions(payload: Any) -> list[str]:
    """What ``payload`` decides, in order, for each action of LangChain's approval middleware."""
    listed = payload.get("decisions") if isinstance(payload, Mapping) else None
    actions = listed if isinstance(listed, list) else ()
    kinds = [one.get("type") for one in actions if isinstance(one, Mapping)]
    return [kind for kind in kinds if isinstance(kind, str)]
