"""A real Jupyter server and a notebook open in it; knows nothing of the widget.

How to use it in a test module (mark the module: ``pytestmark = pytest.mark.browser``)::

    def test_something(lab: Desk) -> None:              # JupyterLab; `desk` is Lab and Notebook 7
        lab.open("%load_ext agui_notebook", "%agui demo")     # one cell per argument
        lab.run(0)                                      # waits for the cell, gives the reply
        lab.run(1)
        lab.page.get_by_role("textbox", name="Message").fill("hello")   # plain Playwright
        lab.shot("hello")                               # tests/browser/shots/hello.png

One server serves both apps for the whole session. Never sleep: wait for a locator, for
``desk.run`` (it returns when the kernel has answered) or for ``desk.until(js)``.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import secrets
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import nbformat
from playwright.sync_api import Browser, Error, Locator, Page, Playwright

ROOT = Path(__file__).resolve().parent.parent.parent
SHOTS = ROOT / "tests" / "browser" / "shots"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
QUIET = (
    *("--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
SETTINGS: dict[str, dict[str, Any]] = {
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
    "docmanager-extension/plugin": {"autosave": False},
}
START_SECONDS = 60


def chromium(playwright: Playwright) -> Browser:
    """Debian's Chromium before Playwright's own. Raises FileNotFoundError where there is none."""
    own = playwright.chromium.executable_path
    found = next(filter(None, map(shutil.which, BROWSERS)), own)
    if not Path(found).exists():
        raise FileNotFoundError("no Chromium here: install it (`apt-get install chromium`)")
    return playwright.chromium.launch(executable_path=found, args=list(QUIET))


class Jupyter:
    """A Jupyter server of its own process group and folders, with Lab and Notebook 7."""

    def __init__(self, home: Path) -> None:
        self.folder = home / "notebooks"
        self.folder.mkdir(parents=True)
        self.token = secrets.token_hex(8)
        self.log: list[str] = []
        self.url = ""
        self._ready = threading.Event()
        self._process = subprocess.Popen(
            self._command(),
            env=self._environment(home),
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()
        if not self._ready.wait(START_SECONDS) or not self.url:
            self.stop()
            raise RuntimeError("Jupyter did not start:\n" + "".join(self.log))

    def _command(self) -> list[str]:
        return [
            *(sys.executable, "-m", "jupyterlab", "--no-browser", "--ServerApp.port=0"),
            *("--allow-root", f"--ServerApp.root_dir={self.folder}"),
            f"--IdentityProvider.token={self.token}",
            "--LabApp.expose_app_in_browser=True",
            "--JupyterNotebookApp.expose_app_in_browser=True",
        ]

    def _environment(self, home: Path) -> dict[str, str]:
        settings = home / "settings" / "@jupyterlab"
        for name, values in SETTINGS.items():
            path = settings / f"{name}.jupyterlab-settings"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(values), encoding="utf-8")
        folders = {
            "JUPYTER_CONFIG_DIR": home / "config",
            "JUPYTER_DATA_DIR": home / "data",
            "JUPYTER_RUNTIME_DIR": home / "runtime",
            "JUPYTERLAB_SETTINGS_DIR": home / "settings",
            "JUPYTERLAB_WORKSPACES_DIR": home / "workspaces",
            "IPYTHONDIR": home / "ipython",
            "PYTHONPATH": ROOT,
        }
        return {**os.environ, **{name: str(path) for name, path in folders.items()}}

    def _listen(self) -> None:
        """Read the log for as long as the server lives; its first address says it is ready."""
        assert self._process.stderr
        with self._process.stderr as lines:
            for line in lines:
                self.log.append(line)
                found = re.search(r"http://(?:localhost|127\.0\.0\.1):\d+/", line)
                if found and not self.url:
                    self.url = found[0]
                    self._ready.set()
        self._ready.set()

    def stop(self) -> None:
        """End the server and every kernel it started."""
        if not self._signal(signal.SIGTERM):
            self._signal(signal.SIGKILL)
        self._listener.join(10)

    def _signal(self, how: signal.Signals) -> bool:
        """Tell the whole group; whether the server has ended within ten seconds."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, how)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(10)
        return self._process.returncode is not None


class Desk:
    """One notebook open in one app ("lab" or "notebook"), driven as a person or by commands."""

    def __init__(self, jupyter: Jupyter, page: Page, app: str) -> None:
        self.jupyter, self.page, self.app = jupyter, page, app
        self.errors: list[str] = []
        page.on("pageerror", self._note)
        page.set_default_timeout(20_000)

    def _note(self, error: Error) -> None:
        """Keep errors of modules that came by anywidget (blob:); Lab throws some of its own."""
        text = f"{error.message}\n{error.stack}"
        if "blob:" in text:
            self.errors.append(text)

    def open(self, *cells: str, name: str = "") -> None:
        """Write a notebook with these code cells, open it and wait until its kernel is up."""
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in cells])
        notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
        self.name = name or f"{secrets.token_hex(4)}.ipynb"
        nbformat.write(notebook, self.jupyter.folder / self.name)
        self.visit(self.name)

    def visit(self, name: str) -> None:
        """Open a notebook that is in the server's folder already."""
        self.name = name
        place = "doc/tree" if self.app == "lab" else "notebooks"
        self.page.goto(f"{self.jupyter.url}{place}/{name}?token={self.jupyter.token}")
        self._wait_for_kernel()

    def _wait_for_kernel(self) -> None:
        self.until("window.jupyterapp?.shell?.currentWidget?.sessionContext")
        self.page.evaluate(
            """async () => {
              const panel = window.jupyterapp.shell.currentWidget;
              await panel.context.ready;
              await panel.sessionContext.ready;
              await panel.sessionContext.session.kernel.info;
            }"""
        )

    def until(self, js: str, timeout: float = 30_000) -> None:
        """Wait until a JavaScript expression is true; ``timeout`` in milliseconds."""
        self.page.wait_for_function(f"() => Boolean({js})", timeout=timeout)

    def start(self, index: int) -> None:
        """Run a cell without waiting for it."""
        self.page.evaluate(
            """index => {
              const panel = window.jupyterapp.shell.currentWidget;
              panel.content.activeCellIndex = index;
              window.jupyterapp.commands.execute('notebook:run-cell');
            }""",
            index,
        )

    def run(self, index: int) -> None:
        """Run a cell as Ctrl+Enter does and wait for the kernel's reply."""
        self.page.evaluate(
            """async index => {
              const panel = window.jupyterapp.shell.currentWidget;
              panel.content.activeCellIndex = index;
              await window.jupyterapp.commands.execute('notebook:run-cell');
            }""",
            index,
        )

    def outputs(self, index: int) -> list[dict[str, Any]]:
        """What a cell has shown, as the notebook's file would hold it."""
        found: list[dict[str, Any]] = self.page.evaluate(
            """index => window.jupyterapp.shell.currentWidget
                 .content.widgets[index].model.outputs?.toJSON() ?? []""",
            index,
        )
        return found

    def code_cells(self) -> list[int]:
        """Positions of the code cells among all cells."""
        found: list[int] = self.page.evaluate(
            """() => window.jupyterapp.shell.currentWidget.content.widgets
                 .map((cell, index) => (cell.model.type === 'code' ? index : -1))
                 .filter(index => index >= 0)"""
        )
        return found

    def text(self, index: int) -> str:
        """All plain text of a cell's outputs, streams and tracebacks included."""
        parts = []
        for output in self.outputs(index):
            parts += [output.get("text", ""), *output.get("traceback", [])]
            parts.append(output.get("data", {}).get("text/plain", ""))
        return "".join("".join(part) for part in parts)

    def cell(self, index: int) -> Locator:
        return self.page.locator(".jp-Notebook .jp-Cell").nth(index)

    def command(self, name: str, **arguments: Any) -> None:
        """Execute one of the app's own commands, such as ``docmanager:save``."""
        self.page.evaluate(
            "([name, args]) => window.jupyterapp.commands.execute(name, args)", [name, arguments]
        )

    def save(self) -> None:
        self.command("docmanager:save")

    def reload(self) -> None:
        """Load the page again, as F5 does. Outputs come back from the file: ``save`` first."""
        self.page.reload()
        self._wait_for_kernel()

    def restart(self) -> None:
        """Restart the kernel without asking."""
        self.page.evaluate(
            """async () => {
              const context = window.jupyterapp.shell.currentWidget.sessionContext;
              await context.session.kernel.restart();
              await context.session.kernel.info;
            }"""
        )

    def interrupt(self) -> None:
        self.page.evaluate(
            "window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.interrupt()"
        )

    def theme(self, name: str) -> None:
        """ "light" or "dark"."""
        self.command("apputils:change-theme", theme=f"JupyterLab {name.title()}")
        is_light = "true" if name == "light" else "false"
        shown = f"document.body.dataset.jpThemeLight === '{is_light}'"
        self.until(f"{shown} && !document.getElementById('jupyterlab-splash')")

    def shot(self, name: str, locator: Locator | None = None) -> Path:
        """A screenshot into tests/browser/shots, which git ignores."""
        SHOTS.mkdir(exist_ok=True)
        path = SHOTS / f"{name}.png"
        (locator or self.page).screenshot(path=path)
        return path

    def close(self) -> None:
        """Shut the notebook's kernel down, so that a long session stays small."""
        try:
            self.page.evaluate(
                "window.jupyterapp?.shell?.currentWidget?.sessionContext?.shutdown()"
            )
        except Error:
            return  # the page is gone already
