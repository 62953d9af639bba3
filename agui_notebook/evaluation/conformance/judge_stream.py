"""What is wrong with the frames that answered one request, each fault with its event. No I/O.

The words are the strict pipeline's, and behind its first fault the tolerant stages'.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from math import inf
from typing import NamedTuple

from ...errors import AGUIError, ProtocolError
from ...late_pattern import late
from ...protocol.document.shape import Document, new_document
from ...protocol.pipeline import Pipeline
from ...values import JsonView
from .remarks import remark

MOST_OF_AN_EVENT = 160
_MENDED = late(r": event (\d+) of this run\.$")  # the tolerant stages' own warnings
# what a strict reader survives, by how its warning begins
WARNED = {
    "[ag-ui][enforce] Dropping": "C-PROC-03",
    "[ag-ui][enforce] Removed": "C-PROC-04",
    "Failed to apply state patch": "C-STATE-02",
}
TERMINALS = ("RUN_FINISHED", "RUN_ERROR")


class Finding(NamedTuple):
    """One fault: the rule's id (PROTOCOL.md; empty where none has one), in words, and where.

    ``run`` and ``event`` count from 1; ``event`` is None where it is about all of the answer.
    """

    rule: str
    words: str
    run: int
    event: int | None = None
    text: str = ""


class RawAnswer(NamedTuple):
    """What came for a request, in order, what ended the reading too early, and when it came."""

    request: JsonView
    frames: Sequence[object]
    error: AGUIError | None = None
    arrivals: Sequence[float] = ()


class StreamVerdict(NamedTuple):
    """The faults of an answer, what else is to be said of it, and the conversation behind it."""

    faults: list[Finding]
    remarks: list[Finding]
    document: Document


def judge_stream(answer: RawAnswer, run: int) -> StreamVerdict:
    """What is wrong with ``answer``, fault by fault."""
    faults, told, document = _read(answer, run, strict=True)
    if faults:
        at = faults[0].event
        more, told, document = _read(answer, run, strict=False)
        faults += [each for each in more if each.event != at]
        told = [each for each in told if each.event != at]
    if answer.error is not None:
        faults.append(_unreadable(answer, answer.error, run))
    elif not any(is_terminal(frame) for frame in answer.frames):
        words = "The stream ended without a terminal event."
        faults.append(Finding("C-TRUNC-03", words, run, *_last(answer)))
    told += [
        Finding(each.rule, each.words, run, each.event, _at(answer, each.event))
        for each in remark(answer.request, answer.frames, answer.arrivals)
    ]
    return StreamVerdict(sorted(faults, key=_place), sorted(told, key=_place), document)


def is_terminal(frame: object) -> bool:
    """Whether it says that the run has ended."""
    return isinstance(frame, Mapping) and frame.get("type") in TERMINALS


def _read(
    answer: RawAnswer, run: int, *, strict: bool
) -> tuple[list[Finding], list[Finding], Document]:
    """Faults, the first of them where ``strict``, and what every reader only warns of."""
    pipeline = _pipeline(answer, strict)
    faults: list[Finding] = []
    told: list[Finding] = []
    for number, frame in enumerate(answer.frames, 1):
        before = len(pipeline.warnings)
        fault = _feed(pipeline, frame)
        for words in pipeline.warnings[before:]:
            found = Finding(_rule_of(words), _tidy(words), run, number, _brief(frame))
            (faults if _MENDED.search(words) else told).append(found)
        if fault is not None:
            faults.append(Finding(fault.rule, str(fault), run, number, _brief(frame)))
            if strict:
                break
    return faults, told, pipeline.document


def _pipeline(answer: RawAnswer, strict: bool) -> Pipeline:
    document = new_document(str(answer.request.get("threadId", "")))
    document["messages"] = [dict(each) for each in answer.request.get("messages", ())]
    return Pipeline(document, answer.request, strict=strict)


def _feed(pipeline: Pipeline, frame: object) -> ProtocolError | None:
    try:
        for _ in pipeline.feed(frame):
            pass
    except ProtocolError as error:
        return error
    return None


def _rule_of(words: str) -> str:
    """The rule by which a strict reader only warns; none where a tolerant one had to mend."""
    return next((rule for start, rule in WARNED.items() if words.startswith(start)), "")


def _tidy(words: str) -> str:
    return _MENDED.sub(".", words).removeprefix("[ag-ui][enforce] ")


def _unreadable(answer: RawAnswer, error: AGUIError, run: int) -> Finding:
    if isinstance(error, ProtocolError):
        return Finding(error.rule, str(error), run, len(answer.frames) + 1)
    return Finding("", str(error), run)


def _place(found: Finding) -> float:
    return inf if found.event is None else found.event


def _at(answer: RawAnswer, event: int | None) -> str:
    return "" if event is None else _brief(answer.frames[event - 1])


def _last(answer: RawAnswer) -> tuple[int | None, str]:
    if not answer.frames:
        return None, ""
    return len(answer.frames), _brief(answer.frames[-1])


def _brief(frame: object) -> str:
    text = json.dumps(frame, ensure_ascii=True, default=str)
    return text if len(text) <= MOST_OF_AN_EVENT else text[:MOST_OF_AN_EVENT] + "…"
