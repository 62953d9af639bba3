"""A chat's apps: the page of each is read once, and stands where the agent named it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING

from ...client.app_pages import fetch_page, read_servers
from ...errors import AGUIError
from ...protocol.document.operations import Operation
from ...protocol.document.shape import Output
from ...protocol.surfaces.apps import McpApp, read_apps, words_of_app
from ...runtime.loop import background
from ...values import Foreign, Json
from .. import messages
from ..drawing.subjects import find_changed

if TYPE_CHECKING:
    from ...client.session import Session

APP = "application/vnd.agui-notebook.app+json"
LARGEST = 2_000_000  # characters of what a tool was given and gave
MOST = 50  # apps in one conversation


class Apps:
    """Follows ``session`` from ``begin`` until ``close``; before that an app is a plain row."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._servers: dict[str, Foreign] = {}
        self._shown: dict[str, McpApp] = {}
        self._ends = ExitStack()

    @property
    def places(self) -> Iterable[str]:
        """Where apps stand: nothing else is drawn there."""
        return self._shown

    def begin(self, servers: Json) -> None:
        """Show apps whose pages these servers have. Raises InvalidInput."""
        self._servers = read_servers(servers)
        self._ends.callback(self._session.thread.observe(self._note))
        self._look()

    def close(self) -> None:
        """Show no more."""
        self._ends.close()

    def _note(self, operations: Sequence[Operation]) -> None:
        if find_changed(self._session.document, operations):
            self._look()

    def _look(self) -> None:
        with self._session.lock:
            for app in read_apps(self._session.document["messages"])[:MOST]:
                if self._shown.get(app.place) != app:
                    self._shown[app.place] = app
                    background().submit(self._show(app))

    async def _show(self, app: McpApp) -> None:
        output = await self._page(app)
        if self._shown.get(app.place) == app:  # another one has not taken its place meanwhile
            self._session.thread.show(app.place, output, lasting=False)

    async def _page(self, app: McpApp) -> Output:
        text = words_of_app(app)
        try:
            page = await fetch_page(self._servers, app)
        except AGUIError as error:
            return {"text/plain": f"{error}\n{text}"}
        if (size := messages.weight([app.given, app.result])) > LARGEST:
            said = f"The app was given {size:,} characters, more than the {LARGEST:,} shown."
            return {"text/plain": said}
        told = {"id": app.place, "uri": app.uri, "html": page.html, "wants": page.wants}
        return {APP: {**told, "given": app.given, "result": app.result}, "text/plain": text}
