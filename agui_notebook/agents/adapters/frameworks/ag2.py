"""Agents of AG2 through its own ``AGUIStream``, which holds a turn open while it asks."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from contextlib import aclosing
from functools import partial

from ....values import Foreign, JsonObject
from ...agent import Agent, AgentOptions, Takes, takes_only
from ...asking import PerThread, question, read_entry, refuse_edits
from ...models.client_copies import Close, nothing
from ...official import OfficialAgent, ask, load, questions_in

INSTALL = "agui_notebook[ag2]"
WHAT = "Serving an AG2 agent"
FRAME = "data: "
KEPT = 100  # threads whose questions are kept open


def takes(obj: Foreign) -> Takes:
    """The options that mean something here."""
    return takes_only("an AG2 agent")


def adapt(obj: Foreign, options: AgentOptions) -> Agent:
    """Wrap an agent. Raises UnsupportedAgent when a package is missing."""
    make = partial(load("ag2.ag_ui", INSTALL, WHAT).AGUIStream, obj)
    read = load("pydantic", INSTALL, WHAT).TypeAdapter(load("ag_ui.core", INSTALL, WHAT).Event)
    config, close = _with_connections(obj.config)
    serving = HeldTurns(make, read.validate_json, config)
    return OfficialAgent(serving.answer, options, obj.name, close=close)


def _with_connections(config: Foreign) -> tuple[Foreign, Close]:
    """The model's configuration with connections that last as long as the agent is served.

    The framework would make new ones for every answer, and close none.
    """
    sdk = sys.modules.get(type(config).__module__.split(".")[2])
    make = getattr(sdk, "DefaultAsyncHttpxClient", None)
    if make is None or getattr(config, "http_client", config) is not None:
        return config, nothing
    transport = make()
    return config.copy(http_client=transport), transport.aclose


class HeldTurns:
    """An agent's turns: one stream of the framework's each, kept while it asks."""

    def __init__(self, make: Foreign, read: Foreign, config: Foreign) -> None:
        self._make, self._read, self._config = make, read, config
        self._open: PerThread[Foreign] = PerThread(KEPT)

    async def answer(self, given: Foreign) -> AsyncIterator[Foreign]:
        """The events of a run, which the framework tells as they go over the wire."""
        stream = self._open.take_open(given.thread_id) if given.resume else self._make()
        asked: list[JsonObject] = []
        for entry in given.resume or ():
            _answer_plainly(entry)
        try:
            async with aclosing(stream.dispatch(given, config=self._config)) as frames:
                async for frame in frames:
                    event = self._read(frame.removeprefix(FRAME))
                    if asked := questions_in(event):
                        ask(event, [_about_call(each) for each in asked])
                    yield event
        finally:
            over = self._open.keep(given.thread_id, stream) if asked else stream
            if over is not None:
                await over.aclose()


def _answer_plainly(entry: Foreign) -> None:
    """The framework reads a bare yes or no, or text, and no object."""
    if isinstance(entry.payload, dict):
        said = read_entry(entry.model_dump(by_alias=True))
        entry.payload = refuse_edits(said, "AG2").yes


def _about_call(asked: JsonObject) -> JsonObject:
    """A question about a call as all agents here ask it; any other as it is."""
    if not (call := asked.get("toolCallId")):
        return asked
    ours = question(call, "this call")
    return {**ours, **asked, "responseSchema": ours["responseSchema"]}
