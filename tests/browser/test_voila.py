"""The chat in Voila, which runs a notebook and shows only its outputs."""

from __future__ import annotations

import os
import re
import secrets
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Page, expect
from support.desk import ROOT

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

CELL = """
import agui_notebook as agui

def echo(text):
    yield "You said: "
    yield text

agui.chat(echo)
"""


@pytest.fixture
def voila(tmp_path: Path) -> Iterator[str]:
    """The address of a page that Voila makes of one cell."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(CELL)])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    path = tmp_path / f"{secrets.token_hex(4)}.ipynb"
    nbformat.write(notebook, path)
    with socket.socket() as door:  # Voila does not tell which port it got for 0
        door.bind(("127.0.0.1", 0))
        port = door.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "voila", "--no-browser", f"--port={port}", str(path)],
        env={**os.environ, "PYTHONPATH": str(ROOT), "JUPYTER_RUNTIME_DIR": str(tmp_path)},
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stderr
    with process.stderr as log:
        found = (re.search(r"http://(?:localhost|127\.0\.0\.1):\d+/", line) for line in log)
        yield next(filter(None, found))[0]
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(20)


def test_a_chat_answers_on_a_page_of_voila(voila: str, page: Page) -> None:
    page.goto(voila, timeout=90_000)
    message = page.get_by_role("textbox", name="Message")
    expect(message).to_be_visible(timeout=60_000)
    message.fill("hello")
    message.press("Enter")
    expect(page.get_by_role("log")).to_contain_text("You said: hello", timeout=20_000)
