"""A Python function as a tool: its schema, its call, and the text a model gets back.

When and on which thread a tool runs is decided in client/turns/turn.py.
"""

from __future__ import annotations

import copy
import functools
import inspect
import json
from collections.abc import Callable, Iterable
from typing import Any, overload

from ..doors import door
from ..errors import InvalidInput, ToolFailed
from ..late_pattern import late
from ..values import Json, JsonObject
from .as_json import shorten, whole_characters
from .docstring import read_docstring
from .given import MODEL_LIMIT, check_list
from .lax import read_lax
from .parameters import (
    definition_of,
    is_awaitable,
    plain_function,
    read_parameters,
    words_of,
)
from .redefined import place_of, written_anew
from .validate import problems

ToolFunction = Callable[..., Any]
ToolApproval = bool | Callable[[JsonObject], bool]

NOTHING: tuple[Any, ...] = (None, [], "")
# whether a call has no arguments is for the model to say, with {}: what is not there may be lost
UNTOLD = (
    "This call was not carried out: it came without its arguments. "
    "Make it again, and write every argument out."
)

_FIRST = json.JSONDecoder()
_NAME = late(r"[a-zA-Z0-9_-]{1,64}")  # what every provider takes


class Tool:
    """A function an agent may ask for, with the JSON Schema of its arguments.

    Calling it calls the function. ``thread`` lets it run beside the main thread; ``approve`` wants
    the user's yes before it runs: True, or a function that is given the arguments and says whether;
    of a result the model is given at most ``limit`` characters, the user all of it. A tool that
    only ``shows`` something ends the turn: the agent hears of it with the next message.

    >>> def add(a: int, b: int) -> int: return a + b
    >>> Tool(add).arguments('{"a": 1, "b": 2}')
    {'a': 1, 'b': 2}
    """

    def __init__(
        self,
        function: ToolFunction,
        *,
        name: str | None = None,
        description: str | None = None,
        parameters: JsonObject | None = None,
        thread: bool = False,
        approve: ToolApproval = False,
        limit: int = MODEL_LIMIT,
        shows: bool = False,
    ) -> None:
        if not callable(function):
            raise InvalidInput(f"{function!r} is no function: a tool is a function with hints.")
        self.__wrapped__ = function
        plain = plain_function(function)
        self.function = _collect_yields(function)
        self.name = name or str(getattr(plain, "__name__", type(plain).__name__))
        self._options: JsonObject = {"name": name, "description": description}
        self._options |= {"parameters": parameters, "thread": thread, "limit": limit}
        self._options |= {"approve": approve, "shows": shows}
        self._owner = ""
        self._asks_anyway = False  # whoever offers it wants the yes, however it is defined
        self.thread = thread
        self.approve = approve
        self.limit = limit
        self.shows = shows
        self._own = parameters
        self._describe()

    def _describe(self) -> None:
        """Read words and parameters of the function, or take those that were given."""
        told = words_of(self.__wrapped__)
        words, description = read_docstring(told), self._options["description"]
        self.description: str = words.description if description is None else description
        self.__doc__, self._words = told, words.parameters
        self._defined = definition_of(self.__wrapped__)
        read = self._parameters = (
            read_parameters(self.__wrapped__, self.name, self._words, is_method=bool(self._owner))
            if self._own is None
            else None
        )
        self.parameters: JsonObject = read.shape.schema if read else self._own or {}

    def __set_name__(self, owner: type, name: str) -> None:
        """``@tool`` within a class: ``self`` is nothing that an agent could give."""
        if next(iter(inspect.signature(self.__wrapped__).parameters), "") == "self":
            self._owner = owner.__name__
            self._describe()

    def __get__(self, instance: object | None, owner: type | None = None) -> Tool:
        """The tool of an object, where it was made in its class."""
        if instance is None or not self._owner:
            return self
        return Tool(self.__wrapped__.__get__(instance, owner), **self._options)

    def __call__(self, /, *args: Json, **kwargs: Any) -> Any:
        """Call the function itself."""
        return self.function(*args, **kwargs)

    def __repr__(self) -> str:
        return f"<tool {self.name}: {self.description.partition(chr(10))[0]}>"

    def with_approval(self, approve: ToolApproval = True) -> Tool:
        """The same tool, needing a yes; the one it was made of is left as it is."""
        twin = copy.copy(self)
        twin.approve = approve
        twin._asks_anyway = True
        twin._options = {**self._options, "approve": approve}
        return twin

    def needs_yes(self, arguments: JsonObject) -> bool:
        """Whether the user is to be asked before a call with these arguments.

        So they are too where the function that should say it fails.
        """
        if not callable(self.approve):
            return self.approve
        try:
            return bool(self.approve(arguments))
        except Exception:
            return True

    @property
    def is_async(self) -> bool:
        """Whether the call has to be awaited."""
        return is_awaitable(self.function)

    def _follow(self) -> None:
        """Describe it anew where ``%autoreload`` has changed the function since."""
        if any(
            a is not b for a, b in zip(self._defined, definition_of(self.__wrapped__), strict=True)
        ):
            self.function = _collect_yields(self.__wrapped__)
            self._describe()

    def current(self) -> Tool:
        """The tool as it is defined now: another one where its cell or its module ran again.

        One that was given a name of its own follows only what has that name too. Raises
        InvalidInput where no tool can be made of the new function.
        """
        found = written_anew(self.__wrapped__)
        if isinstance(found, Tool):
            later = found.with_approval(self.approve) if self._asks_anyway else found
            return later if found.name == self.name else self
        if found is None or self._options["name"] is not None:
            return self
        later = Tool(found, **self._options)
        later._asks_anyway = self._asks_anyway
        return later

    def definition(self) -> JsonObject:
        """The tool as RunAgentInput.tools carries it."""
        self._follow()
        return {
            "name": self.name,
            "description": self.description,
            "parameters": self.parameters,
        }

    def arguments(self, text: str) -> JsonObject:
        """The keyword arguments in a call's JSON ``text``, checked and converted (C-TOOL-13).

        Raises ToolFailed naming every argument that does not fit.
        """
        self._follow()
        takes = bool(self.parameters.get("properties"))
        if takes and not text.strip():
            raise ToolFailed(UNTOLD, tool=self.name)
        try:
            given = _read(text.strip() or "{}")
            if isinstance(given, str) and given.lstrip().startswith("{"):
                given = json.loads(given)  # written twice over
        except (ValueError, RecursionError) as error:
            raise ToolFailed(f"The arguments are not JSON: {error}", tool=self.name) from error
        if given in NOTHING and not takes:
            given = {}  # how some models write that there is nothing to say
        if not isinstance(given, dict):
            raise ToolFailed("The arguments must be a JSON object", tool=self.name)
        given = read_lax(self._without_needless_nulls(given), self.parameters)
        if wrong := problems(given, self.parameters, trusted=True):
            raise ToolFailed("Wrong arguments: " + "; ".join(wrong[:10]), tool=self.name)
        if self._parameters is None:
            return dict(given)
        try:
            return self._parameters.fill(given)
        except (TypeError, ValueError) as error:
            raise ToolFailed(f"Wrong arguments: {error}", tool=self.name) from error
        except BaseException as error:  # of a class of the user's that is made of them
            raise ToolFailed(
                f"The arguments were not read: {as_error(error)}", tool=self.name
            ) from error

    def _without_needless_nulls(self, given: JsonObject) -> JsonObject:
        """Models write null for "not given"; the function's own default says that better."""
        needed = self.parameters.get("required", ())
        known = self.parameters.get("properties", {})

        def is_needless(name: str) -> bool:
            return name not in needed and bool(problems(None, known.get(name, False), trusted=True))

        return {
            name: value
            for name, value in given.items()
            if value is not None or not is_needless(name)
        }


@overload
def tool(function: ToolFunction, /) -> Tool: ...
@overload
def tool(
    *,
    name: str | None = None,
    description: str | None = None,
    parameters: JsonObject | None = None,
    thread: bool = False,
    approve: ToolApproval = False,
    limit: int = MODEL_LIMIT,
    shows: bool = False,
) -> Callable[[ToolFunction], Tool]: ...
@overload
def tool(
    function: ToolFunction,
    /,
    *,
    name: str | None = None,
    description: str | None = None,
    parameters: JsonObject | None = None,
    thread: bool = False,
    approve: ToolApproval = False,
    limit: int = MODEL_LIMIT,
    shows: bool = False,
) -> Tool: ...
@door
def tool(
    function: ToolFunction | None = None,
    /,
    *,
    name: str | None = None,
    description: str | None = None,
    parameters: JsonObject | None = None,
    thread: bool = False,
    approve: ToolApproval = False,
    limit: int = MODEL_LIMIT,
    shows: bool = False,
) -> Any:
    """Make a function a tool: ``@tool`` or ``@tool(name=..., thread=True)``, or ``tool(f, ...)``.

    The schema comes from type hints, the docstring and ``Annotated``. ``approve=True`` asks the
    user before each call, ``approve=lambda args: args["amount"] > 100`` before some; ``shows=True``
    ends the turn once it has run, for what only shows something to the user:

        @tool(approve=True)
        def delete_file(path: str) -> str: ...

    Raises InvalidInput for parameters that cannot be given by name.

    >>> def add(a: int, b: int) -> int: return a + b
    >>> tool(add, name="plus").name
    'plus'
    """
    options: JsonObject = {"name": name, "description": description, "parameters": parameters}
    options |= {"thread": thread, "approve": approve, "limit": limit, "shows": shows}
    if function is None:
        return lambda later: Tool(later, **options)
    if not isinstance(function, Tool):
        return Tool(function, **options)
    return function.with_approval(approve) if approve is not False else function


def collect_tools(
    functions: Iterable[ToolFunction], approve: Iterable[str | ToolFunction] | bool = ()
) -> dict[str, Tool]:
    """Tools by name; ``approve`` names those that need a yes, True means all of them.

    Raises InvalidInput for what is no tool, and for a name that none has.
    """
    check_list("tools", functions)
    check_list("approve", approve)
    tools: dict[str, Tool] = {}
    for each in functions:
        offer(tools, tool(each))
    named = () if isinstance(approve, bool) else approve
    names = {each if isinstance(each, str) else tool(each).name for each in named}
    names = set(tools) if approve is True else names
    if strangers := sorted(names - set(tools)):
        there = f"there is {', '.join(tools)}" if tools else "give it to tools= as well"
        raise InvalidInput(f"approve= names {', '.join(strangers)}, which tools= lacks: {there}.")
    return {n: each.with_approval() if n in names else each for n, each in tools.items()}


def offer(tools: dict[str, Tool], made: Tool) -> None:
    """Put a tool among others, in place of an earlier one of the same function.

    Raises InvalidInput for a name that no model takes, or that another function has.
    """
    if not _NAME.fullmatch(made.name):
        raise InvalidInput(
            f"Models take no tool named {made.name!r}: give it a name of up to 64 letters, digits, "
            "_ and -, with tool(name=...)."
        )
    if made._owner:
        raise InvalidInput(f"{made.name} is a method: add the one of an object, {made._owner}().")
    if made.name in tools and not _is_same(tools[made.name], made):
        raise InvalidInput(
            f"There is another tool named {made.name}: give this one a name, with tool(name=...)."
        )
    tools[made.name] = made


def _is_same(held: Tool, made: Tool) -> bool:
    """Whether a tool may take the place of another: it is its function, written anew."""
    one, other = held.__wrapped__, made.__wrapped__
    if isinstance(one, functools.partial) or isinstance(other, functools.partial):
        return one is other
    return place_of(one) == place_of(other)


def _read(text: str) -> Any:
    """The one value in JSON text, which some servers write several times over."""
    try:
        return json.loads(text, parse_constant=_refuse_constant)
    except json.JSONDecodeError:
        size = _FIRST.raw_decode(text)[1]
        if size < 3 or text != text[:size] * (len(text) // size):
            raise
        return json.loads(text[:size], parse_constant=_refuse_constant)


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


def as_error(error: BaseException) -> str:
    """One line for the model and the transcript: what went wrong in the tool."""
    return shorten(whole_characters(_error_words(error)), MODEL_LIMIT)


def _error_words(error: BaseException) -> str:
    kind = type(error).__name__
    try:
        return str(error) if isinstance(error, ToolFailed) else f"{kind}: {error}".rstrip(": ")
    except BaseException:  # an error of the user's that cannot say what it is
        return kind


def _collect_yields(function: ToolFunction) -> ToolFunction:
    """A generator function, plain or async, as one whose call gives all it yields."""
    plain = inspect.unwrap(plain_function(function))

    @functools.wraps(function)
    async def gather(*args: Json, **kwargs: Any) -> list[Any]:
        return [item async for item in function(*args, **kwargs)]

    if inspect.isasyncgenfunction(plain):
        return gather
    if not inspect.isgeneratorfunction(plain):
        return function

    @functools.wraps(function)
    def call(*args: Json, **kwargs: Any) -> list[Any]:
        return list(function(*args, **kwargs))

    return call
