"""Wraps a function or generator, synchronous or not: its parameters are filled by name.

Knows no provider. What it returns or yields is text, AG-UI events, or a mix.
"""

from __future__ import annotations

import asyncio
import inspect
from collections import OrderedDict
from collections.abc import (
    AsyncGenerator,
    AsyncIterable,
    Callable,
    Iterable,
    Iterator,
    Mapping,
)
from dataclasses import dataclass

from ...errors import UnsupportedAgent
from ...runtime.bridge import iterate_in_thread
from ...values import Foreign
from ..agent import Agent, AgentOptions, RunRequest, Takes, Wrapped, last_user_text, takes_only
from ..emitter import Emitter

FILLED: dict[str, Callable[[RunRequest], Foreign]] = {
    "messages": lambda request: request["messages"],
    "text": last_user_text,
    "state": lambda request: request["state"],
    "tools": lambda request: request["tools"],
    "context": lambda request: request["context"],
    "input": lambda request: request,
}


def takes(obj: Foreign) -> Takes:
    """The options that mean something here."""
    return takes_only("a function")


def adapt(obj: Foreign, options: AgentOptions) -> Agent:
    """An agent that calls ``obj``. Raises UnsupportedAgent for a parameter nothing fills."""
    doc = (inspect.getdoc(obj) or "").partition("\n")[0] if inspect.isroutine(obj) else ""
    return FunctionAgent(
        name=options.name or getattr(obj, "__name__", type(obj).__name__).strip("<>"),
        description=options.description or doc,
        suggestions=options.suggestions,
        function=obj,
        threads=options.threads,
    )


@dataclass
class FunctionAgent(Wrapped):
    """An agent that is a function of the user's.

    Synchronous code runs in a thread of its own, unless ``threads`` is False; when the caller
    hangs up it is stopped at its next yield.
    """

    function: Callable[..., Foreign] = print
    threads: bool = True

    def __post_init__(self) -> None:
        self._signature, self._fills = _read_signature(self.function)

    async def run(self, request: RunRequest, emit: Emitter) -> None:
        filled = {name: fill(request) for name, fill in self._fills.items()}
        bound = inspect.BoundArguments(self._signature, OrderedDict(filled))
        if self.threads and not _on_loop(self.function):
            await _run_in_thread(lambda: self.function(*bound.args, **bound.kwargs), emit)
        else:
            await _put(self.function(*bound.args, **bound.kwargs), emit)


def _read_signature(
    function: Foreign,
) -> tuple[inspect.Signature, dict[str, Callable[[RunRequest], Foreign]]]:
    """A function's signature, and what fills each of its parameters from a request."""
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError) as error:
        raise UnsupportedAgent(f"{function!r} does not tell its parameters: {error}.") from error
    names = [name for name, parameter in signature.parameters.items() if _takes(parameter)]
    others = [name for name in names if name not in FILLED]
    if len(names) > 1:  # then one with a default need not be the user's text
        others = [name for name in others if _needed(signature.parameters[name])]
    if len(others) > 1:
        raise UnsupportedAgent(
            f"The parameters {', '.join(others)} cannot be filled; take one for the user's text, "
            f"and any of {', '.join(FILLED)}."
        )
    fills = {name: FILLED[name] for name in names if name in FILLED}
    return signature, fills | dict.fromkeys(others, last_user_text)


def _takes(parameter: inspect.Parameter) -> bool:
    return parameter.kind not in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD)


def _needed(parameter: inspect.Parameter) -> bool:
    return parameter.default is parameter.empty


def _on_loop(function: Foreign) -> bool:
    """Whether calling it runs none of its code: a coroutine or async generator function."""
    target = function if inspect.isroutine(function) else type(function).__call__
    return any(
        ask(each)
        for ask in (inspect.iscoroutinefunction, inspect.isasyncgenfunction)
        for each in (function, target)
    )


async def _run_in_thread(call: Callable[[], Foreign], emit: Emitter) -> None:
    async with iterate_in_thread(lambda: _items(call())) as items:
        async for item in items:
            await _put(item, emit)


def _items(produced: Foreign) -> Iterable[Foreign]:
    many = isinstance(produced, Iterator | list | tuple)
    return produced if many else (produced,)


async def _put(produced: Foreign, emit: Emitter) -> None:
    """Say what the function gave: text, an event, or something that gives these one by one."""
    if isinstance(produced, str):
        await emit.text(produced)
    elif isinstance(produced, Mapping) or hasattr(produced, "model_dump"):
        await emit.event(produced)
    elif inspect.isawaitable(produced):
        await _put(await produced, emit)
    elif isinstance(produced, AsyncIterable):
        await _put_each(produced, emit)
    elif isinstance(produced, Iterator | list | tuple):
        for item in produced:
            await _put(item, emit)
            await asyncio.sleep(0)  # on the loop's own thread: let others in between
    elif produced is not None:
        await emit.text(str(produced))


async def _put_each(items: AsyncIterable[Foreign], emit: Emitter) -> None:
    try:
        async for item in items:
            await _put(item, emit)
    finally:
        if isinstance(items, AsyncGenerator):
            await items.aclose()
