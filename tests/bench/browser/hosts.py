"""Each chat under measurement: how it starts, how its page opens, where its prompt is typed.

One class a host; a new one is a class and a row in HOSTS. Nothing here measures.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import NamedTuple

from lab import free_port, notebook, process, wait_for
from playwright.sync_api import FrameLocator, Locator, Page

BENCH = Path(__file__).resolve().parent
ROOT = BENCH.parents[2]
PEERS = ROOT / ".lanes" / "peers" / "bin"
JUPYTER_AI = ROOT / ".lanes" / "jupyterai" / "bin"

OURS = "import agui_notebook as agui, source\nasync def bench(text):\n    async for t in source.answer(text):\n        yield t\nagui.chat(bench)"  # noqa: E501
PANEL = "import panel as pn, source\npn.extension(inline=True)\nasync def bench(text, user, chat):\n    whole = ''\n    async for t in source.answer(text):\n        whole += t\n        yield whole\npn.chat.ChatInterface(callback=bench)"  # noqa: E501
GRADIO = "import gradio as gr, source\nasync def bench(text, history):\n    whole = ''\n    async for t in source.answer(text):\n        whole += t\n        yield whole\ngr.ChatInterface(bench).launch(inline=True, quiet=True)"  # noqa: E501
MARIMO = "import marimo\napp = marimo.App()\n@app.cell\ndef _():\n    import marimo as mo, source\n    async def bench(messages, config):\n        async for t in source.answer(messages[-1].content):\n            yield t\n    mo.ui.chat(bench)\n    return\nif __name__ == '__main__':\n    app.run()\n"  # noqa: E501
TRAIT = """import anywidget, traitlets, source, asyncio
class Trait(anywidget.AnyWidget):
    _esm = '''export default { render({ model, el }) {
  const box = Object.assign(document.createElement("input"), { ariaLabel: "Message" });
  const text = document.createElement("div");
  box.addEventListener("keydown", (event) => {
    if (event.key === "Enter") model.send({ text: box.value });
    event.stopPropagation();
  });
  model.on("change:value", () => { text.textContent = model.get("value"); });
  el.dataset.lmSuppressShortcuts = "true";
  el.append(box, text);
} }'''
    value = traitlets.Unicode("").tag(sync=True)
widget = Trait()
async def bench(text):
    widget.value = ""
    async for t in source.answer(text):
        widget.value += t
loop = asyncio.new_event_loop()
import threading; threading.Thread(target=loop.run_forever, daemon=True).start()
widget.on_msg(lambda w, m, b: asyncio.run_coroutine_threadsafe(bench(m["text"]), loop))
widget"""

FLOOR = """import anywidget, asyncio, source, threading
class Floor(anywidget.AnyWidget):
    _esm = '''export default { render({ model, el }) {
  const box = Object.assign(document.createElement("input"), { ariaLabel: "Message" });
  const text = document.createElement("div");
  text.style.cssText = "white-space: pre-wrap; height: 480px; overflow: auto";
  box.addEventListener("keydown", (event) => {
    if (event.key === "Enter") model.send({ text: box.value });
    event.stopPropagation();
  });
  model.on("msg:custom", (joined) => {
    if (joined.begin) text.replaceChildren();
    else text.append(joined.text);
    text.scrollTop = text.scrollHeight;
  });
  el.dataset.lmSuppressShortcuts = "true";
  el.append(box, text);
} }'''
floor = Floor()
async def bench(text):
    held = []
    floor.send({"begin": True})
    async def flush():
        while True:
            if held:
                floor.send({"text": "".join(held)})
                held.clear()
            await asyncio.sleep(0.033)
    flushing = asyncio.ensure_future(flush())
    async for t in source.answer(text):
        held.append(t)
    floor.send({"text": "".join(held)})
    flushing.cancel()
loop = asyncio.new_event_loop()
threading.Thread(target=loop.run_forever, daemon=True).start()
floor.on_msg(lambda w, m, b: asyncio.run_coroutine_threadsafe(bench(m["text"]), loop))
floor"""

PERSONA = """import source
from jupyter_ai_persona_manager import BasePersona, PersonaDefaults
class BenchPersona(BasePersona):
    defaults = PersonaDefaults(name="Bench", description="", avatar_path="", system_prompt="")
    async def process_message(self, message):
        await self.stream_message(source.answer(message.body[message.body.index("bench "):]))
"""


class Host(NamedTuple):
    """One chat: its server as a context that yields a URL, and its prompt box on the page."""

    start: Callable[[Path, dict[str, str]], AbstractContextManager[str]]
    box: Callable[[Page], Locator]


def in_lab(
    binaries: Path, cell: str, package: str | None = None
) -> Callable[[Path, dict[str, str]], AbstractContextManager[str]]:
    """A host in a cell of a JupyterLab from ``binaries``, with our ``package`` (a checkout)."""

    @contextmanager
    def start(folder: Path, extra: dict[str, str]) -> Iterator[str]:
        (folder / "bench.ipynb").write_text(notebook([cell]), encoding="utf-8")
        port = free_port()
        base = f"http://127.0.0.1:{port}"
        command = [
            str(binaries / "jupyter-lab"), "--no-browser", "--allow-root", f"--port={port}",
            "--IdentityProvider.token=", "--LabApp.expose_app_in_browser=True",
            f"--ServerApp.root_dir={folder}", "--LabApp.news_url=",
            "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        ]  # fmt: skip
        path = {"PYTHONPATH": os.pathsep.join((str(BENCH), package))} if package else {}
        with process(command, folder, {**extra, **path}):
            wait_for(f"{base}/api")
            yield f"{base}/doc/tree/bench.ipynb"

    return start


@contextmanager
def marimo(folder: Path, extra: dict[str, str]) -> Iterator[str]:
    """marimo runs a script as an app of its own; it has no cell in JupyterLab."""
    (folder / "bench.py").write_text(MARIMO, encoding="utf-8")
    port = free_port()
    command = [
        str(PEERS / "marimo"), "run", "bench.py", "--headless", "--no-token", f"--port={port}",
        "--host=127.0.0.1",
    ]  # fmt: skip
    with process(command, folder, extra):
        wait_for(f"http://127.0.0.1:{port}/health")
        yield f"http://127.0.0.1:{port}"


@contextmanager
def jupyter_ai(folder: Path, extra: dict[str, str]) -> Iterator[str]:
    """jupyter-ai 3 lives in a chat document; the persona that answers is a module beside it."""
    (folder / "bench.chat").write_text("{}", encoding="utf-8")
    personas = folder / ".jupyter" / "personas"
    personas.mkdir(parents=True)
    (personas / "bench_persona.py").write_text(PERSONA, encoding="utf-8")
    with in_lab(JUPYTER_AI, "")(folder, extra) as url:
        yield url.replace("bench.ipynb", "bench.chat")


def message(page: Page) -> Locator:
    """Our prompt box, and the plain widget's."""
    return page.get_by_label("Message", exact=True)


def panel(page: Page) -> Locator:
    return page.get_by_placeholder("Send a message")


def gradio(page: Page) -> Locator:
    frame: FrameLocator = page.frame_locator(".jp-OutputArea iframe")
    return frame.get_by_test_id("textbox")


def marimo_box(page: Page) -> Locator:
    return page.locator(".cm-content").last  # code in an answer is an editor too


def jupyter_ai_box(page: Page) -> Locator:
    return page.get_by_placeholder("Type a chat message")


HERE = Path(sys.prefix) / "bin"
HOSTS = {
    "agui_notebook": Host(in_lab(HERE, OURS), message),
    "floor": Host(in_lab(HERE, FLOOR), message),
    "agui_notebook before": Host(in_lab(HERE, OURS, os.environ.get("BENCH_BEFORE")), message),
    "one trait re-sent per token": Host(in_lab(HERE, TRAIT), message),
    "Panel ChatInterface": Host(in_lab(PEERS, PANEL), panel),
    "gradio inline": Host(in_lab(PEERS, GRADIO), gradio),
    "marimo mo.ui.chat": Host(marimo, marimo_box),
    "jupyter-ai": Host(jupyter_ai, jupyter_ai_box),
}
