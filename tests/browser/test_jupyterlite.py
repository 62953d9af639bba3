"""JupyterLite: the kernel lives in the page, and nothing comes from the network.

A site built from packages is served by this machine; one notebook runs from top to bottom.
"""

from __future__ import annotations

import asyncio
import functools
import re
import threading
from collections.abc import AsyncIterator, Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import lite_site
import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from playwright.sync_api import Page, expect

from agui_notebook import LocalServer, serve

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
KERNEL = {"name": "python", "display_name": "Python (Pyodide)", "language": "python"}
CELLS = {
    "install": "%pip install -q agui_notebook",
    "begin": "%load_ext agui_notebook\nimport agui_notebook as agui\nimport time",
    "demo": "%agui demo",
    "magic": "%%agui --as weather\nWhat is the weather in Lisbon and Oslo?",
    "outcome": "print(weather.outcome, len(weather.tool_calls))",
    "function": (
        "def echo(text):\n    yield 'heard '\n    yield text\nchat = agui.chat(echo, 'echo')\nchat"
    ),
    "evaluate": "agui.evaluate(echo, ['hello', 'bye'], [agui.checks.contains('hello')])",
    "compare": "agui.compare({'one': echo, 'two': echo}, ['hello'])",
    "await": "print((await chat.run('go')).text)",
    "block": "print(chat.ask('again').text)",
    "endless": (
        "import asyncio\nasync def endless(text):\n    for n in range(10_000):\n"
        "        yield f'word{n} '\n        await asyncio.sleep(0.02)\n"
        "agui.chat(endless, 'endless')"
    ),
    "draw": (
        "from IPython.display import HTML\ndemo = agui.chat(name='drawn')\n"
        "@demo.draw('get_weather')\ndef weather(args, status):\n"
        "    return HTML(f\"<b>Drawn for {args.get('city')}</b>\")\ndemo"
    ),
    "use": "%agui use demo",
    "approval": "%%agui\nSend an email to the team",
    "approve": "%agui approve",
    "threads": "%agui threads",
    "save": "%agui save talk.jsonl\nimport os\nprint(os.listdir())",
    "fetch": "print((await agui.connect('{open}', token='page').run('hi')).text)",
    "refused": (
        "try:\n    await agui.connect('{closed}', token='page').run('hi')\n"
        "except agui.AGUIError as error:\n    print(error)"
    ),
    "end": "print('the', 'end')",
}


async def far(messages: object) -> AsyncIterator[str]:
    for number in range(3):
        yield f"far {number} "
        await asyncio.sleep(0.05)


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Requests are no news."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the site will be."""
    return tmp_path / "site"


@pytest.fixture
def site(folder: Path) -> Iterator[str]:
    """The address of the site."""
    serving = functools.partial(Quiet, directory=str(folder))
    server = ThreadingHTTPServer(("127.0.0.1", 0), serving)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def agents(site: str) -> Iterator[tuple[LocalServer, LocalServer]]:
    """One that lets the page call it, and one that does not."""
    with (
        serve(far, name="open", token="page", origins=[site]) as opened,
        serve(far, name="closed", token="page") as closed,
    ):
        yield opened, closed


def build(folder: Path, words: dict[str, str]) -> None:
    """The site, with one notebook in it."""
    notebook = new_notebook(metadata={"kernelspec": KERNEL})
    for source in CELLS.values():
        filled = re.sub(r"\{(\w+)\}", lambda found: words.get(found[1], found[0]), source)
        notebook.cells.append(new_code_cell(filled))
    contents = folder.parent / "contents"
    contents.mkdir()
    nbformat.write(notebook, contents / "test.ipynb")
    try:
        lite_site.build(folder, [contents])
    except lite_site.Unavailable as why:
        pytest.skip(str(why))


def output_of(page: Page, name: str) -> Any:
    """What stands below the cell of this name."""
    return page.locator(".jp-CodeCell").nth(list(CELLS).index(name)).locator(".jp-OutputArea")


def test_a_notebook_runs_in_jupyterlite_with_nothing_from_the_network(
    page: Page, folder: Path, site: str, agents: tuple[LocalServer, LocalServer]
) -> None:
    opened, closed = agents
    build(folder, {"open": opened.url, "closed": closed.url})
    hosts: set[str] = set()
    page.on("request", lambda request: hosts.add(request.url.split("/")[2]))
    page.set_viewport_size({"width": 1100, "height": 4000})
    page.goto(f"{site}/notebooks/index.html?path=test.ipynb")
    expect(page.locator(".jp-CodeCell")).to_have_count(len(CELLS), timeout=60_000)
    page.get_by_role("menuitem", name="Run").click()
    page.get_by_text("Run All Cells", exact=True).click()
    expect(output_of(page, "end")).to_contain_text("the end", timeout=120_000)

    expect(output_of(page, "magic")).to_contain_text("Oslo: 7 °C, rain")
    expect(output_of(page, "outcome")).to_contain_text("success 2")
    expect(output_of(page, "await")).to_contain_text("heard go")
    expect(output_of(page, "block")).to_contain_text("heard again")
    expect(output_of(page, "approve")).to_contain_text("is on its way")
    expect(output_of(page, "fetch")).to_contain_text("far 0 far 1 far 2")
    expect(output_of(page, "refused")).to_contain_text("does not let this page call it (CORS)")
    expect(output_of(page, "refused")).to_contain_text(f"origins=['{site}']")

    expect(output_of(page, "evaluate")).to_contain_text("1 of 2 pass")
    expect(output_of(page, "evaluate")).not_to_contain_text("Warning")
    expect(output_of(page, "compare")).to_contain_text("heard hello")
    expect(output_of(page, "threads")).to_contain_text("They go with this page; %agui save FILE")
    expect(output_of(page, "save")).to_contain_text("'talk.jsonl'")

    asked = output_of(page, "draw").get_by_placeholder("Message")
    asked.fill("What is the weather in Oslo?")
    asked.press("Enter")
    drawing = output_of(page, "draw").frame_locator("iframe")
    expect(drawing.get_by_text("Drawn for Oslo")).to_be_visible()

    typed = output_of(page, "function").get_by_placeholder("Message")
    typed.fill("typed")
    typed.press("Enter")
    expect(output_of(page, "function").get_by_text("heard typed").first).to_be_visible()

    asked = output_of(page, "endless").get_by_placeholder("Message")
    asked.fill("go on")
    asked.press("Enter")
    expect(output_of(page, "endless")).to_contain_text("word3 ")
    output_of(page, "endless").get_by_role("button", name="Stop").click()
    expect(output_of(page, "endless")).to_contain_text("topped")
    assert hosts <= {site.split("/")[2], opened.url.split("/")[2], closed.url.split("/")[2]}
