"""The widget in a bare Chromium page, without Jupyter: the browser part alone, fast to start.

The page is js/dev/page.html; what the kernel would say is played from here.
"""

from __future__ import annotations

import functools
import re
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "agui_notebook" / "static"
ASKED_FOR = (
    "details",
    "forms",
    "inspector",
    "surfaces",
    "cells",
    "data",
    "long",
    "highlight",
    "math",
)
MODULES = ("loader", "widget", *ASKED_FOR)
ORIGIN = "http://agui.test"
THEMES = Path(sys.prefix) / "share" / "jupyter" / "lab" / "themes" / "@jupyterlab"


@functools.cache
def theme(name: str) -> str:
    """The variables of JupyterLab's light or dark theme; "" where Lab is not installed."""
    path = THEMES / f"theme-{name}-extension" / "index.css"
    if not path.is_file():
        return ""
    found = re.findall(r"(--(?:jp|md)-[\w-]+):([^;}]*)", path.read_text(encoding="utf-8"))
    return ":root{" + "".join(f"{key}:{value};" for key, value in found) + "}"


def answer(route: Any) -> None:
    """Serves the page's two files; anything else a widget asks for is refused, and shows."""
    name = route.request.url.removeprefix(ORIGIN + "/")
    path = ROOT / "js" / "dev" / name
    if name in {"page.html", "host.js"}:
        kind = "text/html" if name.endswith("html") else "text/javascript"
        route.fulfill(body=path.read_text(encoding="utf-8"), content_type=f"{kind}; charset=utf-8")
    else:
        route.abort()


class FakeHost:
    """A page with one widget in it. ``requests`` are the URLs that left the page's own files."""

    def __init__(self, page: Any, look: str = "light") -> None:
        self.page = page
        self.requests: list[str] = []
        page.route("**/*", self._route)
        page.goto(f"{ORIGIN}/page.html")
        page.add_style_tag(content=theme(look))
        page.evaluate("look => document.body.dataset.jpThemeLight = String(look === 'light')", look)
        sources = {name: (STATIC / f"{name}.js").read_text(encoding="utf-8") for name in MODULES}
        page.evaluate("sources => { host.modules = sources }", sources)

    def _route(self, route: Any) -> None:
        if not route.request.url.startswith(f"{ORIGIN}/") or "favicon" in route.request.url:
            self.requests.append(route.request.url)
        answer(route)

    def open(self, document: dict[str, Any] | None = None, **view: Any) -> None:
        """A widget, and the kernel's first snapshot where a document is given."""
        self.page.evaluate("() => host.open()")
        if document is not None:
            self.snapshot(document, **view)
            self.page.wait_for_selector(".agui")

    def snapshot(self, document: dict[str, Any], **view: Any) -> None:
        self.page.evaluate("([doc, view]) => host.snapshot(doc, view)", [document, view])

    def ops(self, *operations: list[Any], count: int | None = None) -> None:
        """One message of operations, in wire form."""
        self.page.evaluate("([ops, n]) => host.ops(ops, n ?? undefined)", [operations, count])

    def receive(self, message: dict[str, Any]) -> None:
        self.page.evaluate("message => host.receive(message)", message)

    def catch_copies(self) -> None:
        """What is copied from now on is kept for ``copied``; this page has no clipboard."""
        self.page.evaluate(
            """() => { document.execCommand = () => {
              globalThis.copied = document.activeElement.value;
              return true;
            }; }"""
        )

    @property
    def copied(self) -> str:
        text: str = self.page.evaluate("() => copied")
        return text

    @property
    def sent(self) -> list[dict[str, Any]]:
        """The commands so far."""
        said: list[dict[str, Any]] = self.page.evaluate("() => host.sent")
        return said
