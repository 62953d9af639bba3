"""Finds what is likely a secret in Python text, however it is spelled, and says in which line.

Guesses from names and from the shapes of keys; what is certain to be one is outlets.py's.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from ..late_pattern import late
from ..markup.key_shapes import SECRETS

_NAME = late(
    r"(?:^|[_\W]|(?<=[a-z])(?=[A-Z]))(?i:api[-_]?key|apikey|key|token|secret"
    r"|pass(?:word|wd|phrase)?|pwd|credentials?|authorization|auth|bearer|cookie|signature|sig"
    r"|account[-_]?key)s?$"
)
# how such a name ends that speaks of something else
_INNOCENT = late(
    r"(?:^|[_\W])(?:max|num|n|total|input|output|sort|primary|foreign|stop|pad|eos|bos)"
    r"[-_]?(?:key|token)s?$|^keys?$|^tokens$",
    re.IGNORECASE,
)
_QUERY = late(r"(?:^|[?&;#\s])([\w.-]+)=([^&;\s]{4,})")
# the same in a text that is JSON, and on a line of settings
_MEMBER = late(r"""["']([\w.-]+)["']\s*:\s*["']([^"']{4,})["']""")
_SETTING = late(r"^\s*([\w.-]+)\s*=\s*([^\s()\[\]{}]{4,})\s*$", re.MULTILINE)
_SHAPES = (
    SECRETS,
    late(r"\b(?:bearer|basic)\s+[A-Za-z0-9+/_\-.~=]{6,}", re.IGNORECASE),
    late(r"://[^/\s:@]*:[^/\s@]+@"),
    late(r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY"),
    late(r"\s-u\s+[^\s:]+:\S{4,}"),  # curl -u user:password
    late(r"\b(?:npm|pypi|shpat|dop_v1)[-_][A-Za-z0-9_-]{16,}"),
    late(r"hooks\.slack\.com/services/\w+/\w+"),
    late(r"\b\d{8,10}:[\w-]{30,}|\bSG\.[\w-]{16,}\.[\w-]{16,}"),
)
_LETTERS = r"(?=[^0-9]*[0-9])(?=[^A-Za-z]*[A-Za-z])"
_LONG = late(
    rf"{_LETTERS}(?:[a-z0-9]{{32,}}|[A-Z0-9]{{32,}}"
    rf"|(?=[^a-z]*[a-z])(?=[^A-Z]*[A-Z])[A-Za-z0-9+/_-]{{32,}})={{0,2}}"
)
_SCHEMES = ("bearer", "basic", "token", "apikey", "digest")
# what only writes a text in another way
_WRAPPERS = ("join", "b64decode", "fromhex", "unhexlify", "format", "BasicAuth", "DigestAuth",
             "SecretStr", "strip", "encode", "decode")  # fmt: skip


def find_secret(text: str) -> int | None:
    """The line (from 1) that seems to hold a secret, or None."""
    lines = [line for node in ast.walk(ast.parse(text)) for line in _lines(node)]
    return min(lines, default=None)


def _lines(node: ast.AST) -> Iterator[int]:
    written = _text_in(node)
    if written is not None and _looks_secret(written):
        yield getattr(node, "lineno", 1)
    for name, value in _named_values(node):
        if name is not None and _is_secret_name(name) and _has_text(value):
            yield value.lineno


def _text_in(node: ast.AST) -> str | None:
    """The text that an expression comes to, as far as it is written down in it."""
    if isinstance(node, ast.Constant):
        value = node.value
        text = value.decode("latin-1") if isinstance(value, bytes) else value
        return text if isinstance(text, str) else None
    if isinstance(node, ast.FormattedValue):
        return _text_in(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(_text_in(part) or " " for part in node.values)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        left, right = _text_in(node.left), _text_in(node.right)
        return None if left is None or right is None else left + right
    return None


def _looks_secret(text: str) -> bool:
    pairs = (pair for kind in (_QUERY, _MEMBER, _SETTING) for pair in kind.findall(text))
    named = any(_is_secret_name(name) for name, _ in pairs)
    return named or any(shape.search(text) for shape in _SHAPES) or _is_long_key(text)


def _is_long_key(text: str) -> bool:
    return _LONG.fullmatch(text) is not None


def _is_secret_name(name: str) -> bool:
    return _NAME.search(name) is not None and _INNOCENT.search(name) is None


def _has_text(value: ast.expr) -> bool:
    """Whether a value holds a text that was written down; what is looked up is none."""
    if isinstance(value, ast.Constant):
        return isinstance(value.value, str | bytes) and len(value.value) > 0
    if isinstance(value, ast.JoinedStr):
        parts = [str(part.value).strip() for part in value.values if isinstance(part, ast.Constant)]
        return any(len(part) >= 6 and part.lower() not in _SCHEMES for part in parts)
    if isinstance(value, ast.Call):  # SecretStr("..."), "...".strip(); not os.environ["NAME"]
        return _wraps_text(value)
    return any(map(_has_text, _parts(value)))


def _parts(value: ast.expr) -> list[ast.expr]:
    """What one of may be the value."""
    if isinstance(value, ast.BinOp):
        return [value.left, value.right]
    if isinstance(value, ast.IfExp):
        return [value.body, value.orelse]
    if isinstance(value, ast.BoolOp):
        return value.values
    return value.elts if isinstance(value, ast.Tuple | ast.List | ast.Set) else []


def _wraps_text(call: ast.Call) -> bool:
    called = call.func
    if isinstance(called, ast.Attribute):
        own = isinstance(called.value, ast.Constant) and _has_text(called.value)
        return own or (called.attr in _WRAPPERS and any(map(_has_text, call.args)))
    wraps = isinstance(called, ast.Name) and called.id not in ("getenv", "input", "getpass")
    return wraps and any(map(_has_text, call.args))


def _named_values(node: ast.AST) -> Iterator[tuple[str | None, ast.expr]]:
    """What goes by which name: arguments, assignments, members, defaults."""
    if isinstance(node, ast.keyword):
        yield node.arg, node.value
    elif isinstance(node, ast.Assign):
        for target in node.targets:
            yield from _pairs(target, node.value)
    elif isinstance(node, ast.AnnAssign | ast.NamedExpr) and node.value is not None:
        yield from _pairs(node.target, node.value)
    elif isinstance(node, ast.Dict):
        for key, value in zip(node.keys, node.values, strict=True):
            yield _text_of(key), value
    elif isinstance(node, ast.arguments):
        named = [*node.posonlyargs, *node.args]
        for arg, value in zip(reversed(named), reversed(node.defaults), strict=False):
            yield arg.arg, value
        for arg, default in zip(node.kwonlyargs, node.kw_defaults, strict=True):
            if default is not None:
                yield arg.arg, default
    elif isinstance(node, ast.For):
        yield from _pairs(node.target, node.iter)
    elif isinstance(node, ast.Call) and len(node.args) in (2, 3):
        # environ.setdefault("KEY", "..."), putenv, header.add, setattr(client, "key", "...")
        name = _text_of(node.args[-2])
        if name is not None and not _looks_up(node.func):
            yield name, node.args[-1]
    elif isinstance(node, ast.Tuple) and len(node.elts) == 2:  # ("X-Api-Key", "...")
        yield _text_of(node.elts[0]), node.elts[1]


def _pairs(target: ast.expr, value: ast.expr) -> Iterator[tuple[str | None, ast.expr]]:
    if isinstance(target, ast.Tuple | ast.List) and isinstance(value, ast.Tuple | ast.List):
        for one, other in zip(target.elts, value.elts, strict=False):
            yield from _pairs(one, other)
    elif isinstance(target, ast.Name):
        yield target.id, value
    elif isinstance(target, ast.Attribute):
        yield target.attr, value
    elif isinstance(target, ast.Subscript):
        yield _text_of(target.slice), value


def _text_of(node: ast.expr | None) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _looks_up(function: ast.expr) -> bool:
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    return name in ("getattr", "hasattr", "pop", "getenv", "get")
