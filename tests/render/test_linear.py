"""Hostile text takes work in proportion to its length: no more, and no more than a factor.

Times are only compared with times of the same run: of half the text, and of a harmless one.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from agui_notebook.agents import explain, mask_secrets
from agui_notebook.markup import fence_text, format_markdown, inline, plain, safe

LENGTH = 50_000
HARMLESS = "An *answer* with `code`, a [link](https://a.b) and **more**.\n\n- a\n- b\n\n"
HOSTILE: dict[str, str] = {
    "quotes": ">",
    "quotes apart": "> ",
    "brackets": "[",
    "links": "](",
    "definitions": "]:",
    "links begun": "[a](",
    "pictures": "![",
    "stars": "*",
    "stars apart": "*a ",
    "both kinds of emphasis": "*a_ ",
    "backticks": "`",
    "backticks apart": "` ",
    "tildes": "~~~ ",
    "dashes": "- ",
    "numbers": "1. ",
    "fences": "```\n",
    "blank lines": "\n",
    "lines of a space": "\n ",
    "spaces": " ",
    "rows": "|a|b|\n",
    "pipes": "|",
    "tags": "<a",
    "entities": "&#",
    "backslashes": "\\",
    "formulas": "\\href",
    "names of keys": "api_key ",
    "names in one": "a-",
    "tokens": "eyJabcdefgh-",
    "addresses": "://a:",
    "formulas begun": "\\[\n",
    "an address in brackets": "",
    "nested lists": "",
    "ever longer runs": "",
    "a table that is padded": "",
    "a quotation that goes on": "",
    "a fence that is none": "",
}
WHOLE: dict[str, Callable[[int], str]] = {
    "an address in brackets": lambda n: "https://a.b" + ")!" * (n // 2),
    "nested lists": lambda n: "\n".join("  " * depth + "- a" for depth in range(int(n**0.5))),
    "ever longer runs": lambda n: " ".join("`" * run for run in range(1, int((2 * n) ** 0.5))),
    "a table that is padded": lambda n: "|a" * 8 + "\n" + "|-" * 8 + "\n" + "|a\n" * (n // 3),
    "a quotation that goes on": lambda n: "> " * 15 + "a\n" + "a\n" * (n // 2),
    "a fence that is none": lambda n: "```" + " " * n + "`",
}
READERS = [safe, format_markdown, mask_secrets, fence_text, inline, plain]


def text(name: str, length: int) -> str:
    if name in WHOLE:
        return WHOLE[name](length)
    return HOSTILE[name] * (length // len(HOSTILE[name]))


def seconds(read: Callable[[str], object], source: str) -> float:
    best = 1e9
    for _ in range(2):
        start = time.thread_time()
        read(source)
        best = min(best, time.thread_time() - start)
    return best


@pytest.fixture(scope="module")
def harmless() -> dict[str, float]:
    source = HARMLESS * (LENGTH // len(HARMLESS))
    return {read.__name__: seconds(read, source) for read in READERS}


@pytest.mark.parametrize("read", READERS, ids=lambda read: read.__name__)
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_takes_a_few_times_what_harmless_text_takes(
    read: Callable[[str], object], name: str, harmless: dict[str, float]
) -> None:
    # markdown-it needs 25 us for a bracket; anything quadratic is beyond a hundred times
    assert seconds(read, text(name, LENGTH)) < 30 * harmless[read.__name__] + 0.05


def test_an_error_is_cut_before_it_is_looked_through() -> None:
    harmless = seconds(explain, RuntimeError("word " * 1_000))  # type: ignore[arg-type]
    for name in HOSTILE:
        error = RuntimeError(text(name, LENGTH))
        assert seconds(explain, error) < 30 * harmless + 0.01  # type: ignore[arg-type]
