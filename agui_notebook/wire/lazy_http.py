"""The HTTP transport, made when first used: connecting must not cost an HTTP library."""

from __future__ import annotations

import contextlib
import importlib
import threading
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager

from ..markup.outlets import Secrets
from ..values import Json, JsonObject
from .headers import check_token
from .transport import check_url


class LazyHTTP:
    """Stands for the transport to ``url``. Raises InvalidInput for no URL or token."""

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
        if self._made is None:
            from .http import HTTPTransport

            self._made = HTTPTransport(self.url, secrets=self.secrets, **self._options)
        opened: AbstractAsyncContextManager[AsyncIterator[object]] = self._made(request, **extras)
        return opened

    async def aclose(self) -> None:
        """Close the connections that are kept open between runs."""
        if self._made is not None:
            await self._made.aclose()


def warm_up() -> None:
    """Load the HTTP library (0.5 s) on the side, so that the first run need not."""
    with contextlib.suppress(RuntimeError):  # no threads here
        threading.Thread(target=_load, name="agui-warm-up", daemon=True).start()


def _load() -> None:
    with contextlib.suppress(ImportError):  # whoever needs it is told
        importlib.import_module(".http", __package__).warm_up()
