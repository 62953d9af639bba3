"""Writes a module that serves the same agent outside the notebook: uvicorn workers or Ray Serve.

How code is found is source.py's business; here it becomes one runnable file, without any token.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from ..errors import InvalidInput
from ..markup.outlets import docstring_line
from ..runtime.files import write
from ..server.local import LocalServer
from ..values import Json, JsonView
from .likely_secrets import find_secret
from .notebook_source import Sources

Variant = Literal["uvicorn", "ray"]

HEAD = '''"""The AG-UI server "{title}", written by agui_notebook.

{how}

Callers send the header "Authorization: Bearer <token>" with the text of the environment variable
AGUI_TOKEN. Without that variable it does not start, unless AGUI_OPEN=1 says that everybody may
call. What an agent keeps in its process
(approvals, checkpoints, memory) is not shared between workers: run one, send each thread to the
same one, or give the agent a store of its own.
"""
'''
TOKEN = """
_token = os.environ.get("AGUI_TOKEN") or None
if _token is None and os.environ.get("AGUI_OPEN") != "1":
    raise SystemExit("Set AGUI_TOKEN to a secret of yours, or AGUI_OPEN=1 to let everybody call.")
"""
UVICORN = """
app = create_app({target}, token=_token{options})
"""
RAY = '''

def build() -> object:
    """Make the app in each replica, so that nothing has to be pickled."""
    return create_app({target}, token=_token{options})


@serve.deployment(num_replicas=2)
@serve.ingress(build)
class Server:
    """The app, on as many replicas as wanted."""


app = Server.bind()
'''
HOW = {
    "uvicorn": "uvicorn {module}:app --host 127.0.0.1 --port 8000 --workers 2",
    "ray": "serve run {module}:app",
}
BODY = {"uvicorn": UVICORN, "ray": RAY}
IMPORTS = {
    "uvicorn": ["import os", "from agui_notebook import create_app"],
    "ray": ["import os", "from ray import serve", "from agui_notebook import create_app"],
}


def export(
    agent: Any,
    path: str | Path,
    *,
    variant: Variant = "uvicorn",
    cells: Sequence[str] | None = None,
    namespace: JsonView | None = None,
) -> Path:
    """Write ``path``: a module with ``app``, which serves ``agent`` (or a LocalServer's agents).

    ``cells`` is the code that made things, as it ran (default: the notebook's ``In``), and
    ``namespace`` what it made (default: that of ``__main__``). Code travels, values do not.
    Raises InvalidInput with a sentence for what cannot travel, or cannot be written.

    >>> export(demo_agent, "served.py").name
    'served.py'
    """
    text = module_text(agent, Path(path).stem, variant, *_defaults(cells, namespace))
    return write(path, [text])


def module_text(
    agent: Any, module: str, variant: Variant, cells: Sequence[str], namespace: JsonView
) -> str:
    """The text of the module."""
    if variant not in BODY:
        raise InvalidInput(f"There is no variant {variant!r}; choose uvicorn or ray.")
    title, target, options = _what(agent)
    sources = Sources(cells, namespace)
    write = _Writer(sources, namespace)
    target_text = write.expression(target, "the agent")
    options_text = "".join(f", {name}={write.expression(value, name)}" for name, value in options)
    code = [*IMPORTS[variant], *write.imports, *sources.statements_for(write.names)]
    head = HEAD.format(
        title=docstring_line(title), how=f"    {HOW[variant].format(module=docstring_line(module))}"
    )
    body = BODY[variant].format(target=target_text, options=options_text)
    text = head + "\n" + "\n".join(_space_out(code)) + "\n" + TOKEN + body
    line = find_secret(text)
    if line is not None:
        start = text.splitlines()[line - 1].strip().partition("=")[0][:40]
        raise InvalidInput(
            f"Line {line} of the module ({start}=…) would hold a secret, it seems: read it from "
            "os.environ in a cell, and export again."
        )
    return text


def _what(agent: Any) -> tuple[str, Any, list[tuple[str, Any]]]:
    """A title, the object to serve and the options it was served with."""
    if isinstance(agent, LocalServer):
        options = [(name, value) for name, value in agent.options.items() if name != "threads"]
        return agent.name, agent.target, options
    title = getattr(agent, "name", None) or getattr(agent, "__name__", None)
    return str(title or "agent"), agent, []


class _Writer:
    """Writes objects as expressions, and remembers the names and imports these need."""

    def __init__(self, sources: Sources, namespace: JsonView) -> None:
        self._sources, self._namespace = sources, namespace
        self.names: list[str] = []
        self.imports: list[str] = []

    def expression(self, value: Json, role: str) -> str:
        """Python text that makes ``value``. Raises InvalidInput when nothing does."""
        name = None if _is_plain(value) else self._sources.name_of(value)
        if name is not None:
            self.names.append(name)
            return name
        if isinstance(value, Mapping):
            rows = (f"{key!r}: {self.expression(each, str(key))}" for key, each in value.items())
            return "{" + ", ".join(rows) + "}"
        if isinstance(value, list | tuple):
            return "[" + ", ".join(self.expression(each, role) for each in value) + "]"
        return _literal(value) or self._import_name(value) or self._refuse(value, role)

    def _import_name(self, value: Json) -> str | None:
        """The name under which some module holds ``value``, as this package does its demo."""
        home = getattr(value, "__module__", None)
        held = vars(sys.modules[home]) if home in sys.modules and home != "__main__" else {}
        names = (name for name, each in held.items() if each is value and name.isidentifier())
        name = next(names, None)
        if name is not None:
            self.imports.append(f"from {home} import {name}")
        return name

    def _refuse(self, value: Json, role: str) -> str:
        kind = getattr(value, "__name__", type(value).__name__)
        raise InvalidInput(
            f"{role} ({kind}) cannot be exported: it has no name in the notebook. "
            "Give it one in a cell (a def, or name = ...), serve that, and export again."
        )


def _is_plain(value: Json) -> bool:
    return isinstance(value, str | int | float | bool | type(None))


def _literal(value: Json) -> str | None:
    return repr(value) if _is_plain(value) else None


def _space_out(code: Sequence[str]) -> Iterator[str]:
    """Two blank lines around definitions, one between imports and the rest."""
    for before, statement in zip(["import", *code], code, strict=False):
        if statement.startswith(("def ", "async def ", "class ", "@")):
            yield "\n"
        elif _imports(before) and not _imports(statement):
            yield ""
        yield statement


def _imports(statement: str) -> bool:
    return statement.startswith(("import", "from "))


def _defaults(
    cells: Sequence[str] | None, namespace: JsonView | None
) -> tuple[Sequence[str], JsonView]:
    main = sys.modules["__main__"]
    namespace = vars(main) if namespace is None else namespace
    if cells is None:
        cells = namespace.get("In") or _file_of(main)
    return cells, namespace


def _file_of(main: Any) -> Sequence[str]:
    file = getattr(main, "__file__", None)
    return [Path(file).read_text(encoding="utf-8")] if file and Path(file).is_file() else []
