"""Answers as they were reported, and what must come of each: which tools ran, text, warnings, end.

A case is written once for all dialects that can say it, or for the one it was seen in; the place
it was reported at stands beside it. No provider and no transport is known here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .dialects import ALL, Chunks, Dialect


@dataclass(frozen=True)
class Case:
    """``chunks`` are one answer; ``ran`` the tools it calls (purge with its path, ping)."""

    name: str
    dialect: Dialect
    chunks: Chunks
    ran: tuple[str, ...] = ()
    text: str = ""
    thought: str = ""
    code: str | None = None  # of RUN_ERROR; None: success
    said: str = ""  # what RUN_ERROR's message holds
    warns: tuple[str, ...] = ()  # what the warnings hold, one each
    told: tuple[str, ...] = ()  # what results of calls that did not run begin with
    refusal: str | None = None  # the mark on the message
    sdk: bool = True  # whether the provider's own SDK lets this through

    def __str__(self) -> str:
        return f"{self.dialect.name}: {self.name}"


NOT_RUN = "This call was not carried out: the model's answer ended before it was complete."
LOST = "This call was not carried out: its arguments did not arrive whole."
C = {"path": "/c"}


def of_all() -> list[Case]:
    return [case for dialect in ALL for case in of_any(dialect)]


def of_any(d: Dialect) -> list[Case]:
    """What every dialect can say that has a word for it."""
    word = d.words.get
    limit, half = word("limit", ""), d.text("half")
    cut_call = d.opening(0, "A", "purge")
    whole = d.call(0, "A", "purge", C)
    two = [*d.call(0, "A", "purge", {"path": "/a"}), *d.call(1, "A", "purge", {"path": "/b"})]
    marked = [*d.text("<th"), *d.text("ink>h"), *d.text("m</think"), *d.text(">hi <think>")]
    # one answer per line: kind of ending it needs, name, chunks, what comes of it
    rows: list[tuple[str, str, Chunks, dict[str, Any]]] = [
        ("called", "a call with its arguments", whole, {"ran": ("/c",)}),
        ("called", "a call without arguments", d.call(0, "A", "ping", {}), {"ran": ("ping",)}),
        ("called", "defaults that the model chose", d.call(0, "A", "purge", {}), {"ran": ("/",)}),
        ("called", "two calls under one id", two, {"ran": ("/a", "/b")}),
        ("done", "thoughts it begins with", marked, {"text": "hi <think>", "thought": "hm"}),
        ("done", "a mark that is none", d.text("<thing>"), {"text": "<thing>"}),
        ("done", "the beginning of a mark", d.text("<th"), {"text": "<th"}),
        ("limit", "text cut by a limit", half, {"text": "half", "warns": (limit,)}),
        ("limit", "a call cut by a limit", cut_call, {"told": (NOT_RUN,), "warns": (limit,)}),
        ("limit", "a whole call and a limit", whole, {"told": (NOT_RUN,), "warns": (limit,)}),
        ("filter", "a filter", half, {"text": "half", "code": word("filter")}),
        ("filter", "a filter over a call", whole, {"code": word("filter")}),
        ("malformed", "a malformed call", whole, {"code": word("malformed")}),
        ("broken", "an error without words", half, {"text": "half", "code": word("broken")}),
        (
            "refusal",
            "a refusal in the middle",
            half,
            {"text": "half", "refusal": word("refusal"), "warns": ("refus",)},
        ),
        ("refusal", "a refusal over a call", whole, {"told": (NOT_RUN,), "warns": ("refus",)}),
        ("pause", "a pause, after which it is asked to go on", half, {"text": "halfok"}),
        ("context", "a full window", half, {"text": "half", "warns": ("window",)}),
        (
            "strange",
            "a word nobody knows",
            half,
            {"text": "half", "warns": (word("strange", ""),)},
        ),
    ]
    cases = [
        Case(name, d, d.answer(said, stop=stop), **then)
        for stop, name, said, then in rows
        if stop in d.words
    ]
    cases.append(Case("a stream that was cut", d, d.answer(half, stop=None), text="half", code=CUT))
    if d.refusal:
        answer = d.answer(d.refusal("I cannot."))
        cases.append(
            Case(
                "words of refusal", d, answer, text="I cannot.", refusal="refusal", warns=("refus",)
            )
        )
    if d.extra:
        answer = d.answer(list(d.extra), d.text("hi"))
        cases.append(Case("more than is shown", d, answer, text="hi", warns=(d.extra_kind,)))
    return cases


CUT = "incomplete"
