"""Finds the adapter for an object without importing any provider, and wraps the object with it.

An adapter is a module here with ``def takes(obj) -> Takes``, the options it has a use for, and
``def adapt(obj, options: AgentOptions) -> Agent``; it may import its provider inside the latter.
Adapters never import each other. To add one: its file, and a row in one of the tables of detect.py.
"""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module
from types import ModuleType
from urllib.parse import urlsplit

from ...errors import UnsupportedAgent
from ...values import Foreign, Json
from ..agent import Agent, AgentOptions, Takes
from .detect import KNOWN, by_name, by_url, detect, near_classes
from .third_party import adapter_of

__all__ = ["detect", "is_model_address", "takes", "wrap"]


def wrap(obj: Foreign, options: AgentOptions | None = None, **given: Json) -> Agent:
    """Make an Agent of whatever the user has.

    Raises UnsupportedAgent when nothing known wraps it, or when the adapter's optional package
    is missing (the text then holds the pip command); InvalidInput for an option of no use.
    """
    options = replace(options, **given) if options else AgentOptions.of(given)
    if isinstance(obj, Agent):
        options.check(READY)
        return obj
    adapter = _adapter_of(obj, options.model)
    options.check(adapter.takes(obj))
    adapted: Agent = adapter.adapt(obj, options)
    return adapted


def takes(obj: Foreign, model: str | None = None) -> Takes:
    """What ``wrap`` has a use for with this object, asked for this ``model``.

    Raises UnsupportedAgent when nothing known wraps it.
    """
    if isinstance(obj, Agent):
        return READY
    found: Takes = _adapter_of(obj, model).takes(obj)
    return found


def is_model_address(obj: Foreign, model: str | None = None) -> bool:
    """Whether a URL is that of a server of models, rather than of an AG-UI agent."""
    ends = ("/v1", "/chat/completions")
    return by_url(obj) is not None and bool(model or urlsplit(obj).path.rstrip("/").endswith(ends))


def _adapter_of(obj: Foreign, model: str | None) -> ModuleType:
    if by_name(obj) is None and (other := adapter_of(obj)):
        return other
    module = "openai.url" if is_model_address(obj, model) else detect(obj)
    if module is None and isinstance(obj, type):
        name = obj.__qualname__
        raise UnsupportedAgent(f"{name} is a class: pass an object of it: {name}(...).")
    if module is None:
        kind = f"{type(obj).__module__}.{type(obj).__qualname__}"
        near = near_classes(obj)
        also = f" Of its package {' and '.join(near)} would do." if near else ""
        raise UnsupportedAgent(f"Nothing here wraps a {kind}; pass {KNOWN}.{also} {IN_A_FUNCTION}")
    return import_module(f".{module}", __name__)


IN_A_FUNCTION = (
    "Anything else can be wrapped in a function: "
    "def agent(text): yield my_object.ask(text), and agui.serve(agent)."
)


READY = Takes("a ready agent", frozenset({"name", "threads"}))  # it has its own, and a server's
