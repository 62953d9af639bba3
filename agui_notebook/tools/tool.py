"""A Python function as a frontend tool: its schema, its call, and the text a model gets back.

When and on which thread a tool runs is decided in client/turn.py.
"""

from __future__ import annotations

import functools
import inspect
import json
import typing
from collections.abc import Callable, Iterable
from typing import Any, overload

from ..errors import InvalidInput, ToolFailed
from . import json_schema
from .as_json import MODEL_LIMIT, shorten, whole_characters
from .docstring import read_docstring
from .validate import problems

ToolFunction = Callable[..., Any]

NOTHING: tuple[Any, ...] = (None, [], "")


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
        parameters: dict[str, Any] | None = None,
        thread: bool = False,
        limit: int = MODEL_LIMIT,
    ) -> None:
        if not callable(function):
            raise InvalidInput(f"{function!r} is no function: a tool is a function with hints.")
        told = inspect.getdoc(function) or ""
        words = read_docstring(told)
        self.function = (
            _collect_yields(function) if inspect.isgeneratorfunction(function) else function
        )
        self.name = name or str(getattr(function, "__name__", type(function).__name__))
        self.description = words.description if description is None else description
        self.thread = thread
        self.limit = limit
        self._shape = _shape_of(function, words.parameters)
        self.parameters = self._shape.schema if parameters is None else parameters
        self._given = parameters is not None
        self.__doc__ = told
        self.__wrapped__ = function

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the function itself."""
        return self.function(*args, **kwargs)

    def __repr__(self) -> str:
        return f"<tool {self.name}: {self.description.partition(chr(10))[0]}>"

    @property
    def is_async(self) -> bool:
        """Whether the call has to be awaited."""
        return inspect.iscoroutinefunction(inspect.unwrap(self.function))

    def definition(self) -> dict[str, Any]:
        """The tool as RunAgentInput.tools carries it."""
        return {
            "name": self.name,
            "description": self.description,
            "parameters": self.parameters,
        }

    def arguments(self, text: str) -> dict[str, Any]:
        """The keyword arguments in a call's JSON ``text``, checked and converted (C-TOOL-13).

        Raises ToolFailed naming every argument that does not fit.
        """
        try:
            given = json.loads(text.strip() or "{}")
        except (ValueError, RecursionError) as error:
            raise ToolFailed(f"The arguments are not JSON: {error}", tool=self.name) from error
        if given in NOTHING and not self.parameters.get("properties"):
            given = {}  # how some models write that there is nothing to say
        if not isinstance(given, dict):
            raise ToolFailed("The arguments must be a JSON object", tool=self.name)
        given = self._without_needless_nulls(given)
        if wrong := problems(given, self.parameters, trusted=True):
            raise ToolFailed("Wrong arguments: " + "; ".join(wrong), tool=self.name)
        try:
            return given if self._given else dict(self._shape.convert(given))
        except (TypeError, ValueError) as error:
            raise ToolFailed(f"Wrong arguments: {error}", tool=self.name) from error

    def _without_needless_nulls(self, given: dict[str, Any]) -> dict[str, Any]:
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
    parameters: dict[str, Any] | None = None,
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
    """A generator function whose call gives all it yields."""

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> list[Any]:
        return list(function(*args, **kwargs))

    return call


def _shape_of(function: ToolFunction, words: dict[str, str]) -> json_schema.TypeShape:
    """The shape of a function's parameters, with what the docstring says of each."""
    try:
        signature = list(inspect.signature(function).parameters.values())
    except ValueError:
        raise InvalidInput(
            f"{function!r} does not tell its parameters: wrap it in a function with hints."
        ) from None
    named = [p for p in signature if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)]
    if any(p.kind is p.POSITIONAL_ONLY and p.default is p.empty for p in signature):
        raise InvalidInput(f"{function!r} has parameters that cannot be given by name.")
    found = _hints_of(function, (p.name for p in named))
    required = [p.name for p in named if p.default is p.empty]
    shape = json_schema.fields(found, required)
    for p in named:
        member = dict(shape.schema["properties"][p.name])
        if p.name in words:
            member.setdefault("description", words[p.name])
        if p.default is not p.empty and isinstance(p.default, str | int | float | bool):
            member.setdefault("default", p.default)
        shape.schema["properties"][p.name] = member
    return json_schema.TypeShape(json_schema.with_definitions(shape.schema), shape.convert)


def _hints_of(function: ToolFunction, names: Iterable[str]) -> dict[str, Any]:
    """Each parameter's hint; Any where it is missing or names something not there at run time."""
    plain = inspect.unwrap(function)
    plain = getattr(plain, "__func__", plain)
    if not hasattr(plain, "__code__"):  # an object that can be called
        plain = vars(type(plain)).get("__call__", plain)
    written = getattr(plain, "__annotations__", {})
    space = getattr(plain, "__globals__", {})
    return {name: _hint(written.get(name, Any), space) for name in names}


def _hint(written: Any, space: dict[str, Any]) -> Any:
    def holder() -> None: ...

    holder.__annotations__ = {"hint": written}
    try:
        return typing.get_type_hints(holder, space, include_extras=True)["hint"]
    except (NameError, TypeError, SyntaxError, AttributeError):
        return Any
