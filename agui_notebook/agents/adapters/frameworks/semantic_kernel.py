"""Chat agents of Semantic Kernel through their own ``invoke_stream``.

A function of ``approve=`` is asked about in a filter before it runs; the filter ends the run.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import aclosing
from functools import partial
from types import ModuleType

from ....protocol.document.shape import Message
from ....tools.as_json import as_text
from ....values import Foreign, JsonObject
from ...agent import Agent, AgentOptions, RunRequest, Takes, takes_only
from ...asking import question_about, settle_calls
from ...emitter import Emitter
from ...models.client_copies import Close, fresh_at
from ...models.loose_json import count, mapping, text
from ...models.media import Media, omission_note, parts_of, plain_text
from ...models.prompt import arguments_text, system_text, turns
from ...official import load
from .thin import ThinAgent

INSTALL = "agui_notebook[semantic-kernel]"
WHAT = "Serving a Semantic Kernel agent"


def takes(obj: Foreign) -> Takes:
    """The options that mean something here."""
    return takes_only("a Semantic Kernel agent", "instructions", "approve", own_tools=True)


def adapt(obj: Foreign, options: AgentOptions) -> Agent:
    """Wrap an agent. Raises UnsupportedAgent when a package is missing."""
    library = load("semantic_kernel.contents", INSTALL, WHAT)
    kernel, close = _kernel_of(obj)
    about = getattr(obj, "description", None)
    asked = options.asked_of(_parameters(kernel))
    run = partial(tell, library, obj, kernel, options, asked)
    return ThinAgent(run, options, obj.name, about, close)


def _kernel_of(agent: Foreign) -> tuple[Foreign, Close]:
    """The agent's kernel with clients of our own in its services, and how to close them."""
    kernel = agent.kernel.clone()
    adopted = {name: fresh_at(service, "client") for name, service in kernel.services.items()}
    kernel.services = {name: service for name, (service, _) in adopted.items()}

    async def close() -> None:
        for _, let_go in adopted.values():
            await let_go()

    return kernel, close


def _functions(kernel: Foreign) -> dict[str, Foreign]:
    """All functions of a kernel, by the name that is shown."""
    held = (each for plugin in kernel.plugins.values() for each in plugin)
    return {_shown_name(each.fully_qualified_name): each for each in held}


def _shown_name(name: str) -> str:
    return name.replace("-", "_")


def _parameters(kernel: Foreign) -> dict[str, JsonObject]:
    """The JSON Schema of each function's arguments."""
    formats = load("semantic_kernel.connectors.ai.function_calling_utils", INSTALL, WHAT)
    written = formats.kernel_function_metadata_to_function_call_format
    functions = _functions(kernel).items()
    return {name: written(each.metadata)["function"]["parameters"] for name, each in functions}


async def tell(
    library: ModuleType,
    agent: Foreign,
    shared: Foreign,
    options: AgentOptions,
    asked: Mapping[str, JsonObject],
    request: RunRequest,
    emit: Emitter,
) -> None:
    """Tell one run."""
    kernel = shared.clone()  # each run asks for itself
    asking = FunctionAsking(library, kernel, asked)
    messages = await settle_calls(request, emit, asked, asking.carry_out)
    if messages is None:
        return
    system = system_text(request, options.instructions)
    said = [_message(library, "system", [library.TextContent(text=system)])] if system else []
    names: dict[str, str] = {}
    history = [ROLES[t["role"]](library, t, names) for t in turns(messages)]
    telling = KernelTelling(emit, asking.waiting)
    given = {"messages": [*said, *history], "on_intermediate_message": telling.between}
    async with aclosing(agent.invoke_stream(kernel=kernel, **given)) as pieces:
        async for piece in pieces:
            await telling.take(piece.message)
    emit.interrupt(*(question_about(call, asked) for call in asking.waiting.values()))


class FunctionAsking:
    """One run's questions; ``waiting`` are the calls they are about, as wire calls by id."""

    def __init__(
        self, library: ModuleType, kernel: Foreign, asked: Mapping[str, JsonObject]
    ) -> None:
        self._library, self._kernel, self._asked = library, kernel, asked
        self._allowed: set[str] = set()
        self.waiting: dict[str, JsonObject] = {}
        kernel.add_filter("auto_function_invocation", self.ask)

    async def ask(self, context: Foreign, **given: Foreign) -> None:
        """Before a function runs: one that needs a yes ends the run."""
        call = context.function_call_content
        name = _shown_name(call.name)
        if name in self._asked and call.id not in self._allowed:
            context.terminate = True
            function = {"name": name, "arguments": _arguments(call)}
            self.waiting[call.id] = {"id": call.id, "function": function}
        else:
            await given["next"](context)

    async def carry_out(self, call: JsonObject) -> str:
        """What an allowed call brings."""
        self._allowed.add(call["id"])
        history = self._library.ChatHistory()
        function = _functions(self._kernel)[call["function"]["name"]]
        made = self._library.FunctionCallContent(
            id=call["id"], name=function.fully_qualified_name, arguments=arguments_text(call)
        )
        await self._kernel.invoke_function_call(made, history)
        return "".join(as_text(item.result) for item in history.messages[-1].items)


class KernelTelling:
    """Tells the messages of one run."""

    def __init__(self, emit: Emitter, waiting: Mapping[str, JsonObject]) -> None:
        self._emit, self._waiting = emit, waiting

    async def take(self, message: Foreign) -> None:
        """A piece of the answer."""
        for item in message.items:
            if tell_it := ITEMS.get(type(item).__name__):
                await tell_it(self, item)
        self._count(message)

    async def between(self, message: Foreign) -> None:
        """A whole message on the way to the answer: calls, or what they gave."""
        for item in message.items:
            if tell_it := BETWEEN.get(type(item).__name__):
                await tell_it(self, item)

    def _count(self, message: Foreign) -> None:
        usage = getattr(mapping(message.metadata).get("usage"), "completion_tokens", None)
        if usage:
            told = message.metadata["usage"]
            self._emit.usage(
                input_tokens=count(told.prompt_tokens), output_tokens=count(told.completion_tokens)
            )

    async def text(self, item: Foreign) -> None:
        await self._emit.text(text(item.text))

    async def thought(self, item: Foreign) -> None:
        await self._emit.reasoning(text(item.text))

    async def call(self, item: Foreign) -> None:
        await self._emit.tool_call(item.id, _shown_name(item.name))
        await self._emit.tool_args(item.id, _arguments(item))
        await self._emit.tool_end(item.id)

    async def result(self, item: Foreign) -> None:
        if item.id not in self._waiting:
            await self._emit.tool_result(item.id, as_text(item.result))


ITEMS = {
    "StreamingTextContent": KernelTelling.text,
    "StreamingReasoningContent": KernelTelling.thought,
}
BETWEEN = {"FunctionCallContent": KernelTelling.call, "FunctionResultContent": KernelTelling.result}


def _arguments(call: Foreign) -> str:
    given = call.arguments or {}
    return given if isinstance(given, str) else as_text(given)


def _message(library: ModuleType, role: str, items: list[Foreign]) -> Foreign:
    return library.ChatMessageContent(role=library.AuthorRole(role), items=items)


def _user(library: ModuleType, turn: Message, names: dict[str, str]) -> Foreign:
    return _message(library, "user", [_part(library, part) for part in parts_of(turn)])


def _assistant(library: ModuleType, turn: Message, names: dict[str, str]) -> Foreign:
    items = [library.TextContent(text=turn["content"])] if turn["content"] else []
    for call in turn["toolCalls"]:
        names[call["id"]] = name = call["function"]["name"]
        items.append(
            library.FunctionCallContent(id=call["id"], name=name, arguments=arguments_text(call))
        )
    return _message(library, "assistant", items)


def _tool(library: ModuleType, turn: Message, names: dict[str, str]) -> Foreign:
    call = turn["toolCallId"]
    result = library.FunctionResultContent(
        id=call, name=names.get(call, "tool"), result=plain_text(turn)
    )
    return _message(library, "tool", [result])


ROLES = {"user": _user, "assistant": _assistant, "tool": _tool}


def _part(library: ModuleType, part: str | Media) -> Foreign:
    if isinstance(part, str):
        return library.TextContent(text=part)
    if part.kind == "image" and part.data is not None:
        return library.ImageContent(data_uri=part.any_url)
    return library.TextContent(text=omission_note(part))
