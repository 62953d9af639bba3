"""``agui_notebook.chat``: one call from an agent to its chat below the cell."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from ..client.session import Session
from ..doors import door
from ..tools.tool import ToolFunction
from ..values import Json, JsonObject, JsonView
from ..wire.transport import Timeout
from . import kernel
from .chats import Chat, chats
from .origin import Origin
from .shell import check_kernel
from .targets import is_recording, open_chats

if TYPE_CHECKING:
    from ..protocol.pipeline import Middleware
    from ..server.local import Where
    from .widget import ChatWidget


@door
def chat(
    target: Any = None,
    name: str | None = None,
    *,
    thread: str | None = None,
    store: Any = None,
    tools: Iterable[ToolFunction] = (),
    approve: Iterable[str] | bool = (),
    surfaces: bool = False,
    apps: Any = None,
    model: str | None = None,
    instructions: str | None = None,
    system: str | None = None,
    params: JsonView | None = None,
    max_rounds: int = 10,
    description: str | None = None,
    suggestions: Sequence[str] = (),
    token: str | bool | None = None,
    headers: Mapping[str, str] | Callable[[], Any] | None = None,
    auth: Any = None,
    client: Any = None,
    path: str | None = None,
    messages: Iterable[JsonView] = (),
    state: Json = None,
    context: Json = (),
    forwarded_props: Json = None,
    thread_id: str | None = None,
    timeout: Timeout | float | None = None,
    retries: int = 0,
    strict: bool = False,
    middleware: Sequence[Middleware] = (),
    peer: str | None = None,
    probe: bool = True,
    port: int = 0,
    origins: Sequence[str] = (),
    hosts: Sequence[str] = (),
    loop: Where | None = None,
    keep_alive: float | None = None,
    max_body: int | None = None,
    body_timeout: float | None = None,
) -> ChatWidget:
    """A chat widget for an agent, in this notebook: display it, or drive it from code.

        chat()                                            # the offline demo
        chat("http://127.0.0.1:8888/", token=key)         # an AG-UI agent elsewhere
        chat("http://127.0.0.1:9480/v1", model="qwen3")   # a server of models
        chat(OpenAI(), model="gpt-5", tools=[weather, delete_file], approve=["delete_file"])
        chat(answer)                                      # a function or generator of yours
        chat(app, path="/agent")                          # an ASGI app that speaks AG-UI
        chat({"fast": fast, "slow": slow})                # several agents, one chat each
        chat(server)                                      # what serve() gave
        chat(session)                                     # what connect() or replay() gave

    ``tools`` are Python functions that the agent may call; they run in this kernel. ``approve``
    names those that need your yes, True means all. Run the cell of a tool's ``def`` again, and the
    next turn uses the new one; a framework's own agent keeps what it was made with. ``surfaces``
    lets the agent describe forms and cards (A2UI), which the chat draws; ``apps`` names the MCP
    servers whose pages it may show (MCP Apps), addresses by the ids that the agent calls them.

    Made of the same once more, the chat there is comes back as it stands. A chat of the same
    ``name`` is closed first, and its conversation goes on where the agent is the same: an address,
    a function defined anew, a client that the same cell makes again (with the same ``model``,
    ``system``, ``messages``, ``state``). ``thread`` goes on with an earlier conversation: "last",
    or its key, id, title or file. ``store`` names the file that keeps conversations, in place of
    the usual one; "off": none.

    With a model: ``model``, ``instructions``, ``params`` (temperature, ...). With a URL: ``token``
    (sent as bearer token), ``headers``, ``auth``, ``client``. Anything that is served here:
    ``description`` and ``suggestions`` for the empty chat, and the server's ``port``, ``token``,
    ``origins``, ``hosts``, ``loop`` and so on, see ``serve``. The conversation: ``system``,
    ``messages``, ``state``, ``context``, ``timeout`` and so on, see ``connect``. An option that the
    target has no use for is refused. An agent at a URL is asked at once whether it answers, by a
    light request that runs nothing, and what it can; ``probe=False`` asks nothing.

    Raises UnsupportedAgent, InvalidInput, ServerError, TransportError where a server of models does
    not answer, and AGUIError where the front end was not built or the kernel cannot carry it.

    >>> widget = chat(str.upper, name="loud")  # the last line of a cell shows it
    >>> widget.ask("hello").text
    'HELLO'
    """
    options = _options(locals())
    check_kernel()
    held = chats.find(target) if isinstance(target, Session) else None
    if held is not None and name in (None, held.name):
        shown: ChatWidget = held.widget or _widget(held)
        return shown
    origin = Origin(target, name, options, *kernel.running_cell())
    same = chats.find_made(origin)
    if same is None:
        same = _begin(origin, store)
    else:
        chats.use(same.name)
    if thread is not None:
        same.threads.open(thread)
    made: ChatWidget = same.widget
    return made


def _options(words: JsonView) -> JsonObject:
    """The options that say something; the others are as if they had been left out."""
    return {
        word: words[word]
        for word, empty in _defaults().items()
        if words[word] is not empty
        and not (type(words[word]) is type(empty) and words[word] == empty)
    }


@cache
def _defaults() -> JsonObject:
    """The options of ``chat`` with what they are where nothing is said."""
    known = inspect.signature(chat).parameters.values()
    return {each.name: each.default for each in known if each.name not in _WHAT}


_SHOWN = ("surfaces", "apps")  # what concerns the chat alone
_WHAT = ("target", "name", "thread", "store")


def _begin(origin: Origin, store: Any) -> Chat:
    """A new chat, in place of the one that had its name, with that one's conversation if any."""
    options = {word: value for word, value in origin.options.items() if word not in _SHOWN}
    opened = open_chats(origin.target, origin.name, options)
    first = opened[0]
    played = is_recording(first.session)
    store = "off" if played else store  # it has a file already
    for each in opened:
        each.origin = origin
        each.keep(store, chats.announce)
        if origin.options.get("surfaces"):
            each.surfaces.begin()
        if "apps" in origin.options:
            each.apps.begin(origin.options["apps"])
    _widget(first)
    for each in opened:
        former = chats.find_former(each.name, origin)
        chats.put(each, use=each is first and not played)
        if former is not None and not (played or each.session.runs):
            each.threads.take_over(former.threads)
    return first


def _widget(made: Chat) -> ChatWidget:
    from .widget import ChatWidget

    try:
        widget = made.widget = ChatWidget(made.session, chat=made)
    except BaseException:
        made.ends.close()
        raise
    made.ends.callback(widget.close)
    return widget
