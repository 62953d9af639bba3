"""Which names a statement of a notebook binds and uses, awaits included. Exports nothing."""

from __future__ import annotations

import pytest

from agui_notebook.exports.notebook_source import bound_names, used_names


@pytest.mark.parametrize(
    ("statement", "bound", "used"),
    [
        ("answer = await f()", {"answer"}, {"f"}),
        ("async for part in stream(): total = part", {"part", "total"}, {"stream", "part"}),
        ("async with lock as held: x = held", {"held", "x"}, {"lock", "held"}),
        ("rows = [len(row) async for row in await read()]", {"rows"}, {"read", "len"}),
    ],
)
def test_a_statement_that_awaits_binds_and_uses_what_it_would_in_a_script(
    statement: str, bound: set[str], used: set[str]
) -> None:
    assert (bound_names(statement), used_names(statement) - {"row"}) == (bound, used)
