"""A Python function as a frontend tool: its schema, its call, and the text a model gets back.

When and on which thread a tool runs is decided in client/turn.py.
"""

from __future__ import annotations

import functools
import inspect
import json
import re
from collections.abc import Callable
from typing import Any, overload

from ..errors import InvalidInput, ToolFailed
from ..values import Json, JsonObject
from .as_json import MODEL_LIMIT, shorten, whole_characters
from .docstring import read_docstring
from .lax import read_lax
from .parameters import plain_function, read_parameters
from .validate import problems

ToolFunction = Callable[..., Any]

NOTHING: tuple[Any, ...] = (None, [], "")

_NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")  # what every provider takes


class Tool:
    """A function an agent may ask for, with the JSON Schema of its arguments.

    Calling it calls the function. ``thread`` lets it run beside the main thread;
    of a result the model is given at most ``limit`` characters, the user all of it.
    """

    def __init__(
        self,
        function: ToolFunction,
        *,
        name: str | None = None,
        description: str | None = None,
        parameters: JsonObject | None = None,
        thread: bool = False,
        limit: int = MODEL_LIMIT,
    ) -> None:
        if not callable(function):
            raise InvalidInput(f"{function!r} is no function: a tool is a function with hints.")
        self.__wrapped__ = function
        plain = plain_function(function)
        told = inspect.getdoc(plain) or inspect.getdoc(type(plain).__call__) or ""
        words = read_docstring(told)
        self.function = _collect_yields(function)
        self.name = name or str(getattr(plain, "__name__", type(plain).__name__))
        self._options: JsonObject = {"name": name, "description": description}
        self._options |= {"parameters": parameters, "thread": thread, "limit": limit}
        self._owner = ""
        self.description = words.description if description is None else description
        self.thread = thread
        self.limit = limit
        self.__doc__ = told
        self._words = words.parameters
        self._own = parameters
        self._describe()

    def _describe(self) -> None:
        """Read the parameters of the function, or take those that were given."""
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

    def __call__(self, *args: Json, **kwargs: Any) -> Any:
        """Call the function itself."""
        return self.function(*args, **kwargs)

    def __repr__(self) -> str:
        return f"<tool {self.name}: {self.description.partition(chr(10))[0]}>"

    @property
    def is_async(self) -> bool:
        """Whether the call has to be awaited."""
        plain = inspect.unwrap(plain_function(self.function))
        return inspect.iscoroutinefunction(plain) or inspect.isasyncgenfunction(plain)

    def definition(self) -> JsonObject:
        """The tool as RunAgentInput.tools carries it."""
        return {
            "name": self.name,
            "description": self.description,
            "parameters": self.parameters,
        }

    def arguments(self, text: str) -> JsonObject:
        """The keyword arguments in a call's JSON ``text``, checked and converted (C-TOOL-13).

        Raises ToolFailed naming every argument that does not fit.
        """
        try:
            given = json.loads(text.strip() or "{}", parse_constant=_refuse_constant)
            if isinstance(given, str) and given.lstrip().startswith("{"):
                given = json.loads(given)  # written twice over
        except (ValueError, RecursionError) as error:
            raise ToolFailed(f"The arguments are not JSON: {error}", tool=self.name) from error
        if given in NOTHING and not self.parameters.get("properties"):
            given = {}  # how some models write that there is nothing to say
        if not isinstance(given, dict):
            raise ToolFailed("The arguments must be a JSON object", tool=self.name)
        given = read_lax(self._without_needless_nulls(given), self.parameters)
        if wrong := problems(given, self.parameters, trusted=True):
            raise ToolFailed("Wrong arguments: " + "; ".join(wrong[:10]), tool=self.name)
        if self._parameters is None:
            return dict(given)
        try:
            ready = dict(self._parameters.shape.convert(given))
        except (TypeError, ValueError) as error:
            raise ToolFailed(f"Wrong arguments: {error}", tool=self.name) from error
        missing = self._parameters.defaults.keys() - ready.keys()
        return {**ready, **{key: self._parameters.defaults[key]() for key in missing}}

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
    limit: int = MODEL_LIMIT,
) -> Callable[[ToolFunction], Tool]: ...
def tool(function: ToolFunction | None = None, /, **options: Any) -> Any:
    """Make a function a frontend tool: ``@tool`` or ``@tool(name=..., thread=True)``.

    The schema comes from type hints, the docstring and ``Annotated``. Raises InvalidInput for
    parameters that cannot be given by name.
    """
    if function is not None:
        return function if isinstance(function, Tool) else Tool(function)
    return lambda later: Tool(later, **options)


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
    return _place_of(one) == _place_of(other)


def _place_of(function: Any) -> tuple[Any, Any]:
    return getattr(function, "__module__", None), getattr(function, "__qualname__", function)


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


def as_error(error: BaseException) -> str:
    """One line for the model and the transcript: what went wrong in the tool."""
    return shorten(whole_characters(_error_words(error)), MODEL_LIMIT)


def _error_words(error: BaseException) -> str:
    kind = type(error).__name__
    try:
        return str(error) if isinstance(error, ToolFailed) else f"{kind}: {error}".rstrip(": ")
    except Exception:  # an error of the user's that cannot say what it is
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
