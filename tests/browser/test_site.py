"""The documentation site: no finding of axe on any kind of page, light and dark; nothing foreign.

Its links and its spelling are checked where it is built (the stage ``docs``).
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from threading import Thread

import pytest
from playwright.sync_api import Browser
from support.desk import ROOT

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]
SITE = ROOT / ".lanes" / "docs" / "site"
AXE = ROOT / "js" / "node_modules" / "axe-core" / "axe.min.js"
RULES = {
    "light": {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
    "dark": {"runOnly": {"type": "rule", "values": ["color-contrast"]}},  # only colours differ
}
# each kind of page; the first tutorial has every kind of output, agents the widest table
PAGES = ("index", "guides/recipes", "api", "agents", "notebooks/01_getting_started")
SOURCES = ("agui_notebook", "docs", "notebooks", "scripts", "mkdocs.yml", "README.md")


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Requests are no news."""


def is_built() -> bool:
    """Whether the site is there, and nothing it is made of is newer."""
    if not (SITE / "index.html").is_file():
        return False
    built = (SITE / "index.html").stat().st_mtime
    files = [path for name in SOURCES for path in ((ROOT / name), *(ROOT / name).rglob("*"))]
    read = [
        path for path in files if path.suffix in (".py", ".md", ".yml", ".css", ".js", ".ipynb")
    ]
    return all(path.stat().st_mtime < built for path in read if "static" not in path.parts)


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    """The address of the site; the stage ``docs`` has built it, or else it is built now."""
    if not (AXE.is_file() and find_spec("mkdocs")):
        pytest.skip("the site wants the extra docs, and axe the JavaScript tools")
    if not is_built():
        build = [sys.executable, str(ROOT / "scripts" / "docs_site.py")]
        subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    handler = partial(Quiet, directory=str(SITE))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/"
        server.shutdown()


@pytest.mark.parametrize("scheme", RULES)
def test_the_site_is_accessible_and_asks_nobody_else(
    browser: Browser, site: str, scheme: str
) -> None:
    context = browser.new_context(color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    found = []
    for name in PAGES:
        page.goto(f"{site}{name}.html")
        page.add_script_tag(content=AXE.read_text(encoding="utf-8"))
        seen = page.evaluate("rules => axe.run(document, rules)", RULES[scheme])["violations"]
        found += [
            f"{name} {each['id']}: {node['html'][:120]} {node['failureSummary'][:200]}"
            for each in seen
            for node in each["nodes"]
        ]
    context.close()
    assert found == []
    assert [url for url in asked if not url.startswith((site, "data:", "blob:"))] == []
