"""Finds what is likely a secret in Python text, however it is spelled, and says in which line.

Guesses from names and from the shapes of keys; what is certain to be one is outlets.py's.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from ..agents.masking import SECRETS
from ..values import Json

_NAME = re.compile(
    r"(?:^|[_\W]|(?<=[a-z])(?=[A-Z]))(?:api[-_]?key|apikey|key|token|secret|pass(?:word|wd|phrase)"
    r"|pwd|credentials?|authorization|auth|bearer|cookie|signature|sig|account[-_]?key)s?$",
    re.IGNORECASE,
)
# how such a name ends that speaks of something else
_INNOCENT = re.compile(r"(?:max|num|n|total|input|output|sort|primary|foreign|stop|pad|eos|bos)"
                       r"[-_]?(?:key|token)s?$|^key$", re.IGNORECASE)  # fmt: skip
_BEARER = re.compile(r"\b(?:bearer|basic)\s+[A-Za-z0-9+/_\-.~=]{6,}", re.IGNORECASE)
_USERINFO = re.compile(r"://[^/\s:@]*:[^/\s@]+@")
_QUERY = re.compile(r"[?&;]([\w.-]+)=([^&\s]{4,})")
_LONG = re.compile(r"(?=[^0-9]*[0-9])(?=[^A-Za-z]*[A-Za-z])[A-Za-z0-9+/_-]{32,}={0,2}")


def find_secret(text: str) -> int | None:
    """The line (from 1) that seems to hold a secret, or None."""
    lines = [line for node in ast.walk(ast.parse(text)) for line in _lines(node)]
    return min(lines, default=None)


def _lines(node: ast.AST) -> Iterator[int]:
    if isinstance(node, ast.Constant) and _looks_secret(node.value):
        yield node.lineno
    for name, value in _named_values(node):
        if name is not None and _is_secret_name(name) and _has_text(value):
            yield value.lineno


def _looks_secret(value: Json) -> bool:
    text = value.decode("latin-1") if isinstance(value, bytes) else value
    if not isinstance(text, str):
        return False
    queried = any(_is_secret_name(name) for name, _ in _QUERY.findall(text))
    shapes = (SECRETS, _BEARER, _USERINFO)
    return queried or any(shape.search(text) for shape in shapes) or _is_long_key(text)


def _is_long_key(text: str) -> bool:
    return _LONG.fullmatch(text) is not None


def _is_secret_name(name: str) -> bool:
    return _NAME.search(name) is not None and _INNOCENT.search(name) is None


def _has_text(value: ast.expr) -> bool:
    """Whether a value holds a text that was written down; what is looked up is none."""
    if isinstance(value, ast.Constant):
        return isinstance(value.value, str | bytes) and len(value.value) > 0
    if isinstance(value, ast.JoinedStr):
        return any(isinstance(part, ast.Constant) and len(str(part.value)) >= 6
                   for part in value.values)  # fmt: skip
    if isinstance(value, ast.BinOp):
        return _has_text(value.left) or _has_text(value.right)
    if isinstance(value, ast.BoolOp | ast.Tuple | ast.List | ast.Set):
        return any(map(_has_text, value.values if isinstance(value, ast.BoolOp) else value.elts))
    if isinstance(value, ast.Call):  # SecretStr("..."), "...".strip(); not os.environ["NAME"]
        called = value.func
        inner = called.value if isinstance(called, ast.Attribute) else None
        wraps = isinstance(called, ast.Name) and called.id not in ("getenv", "input", "getpass")
        own = isinstance(inner, ast.Constant) and _has_text(inner)
        return own or (wraps and any(map(_has_text, value.args)))
    return False


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
    elif isinstance(node, ast.Call) and len(node.args) == 2:  # environ.setdefault("KEY", "..."),
        first = _text_of(node.args[0])  # putenv, header.add
        if first is not None and not _looks_up(node.func):
            yield first, node.args[1]
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
    return name in ("getattr", "hasattr", "pop")
