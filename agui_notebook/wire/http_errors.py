"""Network and HTTP faults in the user's words: the one door where foreign exceptions are mapped.

Works by the names of exception classes, so that httpx and its twin httpx2 are both understood and
neither is imported here.
"""

from __future__ import annotations

import errno
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from urllib.parse import urljoin, urlsplit

from ..errors import HTTPStatusError, TransportError
from ..markup.outlets import address
from ..runtime.user_code import words_of
from .json_answer import error_words
from .transport import Timeout

BODY = 500  # characters of an error answer that are kept
Sentence = Callable[[str, str, Timeout], str]
_FAULTS: dict[str, Sentence] = {
    "PoolTimeout": lambda url, _, t: f"No free connection to {url}: close other runs first.",
    "ReadTimeout": lambda url, _, t: (
        f"Nothing came from {url} for {t.idle:g} s; what had arrived is kept. "
        "Give a slow agent more time with timeout=Timeout(idle=...)."
    ),
    "WriteTimeout": lambda url, _, t: f"{url} stopped taking the request within {t.idle:g} s.",
    "ProxyError": lambda url, why, _: f"The proxy refused to reach {url} ({why}).",
    "UnsupportedProtocol": lambda url, _, __: f"{url} is not an http:// or https:// address.",
    "InvalidURL": lambda url, why, _: (
        f"{url} is no address, or redirects to what is none ({why}): check the URL."
    ),
    "TooManyRedirects": lambda url, _, __: f"{url} redirects in circles: check the URL.",
    "DecodingError": lambda url, why, _: f"The answer from {url} is garbled ({why}).",
    "TransportError": lambda url, why, _: (
        f"The connection to {url} was lost ({why}); what had arrived is kept. "
        "See the server's log, or run again."
    ),
}
_ADVICE = {
    400: "it did not understand the request",
    401: "it wants credentials: pass token=... or headers=...",
    403: "it refuses these credentials or this origin: check token=... and headers=...",
    304: "it took the request for a page that has not changed: a cache stands between, or this is "
    "not the right URL",
    405: "this path takes no POST: check the end of the URL",
    407: "a proxy before it wants credentials: put them into HTTP_PROXY or HTTPS_PROXY, or list "
    "the host in NO_PROXY",
    408: "it gave up waiting: run again",
    409: "this conversation is busy with another run: wait for it, or begin a new thread",
    413: "the conversation is too large for it: start a new thread",
    421: "it does not serve this host name: use the one it was started with",
    422: "it rejected the request's form",
    429: "too many requests: wait a little and run again",
    503: "it is full or not ready: wait a little and run again",
}


@dataclass(frozen=True)
class FaultWords:
    """How faults are told of an agent, or of a model that an agent asks."""

    start: str
    events: str
    check: str
    advice: Mapping[int, str]

    def explain(
        self, error: BaseException, url: str, timeout: Timeout, proxy: str | None = None
    ) -> TransportError | None:
        """Our error for an exception of httpx, one sentence that says what to do; None if foreign.

        ``proxy`` is what stands between us and ``url``, if anything does.
        """
        if _is_out_of_files(error):
            return TransportError(
                f"{url} was not asked: this process has as many files and connections open as it "
                "may (EMFILE). Close sessions and files, or raise the limit (ulimit -n).",
                url=url,
            )
        why = " ".join(words_of(error).split()) or type(error).__name__
        if "location header" in why:
            return TransportError(f"{url} redirects to what is no address: check the URL.", url=url)
        for kind in type(error).__mro__:
            if not kind.__module__.startswith("httpx"):
                continue
            if kind.__name__ in ("ConnectError", "ConnectTimeout"):
                told = self._no_connection(url, why, proxy, timeout, kind.__name__)
                return TransportError(told, url=url)
            if kind.__name__ in _FAULTS:
                return TransportError(_FAULTS[kind.__name__](url, why, timeout), url=url)
        return None

    def status_error(
        self, url: str, status: int, body: str, headers: Mapping[str, str] | None = None
    ) -> HTTPStatusError:
        """The error for an answer whose status is not 2xx (P-SSE-12); ``body`` is cut short."""
        given = headers or {}
        excerpt = _excerpt(body)
        wait = _retry_after(given.get("retry-after", ""))
        advice = self._advice(url, status, given.get("location", ""))
        asked = "" if wait is None else f" It asks to wait {wait:g} s."
        said = f" It said: {excerpt}" if excerpt else ""
        text = f"{url} answered HTTP {status}; {advice}.{asked}{said}"
        return HTTPStatusError(text, url=url, status=status, body=body[:BODY], retry_after=wait)

    def no_events(self, url: str, content_type: str, head: str) -> TransportError:
        """The error for a 2xx answer that held no event at all: a web page, say, or nothing."""
        kind = content_type or "no content-type"
        shown = f"it begins {head[:200]!r}" if head.strip() else "it is empty"
        told = error_words(head)
        said = f" It said: {_one_line(told)}" if told else f" {self.check}"
        return TransportError(
            f"The answer from {url} holds no {self.events} ({kind}; {shown}).{said}", url=url
        )

    def _advice(self, url: str, status: int, location: str) -> str:
        if status in self.advice:
            return self.advice[status]
        if status >= 500:
            return "the server failed: see its log"
        return _redirection(url, location) if 300 <= status < 400 else "check the URL"

    def _no_connection(
        self, url: str, why: str, proxy: str | None, timeout: Timeout, kind: str
    ) -> str:
        host = urlsplit(url).hostname
        if "CERTIFICATE" in why.upper():
            return f"The certificate of {host!r} is not trusted ({why}): check the URL {url}."
        if "SSL" in why.upper():
            return (
                f"The server at {url} does not speak TLS ({why}): try http:// instead of https://."
            )
        if proxy:
            return (
                f"The proxy {address(proxy)}, which the environment names for {url}, "
                f"does not answer: start it, or put {host} into NO_PROXY."
            )
        if any(word in why for word in _UNKNOWN_HOST):
            return f"The host {host!r} is unknown: check the URL {url}."
        if kind == "ConnectTimeout":
            return f"No connection to {url} within {timeout.connect:g} s: {self.start}."
        return f"No server answers at {url}: {self.start}."


_UNKNOWN_HOST = ("getaddrinfo", "Name or service", "nodename", "resolution")
WORDS = {
    "agent": FaultWords(
        "start the agent's server, or check the URL's host and port",
        "AG-UI events",
        "Check that the URL is an agent's.",
        {
            **_ADVICE,
            404: "there is no agent at this path: check the end of the URL (many agents answer "
            "at /)",
            415: "it does not take application/json: this may be no AG-UI server",
        },
    ),
    "model": FaultWords(
        "start the model's server, or check the URL's host and port",
        "answer of a model",
        "Check that the URL is a model server's, up to /v1.",
        {
            **_ADVICE,
            401: "it wants credentials: pass headers={'Authorization': 'Bearer ...'}",
            403: "it refuses these credentials: check headers=...",
            404: "there is no such model, or no model at this path: check model=... and the end of "
            "the URL (most end in /v1)",
            415: "it does not take application/json: this may be no model server",
        },
    ),
}


def _redirection(url: str, location: str) -> str:
    """Where it leads, as far as that is an address at all."""
    if not location.strip():
        return "it redirects without saying where: check the URL"
    try:
        there = urljoin(url, location.strip())
        parts = urlsplit(there)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        return f"it redirects to {location[:80]!r}, which is no address: check the URL"
    if url.startswith("https:") and parts.scheme == "http":
        return (
            "it redirects to an address without TLS, where others could read the conversation: "
            "it was not sent there, ask whoever runs the server"
        )
    return f"it redirects to {address(there)}: connect to that URL"


def _retry_after(given: str) -> float | None:
    """Seconds that a server asks to wait: given as a number, or as a date."""
    word = given.strip()
    if word.isascii() and word.isdigit():
        return float(min(int(word[:9]), 10**8))
    try:
        return max(parsedate_to_datetime(word).timestamp() - time.time(), 0.0)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def _is_out_of_files(error: BaseException | None) -> bool:
    """Whether the system gave no socket, wherever in the chain of causes it says so."""
    for _ in range(20):
        if error is None:
            break
        if isinstance(error, OSError) and error.errno in (errno.EMFILE, errno.ENFILE):
            return True
        error = error.__cause__ or error.__context__
    return False


def _excerpt(body: str) -> str:
    """What an error body says, on one line: the usual JSON members, else its beginning."""
    return _one_line(error_words(body) or body)


def _one_line(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 200 else line[:200] + "…"
