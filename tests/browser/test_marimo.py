"""The chat in marimo, wrapped as `mo.ui.anywidget`; marimo has an environment of its own.

Once with a server, once in a page where Python itself runs, with nothing from the network.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import lite_site
import pytest
from playwright.sync_api import Page, expect
from support import lanes, web_assembly
from support.desk import SHOTS

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]
APP = """
import marimo
app = marimo.App()

@app.cell
def _():
    import marimo as mo
    import agui_notebook as agui

    def echo(text):
        yield "You said: "
        yield text

    mo.ui.anywidget(agui.chat(echo, suggestions=["Say hello"]))
    return
"""

IN_PAGE = """
import marimo
app = marimo.App()

@app.cell
def _():
    import marimo as mo
    import agui_notebook as agui

    def echo(text):
        yield "You said: "
        yield text

    chat = agui.chat(echo)
    mo.ui.anywidget(chat)
    return agui, chat, echo, mo

@app.cell
async def _(chat, mo):
    awaited = await chat.run("first")
    mo.md(f"awaited: {awaited.text}")
    return

@app.cell
def _(agui, echo, mo):
    blocked = agui.chat(echo, "other").ask("second")
    mo.md(f"blocked: {blocked.text}")
    return
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture
def marimo(tmp_path: Path) -> Iterator[str]:
    """The address of an app of one cell."""
    try:
        python = lanes.ready(lanes.MARIMO).python
    except lanes.Unavailable as why:
        pytest.skip(str(why))
    (tmp_path / "app.py").write_text(APP, encoding="utf-8")
    port = free_port()
    process = subprocess.Popen(
        [
            *(str(python), "-m", "marimo", "run", "app.py"),
            *("--headless", "--no-token", f"--port={port}"),
        ],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(lanes.ROOT), "XDG_CONFIG_HOME": str(tmp_path)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    address = f"http://127.0.0.1:{port}"
    with httpx.Client(transport=httpx.HTTPTransport(retries=8), timeout=60) as client:
        client.get(address).raise_for_status()
    yield address
    os.killpg(process.pid, signal.SIGTERM)
    process.wait(20)


def test_a_chat_answers_in_an_app_of_marimo(marimo: str, page: Page) -> None:
    page.goto(marimo, timeout=90_000)
    page.get_by_role("button", name="Say hello").click(timeout=60_000)
    log = page.get_by_role("log")
    expect(log).to_contain_text("You said: Say hello", timeout=30_000)
    message = page.get_by_role("textbox", name="Message")
    message.fill("again")
    message.press("Enter")
    expect(log).to_contain_text("You said: again")
    SHOTS.mkdir(exist_ok=True)
    page.screenshot(path=SHOTS / "marimo.png")


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Requests are no news."""


@pytest.fixture
def exported(tmp_path: Path) -> Iterator[str]:
    """The address of an app whose Python runs in the page."""
    (tmp_path / "app.py").write_text(IN_PAGE, encoding="utf-8")
    try:
        web_assembly.marimo(tmp_path / "app.py", tmp_path / "out")
    except (lanes.Unavailable, lite_site.Unavailable) as why:
        pytest.skip(str(why))
    serving = partial(Quiet, directory=str(tmp_path / "out"))
    server = ThreadingHTTPServer(("127.0.0.1", 0), serving)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def test_a_chat_answers_in_a_page_of_marimo_that_has_no_server(exported: str, page: Page) -> None:
    hosts: set[str] = set()
    page.on("request", lambda request: hosts.add(request.url.split("/")[2]))
    page.goto(exported)
    expect(page.get_by_text("awaited: You said: first")).to_be_visible(timeout=90_000)
    expect(page.get_by_text("blocked: You said: second")).to_be_visible()
    message = page.get_by_role("textbox", name="Message")
    message.fill("typed")
    message.press("Enter")
    expect(page.get_by_role("log")).to_contain_text("You said: typed")
    assert hosts == {exported.removeprefix("http://")}
