"""The HTTP transport, made when first used: connecting must not cost an HTTP library."""

from __future__ import annotations

import contextlib
import importlib
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING

from ..markup.outlets import Secrets
from ..runtime.bridge import start_daemon
from ..values import Json, JsonObject
from .headers import check_token
from .transport import check_url

if TYPE_CHECKING:
    from .probe import Found


class LazyHTTP:
    """Stands for the transport to ``url``. Raises InvalidInput for no URL or token."""

    captures = True  # takes ``capture=``, which is given the bytes as they come

    def __init__(self, url: str, **options: Json) -> None:
        self.url = check_url(url)
        self.secrets = Secrets()
        self.secrets.add_url(self.url)
        self._options = {**options, "token": check_token(options.get("token"))}
        self.secrets.add(self._options["token"] or "")
        self.callers_loop = options.get("client") is not None  # a client belongs to its own loop
        self._made: Json = None

    @property
    def used(self) -> bool:
        """Whether there may be connections to close."""
        return self._made is not None and not self.callers_loop

    def __call__(
        self, request: JsonObject, **extras: Json
    ) -> AbstractAsyncContextManager[AsyncIterator[object]]:
        """Start one run."""
        opened: AbstractAsyncContextManager[AsyncIterator[object]] = self._make()(request, **extras)
        return opened

    async def probe(self) -> Found:
        """Ask whether anything answers, without a run."""
        from .probe import probe

        return await probe(self._make())

    def _make(self) -> Json:
        if self._made is None:
            from .http import HTTPTransport

            self._made = HTTPTransport(self.url, secrets=self.secrets, **self._options)
        return self._made

    async def aclose(self) -> None:
        """Close the connections that are kept open between runs."""
        if self._made is not None:
            await self._made.aclose()


def warm_up(*modules: str) -> None:
    """Load the HTTP library (0.5 s) on the side, and ``modules``: the first run need not then."""
    with contextlib.suppress(RuntimeError):  # no threads here
        start_daemon("agui-warm-up", _load, *modules)


def _load(*modules: str) -> None:
    with contextlib.suppress(ImportError):  # whoever needs it is told
        for name in modules:
            importlib.import_module(name)
        importlib.import_module(".http", __package__).warm_up()
