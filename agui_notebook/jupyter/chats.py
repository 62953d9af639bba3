"""The chats of this kernel by name: which there are, which one is meant, what ends with them.

One name, one chat: connecting again under a name closes the chat that had it.
"""

from __future__ import annotations

import difflib
import inspect
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from ..client.connect import connect
from ..client.recording import Replay
from ..client.session import Session
from ..errors import InvalidInput
from ..protocol.document.operations import copy_json
from ..values import JsonObject, JsonView
from .conversations import Conversations
from .thread_files import Thread

if TYPE_CHECKING:
    from ..server.local import LocalServer

FOR_CLIENT = frozenset(inspect.signature(connect).parameters) - {"url", "name", "token"}


@dataclass
class Chat:
    """A conversation with a name. ``about`` is what is known of its agent besides.

    ``ends`` closes what was made for this chat alone.
    """

    name: str
    session: Session
    about: JsonView = field(default_factory=dict)
    server: LocalServer | None = None
    widget: Any = None  # a ChatWidget once shown; widget.py imports this file
    threads: Conversations = field(init=False)
    made: tuple[Any, ...] = ()  # the target, name and options it was made of
    ends: ExitStack = field(default_factory=ExitStack)

    def __post_init__(self) -> None:
        self.keep("off")

    def keep(self, place: object, changed: Callable[[], None] = lambda: None) -> None:
        """Keep what is said in the store at ``place``, as ``store_at`` has it."""
        self.threads = Conversations(self.session, self.name, place, changed)
        self.ends.callback(self.threads.close)

    @property
    def agent(self) -> JsonObject:
        """The agent as the widget's header shows it."""
        return {"name": self.name, "url": self.session.url, **self.about}

    def thread(self) -> Thread:
        """What an export of the conversation is made of, without the session's secrets."""
        with self.session.lock:
            document = copy_json(self.session.document)
        hide = self.session.secrets.mask_value
        here = self.server is not None
        events = map(hide, self.session.events)
        return Thread(self.name, self.session.url, hide(document), events, here)


class Chats:
    """All chats of a kernel; the one used last is meant where no name is given."""

    def __init__(self) -> None:
        self._chats: dict[str, Chat] = {}
        self._watchers: list[Callable[[], None]] = []
        self.current: str | None = None

    @property
    def names(self) -> list[str]:
        """The names, in the order of connecting."""
        return list(self._chats)

    def get(self, name: str | None = None) -> Chat:
        """The chat of this name, or the one in use. Raises InvalidInput, saying what there is."""
        wanted = name or self.current
        if wanted in self._chats:
            return self._chats[wanted]
        if not self._chats:
            raise InvalidInput(
                "There is no chat yet: begin with %agui demo, %agui connect URL or "
                "%agui serve OBJECT."
            )
        raise InvalidInput(
            f"There is no chat named {wanted!r}{suggestion(str(wanted), self.names)}"
        )

    def find(self, session: Session) -> Chat | None:
        """The chat that has this session."""
        return next((chat for chat in self._chats.values() if chat.session is session), None)

    def find_made(self, target: Any, name: str | None, options: JsonView) -> Chat | None:
        """The chat that was made of the very same things."""
        return next(
            (c for c in self._chats.values() if _is_made_of(c, target, name, options)), None
        )

    def put(self, chat: Chat, *, use: bool = True) -> Chat:
        """Add a chat, closing the one that had its name, and use it, if there is a choice."""
        former = self._chats.pop(chat.name, None)
        self._chats[chat.name] = chat
        if use or self.current in (None, chat.name):
            self.current = chat.name
        if former is not None:
            former.ends.close()
        self.announce()
        return chat

    def use(self, name: str) -> Chat:
        """Mean this chat from now on. Raises InvalidInput."""
        self.current = self.get(name).name
        return self._chats[self.current]

    def drop(self, chat: Chat) -> None:
        """Forget a chat that has been closed; another of its name stays."""
        if self._chats.get(chat.name) is chat:
            del self._chats[chat.name]
            self.current = next(reversed(self._chats), None)
            self.announce()
        chat.ends.close()

    def close(self) -> None:
        """Close all chats."""
        for chat in list(self._chats.values()):
            self.drop(chat)

    def watch(self, watcher: Callable[[], None]) -> Callable[[], None]:
        """Call ``watcher`` when chats come and go; returns how to stop that."""
        self._watchers.append(watcher)
        return partial(self._unwatch, watcher)

    def _unwatch(self, watcher: Callable[[], None]) -> None:
        if watcher in self._watchers:
            self._watchers.remove(watcher)

    def announce(self) -> None:
        """Something around the conversations has changed."""
        for watcher in tuple(self._watchers):
            watcher()


chats = Chats()


def _is_made_of(chat: Chat, target: Any, name: str | None, options: JsonView) -> bool:
    if not chat.made or chat.widget is None or chat.widget.comm is None:
        return False
    known, named, given = chat.made
    same = known is target or (isinstance(target, str) and known == target)
    return (
        same
        and named == name
        and given.keys() == options.keys()
        and all(
            given[key] is value or (isinstance(value, str | int | float) and given[key] == value)
            for key, value in options.items()
        )
    )


def nearest(word: str, known: Iterable[str]) -> str:
    """The end of a sentence about an unknown word: what may have been meant."""
    near = difflib.get_close_matches(word, list(known), n=1, cutoff=0.5)
    return f"; did you mean {near[0]!r}?" if near else "."


def suggestion(word: str, known: Iterable[str]) -> str:
    """Like ``nearest``, or else everything there is."""
    names = list(known)
    near = nearest(word, names)
    return near if near != "." or not names else f"; there is {', '.join(names)}."


def open_chats(target: Any = None, name: str | None = None, **options: Any) -> list[Chat]:
    """Chats with ``target``: a URL, a Session, a LocalServer, what serve() wraps, or None: demo.

    A server of several agents gives a chat for each. Options of ``connect`` go to the sessions,
    all others to ``serve``.
    """
    if isinstance(target, str):
        return [_with_url(target, name, options)]
    if isinstance(target, Session):
        return [_with_session(target, name, options)]
    from ..server.local import LocalServer

    if isinstance(target, LocalServer):
        return _with_server(target, name, options)
    return _with_object(target, name, options)


def _with_url(url: str, name: str | None, options: JsonObject) -> Chat:
    session = connect(url, name=name, **options)
    parts = urlsplit(session.url)
    session.name = name or f"{parts.netloc}{parts.path}".rstrip("/")
    chat = Chat(session.name, session)
    chat.ends.callback(session.close)
    return chat


def _with_session(session: Session, name: str | None, options: JsonObject) -> Chat:
    if options:
        words = ", ".join(options)
        raise InvalidInput(f"A session has its options already ({words}): give them to connect().")
    played = {"description": "A recording. Press Play, or go through it step by step."}
    return Chat(name or session.name, session, played if is_recording(session) else {})


def is_recording(session: Session) -> bool:
    """Whether there is no agent behind a session, only what was recorded."""
    return isinstance(session.options.transport, Replay)


def _with_object(target: Any, name: str | None, options: JsonObject) -> list[Chat]:
    from ..server.local import serve

    if target is None:
        from ..agents.demo import agent as target
    for_client = {key: options.pop(key) for key in FOR_CLIENT & options.keys()}
    server = serve(target, name=name, **options)
    chats = _with_server(server, name, for_client)
    chats[0].ends.callback(server.stop)
    return chats


def _with_server(server: LocalServer, name: str | None, options: JsonObject) -> list[Chat]:
    paths = [path for path in server.agents if path != "/"]
    if not paths:
        return [_at_path(server, "/", name or server.name, options)]
    return [_at_path(server, path, server.agents[path].name, options) for path in paths]


def _at_path(server: LocalServer, path: str, name: str, options: JsonObject) -> Chat:
    session = connect(server.url + path[1:], name=name, token=server.token, **options)
    agent = server.agents[path]
    about = {"description": agent.description, "suggestions": list(agent.suggestions)}
    chat = Chat(name, session, about, server)
    chat.ends.callback(session.close)
    return chat
