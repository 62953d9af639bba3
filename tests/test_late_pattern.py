"""Patterns that wait to be compiled: each is right, and loading its module compiles it not."""

from __future__ import annotations

import subprocess
import sys

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


def test_every_pattern_of_the_package_is_right_and_hardly_one_is_compiled_by_loading() -> None:
    ran = subprocess.run([sys.executable, "-c", EACH], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "True True"
