"""A function's parameters as one schema: which there are, which are needed, their defaults.

What a hint means is json_schema.py's, what the docstring says docstring.py's.
"""

from __future__ import annotations

import functools
import inspect
import json
import sys
from collections.abc import Callable, Mapping
from typing import Annotated, Any, NamedTuple

from ..errors import InvalidInput
from ..values import Json, JsonObject, JsonView
from .as_json import as_json
from .json_schema import NoSchema, evaluate, fields, shape, with_definitions
from .plain_types import TypeShape


class Parameters(NamedTuple):
    """The shape of a function's arguments, and what stands in for those not given."""

    shape: TypeShape
    defaults: Mapping[str, Callable[[], Any]]

    def fill(self, given: JsonView) -> JsonObject:
        """What the function is called with; raises whatever the types it takes raise."""
        ready = dict(self.shape.convert(given))
        missing = self.defaults.keys() - ready.keys()
        return {**ready, **{name: self.defaults[name]() for name in missing}}


def plain_function(function: Any) -> Any:
    """The function that a partial was made of: it has the name, the words and the hints."""
    while isinstance(function, functools.partial):
        function = function.func
    return function


def words_of(function: Any) -> str:
    """The docstring of a function, or of what is called when a class or an object is."""
    plain = plain_function(function)
    if isinstance(plain, type):
        own = inspect.getdoc(plain) if plain.__doc__ else None
        if own is None or own.startswith(f"{plain.__name__}("):  # written by dataclasses
            own = inspect.getdoc(vars(plain).get("__init__"))
        return own if own and not own.startswith("Initialize self.") else ""
    called = vars(type(plain)).get("__call__")
    return inspect.getdoc(plain) or (called and inspect.isfunction(called) and called.__doc__) or ""


def is_awaitable(function: Any) -> bool:
    """Whether calling it gives what has to be awaited, whatever it is wrapped in."""
    plain = plain_function(function)
    while True:
        called = plain if inspect.isroutine(plain) else vars(type(plain)).get("__call__", plain)
        if inspect.iscoroutinefunction(called) or inspect.isasyncgenfunction(called):
            return True
        inner = getattr(plain, "__wrapped__", None)
        if inner is None:
            return False
        plain = plain_function(inner)


def definition_of(function: Any) -> tuple[Any, ...]:
    """What a function is made of; another one when it was changed in place.

    ``%autoreload`` changes code, defaults and words of the function that is there, and forgets its
    hints: those are its successor's, which the module has under its name.
    """
    plain = inspect.unwrap(plain_function(function))
    plain = getattr(plain, "__func__", plain)
    module = sys.modules.get(getattr(plain, "__module__", None) or "")
    later = inspect.unwrap(getattr(module, getattr(plain, "__name__", ""), plain))
    code = getattr(plain, "__code__", None)
    if later is not plain and code is not None and getattr(later, "__code__", None) is code:
        plain.__annotations__, plain.__kwdefaults__ = later.__annotations__, later.__kwdefaults__
    names = ("__code__", "__defaults__", "__kwdefaults__", "__doc__")
    return tuple(getattr(plain, name, None) for name in names)


def read_parameters(
    function: Any, name: str, words: Mapping[str, str], *, is_method: bool = False
) -> Parameters:
    """What an agent may give. Raises InvalidInput, naming the tool, for what it cannot."""
    named = _named_parameters(function, name)[int(is_method) :]
    hints = _hints_of(function)
    shapes: dict[str, TypeShape] = {}
    defaults: dict[str, Callable[[], Any]] = {}
    required: list[str] = []
    for each in named:
        default = _default_of(each)
        hint = _with_notes(hints.get(each.name, Any), each.default)
        if (made := _shape_or_none(hint, each, default, name)) is None:
            continue
        shapes[each.name] = made
        if default is None:
            required.append(each.name)
        elif type(each.default).__name__ == "FieldInfo":
            defaults[each.name] = default
    whole = fields(dict.fromkeys(shapes, Any), required)
    members = {key: _member(part.schema, key, words) for key, part in shapes.items()}
    schema = with_definitions({**whole.schema, "properties": members})
    return Parameters(TypeShape(schema, lambda given: _convert(shapes, given)), defaults)


def _convert(shapes: Mapping[str, TypeShape], given: JsonView) -> JsonObject:
    return {key: _read(shapes[key], key, value) for key, value in given.items()}


def _read(part: TypeShape, name: str, value: Json) -> Any:
    try:
        return part.convert(value)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name}: {error}") from error


def _named_parameters(function: Any, name: str) -> list[inspect.Parameter]:
    try:
        signature = list(inspect.signature(function).parameters.values())
    except ValueError:
        raise InvalidInput(
            f"{function!r} does not tell its parameters: wrap it in a function with hints."
        ) from None
    if any(p.kind is p.POSITIONAL_ONLY and p.default is p.empty for p in signature):
        raise InvalidInput(f"{function!r} has parameters that cannot be given by name.")
    named = [p for p in signature if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)]
    if (
        signature
        and not named
        and all(p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD) for p in signature)
    ):
        raise InvalidInput(f"Tool {name} takes anything (*args, **kwargs): name its parameters.")
    return [p for p in named if not _is_bound(function, p)]


def _is_bound(function: Any, parameter: inspect.Parameter) -> bool:
    """Whether a partial has settled it; or it is private, and the function does without it."""
    if isinstance(function, functools.partial) and parameter.name in function.keywords:
        return True
    return parameter.name.startswith("_") and parameter.default is not parameter.empty


def _default_of(parameter: inspect.Parameter) -> Callable[[], Any] | None:
    """What makes the value of a parameter that is not given; None where it must be."""
    given = parameter.default
    if given is parameter.empty:
        return None
    if type(given).__name__ != "FieldInfo":  # pydantic's Field(...)
        return lambda: given
    if given.is_required():
        return None
    return lambda: given.get_default(call_default_factory=True)


def _with_notes(hint: Any, default: Json) -> Any:
    if type(default).__name__ != "FieldInfo":
        return hint
    return Annotated[hint, default]


def _shape_or_none(
    hint: Any, parameter: inspect.Parameter, default: Callable[[], Any] | None, name: str
) -> TypeShape | None:
    """None where no agent can give it, and it need not be given."""
    try:
        made = shape(hint)
        json.dumps(made.schema, allow_nan=False)
    except (NoSchema, TypeError, ValueError) as error:
        if default is not None:
            return None
        raise InvalidInput(
            f"Tool {name} cannot be described: parameter {parameter.name}: {error}. Give it "
            "another hint, or a default."
        ) from None
    value = None if default is None else _json_default(default())
    return made if value is None else TypeShape({"default": value, **made.schema}, made.convert)


def _json_default(value: Json) -> Any:
    """A default as the schema may tell it, None where it has no exact form."""
    if isinstance(value, bytes) or value != value:
        return None
    try:
        plain = as_json(value)
        text = json.dumps(plain, allow_nan=False)
    except (TypeError, ValueError, RecursionError):
        return None
    return plain if len(text) <= 1_000 and "null" not in text else None


def _member(schema: JsonObject, name: str, words: Mapping[str, str]) -> JsonObject:
    return {"description": words[name], **schema} if name in words else dict(schema)


def _hints_of(function: Any) -> JsonObject:
    """Each parameter's hint; Any where it names something not there at run time."""
    plain = inspect.unwrap(plain_function(function))
    plain = getattr(plain, "__func__", plain)
    if isinstance(plain, type):
        made = inspect.unwrap(vars(plain).get("__init__", plain))
        space = getattr(made, "__globals__", None) or vars(sys.modules.get(plain.__module__, sys))
        written = getattr(made, "__annotations__", {}) or getattr(plain, "__annotations__", {})
        return {name: evaluate(hint, space) for name, hint in written.items() if name != "return"}
    if not hasattr(plain, "__code__"):  # an object that can be called
        plain = vars(type(plain)).get("__call__", plain)
    written = getattr(plain, "__annotations__", {})
    space = getattr(plain, "__globals__", {})
    return {name: evaluate(hint, space) for name, hint in written.items() if name != "return"}
