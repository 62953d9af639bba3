"""VS Code and Colab by rule: a page that keeps what is known of their rules, not the hosts.

VS Code's widget manager is its own, from npm; subshells are off, as there. Colab's rule is that of
its issues: only what answers a running cell, or a message of the page, reaches the page.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect
from support import lanes
from support.desk import ROOT, Jupyter

pytestmark = pytest.mark.browser
HERE = Path(__file__).parent / "by_rule"
HOME = lanes.LANES / "hosts"
PACKAGES = ("@vscode/jupyter-ipywidgets8@1.0.9", "@jupyterlab/services@7.6.6", "requirejs@2.3.8")
PAGE = """<!doctype html><meta charset="utf-8"><body><div id="out"></div>
<script src="services.js"></script><script src="require.js"></script>
<script type="module" src="host.js"></script>"""
COUNT = """
import asyncio, time
import agui_notebook as agui
async def count(text):
    for number in range(int(text)):
        yield f"word{number} "
        await asyncio.sleep(0.02)
chat = agui.chat(count, "count")
chat
"""


def lay() -> dict[str, Path]:
    """The files of the page, by name; what npm has is fetched once."""
    packages = HOME / "node_modules"
    if not (packages / "requirejs").is_dir():
        if not (npm := shutil.which("npm")):
            pytest.skip("the page is made of npm's packages, and there is no npm")
        HOME.mkdir(parents=True, exist_ok=True)
        lanes.run([npm, "install", "--no-audit", "--no-fund", "--prefix", str(HOME), *PACKAGES])
    services = HOME / "services.js"
    if not services.is_file():
        build = ROOT / "js" / "node_modules" / ".bin" / "esbuild"
        entry = packages / "@jupyterlab" / "services"
        flags = ("--bundle", "--format=iife", "--global-name=jl", "--define:global=globalThis")
        lanes.run([str(build), str(entry), *flags, f"--outfile={services}"])
    amd = Path(sys.prefix) / "share" / "jupyter" / "nbextensions" / "anywidget" / "index.js"
    return {
        "services.js": services,
        "require.js": packages / "requirejs" / "require.js",
        "ipywidgets.js": packages / "@vscode" / "jupyter-ipywidgets8" / "dist" / "ipywidgets.js",
        "anywidget.js": amd,
        "host.js": HERE / "host.js",
    }


class Host:
    """The page, and cells that run in it. ``foreign`` are requests to any other machine."""

    def __init__(self, page: Page, jupyter: Jupyter, rule: str) -> None:
        self.page = page
        self.foreign: list[str] = []
        files = lay()

        def answer(route: Route) -> None:
            name = route.request.url.split("/by-rule/")[1].split("?")[0]
            if name in files:
                route.fulfill(path=files[name], content_type="text/javascript")
            else:
                route.fulfill(body=PAGE, content_type="text/html")

        page.on("request", lambda request: self._note(request.url, jupyter.url))
        # Chromium takes a page that is laid by the test for one from elsewhere
        page.context.grant_permissions(["local-network-access"])
        page.goto(f"{jupyter.url}login?token={jupyter.token}")
        page.route("**/by-rule/**", answer)
        page.goto(f"{jupyter.url}by-rule/?{rule}")
        page.wait_for_function("globalThis.ready", timeout=60_000)
        self.run("%load_ext agui_notebook\nimport agui_notebook as agui")

    def _note(self, url: str, own: str) -> None:
        if not url.startswith((own, own.replace("http", "ws"), "blob:", "data:")):
            self.foreign.append(url)

    def run(self, code: str) -> str:
        """Run a cell to its end: what it printed."""
        ended: dict[str, Any] = self.page.evaluate("code => run(code)", code)
        assert ended["status"] == "ok", ended["told"]
        told: str = ended["told"]
        return told

    def begin(self, code: str) -> None:
        """Run a cell and do not wait for it; ``end`` does."""
        self.page.evaluate("code => { globalThis.running = run(code) }", code)

    def end(self) -> None:
        self.page.evaluate("running")

    @property
    def message(self) -> Locator:
        """Where one types, in the chat made last."""
        return self.page.get_by_placeholder("Message").last

    def say(self, text: str) -> None:
        self.message.fill(text)
        self.message.press("Enter")

    def sees(self, text: str) -> None:
        expect(self.page.get_by_text(text).last).to_be_visible()


@pytest.fixture
def vscode(page: Page, jupyter: Jupyter) -> Iterator[Host]:
    host = Host(page, jupyter, "")
    yield host
    page.evaluate("stop()")


@pytest.fixture
def colab(page: Page, jupyter: Jupyter) -> Iterator[Host]:
    host = Host(page, jupyter, "replies")
    yield host
    page.evaluate("stop()")


def test_vscode_draws_streams_and_settles_approvals_without_another_host(vscode: Host) -> None:
    vscode.run("%agui demo")
    vscode.say("Send an email to the team")
    vscode.page.get_by_role("button", name="Approve").click()
    vscode.sees("is on its way to team@example.com")
    vscode.run(COUNT)
    vscode.begin("chat.start('60'); time.sleep(1.5)")
    vscode.sees("word20 ")  # the cell has not ended
    vscode.end()
    assert vscode.foreign == []


def test_in_vscode_a_stop_behind_a_busy_cell_says_so_until_it_arrives(vscode: Host) -> None:
    vscode.run(COUNT)
    vscode.begin("chat.start('1000'); time.sleep(4)")
    vscode.sees("word5 ")
    vscode.page.get_by_role("button", name="Stop").last.click()
    banner = vscode.page.get_by_text("The kernel is busy with a cell")
    expect(banner).to_be_visible()
    expect(banner).to_contain_text("interrupt it to stop, or restart it.")
    vscode.end()
    expect(banner).to_be_hidden()
    expect(vscode.page.get_by_role("button", name="Stop").last).to_be_hidden()


def test_what_is_typed_in_vscode_while_a_cell_runs_is_answered_after_it(vscode: Host) -> None:
    vscode.run(COUNT)
    expect(vscode.message).to_be_visible()
    vscode.begin("time.sleep(1)")
    vscode.say("3")
    vscode.end()
    vscode.sees("word0 word1 word2")


def test_colab_draws_follows_cells_and_answers_what_is_typed(colab: Host) -> None:
    colab.run("%agui demo")
    colab.say("What is the weather in Lisbon and Oslo?")
    colab.sees("7 °C, rain")
    colab.run(COUNT)
    expect(colab.message).to_be_visible()
    colab.run("await chat.run('4')")
    colab.sees("word0 word1 word2 word3")
    colab.say("6")
    colab.sees("word4 word5")
    assert colab.run("print(chat._replies_only)") == "True\n"
    dropped = colab.page.evaluate("dropped")
    colab.run("await chat.run('5')")
    assert colab.page.evaluate("dropped") == dropped  # since the page told what it misses


def test_where_every_message_passes_none_is_sent_as_a_reply(vscode: Host) -> None:
    vscode.run(COUNT)
    expect(vscode.message).to_be_visible()
    vscode.say("3")
    vscode.sees("word0 word1 word2")
    assert vscode.run("print(chat._replies_only)") == "False\n"
