"""The chats of this kernel by name: which there are, which one is meant, what ends with them.

One name, one chat: connecting again under a name closes the chat that had it.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from ..client.recording import thread_lines
from ..client.session import Session
from ..errors import InvalidInput
from ..markup.visible import visible
from ..protocol.document.operations import copy_json
from ..values import Json, JsonObject, JsonView
from .apps.apps import Apps
from .conversations import Conversations
from .drawing.drawer import Drawer
from .drawing.drawings import Drawings, every_chat
from .origin import Origin
from .surfaces.surfaces import Surfaces
from .thread_files import Thread

if TYPE_CHECKING:
    from ..server.local import LocalServer


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
    problem: str = ""  # why its agent cannot be reached, as it was when it was connected
    drawings: Drawings = field(default_factory=Drawings)
    surfaces: Surfaces = field(init=False)
    apps: Apps = field(init=False)
    origin: Origin | None = None
    ends: ExitStack = field(default_factory=ExitStack)

    def __post_init__(self) -> None:
        self.keep("off")
        self.surfaces = Surfaces(self.session)
        self.ends.callback(self.surfaces.close)
        self.apps = Apps(self.session)
        self.ends.callback(self.apps.close)
        sources = (self.drawings, every_chat.drawings)
        drawer = Drawer(self.session, *sources, taken=self._other_places)
        self.ends.callback(drawer.close)

    def _other_places(self) -> Iterable[str]:
        """Where something else stands than what the user's functions draw."""
        return [*self.surfaces.places, *self.apps.places]

    def keep(self, place: object, changed: Callable[[], None] = lambda: None) -> None:
        """Keep what is said in the store at ``place``, as ``store_at`` has it."""
        self.threads = Conversations(self.session, self.name, place, changed)
        self.ends.callback(self.threads.close)

    @property
    def agent(self) -> JsonObject:
        """The agent as the widget's header shows it."""
        told = {name: _as_shown(value) for name, value in self.about.items()}
        shown = {} if self.name == visible(self.name) else {"shown": visible(self.name)}
        return {"name": self.name, **shown, "url": self.session.url, **told}

    def thread(self) -> Thread:
        """What an export of the conversation is made of, without the session's secrets."""
        with self.session.lock:
            document = copy_json(self.session.document)
        hide = self.session.secrets.mask_value
        held = self.server is not None or not (self.session.url and self.session.secrets.empty)
        events = map(hide, self.session.events)
        return Thread(self.name, self.session.url, hide(document), events, held)

    @property
    def status(self) -> str:
        """How it is, in the words of the page: running, waiting for a yes, error, or idle."""
        if self.session.thread.busy:
            return "running"
        with self.session.lock:
            document = self.session.document
            failed = bool(document["runs"]) and document["runs"][-1]["status"] == "error"
            if document["interrupts"]:
                return "waiting"
            trouble = failed or (self.problem and not document["runs"])
        return "error" if trouble else "idle"

    def lines(self) -> list[JsonObject]:
        """All that the conversation has lived through, without the session's secrets."""
        return thread_lines(self.session.thread)


def _as_shown(value: Json) -> Json:
    """What somebody says of an agent: what is clicked is what was seen."""
    if isinstance(value, list):
        return [_as_shown(each) for each in value]
    return visible(" ".join(value.split())) if isinstance(value, str) else value


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

    def on_offer(self) -> list[JsonObject]:
        """Each chat for the page's menu: its name, and how it is where it is not idle."""
        states = {name: chat.status for name, chat in self._chats.items()}
        return [
            {"name": name} if status == "idle" else {"name": name, "status": status}
            for name, status in states.items()
        ]

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

    def find_made(self, origin: Origin) -> Chat | None:
        """The chat that was made of the very same things."""
        made = (c for c in self._chats.values() if c.origin and origin.is_very_same(c.origin))
        return next((c for c in made if c.widget is not None and c.widget.comm is not None), None)

    def find_former(self, name: str, origin: Origin) -> Chat | None:
        """The chat of this name, if its agent is the same: its conversation goes on."""
        chat = self._chats.get(name)
        if chat is None or chat.origin is None or not origin.is_same_agent(chat.origin):
            return None
        return chat

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


def nearest(word: str, known: Iterable[str]) -> str:
    """The end of a sentence about an unknown word: what may have been meant."""
    near = difflib.get_close_matches(word, list(known), n=1, cutoff=0.5)
    return f"; did you mean {near[0]!r}?" if near else "."


def suggestion(word: str, known: Iterable[str]) -> str:
    """Like ``nearest``, or else everything there is."""
    names = list(known)
    near = nearest(word, names)
    return near if near != "." or not names else f"; there is {', '.join(names)}."
