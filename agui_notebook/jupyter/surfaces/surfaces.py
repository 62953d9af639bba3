"""A chat's surfaces: the agent is told of them once they are wanted, and hears what is pressed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timezone
from typing import TYPE_CHECKING

from ...errors import InvalidInput
from ...protocol.surfaces.announce import (
    ACTION,
    GUIDE,
    INJECT,
    PARAMETERS,
    RENDER_TOOL,
    action_messages,
    context_entries,
)
from ...protocol.surfaces.reading import read_surfaces
from ...protocol.surfaces.surface import Surface
from ...runtime.ids import mint
from ...tools.partial_json import read_partial
from ...values import JsonObject, JsonView
from .components import Components
from .painter import Painter

if TYPE_CHECKING:
    from ...client.session import Session
    from ...tools.tool import Tool, ToolFunction

LARGEST = 100_000  # characters of what one press sends


class Surfaces:
    """What the agent describes in one chat; nothing is announced or drawn before ``begin``."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.components = Components()
        self._painter: Painter | None = None
        self._told: list[JsonObject] = []  # entries of ours in the session's context

    @property
    def places(self) -> Iterable[str]:
        """Where surfaces stand: nothing else is drawn there."""
        return self._painter.places if self._painter is not None else ()

    def begin(self) -> None:
        """Tell the agent that it may describe surfaces, and draw them."""
        self._announce()
        if self._painter is None:
            self._painter = Painter(self._session, self.components)

    def _announce(self) -> None:
        options = self._session.options
        kept = [entry for entry in options.context if entry not in self._told]
        self._told = context_entries(self.components.schemas)
        options.context = [*kept, *self._told]
        props = options.forwarded_props if isinstance(options.forwarded_props, dict) else {}
        options.forwarded_props = {INJECT: True, **props}
        if RENDER_TOOL not in options.tools:
            options.tools[RENDER_TOOL] = _render_tool()
            options.allowed.add(RENDER_TOOL)  # it only shows

    def add_component(self, name: str, function: ToolFunction, types: JsonView) -> None:
        """One more component, announced at once. Raises InvalidInput."""
        self.components.add(name, function, types)
        self.begin()
        if self._painter is not None:
            self._painter.look()

    def read(self) -> list[Surface]:
        """Those that stand, in order."""
        with self._session.lock:
            found = read_surfaces(self._session.document, read_partial)
        return [one for one in found if not one.deleted and one.components]

    def act(self, place: str, pressed: JsonView) -> None:
        """Something on a surface was pressed: the agent is told, and runs. Raises InvalidInput.

        ``pressed`` has the ids of surface and component, and the context as it stands by now.
        """
        session = self._session
        action = self._action(place, pressed)
        if session.running:
            raise InvalidInput("The agent is still at work: press again once it is done.")
        if session.document["interrupts"]:
            raise InvalidInput("The agent waits for an answer: give that first.")
        for message in action_messages(action, (mint(), mint(), mint())):
            session.thread.add_message(message)
        props = session.options.forwarded_props
        session.start(forwarded_props={**props, ACTION: {"userAction": action}})

    def _action(self, place: str, pressed: JsonView) -> JsonObject:
        """The action in A2UI's form; its name is the component's, whatever the page says."""
        standing = [one for one in self.read() if one.place == place and one.live]
        named = next((one for one in standing if one.id == pressed["surface"]), None)
        component = named.components.get(pressed["component"]) if named is not None else None
        action = component.get("action") if component is not None else None
        event = action.get("event") if isinstance(action, dict) else None
        if not isinstance(event, dict) or not isinstance(event.get("name"), str):
            raise InvalidInput("This surface is no more: the agent would not know what is meant.")
        if len(str(pressed["context"])) > LARGEST:
            raise InvalidInput(f"More than {LARGEST:,} characters are not sent with one press.")
        return {
            "name": event["name"],
            "surfaceId": pressed["surface"],
            "sourceComponentId": pressed["component"],
            "context": pressed["context"],
            "timestamp": datetime.now(timezone.utc).isoformat(timespec="milliseconds"),
        }

    def close(self) -> None:
        """Draw nothing more."""
        if self._painter is not None:
            self._painter.close()


def _render_tool() -> Tool:
    """What an agent without tools of its own for it calls to describe a surface."""
    from ...tools.tool import Tool  # not before it is wanted: with it comes all about schemas

    return Tool(
        lambda **described: {"status": "rendered"},
        name=RENDER_TOOL,
        description=GUIDE,
        parameters=PARAMETERS,
        thread=True,
        shows=True,
    )
