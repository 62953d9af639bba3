"""An activity in one line, as the widget has it: its words, and how far it is. Pure.

Twin of js/src/details/activity.js.
"""

from __future__ import annotations

from ..values import Json

CELLS = 10  # of a bar
_WORDS = ("title", "label", "message", "status", "name")
_FAR = ("value", "current", "completed", "done", "progress")


def activity_line(kind: str, content: Json) -> str | None:
    """``Research ▰▰▰▰▰▱▱▱▱▱ 50%``; None where the content tells of no progress.

    >>> activity_line("search", {"title": "Research", "progress": 0.5})
    'Research ▰▰▰▰▰▱▱▱▱▱ 50%'
    """
    if not isinstance(content, dict) or (far := _fraction(content)) is None:
        return None
    part = min(1.0, max(0.0, far))
    done = round(part * CELLS)
    said = next((content[key] for key in _WORDS if isinstance(content.get(key), str)), kind)
    return f"{said} {'▰' * done}{'▱' * (CELLS - done)} {part:.0%}"


def _fraction(content: dict[str, Json]) -> float | None:
    """How far it is, from 0 to 1, or None."""
    numbers = {key: value for key, value in content.items() if _is_number(value)}
    far = next((numbers[key] for key in _FAR if key in numbers), None)
    end = numbers.get("max", numbers.get("total", 0))
    if far is not None and end > 0:
        return float(far / end)
    hundredth = numbers.get("percent", numbers.get("percentage"))
    if hundredth is not None:
        return float(hundredth / 100)
    progress = numbers.get("progress")
    return None if progress is None else float(progress / 100 if progress > 1 else progress)


def _is_number(value: Json) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
