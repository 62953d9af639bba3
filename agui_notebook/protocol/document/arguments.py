"""A tool call's arguments, from JSON text: what they are, and whether they can be sent on so.

Pure. Python reads whole numbers of any length as they stand; what it would change or drop is told.
"""

from __future__ import annotations

import json
from decimal import Decimal

from ...errors import InvalidInput
from ...values import Json


def read_arguments(text: str, *, exact: bool = False) -> dict[str, Json] | None:
    """The arguments in ``text``; None where it holds no object of them.

    ``exact``: they are to be sent on. Raises InvalidInput where that would change or drop one.
    """
    try:
        found = json.loads(
            text or "{}",
            object_pairs_hook=_once if exact else None,
            parse_float=_exact_float if exact else None,
            parse_constant=_refuse,
        )
    except InvalidInput:
        raise
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _refuse(constant: str) -> Json:
    raise ValueError(f"{constant} is not JSON")


def _once(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    made = dict(pairs)
    if len(made) < len(pairs):
        raise InvalidInput(
            "These arguments name one thing twice: they can be approved or denied as they stand, "
            "not changed."
        )
    return made


def _exact_float(text: str) -> float:
    value = float(text)
    if Decimal(text) != Decimal(repr(value)):
        raise InvalidInput(
            f"The number {text[:40]} cannot be sent on as it is written: these arguments can be "
            "approved or denied as they stand, not changed."
        )
    return value
