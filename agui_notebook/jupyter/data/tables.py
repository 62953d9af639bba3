"""A table as the page draws it: columns, rows as texts, and how much was left out, as JSON.

Frames of pandas and polars, and whatever has a length and speaks the Arrow stream or the dataframe
interchange protocol. Nothing here decides where a table is shown.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib import import_module
from typing import NamedTuple

from ... import limits
from ...values import Foreign, Json, JsonObject

TABLE = "application/vnd.agui-notebook.table+json"
MOST_DECIMALS = 6  # as pandas shows
LARGEST = 1e7  # a number from here on is shown as Python writes it
_PROTOCOLS = ("__arrow_c_stream__", "__dataframe__")


class TableColumn(NamedTuple):
    """A column and its first values; ``is_index``: it names rows."""

    name: str
    values: Sequence[Foreign]
    is_index: bool = False


class Table(NamedTuple):
    """The first rows of a table, and how many rows and columns it has."""

    columns: list[TableColumn]
    rows: int
    width: int


def table_of(value: Foreign) -> JsonObject | None:
    """What the page draws of ``value``; None where it is no table, or cannot be read."""
    try:
        table = _read(value)
    except Exception:  # an object of others: it is shown as it shows itself
        return None
    return None if table is None else _write(table)


def _read(value: Foreign) -> Table | None:
    if isinstance(value, type):
        return None
    kin = {(kind.__module__.partition(".")[0], kind.__name__) for kind in type(value).__mro__}
    for home, read in _HOMES.items():
        if (home, "DataFrame") in kin:
            return read(value)
    return _read_by_protocol(value) if _speaks(value) else None


def _speaks(value: Foreign) -> bool:
    """Whether it can be read again and again: a stream that is read is gone."""
    kind = type(value)
    again = any(hasattr(kind, each) for each in ("__len__", "num_rows", "shape"))
    single = hasattr(value, "dtype")  # one column is shown as it shows itself
    return again and not single and any(hasattr(kind, each) for each in _PROTOCOLS)


def _of_pandas(frame: Foreign) -> Table:
    head = frame.iloc[: limits.TABLE_ROWS, : limits.TABLE_COLUMNS]
    levels = range(head.index.nlevels)
    index = [
        TableColumn(_name(head.index.names[n]), list(head.index.get_level_values(n)), True)
        for n in levels
    ]
    body = [
        TableColumn(_name(name), list(head.iloc[:, place]))
        for place, name in enumerate(head.columns)
    ]
    return Table([*index, *body], int(frame.shape[0]), int(frame.shape[1]))


def _of_polars(frame: Foreign) -> Table:
    head = frame[:, : limits.TABLE_COLUMNS].head(limits.TABLE_ROWS)
    columns = [TableColumn(_name(name), head[name].to_list()) for name in head.columns]
    return Table(columns, int(frame.height), int(frame.width))


def _of_arrow(table: Foreign) -> Table:
    head = table.slice(0, limits.TABLE_ROWS)
    names = list(head.column_names)[: limits.TABLE_COLUMNS]
    columns = [
        TableColumn(_name(n), head.column(place).to_pylist()) for place, n in enumerate(names)
    ]
    return Table(columns, int(table.num_rows), int(table.num_columns))


_HOMES: dict[str, Callable[[Foreign], Table]] = {"pandas": _of_pandas, "polars": _of_polars}


def _read_by_protocol(value: Foreign) -> Table | None:
    """Read by the first package that is there and can."""
    for reader in _READERS:
        try:
            return reader(value)
        except Exception:  # not installed, too old, or the object speaks the other protocol
            continue
    return None


def _by_polars(value: Foreign) -> Table:
    return _of_polars(import_module("polars").from_dataframe(value))


def _by_arrow(value: Foreign) -> Table:
    return _of_arrow(import_module("pyarrow").table(value))


def _by_pandas(value: Foreign) -> Table:
    read = import_module("pandas.api.interchange").from_dataframe
    return _of_pandas(read(value))


_READERS = (_by_arrow, _by_polars, _by_pandas)


def _name(name: Foreign) -> str:
    """A column's name; of several levels one below the other."""
    if name is None:
        return ""
    if isinstance(name, tuple):
        return "\n".join(map(str, name))[: limits.TABLE_CELL]
    return str(name)[: limits.TABLE_CELL]


def _write(table: Table) -> JsonObject:
    texts = [_texts(column.values) for column in table.columns]
    cut = sum(len(text) > limits.TABLE_CELL for column in texts for text in column if text)
    rows = list(_take_rows([_short(text) for text in row] for row in zip(*texts, strict=True)))
    return {
        "columns": [_head(column) for column in table.columns],
        "rows": rows,
        "count": table.rows,
        "width": table.width,
        "cut": cut,
    }


def _take_rows(rows: Iterable[list[Json]]) -> Iterator[list[Json]]:
    """Rows from the first on, as many as go into one message; one at least."""
    room = limits.TABLE_BYTES
    for row in rows:
        yield row
        room -= sum(len(text or "") + 3 for text in row)
        if room <= 0:
            return


def _head(column: TableColumn) -> JsonObject:
    head: JsonObject = {"name": column.name}
    if column.is_index:
        head["index"] = True
    decimals = _decimals(column.values)
    if decimals is not None:
        head["number"] = True
        head["decimals"] = decimals
    return head


def _texts(values: Sequence[Foreign]) -> list[str | None]:
    return [None if value is None else _text(value) for value in values]


def _text(value: Foreign) -> str:
    if isinstance(value, float):  # NumPy's too
        return "NaN" if math.isnan(value) else repr(float(value))
    return str(value)


def _short(text: str | None) -> Json:
    return text if text is None or len(text) <= limits.TABLE_CELL else text[: limits.TABLE_CELL]


def _decimals(values: Sequence[Foreign]) -> int | None:
    """Digits behind the point that its numbers are shown with; None where they are no numbers,
    -1 where they are shown as they are.
    """
    numbers = [value for value in values if value is not None and type(value).__name__ != "NAType"]
    if not numbers or not all(map(_is_number, numbers)):
        return None
    floats = [float(n) for n in numbers if isinstance(n, float) and math.isfinite(n)]
    if any(n and not 1e-5 <= abs(n) < LARGEST for n in floats):
        return -1
    return max((_digits(n) for n in floats), default=-1)


def _is_number(value: Foreign) -> bool:
    if isinstance(value, bool) or type(value).__name__ in ("bool", "bool_"):
        return False
    return isinstance(value, int | float) or hasattr(value, "__index__") or _is_decimal(value)


def _is_decimal(value: Foreign) -> bool:
    return type(value).__name__ == "Decimal"


def _digits(number: float) -> int:
    """At least one, as pandas shows them."""
    return max(1, len(f"{number:.{MOST_DECIMALS}f}".partition(".")[2].rstrip("0")))
