"""Components of the user's: which there are, what an agent may give them, how one is drawn."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping

from ...errors import InvalidInput
from ...protocol.surfaces.catalogue import BASIC
from ...runtime.user_code import name_of
from ...tools.tool import Tool, ToolFunction
from ...values import Json, JsonObject
from ..drawing.drawings import Function


class Components:
    """The user's components by name, as tools: their schemas, and their arguments checked."""

    def __init__(self) -> None:
        self._tools: dict[str, Tool] = {}

    def __contains__(self, name: object) -> bool:
        return name in self._tools

    def __getitem__(self, name: str) -> Tool:
        return self._tools[name]

    @property
    def schemas(self) -> dict[str, JsonObject]:
        """What each takes, as JSON Schema."""
        return {name: tool.parameters for name, tool in self._tools.items()}

    def add(self, name: str, function: ToolFunction, types: Mapping[str, type]) -> None:
        """Draw components of this name with ``function``. Raises InvalidInput."""
        if not isinstance(name, str) or not name.isidentifier():
            raise InvalidInput("A component has a name of letters: component('FlightCard').")
        if name in BASIC:
            raise InvalidInput(
                f"{name!r} is a component of the basic catalogue: take another name."
            )
        if not callable(function):
            kind = type(function).__name__
            raise InvalidInput(f"A component is drawn by a function, not by {kind}.")
        self._tools[name] = Tool(_give_types(function, types), name=name)


def _give_types(function: ToolFunction, types: Mapping[str, type]) -> ToolFunction:
    """The function with the types that were given for its parameters. Raises InvalidInput."""
    if not types:
        return function

    def draw(**given: Json) -> Json:
        return function(**given)

    keyword = inspect.Parameter.KEYWORD_ONLY
    places = [inspect.Parameter(word, keyword, annotation=kind) for word, kind in types.items()]
    try:
        inspect.signature(function).bind(**dict.fromkeys(types))
    except TypeError as error:
        raise InvalidInput(
            f"{name_of(function)!r} does not take what the component has: {error}."
        ) from error
    draw.__signature__ = inspect.Signature(places)  # type: ignore[attr-defined]
    draw.__annotations__ = dict(types)
    draw.__name__, draw.__doc__ = name_of(function), function.__doc__
    return draw


class ComponentOffers:
    """``@chat.component(...)``: the decorator over a chat's components."""

    def add_component(self, name: str, function: ToolFunction, types: Mapping[str, type]) -> None:
        """Draw components of this name with ``function``. Raises InvalidInput."""
        raise NotImplementedError

    def component(self, name: str, /, **types: type) -> Callable[[Function], Function]:
        """Add a component to what the agent may build surfaces of, drawn by a function of yours.

        ``types`` are its properties; left out, the function's own hints say them. The function
        gets them by name and returns, displays or prints what a cell could. Raises InvalidInput.

        >>> trips = chat(str.upper, name="trips", surfaces=True)
        >>> @trips.component("FlightCard", price=str)
        ... def flight(price):
        ...     return f"From {price}"
        """

        def register(function: Function) -> Function:
            self.add_component(name, function, types)
            return function

        return register
