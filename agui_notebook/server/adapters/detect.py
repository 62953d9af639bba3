"""Which adapter fits an object: tables of class names, module names and shapes. Imports no provider.

The order of questions is fixed: class (walking the method resolution order, so subclasses and
Azure variants are found by their base), module, shape, URL, ASGI app, callable.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any

KNOWN = (
    "a function or generator, an ASGI app, an AG-UI URL, or an agent or chat client of "
    "Agent Framework, Pydantic AI, LangGraph, LangChain, OpenAI, Anthropic, Google GenAI, "
    "Ollama or LiteLLM"
)

CLASSES: dict[tuple[str, str], str] = {
    # (root of the class's module, class name): adapter module
    ("starlette", "Starlette"): "asgi",
    ("fastapi", "FastAPI"): "asgi",
}

MODULES: dict[str, str] = {
    # name of a module that is itself a chat client: adapter module
}

SHAPES: Sequence[tuple[Callable[[Any], bool], str]] = (
    # a question about an object that no class name settled: adapter module
)


def by_class(obj: Any) -> str | None:
    """The adapter named for the nearest known class of ``obj``."""
    for cls in type(obj).__mro__:
        if adapter := CLASSES.get((cls.__module__.partition(".")[0], cls.__name__)):
            return adapter
    return None


def by_module(obj: Any) -> str | None:
    """The adapter for a module used as a client."""
    return MODULES.get(obj.__name__) if isinstance(obj, ModuleType) else None


def by_shape(obj: Any) -> str | None:
    """The adapter of the first shape that fits."""
    return next((adapter for fits, adapter in SHAPES if fits(obj)), None)


def by_url(obj: Any) -> str | None:
    """Any AG-UI server elsewhere."""
    fits = isinstance(obj, str) and obj.startswith(("http://", "https://"))
    return "url" if fits else None


def by_asgi(obj: Any) -> str | None:
    """Any ASGI app: called with scope, receive and send."""
    if not callable(obj) or inspect.isclass(obj):
        return None
    try:
        names = list(inspect.signature(obj).parameters)
    except (TypeError, ValueError):  # built-in callables show no signature
        return None
    return "asgi" if names == ["scope", "receive", "send"] else None


def by_call(obj: Any) -> str | None:
    """A function, generator function, bound method, partial or callable object; not a class."""
    return "callables" if callable(obj) and not inspect.isclass(obj) else None


QUESTIONS = (by_class, by_module, by_shape, by_url, by_asgi, by_call)


def detect(obj: Any) -> str | None:
    """The adapter module that fits ``obj``, or None."""
    return next((found for ask in QUESTIONS if (found := ask(obj))), None)
