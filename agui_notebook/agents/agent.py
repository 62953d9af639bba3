"""What the server runs: an Agent, the options a user gives when wrapping something, and questions
about a request. No provider, no HTTP and no event bookkeeping lives here (see emitter.py).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, dataclass, field, fields
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, runtime_checkable

from ..errors import InvalidInput
from ..protocol.document.shape import text_of
from ..tools.given import check_count, check_list, check_mapping, check_text
from ..tools.tool import collect_tools, tool
from ..values import JsonObject, JsonView

if TYPE_CHECKING:
    from .emitter import Emitter

RunRequest = JsonObject
"""One request in wire form, already read tolerantly: ``threadId``, ``runId``, ``messages``,
``tools``, ``context``, ``state`` and ``forwardedProps`` are always there; ``resume`` when answers
came."""


@runtime_checkable
class Agent(Protocol):
    """One agent behind one path of the server.

    ``run`` answers one request by calling ``emit``. RUN_STARTED has been sent when it begins.
    Returning means RUN_FINISHED, raising means RUN_ERROR (the text is masked), being cancelled
    means that the caller went away or the server stops: let ``CancelledError`` through.
    It runs on one event loop and may be entered several times at once.

    >>> class Parrot:
    ...     name, description, suggestions, capabilities = "parrot", "Repeats.", (), {}
    ...     async def run(self, request, emit): await emit.text(request["messages"][-1]["content"])
    ...     async def aclose(self): pass
    >>> parrot = serve(Parrot())
    >>> connect(parrot.url, token=parrot.token).ask("hello").text
    'hello'
    """

    name: str
    description: str
    suggestions: Sequence[str]

    async def run(self, request: RunRequest, emit: Emitter) -> None:
        """Answer one request by calling ``emit``; see the class."""


@dataclass
class Wrapped:
    """What every adapter's agent has; adapters subclass it and write ``run``.

    ``capabilities`` is a partial AgentCapabilities document (P-CAP-06: only what holds).
    """

    name: str = "agent"
    description: str = ""
    suggestions: Sequence[str] = ()
    capabilities: JsonView = field(default_factory=dict)


class Takes(NamedTuple):
    """What one kind of object has a use for: a noun for a sentence, and names of AgentOptions.

    ``own_tools`` says that ``approve`` may name tools that the object has itself.
    """

    kind: str
    options: frozenset[str]
    own_tools: bool = False


def takes_only(kind: str, *options: str, own_tools: bool = False) -> Takes:
    """What is given beside what every agent has."""
    every = ("name", "description", "suggestions", "threads")
    return Takes(kind, frozenset({*every, *options}), own_tools)


def takes_all(kind: str, *options: str) -> Takes:
    """The same for something that a model stands behind and tools can be given to."""
    return takes_only(kind, *MODEL_OPTIONS, *options)


MODEL_OPTIONS = ("instructions", "model", "tools", "approve", "params", "max_rounds")


@dataclass(frozen=True)
class AgentOptions:
    """What a user may say when wrapping an object: ``serve(obj, model=..., tools=[...])``.

    ``tools`` are backend Python functions, ``approve`` the names of those that need a human's
    yes (an interrupt) or True for all, ``params`` goes to the provider as it is (temperature, ...),
    ``max_rounds`` bounds model calls per run. ``headers`` go with every request to a URL;
    ``path`` is where the agent is inside an ASGI app. ``threads`` False keeps synchronous code
    on the loop's own thread (``loop="kernel"``).
    """

    name: str | None = None
    description: str | None = None
    suggestions: Sequence[str] = ()
    instructions: str | None = None
    model: str | None = None
    tools: Sequence[Callable[..., Any]] = ()
    approve: Sequence[str] | bool = ()
    params: JsonView = field(default_factory=dict)
    max_rounds: int = 10
    headers: Mapping[str, str] = field(default_factory=dict)
    path: str | None = None
    threads: bool = True

    def functions(self) -> list[tuple[Callable[..., Any], bool]]:
        """The plain functions of ``tools`` for a framework, and whether it is to ask before each.

        One that asks before some calls only is asked about before all.
        """
        made = collect_tools(self.tools, self.approve).values()
        return [(each.__wrapped__, bool(each.approve)) for each in made]

    @classmethod
    def of(cls, given: JsonView) -> AgentOptions:
        """The options of a call's keywords. Raises InvalidInput for a word that is none."""
        known = {item.name for item in fields(cls)}
        if unknown := sorted(set(given) - known):
            words = ", ".join(sorted(known - {"threads"}))
            raise InvalidInput(f"{', '.join(unknown)}: no such option; there are {words}.")
        return cls(**given)

    def check(self, takes: Takes) -> None:
        """Raise InvalidInput for an option that the adapter has no use for, or that is no good."""
        check_use({item.name: getattr(self, item.name) for item in fields(self)}, takes)
        for word in ("name", "description", "instructions", "model", "path"):
            check_text(word, getattr(self, word))
        check_list("suggestions", self.suggestions)
        check_mapping("params", self.params, "{'temperature': 0.2}")
        check_mapping("headers", self.headers, "{'Authorization': 'Bearer ...'}")
        check_count("max_rounds", self.max_rounds, 1)
        collect_tools(self.tools, () if takes.own_tools else self.approve)

    def asked_of(self, there: Mapping[str, JsonObject]) -> dict[str, JsonObject]:
        """Those of an object's own tools, parameters by name, that are asked about first.

        Raises InvalidInput for a name that none has.
        """
        if isinstance(self.approve, bool):
            return dict(there) if self.approve else {}
        named = {each if isinstance(each, str) else tool(each).name for each in self.approve}
        if strangers := sorted(named - there.keys()):
            listed = f"there is {', '.join(there)}" if there else "there is none"
            raise InvalidInput(f"approve= names {', '.join(strangers)}, no tool here: {listed}.")
        return {name: held for name, held in there.items() if name in named}


def said_options(words: JsonView) -> JsonObject:
    """Those of ``words`` that say something; the others are as if they had been left out."""
    return {name: value for name, value in words.items() if not _is_default(name, value)}


def check_use(words: JsonView, takes: Takes) -> None:
    """Raise InvalidInput when one of ``words`` is said and ``takes`` has no use for it."""
    if idle := sorted(said_options(words).keys() - takes.options):
        names = " and ".join(f"{word}=" for word in idle)
        one = len(idle) == 1
        verb, them = ("means", "it") if one else ("mean", "them")
        raise InvalidInput(f"{names} {verb} nothing for {takes.kind}; leave {them} out.")


def _is_default(name: str, value: Any) -> bool:
    empty = _DEFAULTS.get(name)
    return value is None or value is empty or (type(value) is type(empty) and value == empty)


_DEFAULTS = {
    item.name: {} if item.default is MISSING else item.default for item in fields(AgentOptions)
}


def last_user_text(request: JsonView) -> str:
    """The text of the last user message, or an empty string."""
    for message in reversed(request["messages"]):
        if message.get("role") == "user":
            return text_of(message)
    return ""


def offered_tools(request: JsonView) -> dict[str, JsonObject]:
    """The frontend tools the caller offers, by name (P-TOOL-12: call no others)."""
    return {tool["name"]: tool for tool in request["tools"]}


def answers(request: JsonView) -> dict[str, JsonObject]:
    """The resume entries by interrupt id: ``{interruptId, status, payload?}`` (C-INT-07)."""
    return {entry["interruptId"]: entry for entry in request.get("resume") or ()}


def context_text(request: JsonView) -> str:
    """Every context entry as lines for a prompt (P-INPUT-08), or an empty string."""
    entries = request["context"]
    return "\n".join(f"{each.get('description')}: {each.get('value')}" for each in entries)
