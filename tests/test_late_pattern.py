"""Patterns that wait to be compiled: the same answers, and nothing compiled before it is asked."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from agui_notebook.late_pattern import late

EACH = """
import importlib, pkgutil
import agui_notebook
from agui_notebook import late_pattern

made = []
plain = late_pattern.late

def noted(source, flags=0):
    made.append(plain(source, flags))
    return made[-1]

late_pattern.late = noted
for module in pkgutil.walk_packages(agui_notebook.__path__, "agui_notebook."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)
waiting = [pattern for pattern in made if set(vars(pattern)) == {"_make"}]
for pattern in made:
    pattern.pattern
print(len(waiting) > 80, len(waiting) / len(made) > 0.9)
"""


def test_a_late_pattern_answers_as_a_compiled_one() -> None:
    source, flags, text = r"(?P<word>b+)(\d)?", re.IGNORECASE, "aB1 bb c"
    waiting, compiled = late(source, flags), re.compile(source, flags)
    for pattern in (waiting, waiting):  # the second time from what was kept
        assert pattern.findall(text) == compiled.findall(text)
        assert pattern.sub(r"<\1>", text) == compiled.sub(r"<\1>", text)
        assert [found.span() for found in pattern.finditer(text)] == [(1, 3), (4, 6)]
        assert pattern.fullmatch("B7") is not None
        assert (pattern.pattern, pattern.flags, pattern.groupindex) == (
            compiled.pattern,
            compiled.flags,
            compiled.groupindex,
        )


def test_a_late_pattern_of_bytes_is_one_of_bytes() -> None:
    assert late(rb"\d+").findall(b"1 22") == [b"1", b"22"]


def test_a_wrong_pattern_is_found_when_it_is_used() -> None:
    broken = late("(")
    with pytest.raises(re.error):
        broken.search("x")


def test_every_pattern_of_the_package_is_right_and_hardly_one_is_compiled_by_loading() -> None:
    ran = subprocess.run([sys.executable, "-c", EACH], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "True True"
