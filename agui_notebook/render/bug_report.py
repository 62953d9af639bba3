"""What went over the wire as two files that a colleague opens without us: one page, and JSON lines.

The page needs nothing else: no script, nothing fetched; every character of the agent's is escaped.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from ..markup.outlets import html, json_text
from ..values import JsonView

_STYLE = """
:root { color-scheme: light dark; font: 14px/1.5 system-ui, sans-serif }
body { max-width: 72rem; margin: 2rem auto; padding: 0 1rem; background: Canvas;
  color: CanvasText }
pre { overflow: auto; padding: .5rem; white-space: pre-wrap; overflow-wrap: anywhere;
  background: light-dark(#f3f3f3, #222) }
summary { cursor: pointer; min-height: 24px; overflow: hidden; text-overflow: ellipsis;
  white-space: nowrap }
.time { display: inline-block; min-width: 6rem; font-variant-numeric: tabular-nums }
.refused, .fault { color: light-dark(#b3261e, #ff8a80) }
.mended { color: light-dark(#8a5a00, #ffc66d) }
.passed { color: light-dark(#5f6368, #aaa) }
"""
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def bug_report_lines(rows: Iterable[JsonView], facts: Iterable[JsonView]) -> str:
    """A line for each row; what is known of a request stands in its row."""
    known = {each["runId"]: each for each in facts}
    merged = ({**row, **_of_request(row, known)} for row in rows)
    return "".join(f"{json_text(json.dumps(row, ensure_ascii=False))}\n" for row in merged)


def bug_report_page(rows: Iterable[JsonView], facts: Iterable[JsonView], about: str) -> str:
    """The same as a page; ``about`` says which versions were at work."""
    known = {each["runId"]: each for each in facts}
    began = dict.fromkeys(known, 0)
    parts: list[str] = []
    for row in rows:
        fact = _of_request(row, known)
        if row["kind"] == "request":
            began[row["runId"]] = row["at"]
            parts.append(_request(row, fact))
        else:
            parts.append(_frame(row, row["at"] - began.get(row["runId"], row["at"])))
    body = "\n".join(parts) or "<p>No request was sent yet.</p>"
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        f"<title>Bug report</title><style>{_STYLE}</style></head>\n"
        f"<body><main><h1>Bug report</h1>\n<p>{html(about)}</p>\n{body}\n</main></body></html>\n"
    )


def _of_request(row: JsonView, known: Mapping[str, JsonView]) -> JsonView:
    return known.get(row["runId"], {}) if row["kind"] == "request" else {}


def _request(row: JsonView, fact: JsonView) -> str:
    title = f"{fact.get('method', 'POST')} {fact.get('url', '')}"
    status = fact.get("status")
    fault = f'<p class="fault">{html(fact["fault"])}</p>' if fact.get("fault") else ""
    times = ", ".join(
        f"{name} after {fact[key]} ms" for key, name in _TIMES if fact.get(key) is not None
    )
    return (
        f"<h2>{html(title)}</h2>\n<p>HTTP {html(str(status))}. {html(times)}.</p>{fault}"
        f"{_fold('Headers sent', _pairs(fact.get('sent', ())))}"
        f"{_fold('Headers received', _pairs(fact.get('received', ())))}"
        f"{_fold('Body', row.get('body', ''))}"
    )


_TIMES = (
    ("headers", "headers"),
    ("first", "first event"),
    ("token", "first token"),
    ("end", "end"),
)


def _pairs(headers: Iterable[tuple[str, str]]) -> str:
    return "\n".join(f"{name}: {value}" for name, value in headers)


def _fold(title: str, text: str) -> str:
    return f"<details><summary>{title}</summary><pre>{html(text)}</pre></details>"


def _frame(row: JsonView, after: int) -> str:
    verdict = row["verdict"]
    why = f"<p>{html(row['why'])}</p>" if row["why"] else ""
    opened = " open" if verdict == "refused" else ""
    name = row["type"] or row["text"][:80]
    said = "" if verdict == "taken" else f" · {verdict}"
    return (
        f'<details{opened}><summary class="{verdict.partition(" ")[0]}">'
        f'<span class="time">+{after} ms</span>{html(name)}{said}</summary>{why}'
        f"<pre>{html(row['text'])}</pre></details>"
    )
