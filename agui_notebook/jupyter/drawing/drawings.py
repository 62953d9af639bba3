"""Which function of the user's draws what: of one chat, or of every chat. Nothing is drawn here."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple, TypeVar

from ...errors import InvalidInput
from ...runtime.user_code import name_of
from ...values import Foreign, Json

# what a function may ask for by name, and gets in this order otherwise
TAKES: dict[str, tuple[str, ...]] = {
    "call": ("args", "result", "status", "name"),
    "state": ("value", "status", "name"),
    "activity": ("content", "status", "name"),
    "custom": ("value", "status", "name"),
    "ask": ("question", "answer"),
    "*": ("args", "result", "status", "name", "kind"),
}
ALL = "*"
REST = ("call", "activity", "custom")  # kinds that ``*`` draws too
_POSITIONAL = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
Function = TypeVar("Function", bound=Callable[..., Any])


class Drawing(NamedTuple):
    """One function, and which of the values it takes in which place."""

    function: Callable[..., Any]
    places: tuple[str, ...]
    keywords: tuple[str, ...]

    def draw(self, values: Mapping[str, Json]) -> Foreign:
        """Call it with what it takes of ``values``."""
        named = {name: values[name] for name in self.keywords}
        return self.function(*(values[name] for name in self.places), **named)


def read_drawing(kind: str, function: Callable[..., Any]) -> Drawing:
    """How ``function`` is to be called. Raises InvalidInput where it wants what there is not."""
    if not callable(function):
        raise InvalidInput(f"A drawing is made by a function, not by {type(function).__name__}.")
    offered = TAKES[kind]
    wanted = [p for p in _parameters(function) if p.kind in _POSITIONAL]
    known = {p.name for p in wanted} & set(offered)
    rest = [name for name in offered if name not in known]
    places: list[str] = []
    for parameter in wanted:
        if parameter.name in known:
            places.append(parameter.name)
        elif parameter.default is inspect.Parameter.empty:
            if not rest:
                raise InvalidInput(_complaint(kind, function))
            places.append(rest.pop(0))
        else:
            break  # what follows keeps its defaults
    return Drawing(function, tuple(places), _keywords(kind, function))


def _keywords(kind: str, function: Callable[..., Any]) -> tuple[str, ...]:
    only = [p for p in _parameters(function) if p.kind is inspect.Parameter.KEYWORD_ONLY]
    if any(p.name not in TAKES[kind] and p.default is inspect.Parameter.empty for p in only):
        raise InvalidInput(_complaint(kind, function))
    return tuple(p.name for p in only if p.name in TAKES[kind])


def _parameters(function: Callable[..., Any]) -> Iterable[inspect.Parameter]:
    try:
        return inspect.signature(function).parameters.values()
    except (TypeError, ValueError):  # a builtin that does not tell: it gets the first value
        return [inspect.Parameter("it", inspect.Parameter.POSITIONAL_ONLY)]


def _complaint(kind: str, function: Callable[..., Any]) -> str:
    return f"{name_of(function)!r} wants more than it can have: {', '.join(TAKES[kind])}."


class Drawings:
    """Functions by what they draw: a kind, and a name or ``*``."""

    def __init__(self) -> None:
        self._functions: dict[tuple[str, str], Drawing] = {}
        self._watchers: list[Callable[[], None]] = []

    def __bool__(self) -> bool:
        return bool(self._functions)

    def add(self, kind: str, name: str, function: Callable[..., Any]) -> None:
        """Draw it so from now on. Raises InvalidInput."""
        self._functions[kind, name] = read_drawing(kind, function)
        for watcher in tuple(self._watchers):
            watcher()

    def find(self, kind: str, name: str) -> Drawing | None:
        """The function for just this."""
        return self._functions.get((kind, name))

    def find_rest(self, kind: str) -> Drawing | None:
        """The function for whatever has none of its own."""
        return self._functions.get((ALL, ALL)) if kind in REST else None

    def names(self, *kinds: str) -> list[str]:
        """What is drawn of these kinds."""
        return [name for kind, name in self._functions if kind in kinds]

    def watch(self, watcher: Callable[[], None]) -> Callable[[], None]:
        """Call ``watcher`` when one is added; returns how to stop that."""
        self._watchers.append(watcher)
        return lambda: self._watchers.remove(watcher) if watcher in self._watchers else None


class DrawingOffers:
    """``@chat.draw(...)``: the decorator over a chat's ``drawings``."""

    @property
    def drawings(self) -> Drawings:
        """The drawings of this chat."""
        raise NotImplementedError

    def draw(
        self,
        call: str | None = None,
        /,
        *,
        state: str | None = None,
        activity: str | None = None,
        ask: str | None = None,
        custom: str | None = None,
    ) -> Callable[[Function], Function]:
        """Let a function of yours draw what the agent does, in place of the usual row.

        Of what: a tool ``call`` by its tool's name (whoever runs it), a place in the shared
        ``state`` as a JSON Pointer ("" is all of it), an ``activity`` by its type, a question
        (``ask``) by the tool or the reason that it names, a ``custom`` event by its name; ``"*"``
        is every call, activity and custom event that nothing else draws.

        The function takes by name what it needs: ``args``, ``result``, ``status`` of a call
        ("streaming", "running", "done" or "error"), ``value`` of a state or an event, ``content``
        of an activity, ``question`` and ``answer`` (a function) of a question. It returns, displays
        or prints what a cell could, widgets too; None leaves the usual row. It runs on the kernel's
        main thread, at most ten times a second, again whenever what it draws has changed.
        Raises InvalidInput unless it is told to draw exactly one thing.

        >>> loud = chat(str.upper, name="loud")
        >>> @loud.draw("weather")
        ... def card(args, result, status):
        ...     return f"{args.get('city')}: {result or status}"
        """
        told = {"call": call, "state": state, "activity": activity, "ask": ask, "custom": custom}
        given = [(kind, name) for kind, name in told.items() if name is not None]
        if len(given) != 1 or not isinstance(given[0][1], str):
            raise InvalidInput(
                "Say what to draw, one thing: draw('a tool'), draw(state='/place'), "
                "draw(activity='type'), draw(ask='a tool'), draw(custom='event') or draw('*')."
            )
        kind, name = given[0]
        if kind == "state" and name and not name.startswith("/"):
            raise InvalidInput(f"A place in the state begins with a slash: draw(state='/{name}').")

        def register(function: Function) -> Function:
            self.drawings.add(ALL if given[0] == ("call", ALL) else kind, name, function)
            return function

        return register


class EveryChat(DrawingOffers):
    """Drawings for every chat of this kernel, behind a chat's own."""

    def __init__(self) -> None:
        self._drawings = Drawings()

    @property
    def drawings(self) -> Drawings:
        """Those of every chat."""
        return self._drawings


every_chat = EveryChat()
draw = every_chat.draw
