"""Puts surfaces into the document's outputs as they grow: one output for each, in its place.

Reading and the bundle need no thread of the user's; components in Python are drawn on the kernel's
main thread, each once for what it is given.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING

from ...errors import ToolFailed
from ...protocol.document.operations import Operation
from ...protocol.document.shape import Output
from ...protocol.surfaces.reading import read_surfaces
from ...protocol.surfaces.surface import Surface
from ...protocol.surfaces.tree import Instance, Tree, outline, read_tree, resolve
from ...runtime.loop import background
from ...runtime.tool_threads import beside, on_loop
from ...runtime.user_code import one_line
from ...tools.partial_json import read_partial
from ...values import Foreign, Json, JsonObject
from .. import kernel, messages
from ..drawing.drawer import LARGEST, PACE, end_widget
from ..drawing.subjects import find_changed
from .components import Components

if TYPE_CHECKING:
    from ...client.session import Session

SURFACE = "application/vnd.agui-notebook.surface+json"
NOT_PROPERTIES = frozenset({"id", "component", "weight", "accessibility"})
MOST_OWN = 100  # components of the user's in one surface
Paintings = dict[str, list[JsonObject]]


class Painter:
    """Follows ``session`` until ``close``."""

    def __init__(self, session: Session, components: Components) -> None:
        self._session, self._components = session, components
        self.places: set[str] = set()
        self._drawn: dict[str, tuple[Output, Foreign]] = {}  # the user's components
        self._noted: dict[str, Output] = {}  # what is kept with the conversation
        self._due = self._busy = False
        self._ends = ExitStack()
        self._ends.callback(session.thread.observe(self._note))
        self._ends.callback(session.thread.observe_turns(lambda busy: self.look()))
        self.look()

    def close(self) -> None:
        """Paint nothing more; widgets that were drawn end."""
        self._ends.close()
        for _, value in self._drawn.values():
            end_widget(value)
        self._drawn.clear()

    def _note(self, operations: Sequence[Operation]) -> None:
        if find_changed(self._session.document, operations):
            self.look()

    def look(self) -> None:
        """Something may be another by now."""
        with self._session.lock:
            self._due = True
            if not self._busy:
                self._busy = True
                background().call(self._later)

    def _later(self) -> None:
        asyncio.get_running_loop().call_later(PACE, self._begin)

    def _begin(self) -> None:
        background().submit(self._paint())

    async def _paint(self) -> None:
        try:
            with self._session.lock:
                self._due = False
                surfaces = read_surfaces(self._session.document, read_partial)
            await self._show(surfaces)
        finally:
            self._busy = False
            if self._due:
                self.look()

    async def _show(self, surfaces: Sequence[Surface]) -> None:
        painted: Paintings = {}
        for surface in surfaces:
            bundles = painted.setdefault(surface.place, [])
            if not surface.deleted and (surface.components or surface.said):
                bundles.append(await self._bundle(surface))
        self.places = {*painted}
        lasting = not self._session.thread.busy
        for place, bundles in painted.items():
            output: Output = bundles[0] if len(bundles) == 1 else bundles
            keeps = lasting and self._noted.get(place) != output
            self._session.thread.show(place, output, lasting=keeps)
            if keeps:
                self._noted[place] = output

    async def _bundle(self, surface: Surface) -> JsonObject:
        tree = read_tree(surface, self._components.schemas)
        text = outline(surface, tree)
        if not surface.components:
            return {"text/plain": surface.said}
        if (size := messages.weight([surface.components, surface.data])) > LARGEST:
            said = f"The agent's surface has {size:,} characters, more than the {LARGEST:,} shown."
            return {"text/plain": said}
        told: JsonObject = {"place": surface.place, "id": surface.id, "live": surface.live}
        told |= {"components": surface.components, "data": surface.data}
        told["problems"] = tree.problems if surface.whole else []
        told["drawn"] = await self._draw_own(surface, tree)
        return {SURFACE: told, "text/plain": text}

    async def _draw_own(self, surface: Surface, tree: Tree) -> JsonObject:
        own = [one for one in tree.instances if one.component["component"] in self._components]
        due = own[:MOST_OWN] if surface.whole else []
        rest: JsonObject = {"text/plain": f"Only the first {MOST_OWN} are drawn by Python."}
        drawn = {one.key: await self._draw(surface, one) for one in due}
        return {**drawn, **{one.key: rest for one in own[MOST_OWN:]}}

    async def _draw(self, surface: Surface, instance: Instance) -> Output:
        component, scope = instance
        given = {
            name: resolve(value, surface.data, scope)
            for name, value in component.items()
            if name not in NOT_PROPERTIES
        }
        key = json.dumps([surface.place, surface.id, instance.key, component["component"], given])
        if key not in self._drawn:
            self._drawn[key] = await self._call(component["component"], given)
        return self._drawn[key][0]

    async def _call(self, name: str, given: Json) -> tuple[Output, Foreign]:
        loop = kernel.main_loop() if kernel.in_kernel() else None
        home = beside if loop is None else on_loop(loop)
        try:
            tool = self._components[name]
            checked = tool.arguments(json.dumps(given))
            value, output = await home(partial(kernel.perform, partial(tool, **checked)))
        except ToolFailed as error:
            return {"text/plain": f"The agent's {name!r} cannot be drawn: {error}"}, None
        except Exception as error:
            return {"text/plain": f"The component {name!r} failed: {one_line(error)}"}, None
        if messages.weight(output) > LARGEST:
            said = f"The component {name!r} has more than the {LARGEST:,} characters shown."
            return {"text/plain": said}, None
        return output, value
