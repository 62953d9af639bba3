"""Finds the adapter for an object without importing any provider, and wraps the object with it.

An adapter is a module here with ``def takes(obj) -> Takes``, the options it has a use for, and
``def adapt(obj, options: AgentOptions) -> Agent``; it may import its provider inside the latter.
Adapters never import each other. To add one: its file, and a row in one of the tables of detect.py.
"""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module

from ...errors import UnsupportedAgent
from ...values import Foreign, Json
from ..agent import Agent, AgentOptions, Takes
from .detect import KNOWN, detect

__all__ = ["detect", "wrap"]


def wrap(obj: Foreign, options: AgentOptions | None = None, **given: Json) -> Agent:
    """Make an Agent of whatever the user has.

    Raises UnsupportedAgent when nothing known wraps it, or when the adapter's optional package
    is missing (the text then holds the pip command); InvalidInput for an option of no use.
    """
    options = replace(options, **given) if options else AgentOptions.of(given)
    if isinstance(obj, Agent):
        options.check(READY)
        return obj
    module = detect(obj)
    if module == "url" and options.model:  # an AG-UI server has one agent; this one, many models
        module = "openai.url"
    if module is None:
        kind = f"{type(obj).__module__}.{type(obj).__qualname__}"
        raise UnsupportedAgent(f"Nothing here wraps a {kind}; pass {KNOWN}.")
    adapter = import_module(f".{module}", __name__)
    options.check(adapter.takes(obj))
    adapted: Agent = adapter.adapt(obj, options)
    return adapted


READY = Takes("a ready agent", frozenset({"name", "threads"}))  # it has its own, and a server's
