"""A report, or any table of ours, as one file that a browser opens by itself.

The only script is the one below, which the page's own policy names by its digest: nothing that an
agent said can run, and nothing is fetched.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator

from ...markup.outlets import html as escape
from .facts import ReportFacts
from .table import head, table

ROOM = 30_000_000  # characters of conversations in one page
STYLE = """
:root{color-scheme:light dark}
body{font:14px/1.45 system-ui,sans-serif;margin:2rem auto;max-width:75rem;padding:0 1rem}
table{width:100%}tbody{border-top:1px solid #8884}td{overflow-wrap:anywhere}
details[open]{max-width:60rem}pre{overflow:auto;white-space:pre-wrap}
blockquote{border-left:3px solid #8888;margin:.5rem 0;padding-left:.7rem}
nav{display:flex;gap:.5rem;flex-wrap:wrap;margin:1rem 0}
button[aria-pressed=true]{font-weight:700}tbody[hidden]{display:none}
summary{cursor:pointer;opacity:.7}
"""
SCRIPT = """
(() => {
  const rows = [...document.querySelectorAll("tbody[data-verdict]")];
  const buttons = [...document.querySelectorAll("button[data-only]")];
  const words = document.querySelector("input[type=search]");
  const count = document.querySelector("output");
  let only = "";
  const fits = (row) =>
    ["", row.dataset.verdict, row.dataset.flaky === "1" ? "flaky" : ""].includes(only) &&
    row.dataset.text.includes(words.value.toLowerCase());
  const draw = () => {
    for (const row of rows) row.hidden = !fits(row);
    count.value = rows.filter((row) => !row.hidden).length + " of " + rows.length;
    for (const one of buttons) one.setAttribute("aria-pressed", String(one.dataset.only === only));
  };
  for (const one of buttons) one.onclick = () => { only = one.dataset.only; draw(); };
  words.oninput = draw;
  draw();
})();
"""
FILTERS = (("", "All"), ("pass", "Pass"), ("fail", "Fail"), ("error", "Error"), ("flaky", "Flaky"))


def report_page(report: ReportFacts) -> Iterator[str]:
    """The page in pieces."""
    title = f"Evaluation of {report.agent}"
    yield from _open(title, SCRIPT)
    yield f"<h1>{escape(title)}</h1>{head(report)}"
    buttons = "".join(f'<button data-only="{only}">{name}</button>' for only, name in FILTERS)
    words = '<input type="search" placeholder="Words" aria-label="Words">'
    yield f"<nav>{buttons}{words}<output></output></nav>"
    yield table(report, list(report.rows()), ROOM)
    yield f"</main><script>{SCRIPT}</script></body></html>\n"


def plain_page(title: str, body: str) -> Iterator[str]:
    """A page around a fragment, without any script."""
    yield from _open(title, "")
    yield f"<h1>{escape(title)}</h1>{body}</main></body></html>\n"


def _open(title: str, script: str) -> Iterator[str]:
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    scripts = f"script-src 'sha256-{digest}'; " if script else ""
    policy = f"default-src 'none'; {scripts}style-src 'unsafe-inline'; img-src data:"
    yield (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        f"<title>{escape(title)}</title><style>{STYLE}</style></head><body><main>"
    )
