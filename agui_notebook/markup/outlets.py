"""The door by which text leaves: made safe for what will read it, and without known secrets.

For terminals, logs, HTML and Python source; Markdown's own rules are inert.py's. What is a secret
is told to ``Secrets`` by value; guessing at likely ones is not done here.
"""

from __future__ import annotations

import html as _html
import json
import re
from collections.abc import Iterable
from urllib.parse import quote, urlsplit, urlunsplit

from ..controls import terminal as terminal
from ..late_pattern import late
from ..values import Json

MASK = "***"
SHORTEST = 6  # characters: a shorter value is no secret, and hiding it would tear words apart

_IN_JSON = late("[\x7f-\x9f\u202a-\u202e\u2066-\u2069]")  # those below 32 are escaped there
_LINE_ENDS = late("[\n\u2028\u2029\x85]+")
_SECRET_NAME = late(
    r"auth|key|token|secret|passw|pwd|credential|cookie|session|signature|\bsig\b", re.IGNORECASE
)
_USERINFO = late(r"(?<=//)[^/?#@\s]*@")


def line(text: str) -> str:
    """``text`` for a log or a list: on one line, controls made visible.

    >>> line("one\\ntwo")
    'one⏎two'
    """
    return _LINE_ENDS.sub("⏎", terminal(text))


def html(text: str) -> str:
    """``text`` for HTML, in an element or a quoted attribute.

    >>> html('<b title="x">')
    '&lt;b title=&quot;x&quot;&gt;'
    """
    return _html.escape(terminal(text))


def docstring_line(text: str) -> str:
    """``text`` as it may stand within a docstring: one line, nothing that could end it.

    >>> docstring_line('x\\"\\"\\"; import os')
    "x'''; import os"
    """
    return line(text).replace("\\", "/").replace('"', "'")


def literal(text: str) -> str:
    """``text`` as a Python literal in ASCII.

    >>> literal("è")
    "'\\\\xe8'"
    """
    return ascii(text)


def json_text(text: str) -> str:
    """JSON that means the same and does nothing to a terminal which prints it.

    >>> json_text('"\x9b31m"')
    '"\\\\u009b31m"'
    """
    return _IN_JSON.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def address(url: str) -> str:
    """An URL as it may be shown: userinfo and the values of its query are hidden.

    >>> address("https://ann:pw@example.org/a?key=1&x")
    'https://***@example.org/a?key=***&x'
    """
    try:
        parts = urlsplit(url)
    except ValueError:  # half an IPv6 address
        return terminal(_USERINFO.sub(f"{MASK}@", url.partition("?")[0]))
    user, at, host = parts.netloc.rpartition("@")
    if not user and not parts.query:
        return terminal(url)
    query = "&".join(map(_hide_value, parts.query.split("&")))
    shown = parts._replace(netloc=f"{MASK}@{host}" if at else host, query=query)
    return terminal(urlunsplit(shown))


def is_secret_name(name: str) -> bool:
    """Whether what goes by this name (a header, a parameter) is usually a secret."""
    return _SECRET_NAME.search(name) is not None


class Secrets:
    """Texts that must not leave, known by value: tokens, credentials, keys in an URL.

    >>> Secrets(["Bearer abc-123-xyz"]).mask("it said: abc-123-xyz")
    'it said: ***'
    """

    def __init__(self, values: Iterable[str] = ()) -> None:
        self._values: set[str] = set()
        self._pattern: re.Pattern[str] | None = None
        self.add(*values)

    def __repr__(self) -> str:
        return f"<Secrets: {len(self._values)}>"

    @property
    def empty(self) -> bool:
        """Whether none is known."""
        return not self._values

    def add(self, *values: str) -> None:
        """Remember these; of ``Bearer x`` also the ``x``."""
        whole = {value.strip() for value in values}
        fresh = {*whole, *(value.rpartition(" ")[2] for value in whole)}
        fresh = {value for value in fresh if len(value) >= SHORTEST} - self._values
        if fresh:
            self._values |= fresh
            self._pattern = None

    def add_url(self, url: str) -> None:
        """Remember what ``address`` hides of ``url``."""
        try:
            parts = urlsplit(url)
        except ValueError:
            return
        user, _, _ = parts.netloc.rpartition("@")
        values = (pair.partition("=")[2] for pair in parts.query.split("&"))
        self.add(user, *user.split(":", 1)[1:], *values)

    def add_headers(self, headers: Iterable[tuple[str, str]]) -> None:
        """Remember the values of those headers whose names say that they are secret."""
        self.add(*(value for name, value in headers if is_secret_name(name)))

    def mask(self, text: str) -> str:
        """``text`` with every secret hidden, however it is escaped (JSON, HTML, URL)."""
        if not self._values:
            return text
        if self._pattern is None:
            forms = {form for value in self._values for form in _forms(value)}
            longest_first = sorted(forms, key=len, reverse=True)
            self._pattern = re.compile("|".join(map(re.escape, longest_first)))
        return self._pattern.sub(MASK, text)

    def mask_value(self, value: Json) -> Json:
        """A JSON value with every secret in it hidden; itself where there is none."""
        if not self._values:
            return value
        written = json.dumps(value)
        masked = self.mask(written)
        return value if masked == written else json.loads(masked)


def conceal(error: BaseException, secrets: Secrets) -> None:
    """Hide secrets in an error and all that caused it: their texts are shown in tracebacks."""
    seen: BaseException | None = error
    done: set[int] = set()
    while seen is not None and id(seen) not in done:
        done.add(id(seen))
        seen.args = tuple(secrets.mask(a) if isinstance(a, str) else a for a in seen.args)
        for name in ("url", "body"):
            told = vars(seen).get(name)
            if isinstance(told, str):
                setattr(seen, name, secrets.mask(told))
        seen = seen.__cause__ or seen.__context__


def _hide_value(pair: str) -> str:
    name, equals, _ = pair.partition("=")
    return f"{name}={MASK}" if equals else name


def _forms(value: str) -> set[str]:
    in_json = json.dumps(value)[1:-1]
    escaped = _html.escape(value)
    return {value, in_json, escaped, _html.escape(value, quote=False), quote(value, safe="")}
