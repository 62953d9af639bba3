"""Who may talk to the server: Host, Origin, token, media type. Pure: a scope in, a refusal out.

A browser page can reach 127.0.0.1 (foreign Origin), a rebound name can too (foreign Host), and
on a shared machine so can every other user (no token).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from secrets import compare_digest
from typing import NamedTuple
from urllib.parse import urlsplit

from ..errors import InvalidInput
from ..late_pattern import late
from ..values import JsonView

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
RawHeaders = list[tuple[bytes, bytes]]


class Refusal(NamedTuple):
    """An HTTP answer that says in one sentence what to do about it."""

    status: int
    detail: str
    headers: Sequence[tuple[bytes, bytes]] = ()


class Guard:
    """The rules of one server.

    ``hosts``: names it may be called by (None: any, for a deployment behind a proxy).
    ``origins``: web pages that may call it ("*": any). ``token``: None for none.
    """

    def __init__(
        self,
        *,
        hosts: Iterable[str] | None = None,
        origins: Iterable[str] = (),
        token: str | None = None,
    ) -> None:
        self.hosts = None if hosts is None else frozenset(hosts)
        self.origins = frozenset(origin.rstrip("/") for origin in origins)
        self._token = token.encode() if token else None

    @property
    def closed(self) -> bool:
        """Whether a token is asked for."""
        return self._token is not None

    def stranger(self, headers: Mapping[bytes, bytes]) -> Refusal | None:
        """Refuses a foreign Host (421) or Origin (403)."""
        host = headers.get(b"host", b"").decode("latin-1")
        if self.hosts is not None and _name(host) not in self.hosts:
            return Refusal(
                421,
                f"This server answers only to {', '.join(sorted(self.hosts))}: "
                "allow a proxy's name with hosts=[...] when it is started.",
            )
        origin = headers.get(b"origin")
        if origin is not None and not self.admits(origin.decode("latin-1")):
            return Refusal(
                403,
                f"Pages of {origin.decode('latin-1')} may not call this server; "
                "allow them with origins=[...] when it is started.",
            )
        return None

    def admits(self, origin: str) -> bool:
        """Whether pages of ``origin`` may call; "null" never, unless it is listed."""
        return origin in self.origins or ("*" in self.origins and origin != "null")

    def refuse_unknown(self, headers: Mapping[bytes, bytes]) -> Refusal | None:
        """Refuses a missing or wrong token (401)."""
        if self._token is None:
            return None
        scheme, _, given = headers.get(b"authorization", b"").partition(b" ")
        if scheme.lower() == b"bearer" and compare_digest(given.strip(), self._token):
            return None
        return Refusal(
            401,
            "This server wants its token: send the header 'Authorization: Bearer <token>' "
            "(server.token in the notebook that started it).",
            [(b"www-authenticate", b"Bearer")],
        )

    def unreadable(self, headers: Mapping[bytes, bytes]) -> Refusal | None:
        """Refuses what is not JSON (415): forms and text/plain need no preflight in browsers."""
        kind = headers.get(b"content-type", b"").partition(b";")[0].strip().lower()
        if kind == b"application/json":
            return None
        return Refusal(415, "Send the run input as JSON, with 'Content-Type: application/json'.")

    def cors(self, headers: Mapping[bytes, bytes]) -> RawHeaders:
        """Response headers for an admitted page; none when no Origin came."""
        origin = headers.get(b"origin")
        if origin is None:
            return []
        return [(b"access-control-allow-origin", origin), (b"vary", b"Origin")]


PREFLIGHT: RawHeaders = [
    (b"access-control-allow-methods", b"GET, POST"),
    (b"access-control-allow-headers", b"authorization, content-type, accept"),
    (b"access-control-max-age", b"600"),
]


def headers_of(scope: JsonView) -> dict[bytes, bytes]:
    """The request's headers by lower-case name. A repeated header keeps its first value."""
    return dict(reversed(scope["headers"]))


def host_names(hosts: Sequence[str], origins: Iterable[str]) -> list[str]:
    """The names a server on this machine is called by: its own, ``hosts``, those of ``origins``.

    Whose pages may call it may also be where it is called. Raises InvalidInput for what is no name.
    """
    parts = [urlsplit(origin).netloc for origin in origins]
    named = [*hosts, *(netloc for netloc in parts if netloc)]
    for host in hosts:
        if not isinstance(host, str) or not _name(host) or "*" in host:
            raise InvalidInput(f"{host!r} is no host: write a name such as 'hub.example.org'.")
    return [*LOOPBACK, *(name for host in named if (name := _name(host)))]


_HOST = late(r"(\[[0-9A-Fa-f:.]+\]|[^\[\]:@/\\\s]+)(?::[0-9]{1,5})?")


def _name(host: str) -> str:
    """The name in a Host header; "" for what is none, such as ``[::1].evil.tld``."""
    found = _HOST.fullmatch(host)
    return found[1].lower() if found else ""
