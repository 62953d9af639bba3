"""The chat widget's Python half: a session on one side, a comm on the other.

Traits hold only what must be there before the first message; all traffic is custom messages.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable, Mapping
from typing import Any

import anywidget
import traitlets

from .._version import __version__
from ..client.recording import Replay, thread_lines
from ..client.session import LATER, Session
from ..client.turns.run_options import RunOptions
from ..errors import AGUIError
from ..protocol.document.operations import copy_json
from ..runtime.loop import background
from ..tools.as_json import as_plain_json
from ..tools.offers import ToolOffers
from ..tools.tool import Tool, ToolFunction
from ..values import Json, JsonObject
from ..wire.lazy_http import warm_up
from . import commands, kernel, messages, reach
from .chats import Chat, Chats, chats
from .display import HIDE, Companion
from .drawing.drawings import DrawingOffers, Drawings
from .messages import Content
from .page import comm_channel, frontend
from .page.feed import Feed, Timer
from .page.line import Line
from .player import Player
from .session_face import SessionFace
from .shell import check_kernel
from .surfaces.components import ComponentOffers

_pushed: set[str] = set()  # bundles sent by this process; a page that lacks one asks for it


class ChatWidget(SessionFace, ToolOffers, DrawingOffers, ComponentOffers, anywidget.AnyWidget):
    """A chat with an agent below a cell, and the session behind it.

    Made by ``agui_notebook.chat()``. Display it, or drive it from code: ``run``, ``ask``,
    ``messages`` and their like are those of ``session``, and the widget shows what comes of them.

    >>> widget = chat(str.upper, name="loud")
    >>> widget.ask("hello").text
    'HELLO'
    """

    _esm = traitlets.Unicode().tag(sync=True)
    _css = traitlets.Unicode(HIDE).tag(sync=True)
    _hash = traitlets.Unicode().tag(sync=True)  # of the module that the loader starts
    _key = traitlets.Unicode().tag(sync=True)  # tells widgets of one page apart

    def __init__(
        self, session: Session, *, chat: Chat | None = None, among: Chats = chats, **traits: Any
    ) -> None:
        check_kernel()
        loader, digest = frontend.source("loader").decode(), frontend.digest("widget")
        super().__init__(_esm=loader, _hash=digest, _key=uuid.uuid4().hex, **traits)
        comm_channel.answer_anywhere(self.comm)
        self._among = among
        self.chat = self._own = chat or Chat(session.name, session)
        self._companion = Companion(lambda: (self.chat.thread().document, self.name))
        self.feed = Feed(self.tell, _later)
        self.attended = False  # a page has said hello
        self._page: object = None  # the first that did
        self.page: object = None  # the latest
        self._reloaded = False
        self._answering = False  # what is sent now answers a message of the page
        self._replies_only = False  # and this page's host passes on nothing else
        self._update_due: Timer | None = None
        self._player = _player_of(session, self._around_changed)
        self._line = self._connect_line(session)
        self._unwatch = among.watch(self._around_changed)
        self.on_msg(self._receive)
        if digest not in _pushed:
            self.push_bundle("widget")
        background().call(self.feed.follow, self._line)

    def __repr__(self) -> str:
        return f"ChatWidget({self.name!r})"

    @property
    def session(self) -> Session:
        """The session behind the widget; ``use`` changes it.

        >>> widget.session.name
        'loud'
        """
        return self._line.session

    @property
    def name(self) -> str:
        """The name of the chat, as in ``%agui use NAME``.

        >>> widget.name
        'loud'
        """
        return self.chat.name

    @property
    def url(self) -> str:
        """The address of the agent.

        >>> widget.url.startswith("http://127.0.0.1:")
        True
        """
        return self.session.url

    def add_tool(self, function: ToolFunction) -> Tool:
        """Offer a function, or what ``agui_notebook.tool`` made of one; same name replaces.

        >>> def add(a: int, b: int) -> int: return a + b
        >>> widget.add_tool(add).name
        'add'
        """
        made = self.session.add_tool(function)
        self._around_changed()
        return made

    @property
    def drawings(self) -> Drawings:
        """What ``draw`` has registered for this chat.

        >>> bool(widget.drawings)
        False
        """
        return self.chat.drawings

    def add_component(self, name: str, function: ToolFunction, types: Mapping[str, type]) -> None:
        """Let a function draw what an agent's surface calls ``name``. Raises InvalidInput.

        >>> widget.add_component("Price", lambda amount: amount, {"amount": str})
        """
        self.chat.surfaces.add_component(name, function, types)

    @property
    def surfaces(self) -> JsonObject:
        """What the agent's surfaces hold by now: the data model of each, by its id.

        >>> widget.surfaces
        {}
        """
        return {one.id: copy_json(one.data) for one in self.chat.surfaces.read()}

    def allow(self, name: str) -> None:
        """Ask no more before this tool runs, in this session. Raises InvalidInput.

        >>> def add(a: int, b: int) -> int: return a + b
        >>> widget.allow(widget.add_tool(add).name)
        """
        self.session.allow(name)
        self._around_changed()

    def revoke(self, name: str) -> None:
        """Ask again before this tool runs.

        >>> widget.revoke("add")
        """
        self.session.revoke(name)
        self._around_changed()

    def use(self, name: str) -> None:
        """Go on with another chat of this kernel in the same place. Raises InvalidInput.

        >>> other = chat(str.lower, name="quiet")
        >>> widget.use("quiet")
        >>> widget.ask("Hello").text
        'hello'
        """
        self.chat = self._among.get(name)
        self._player = _player_of(self.chat.session, self._around_changed)
        self._follow(self.chat.session)
        self._companion.update()

    def close(self) -> None:
        """Take the chat off the page, leaving its transcript, and end what was made for it.

        >>> widget.close()
        """
        if self.comm is None:
            return
        self._unwatch()
        if self._player is not None:
            background().call(self._player.pause)
        self._line.close()
        background().call(self.feed.close)
        if self._update_due is not None:
            background().call(self._update_due.cancel)
        self._companion.update(live=False)
        self._keep()
        if self.layout is not None:
            self.layout.close()
        super().close()
        self._among.drop(self._own)

    def play(self, word: str, value: float = 0) -> None:
        """Move the player: play, pause, event, turn, back, seek, speed; begin and leave it.

        >>> answer = widget.ask("hello")
        >>> widget.play("begin")
        >>> widget.play("leave")
        """
        background().call(self._move, word, value)

    def _move(self, word: str, value: float) -> None:
        if word == "begin":
            self._begin_player()
        elif word == "leave":
            self._leave_player()
        elif self._player is not None:
            self._player.obey(word, value)

    def _begin_player(self) -> None:
        """Replay what this thread has lived through; the chat waits meanwhile."""
        if self._player is None:
            past = Session(RunOptions(Replay(())), name=self.name)
            lines = thread_lines(self.session.thread)
            self._player = Player(past, lines, _later, self._around_changed, live=True)
            self._follow(past)
            self._player.obey("turn", 0)

    def _leave_player(self) -> None:
        if self._player is not None and self._player.live:
            self._player.pause()
            self._player = None
            self._follow(self.chat.session)

    def _follow(self, session: Session) -> None:
        self._line.close()
        self._line = self._connect_line(session)
        background().call(self.feed.follow, self._line)

    # -- what the other files of this storey need ------------------------------------------------

    def tell(self, content: Content, buffers: list[bytes] | None = None) -> None:
        """Send one message to the browser; what strict JSON cannot carry is replaced.

        >>> widget.tell({"kind": "notice", "text": "Saved."})
        """
        channel = self.comm  # close() may take it away at any moment
        if channel is None:
            return
        as_reply = self._answering or self._replies_only
        try:
            sent = {"method": "custom", "content": content}
            comm_channel.send(channel, sent, buffers, as_reply=as_reply)
        except ValueError:
            sent = {"method": "custom", "content": as_plain_json(content)}
            comm_channel.send(channel, sent, buffers, as_reply=as_reply)

    def push_bundle(self, name: str) -> None:
        """Send a module of the front end.

        >>> widget.push_bundle("widget")
        """
        digest = frontend.digest(name)
        self.tell(messages.bundle(name, digest), [frontend.source(name)])
        _pushed.add(digest)

    def watch_events(self, wanted: bool) -> None:
        """Pass on events, while somebody looks at them.

        >>> widget.watch_events(True)
        """
        self._line.watch_events(wanted)

    def tell_all(self, *, lost: bool = False) -> None:
        """The page wants the whole conversation; ``lost``: since a message did not reach it.

        From then on every message is sent as a reply, which is what hosts drop last.

        >>> from agui_notebook.runtime.loop import background
        >>> background().call(widget.tell_all)
        """
        self._replies_only = self._replies_only or lost
        self.feed.snapshot()

    def greet(self, page: object) -> None:
        """Somebody looks on. A page loaded again knows no display ids: it gets the transcript.

        >>> widget.greet("a page")
        >>> widget.attended
        True
        """
        self.page = page
        if not self.attended:
            self.attended, self._page = True, page
            self._try_host()
            warm_up(*LATER)
        elif page != self._page:
            self._try_host()
            self._reloaded = True
            self._keep()

    def _try_host(self) -> None:
        """Send what is nobody's reply, then what is one: a page that misses the first says so."""
        answering, self._answering = self._answering, False
        self.feed.beat()
        self._answering = answering
        self.feed.beat()

    def _keep(self) -> None:
        if self._reloaded and self._companion.shown is not None:
            self.tell(messages.saved_output(self._companion.shown))

    def _connect_line(self, session: Session) -> Line:
        kernel.at_home(session)
        return Line(session, self.feed, self._view, self._settle)

    def _view(self) -> JsonObject:
        return {
            "agent": {**self.chat.agent, **reach.told_of(self.chat)},
            "agents": self._among.on_offer(),
            "tools": list(self.session.tools),
            "allowed": self.session.permissions,
            "readonly": self._player is not None,
            "version": __version__,
            **self._extras(),
        }

    def _extras(self) -> JsonObject:
        """What the module for threads draws, and whether there is anything of it."""
        threads = self.chat.threads.view()
        player = {"player": self._player.view()} if self._player is not None else {}
        shown = player or any(
            threads.get(key) for key in ("earlier", "branches", "aside", "problem")
        )
        return {"threads": threads, "extra": bool(shown), **player}

    def _settle(self) -> None:
        """A turn has ended. Without a page, whoever runs the notebook may close it right now."""
        if self.chat.threads.has_news():
            self._around_changed()
        if self.attended:
            background().call(self._update_later)
        else:
            self._companion.update()

    def _update_later(self) -> None:
        if self._update_due is None:
            self._update_due = _later(self._companion.pause, self._update)

    def _update(self) -> None:
        self._update_due = None
        if not self._line.running:  # a host draws all of it again: not while an answer streams
            self._companion.update()
            self._keep()

    def _around_changed(self) -> None:
        background().call(self.feed.view)

    def _receive(self, _: Any, content: Json, buffers: Any) -> None:
        # comes on the main thread or on a subshell's, which must not be kept
        background().call(self._obey, content)

    def _obey(self, content: Json) -> None:
        self._answering = True
        try:
            commands.obey(self, content)
        except AGUIError as error:
            self.tell(messages.notice(str(error)))
        finally:
            self._answering = False

    def _ipython_display_(self, **_: Any) -> None:
        if self.comm is None:
            kernel.show({"text/plain": f"{self!r} was closed."})
            return
        data, metadata = super()._repr_mimebundle_() or ({}, {})
        if kernel.in_kernel():  # where the chat is no more, its transcript says enough
            data["text/plain"] = ""
        kernel.show(data, metadata)
        if kernel.in_kernel():
            self._companion.show()


def _player_of(session: Session, changed: Callable[[], None]) -> Player | None:
    """What plays a recording; None for a session with an agent."""
    transport = session.options.transport
    if not isinstance(transport, Replay):
        return None
    return Player(session, transport.lines, _later, changed, speed=transport.speed)


def _later(seconds: float, function: Callable[[], None]) -> Timer:
    return asyncio.get_running_loop().call_later(seconds, function)
