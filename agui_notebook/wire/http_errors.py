"""Network and HTTP faults in the user's words: the one door where foreign exceptions are mapped.

Works by the names of exception classes, so that httpx and its twin httpx2 are both understood and
neither is imported here.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from urllib.parse import urljoin, urlsplit

from ..errors import HTTPStatusError, TransportError
from .transport import Timeout

BODY = 500  # characters of an error answer that are kept
START = "start the agent's server, or check the URL's host and port"

Sentence = Callable[[str, str, Timeout], str]
_FAULTS: dict[str, Sentence] = {
    "ConnectTimeout": lambda url, _, t: f"No connection to {url} within {t.connect:g} s: {START}.",
    "PoolTimeout": lambda url, _, t: f"No free connection to {url}: close other runs first.",
    "ReadTimeout": lambda url, _, t: (
        f"Nothing came from {url} for {t.idle:g} s; what had arrived is kept. "
        "Give a slow agent more time with timeout=Timeout(idle=...)."
    ),
    "WriteTimeout": lambda url, _, t: f"{url} stopped taking the request within {t.idle:g} s.",
    "ConnectError": lambda url, why, _: _no_connection(url, why),
    "ProxyError": lambda url, why, _: f"The proxy refused to reach {url} ({why}).",
    "UnsupportedProtocol": lambda url, _, __: f"{url} is not an http:// or https:// address.",
    "TooManyRedirects": lambda url, _, __: f"{url} redirects in circles: check the URL.",
    "DecodingError": lambda url, why, _: f"The answer from {url} is garbled ({why}).",
    "TransportError": lambda url, why, _: (
        f"The connection to {url} was lost ({why}); what had arrived is kept. "
        "See the agent's log, or run again."
    ),
}


def explain(error: BaseException, url: str, timeout: Timeout) -> TransportError | None:
    """Our error for an exception of httpx, one sentence that says what to do; None if foreign."""
    why = " ".join(str(error).split()) or type(error).__name__
    for kind in type(error).__mro__:
        if kind.__module__.startswith("httpx") and kind.__name__ in _FAULTS:
            return TransportError(_FAULTS[kind.__name__](url, why, timeout), url=url)
    return None


def _no_connection(url: str, why: str) -> str:
    host = urlsplit(url).hostname
    if any(word in why for word in ("getaddrinfo", "Name or service", "nodename", "resolution")):
        return f"The host {host!r} is unknown: check the URL {url}."
    if "CERTIFICATE" in why.upper():
        return f"The certificate of {host!r} is not trusted ({why}): check the URL {url}."
    if "SSL" in why.upper():
        return f"The server at {url} does not speak TLS ({why}): try http:// instead of https://."
    return f"No server answers at {url}: {START}."


_ADVICE = {
    400: "it did not understand the request",
    401: "it wants credentials: pass token=... or headers=...",
    403: "it refuses these credentials or this origin: check token=... and headers=...",
    404: "there is no agent at this path: check the end of the URL (many agents answer at /)",
    405: "this path takes no POST: check the end of the URL",
    408: "it gave up waiting: run again",
    413: "the conversation is too large for it: start a new thread",
    415: "it does not take application/json: this may be no AG-UI server",
    421: "it does not serve this host name: use the one it was started with",
    422: "it rejected the request's form",
    429: "too many requests: wait a little and run again",
}


def status_error(url: str, status: int, body: str, location: str = "") -> HTTPStatusError:
    """The error for an answer whose status is not 2xx (P-SSE-12); ``body`` is cut to an excerpt."""
    excerpt = _excerpt(body)
    if 300 <= status < 400:
        advice = f"it redirects to {urljoin(url, location)}: connect to that URL"
    else:
        general = "the server failed: see its log" if status >= 500 else "check the URL"
        advice = _ADVICE.get(status, general)
    said = f" It said: {excerpt}" if excerpt else ""
    text = f"{url} answered HTTP {status}; {advice}.{said}"
    return HTTPStatusError(text, url=url, status=status, body=body[:BODY])


def no_events(url: str, content_type: str, head: str) -> TransportError:
    """The error for a 2xx answer that held no event at all: a web page, say, or nothing."""
    kind = content_type or "no content-type"
    shown = f"it begins {head[:200]!r}" if head.strip() else "it is empty"
    return TransportError(
        f"The answer from {url} holds no AG-UI events ({kind}; {shown}): "
        "check that the URL is an agent's.",
        url=url,
    )


def _excerpt(body: str) -> str:
    """What an error body says, on one line: the usual JSON members, else its beginning."""
    try:
        told = json.loads(body)
        for key in ("detail", "error", "message"):
            told = told[key] if isinstance(told, dict) and key in told else told
        body = told if isinstance(told, str) else json.dumps(told)
    except (ValueError, RecursionError):
        pass
    line = " ".join(body.split())
    return line if len(line) <= 200 else line[:200] + "…"
