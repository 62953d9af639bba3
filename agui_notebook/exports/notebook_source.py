"""Finds the code that made a notebook's objects: which statements a name needs, in order.

Pure: cells of Python text and a namespace in, statements out. Code travels, values do not.
"""

from __future__ import annotations

import ast
import builtins
import inspect
import symtable
import textwrap
from collections.abc import Iterable, Sequence
from types import ModuleType
from typing import Any

from ..errors import InvalidInput
from ..values import Json, JsonView
from .likely_secrets import find_secret


class Sources:
    """The statements of ``cells`` (in the order they ran), and what they are needed for."""

    def __init__(self, cells: Sequence[str], namespace: JsonView) -> None:
        self._namespace = namespace
        self._bindings: dict[str, str] = {}
        for statement in _statements(cells):
            for name in bound_names(statement):
                self._bindings[name] = statement  # the last one that ran is what counts

    def statements_for(self, names: Iterable[str]) -> list[str]:
        """Every statement that ``names`` need, each after what it needs itself.

        Raises InvalidInput with a sentence for what cannot travel.
        """
        found: dict[str, None] = {}
        for name in names:
            self._collect(name, found, set())
        return sorted(found, key=lambda each: not each.startswith(("import ", "from ")))

    def name_of(self, obj: Any) -> str | None:
        """The notebook's own name for ``obj``."""
        names = [name for name, value in self._namespace.items() if value is obj]
        plain = [name for name in names if name.isidentifier() and not name.startswith("_")]
        return plain[0] if plain else None

    def _collect(self, name: str, found: dict[str, None], pending: set[str]) -> None:
        if name in pending or hasattr(builtins, name):
            return
        pending.add(name)
        statement = self._bindings.get(name) or self._from_value(name)
        check_statement(statement, name)
        for other in sorted(used_names(statement) - bound_names(statement)):
            self._collect(other, found, pending)
        found[statement] = None

    def _from_value(self, name: str) -> str:
        """A statement for a name that no cell binds: an import, a definition, a plain value."""
        if name not in self._namespace:
            raise InvalidInput(f"{name} is not defined in the notebook, so it cannot be exported.")
        value = self._namespace[name]
        statement = _import(name, value) or _definition(value) or _literal(name, value)
        if statement is None:
            raise InvalidInput(
                f"{name} (a {type(value).__name__}) cannot be exported: no cell shows how it is "
                "made. Make it in a cell, at top level, and export again."
            )
        return statement


def _statements(cells: Sequence[str]) -> Iterable[str]:
    flags = ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    for cell in cells:
        try:
            tree = compile(cell, "<cell>", "exec", flags)
        except (SyntaxError, ValueError):  # a cell of magics, or one that never ran
            continue
        assert isinstance(tree, ast.Module)
        yield from (_text(cell, statement) for statement in tree.body)


def _text(cell: str, statement: ast.stmt) -> str:
    decorators = getattr(statement, "decorator_list", [])
    first = min([statement.lineno, *(each.lineno for each in decorators)])
    if decorators:
        return "\n".join(cell.splitlines()[first - 1 : statement.end_lineno])
    return ast.get_source_segment(cell, statement) or ""


def bound_names(statement: str) -> set[str]:
    """The top-level names that a statement binds."""
    table = _table(statement)
    return {each.get_name() for each in table.get_symbols() if _binds(each)} if table else set()


def _binds(symbol: symtable.Symbol) -> bool:
    return symbol.is_assigned() or symbol.is_imported() or symbol.is_namespace()


def used_names(statement: str) -> set[str]:
    """The global names that a statement, and the functions in it, look up."""
    table = _table(statement)
    return _globals(table) if table else set()


def _globals(table: symtable.SymbolTable) -> set[str]:
    top = table.get_type() == "module"
    own = {
        each.get_name()
        for each in table.get_symbols()
        if each.is_referenced() and (top or each.is_global())
    }
    return own.union(*(_globals(child) for child in table.get_children()))


def _table(statement: str) -> symtable.SymbolTable | None:
    """The names of a statement, without what symtable knows differently since later Pythons.

    It refuses a top-level await since 3.14, and counts a list's inner names as the module's since
    3.12.
    """
    try:
        tree = _Unawaited().visit(ast.parse(statement))
        return symtable.symtable(ast.unparse(tree), "<cell>", "exec")
    except SyntaxError:
        return None


class _Unawaited(ast.NodeTransformer):
    """A statement as it would stand in a script: what a cell awaits at top level, as plain code."""

    def visit_Await(self, node: ast.Await) -> ast.AST:
        return self.visit(node.value)  # type: ignore[no-any-return]

    def visit_ListComp(self, node: ast.ListComp | ast.SetComp) -> ast.AST:
        return self.visit(ast.GeneratorExp(node.elt, node.generators))  # type: ignore[no-any-return]

    def visit_SetComp(self, node: ast.SetComp) -> ast.AST:
        return self.visit_ListComp(node)

    def visit_DictComp(self, node: ast.DictComp) -> ast.AST:
        pair = ast.Tuple([node.key, node.value], ast.Load())
        return self.visit(ast.GeneratorExp(pair, node.generators))  # type: ignore[no-any-return]

    def visit_AsyncFor(self, node: ast.AsyncFor) -> ast.AST:
        self.generic_visit(node)
        plain = ast.For(node.target, node.iter, node.body, node.orelse)
        return ast.copy_location(plain, node)

    def visit_AsyncWith(self, node: ast.AsyncWith) -> ast.AST:
        self.generic_visit(node)
        return ast.copy_location(ast.With(node.items, node.body), node)

    def visit_comprehension(self, node: ast.comprehension) -> ast.AST:
        self.generic_visit(node)
        node.is_async = 0
        return node


def check_statement(statement: str, name: str) -> None:
    """Raise InvalidInput for a statement that may not or cannot be written into a file."""
    tree = ast.parse(statement)
    if any(isinstance(node, ast.Await) for node in _outside_functions(tree)):
        raise InvalidInput(f"{name} is made with await, which a module cannot do at top level.")
    line = find_secret(statement)
    if line is not None:
        raise InvalidInput(
            f"The code of {name} has a secret written into it, it seems, in line {line}; "
            "read it from os.environ instead, and export again."
        )


def _outside_functions(tree: ast.AST) -> Iterable[ast.AST]:
    for node in ast.iter_child_nodes(tree):
        yield node
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield from _outside_functions(node)


def _import(name: str, value: Json) -> str | None:
    if isinstance(value, ModuleType):
        return f"import {value.__name__} as {name}"
    home, own = getattr(value, "__module__", None), getattr(value, "__qualname__", None)
    if home in (None, "__main__", "builtins") or own is None or "." in own:
        return None
    return f"from {home} import {own}" + ("" if own == name else f" as {name}")


def _definition(value: Json) -> str | None:
    if not (inspect.isfunction(value) or inspect.isclass(value)):
        return None
    if inspect.isfunction(value) and value.__closure__:
        names = ", ".join(value.__code__.co_freevars)
        raise InvalidInput(
            f"{value.__name__} cannot be exported: it closes over {names}; make these parameters "
            "or top-level names of a cell, and export again."
        )
    try:
        return textwrap.dedent(inspect.getsource(value)).strip()
    except (OSError, TypeError):
        return None


def _literal(name: str, value: Json) -> str | None:
    try:
        same = ast.literal_eval(repr(value)) == value
    except (ValueError, SyntaxError, TypeError):
        return None
    return f"{name} = {value!r}" if same else None
