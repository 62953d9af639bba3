"""How a surface's components hang together: which are drawn where, and what is wrong with them.

Bounded whatever an agent describes: circles, depth and repetition end in a sentence.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import NamedTuple

from ...values import Json, JsonObject, JsonView
from .catalogue import BASIC
from .surface import ROOT, Surface, look_up

DEEPEST = 40
MOST_DRAWN = 3_000
MOST_SAID = 5


class Instance(NamedTuple):
    """A component where it is drawn: ``scope`` is the path that its relative paths begin at."""

    component: JsonObject
    scope: str

    @property
    def key(self) -> str:
        """What tells it from the same component in another row of a list."""
        return f"{self.component['id']}|{self.scope}"


class Tree(NamedTuple):
    """What is drawn, in order, and sentences about what is not."""

    instances: list[Instance]
    problems: list[str]


def read_tree(surface: Surface, own: Collection[str] = ()) -> Tree:
    """A surface from its root. ``own``: names of components besides the basic catalogue's."""
    if surface.said or ROOT not in surface.components:
        return Tree([], [surface.said] if surface.said else [])
    walk = _Walk(surface, {*BASIC, *own})
    walk.enter(ROOT, "", ())
    return Tree(walk.instances, list(walk.problems)[:MOST_SAID])


class _Walk:
    def __init__(self, surface: Surface, names: set[str]) -> None:
        self.instances: list[Instance] = []
        self.problems: dict[str, None] = {}  # in order, each once
        self._surface, self._names = surface, names

    def enter(self, name: str, scope: str, above: tuple[str, ...]) -> None:
        """Take one component and what is in it, unless something speaks against it."""
        component = self._surface.components.get(name)
        problem = self._problem(name, component, above)
        if problem or component is None:
            self.problems[problem] = None
            return
        self.instances.append(Instance(component, scope))
        for child, inner in children_of(component, self._surface.data, scope):
            if len(self.instances) >= MOST_DRAWN:
                self.problems[f"Only the first {MOST_DRAWN:,} of its parts are drawn."] = None
                return
            self.enter(child, inner, (*above, name))

    def _problem(self, name: str, component: JsonView | None, above: tuple[str, ...]) -> str:
        if component is None:
            return f"It names a component {name!r}, which it does not have."
        if name in above:
            return f"The component {name!r} contains itself."
        if len(above) >= DEEPEST:
            return f"It is nested more than {DEEPEST} deep."
        if component["component"] not in self._names:
            return f"It wants a {component['component']!r}, which there is not here."
        return ""


def children_of(component: JsonView, data: Json, scope: str) -> Iterator[tuple[str, str]]:
    """Ids of what is in a component, each with its scope; a template has one for each item."""
    tabs = component.get("tabs")
    tabs = tabs if isinstance(tabs, list) else []
    inner = [tab.get("child") for tab in tabs if isinstance(tab, dict)]
    single = [component.get(word) for word in ("child", "trigger", "content")]
    children = component.get("children")
    listed = children if isinstance(children, list) else []
    yield from ((one, scope) for one in (*single, *listed, *inner) if isinstance(one, str))
    if isinstance(children, dict) and isinstance(children.get("componentId"), str):
        path = absolute(children.get("path"), scope)
        items = look_up(data, path)
        keys = range(len(items)) if isinstance(items, list) else items
        for key in keys if isinstance(items, list | dict) else ():
            yield children["componentId"], f"{path}/{key}"


def absolute(path: Json, scope: str) -> str:
    """A path of the data model as it is meant within ``scope``."""
    named = path if isinstance(path, str) else ""
    return named.rstrip("/") if named.startswith("/") else f"{scope}/{named}".rstrip("/")


def resolve(value: Json, data: Json, scope: str) -> Json:
    """A property with what it is bound to; functions of the page's are not called here."""
    if isinstance(value, dict) and isinstance(value.get("path"), str):
        return look_up(data, absolute(value["path"], scope))
    return None if isinstance(value, dict) and "call" in value else value


def outline(surface: Surface, tree: Tree) -> str:
    """The surface as plain text, for where it cannot be drawn."""
    lines = [_line(one, surface.data) for one in tree.instances]
    return "\n".join([*filter(None, lines), *tree.problems]) or "A surface of the agent's."


def _line(instance: Instance, data: Json) -> str:
    component, scope = instance
    words = (component.get(word) for word in ("text", "label", "description"))
    shown = [resolve(word, data, scope) for word in words]
    if "value" in component:
        shown.append(resolve(component["value"], data, scope))
    return ": ".join(str(one) for one in shown if isinstance(one, str | int | float))
