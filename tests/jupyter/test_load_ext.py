"""What ``%load_ext agui_notebook`` costs: the magics' names and options, nothing behind them."""

from __future__ import annotations

import json
import subprocess
import sys

SCRIPT = """
import json, sys
from IPython.core.interactiveshell import InteractiveShell

shell = InteractiveShell.instance()
there = set(sys.modules)
shell.run_line_magic("load_ext", "agui_notebook")
completed = shell.Completer.complete("%matplot")
print(json.dumps(sorted(name for name in set(sys.modules) - there if "agui_notebook" in name)))
"""


def test_loading_the_extension_loads_no_client_and_no_chat() -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True, timeout=60
    )
    assert json.loads(done.stdout) == [
        "agui_notebook",
        "agui_notebook._version",
        "agui_notebook.errors",
        "agui_notebook.jupyter",
        "agui_notebook.jupyter.magics",
        "agui_notebook.jupyter.magics.await_turns",
        "agui_notebook.jupyter.magics.extension",
        "agui_notebook.jupyter.magics.magics",
        "agui_notebook.jupyter.magics.options",
        "agui_notebook.jupyter.magics.question_marks",
        "agui_notebook.jupyter.shell",
        "agui_notebook.late_pattern",
        "agui_notebook.values",
    ]
