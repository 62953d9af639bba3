"""In a page: Python in WebAssembly, without threads and sockets, run by node.

What is held stands in in_page.py, a function for each; JupyterLite itself is in tests/browser.
"""

from __future__ import annotations

import ast
import asyncio
import json
import shutil
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import lite_site
import pytest
from support import web_assembly

from agui_notebook import serve

pytestmark = pytest.mark.lane
HERE = Path(__file__).parent
NAMES = [
    each.name
    for each in ast.parse((HERE / "in_page.py").read_text(encoding="utf-8")).body
    if isinstance(each, ast.AsyncFunctionDef) and not each.args.args
]


async def words(messages: object) -> AsyncIterator[str]:
    for number in range(10):
        yield f"w{number} "
        await asyncio.sleep(0.1)


@pytest.fixture(scope="module")
def outcomes() -> dict[str, str]:
    try:
        if not (node := shutil.which("node")):
            raise lite_site.Unavailable("Pyodide runs in node, and there is none")
        ours = lite_site.ROOT / "agui_notebook"
        folders = [lite_site.pyodide(), web_assembly.site(), ours, HERE]
    except lite_site.Unavailable as why:
        pytest.skip(str(why))
    # node has had JSPI behind a flag until it was always there
    flags = ["--experimental-wasm-jspi", "--experimental-wasm-stack-switching"]
    known = [flag for flag in flags if _knows(node, flag)]
    with serve(words, name="elsewhere", token="page") as server:
        command = [node, *known, str(HERE / "run.mjs"), *map(str, folders), server.url]
        done = subprocess.run(command, capture_output=True, text=True, timeout=110, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    lines = map(json.loads, done.stdout.splitlines())
    return {line["name"]: line["error"] for line in lines}


def _knows(node: str, flag: str) -> bool:
    return subprocess.run([node, flag, "-e", ""], capture_output=True, check=False).returncode == 0


@pytest.mark.parametrize("name", NAMES)
def test_in_a_page(outcomes: dict[str, str], name: str) -> None:
    assert outcomes[name] == "", outcomes[name]
