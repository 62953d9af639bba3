"""One surface, and what each A2UI operation (v0.9, 1.0) makes of it.

Where operations are found is reading.py's business, how components hang together tree.py's.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from ...values import Json, JsonObject, JsonView

MOST_COMPONENTS = 1_000
LARGEST = 1_000_000  # characters of the data model
ROOT = "root"


@dataclass
class Surface:
    """What the agent has described so far. ``place`` is where in the chat it is drawn.

    ``live``: the agent may still change it and hears what is pressed; ``whole``: nothing of it is
    on its way; ``said``: a sentence in its place.
    """

    id: str
    place: str
    turn: int = 0
    live: bool = True
    whole: bool = True
    deleted: bool = False
    said: str = ""
    components: dict[str, JsonObject] = field(default_factory=dict)
    data: Json = field(default_factory=dict)


def put_components(surface: Surface, listed: Json) -> None:
    """Add components, or replace those of the same id; what is none is left out."""
    given = [one for one in listed if _is_component(one)] if isinstance(listed, list) else []
    merged = {**surface.components, **{one["id"]: one for one in given}}
    if len(merged) > MOST_COMPONENTS:
        surface.said = (
            f"The agent's surface has {len(merged):,} components, more than the "
            f"{MOST_COMPONENTS:,} that are drawn."
        )
        return
    surface.components = merged


def _is_component(one: Json) -> bool:
    return isinstance(one, dict) and all(isinstance(one.get(k), str) for k in ("id", "component"))


def put_data(surface: Surface, path: Json, value: Json, *, removes: bool = False) -> None:
    """Put ``value`` into the data model; a path through what is no container changes nothing."""
    steps = _steps(path)
    if not steps:
        surface.data = {} if removes else value
        return
    surface.data = _with_value(surface.data, steps, value, removes)


def _steps(path: Json) -> list[str]:
    named = path.split("/") if isinstance(path, str) else []
    return [step.replace("~1", "/").replace("~0", "~") for step in named if step]


def _with_value(holder: Json, steps: list[str], value: Json, removes: bool) -> Json:
    """A copy of ``holder`` with another value in it, as far as it can hold one."""
    step, *rest = steps
    if isinstance(holder, list):
        if not (step.isascii() and step.isdigit()) or int(step) > len(holder):
            return holder
        here = int(step)
        old = holder[here] if here < len(holder) else {}
        kept = [] if removes and not rest else [_below(old, rest, value, removes)]
        return [*holder[:here], *kept, *holder[here + 1 :]]
    members = dict(holder) if isinstance(holder, dict) else {}
    if removes and not rest:
        members.pop(step, None)
        return members
    return {**members, step: _below(members.get(step), rest, value, removes)}


def _below(old: Json, rest: list[str], value: Json, removes: bool) -> Json:
    return _with_value(old, rest, value, removes) if rest else value


def look_up(data: Json, path: str) -> Json:
    """What is at an absolute path of the data model; None where there is nothing."""
    for step in _steps(path):
        if isinstance(data, dict):
            data = data.get(step)
        elif isinstance(data, list) and step.isascii() and step.isdigit() and int(step) < len(data):
            data = data[int(step)]
        else:
            return None
    return data


def _create(surface: Surface, body: JsonView) -> None:
    """A fresh surface; 1.0 lets it come with its components and data."""
    surface.components, surface.data, surface.said = {}, {}, ""
    put_components(surface, body.get("components", []))
    put_data(surface, "", body.get("dataModel", {}))


def _update_data(surface: Surface, body: JsonView) -> None:
    removes = body.get("value") is None
    put_data(surface, body.get("path", ""), body.get("value"), removes=removes)


def _delete(surface: Surface, body: JsonView) -> None:
    surface.deleted, surface.live = True, False


OPERATIONS: dict[str, Callable[[Surface, JsonView], None]] = {
    "createSurface": _create,
    "updateComponents": lambda surface, body: put_components(surface, body.get("components")),
    "updateDataModel": _update_data,
    "deleteSurface": _delete,
}
