"""A report as HTML: the rate, the plots, a row for each case. Every word of an agent's is escaped.

Nothing here runs or fetches anything; how a whole page is made of it is page.py's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from ...client.threads.folding import fold
from ...markup.outlets import html as escape
from ...markup.visible import visible
from ...protocol.run_facts import duration_text
from ...render.html import html
from ...values import Json, JsonObject, JsonView
from ..case import words_of_turn
from .facts import ReportFacts
from .plots import dollars_text, histogram, rate_bar, seconds_text

MOST_ROWS = 100  # in a notebook; the page has all
ROOM = 300_000  # characters of conversations in a notebook's output
SPACIOUS = 50  # times more bytes than that may be in a file: every token has an event of its own
SIGNS = {"pass": ("✓", "#2e7d32"), "fail": ("✗", "#c62828"), "error": ("!", "#b26a00")}
CELL = "padding:3px 10px 3px 0;text-align:left;vertical-align:top"


def fragment(report: ReportFacts) -> str:
    """The report below a cell: failures first, conversations folded, as many as there is room."""
    rows = sorted(report.rows(), key=lambda row: row["verdict"] == "pass")
    shown = rows[:MOST_ROWS]
    left = len(rows) - len(shown)
    more = f"<p>{left:,} more: report.html(path) writes all, report.frame() has all.</p>"
    return f"<div>{head(report)}{table(report, shown, ROOM)}{more if left else ''}</div>"


def head(report: ReportFacts) -> str:
    """What it comes to: the rate with its interval, what is flaky, what is missing; the plots."""
    low, high = report.interval
    facts = [
        f"<strong>{report.pass_count:,} of {len(report):,} pass</strong> ({report.rate:.0%}; "
        f"95 % sure that it is {low:.0%} to {high:.0%})",
        *([f"{len(report.flaky):,} flaky"] if report.flaky else []),
        *([f"{report.missing_count:,} not run"] if report.missing_count else []),
        *([escape(report.note)] if report.note else []),
    ]
    seconds = [trial.seconds for trial in report.trials if trial.seconds is not None]
    costs = [trial.cost for trial in report.trials if trial.cost is not None]
    plots = histogram("Time", seconds, seconds_text) + histogram("Cost", costs, dollars_text)
    return (
        f"<p>{escape(report.agent)}: {' · '.join(facts)}</p>{rate_bar(report.rate, low, high)}"
        f'<div style="display:flex;flex-wrap:wrap;gap:24px">{plots}</div>'
    )


def table(report: ReportFacts, rows: Sequence[JsonView], room: int) -> str:
    """A row for each; ``room`` is how many characters of conversations are put into it."""
    names = ("Verdict", "Case", "Answer", "Why", "Time", "Tokens", "Cost")
    titles = "".join(f'<th style="{CELL}">{name}</th>' for name in names)
    written = []
    flaky = set(report.flaky)
    for row in rows:
        talk = _conversation_within(report, row, room)
        room -= len(talk)
        written.append(_row(row, talk, row["name"] in flaky, report.repeats > 1))
    body = "".join(written)
    return f'<table style="border-collapse:collapse"><thead><tr>{titles}</tr></thead>{body}</table>'


def _row(row: JsonView, talk: str, flaky: bool, numbered: bool) -> str:
    sign, colour = SIGNS.get(row["verdict"], SIGNS["error"])
    name = escape(visible(row["name"])) + (f" <small>#{row['repeat']}</small>" if numbered else "")
    name += " <small>flaky</small>" if flaky else ""
    cells = [
        f'<b style="color:{colour}" title="{escape(row["verdict"])}">{sign}</b>',
        name,
        escape(clip(row.get("text", ""))),
        "<br>".join(escape(reason) for reason in reasons(row)),
        *(escape(show(row)) for show in FACTS),
    ]
    search = escape(" ".join([row["name"], row.get("text", ""), *reasons(row)]).casefold())
    written = "".join(f'<td style="{CELL}">{cell}</td>' for cell in cells)
    folded = f"<details><summary>Conversation</summary>{talk}</details>"
    below = f'<tr><td></td><td colspan="6" style="{CELL}">{folded}</td></tr>' if talk else ""
    return (
        f'<tbody data-verdict="{escape(row["verdict"])}" data-flaky="{int(flaky)}" '
        f'data-text="{search[:2000]}"><tr>{written}</tr>{below}</tbody>'
    )


FACTS: Sequence[Callable[[JsonView], str]] = (
    lambda row: duration_text(row["seconds"]) if "seconds" in row else "",
    lambda row: f"{row['tokens']:,}" if "tokens" in row else "",
    lambda row: dollars_text(row["cost"]) if "cost" in row else "",
)


def reasons(row: JsonView) -> list[str]:
    """Why a case did not pass, in sentences."""
    told = [row[key] for key in ("error", "left") if row.get(key)]
    failed = [check for check in row.get("checks", ()) if check["verdict"] != "pass"]
    return told + [f"{each['check']}: {each.get('reason', each['verdict'])}" for each in failed]


def clip(text: str, most: int = 160) -> str:
    """The beginning of an answer, on one line."""
    line = " ".join(text[: most * 2].split())
    return line if len(line) <= most else line[: most - 1] + "…"


def _conversation_within(report: ReportFacts, row: JsonView, room: int) -> str:
    """The conversation of a case, if it fits; none is even read that is written in far more."""
    start, at = row["at"]
    if room <= 0 or at - start > SPACIOUS * room:
        return ""
    talk = conversation(report, row)
    return talk if len(talk) <= room else ""


def conversation(report: ReportFacts, row: JsonView) -> str:
    """What was said in a case, as HTML; what was asked where nothing came of it."""
    lines = report.lines(row)
    if not lines:
        return "".join(f"<blockquote>{escape(words_of_turn(t))}</blockquote>" for t in row["turns"])
    return html(fold(lines)[0].document, agent=report.agent)


def plain_rows(rows: Iterable[JsonView]) -> list[JsonObject]:
    """Rows as a table has them: one value in each column."""
    columns = ("case", "repeat", "name", "verdict", "outcome", "text", "reference", "seconds")
    more = ("first_token", "network", "tokens", "cost", "model", "error")
    found = []
    for row in rows:
        plain: dict[str, Json] = {key: row.get(key) for key in (*columns, *more)}
        plain["tools"] = ", ".join(row.get("tools", ()))
        plain["reasons"] = "; ".join(reasons(row))
        plain |= {each["check"]: each["verdict"] for each in row.get("checks", ())}
        found.append(plain)
    return found
