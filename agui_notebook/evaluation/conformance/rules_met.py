"""Which rules of PROTOCOL.md an answer puts to the test, by the events in it. No I/O."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

KEPT, BROKEN, REMARKED = VERDICTS = ("kept", "broken", "remarked")
_ALWAYS = ""  # every answer puts these to the test


class RuleVerdict(NamedTuple):
    """A rule's id, what it says in short, and ``kept``, ``broken`` or ``remarked``."""

    rule: str
    words: str
    verdict: str


class _Rule(NamedTuple):
    words: str
    begins: tuple[str, ...]  # how types of events begin that put it to the test


RULES: Mapping[str, _Rule] = {
    "P-SSE-06": _Rule("the answer is a stream of events, one to a frame", (_ALWAYS,)),
    "C-PROC-17": _Rule("every frame is a JSON object with a type", (_ALWAYS,)),
    "C-PROC-02": _Rule("every field is as its schema says", (_ALWAYS,)),
    "C-PROC-03": _Rule("every event is one of the protocol's", (_ALWAYS,)),
    "C-PROC-04": _Rule("no event holds what the protocol does not describe", (_ALWAYS,)),
    "C-LIFE-01": _Rule("RUN_STARTED comes first", (_ALWAYS,)),
    "C-LIFE-02": _Rule("no run starts within another", ("RUN_STARTED",)),
    "C-LIFE-03": _Rule("nothing follows the end of a run", ("RUN_FINISHED", "RUN_ERROR")),
    "C-LIFE-12": _Rule("nothing is open when the run finishes", ("RUN_FINISHED",)),
    "C-TRUNC-03": _Rule("the stream ends with a terminal event", (_ALWAYS,)),
    "P-INPUT-02": _Rule("the run's ids are the request's", ("RUN_STARTED", "RUN_FINISHED")),
    "C-TEXT-04": _Rule("text belongs to a message that is open", ("TEXT_MESSAGE",)),
    "C-REAS-01": _Rule("thoughts belong to a message that is open", ("REASONING", "THINKING")),
    "P-STREAM-01": _Rule("arguments belong to a call that is open", ("TOOL_CALL",)),
    "C-TOOL-01": _Rule("arguments of a call are JSON when it ends", ("TOOL_CALL_END",)),
    "C-TOOL-04": _Rule("results are of calls that were made", ("TOOL_CALL_RESULT",)),
    "C-STATE-02": _Rule("changes of the state can be applied", ("STATE_DELTA",)),
    "C-LIFE-15": _Rule("steps are finished once, by who started them", ("STEP_",)),
    "C-SUB-01": _Rule("what a subagent began is its own", ("SUBAGENT_",)),
    "C-SUB-03": _Rule("subagents are announced once, and end", ("SUBAGENT_",)),
}


def judge_rules(
    types: Iterable[str], broken: Iterable[str], remarked: Iterable[str]
) -> Iterator[RuleVerdict]:
    """Every rule that events of these ``types`` met, in the order of RULES, others behind."""
    seen = set(types)
    judged = {**dict.fromkeys(remarked, REMARKED), **dict.fromkeys(broken, BROKEN)}
    for rule, (words, begins) in RULES.items():
        if rule in judged or any(kind.startswith(begins) for kind in seen):
            yield RuleVerdict(rule, words, judged.get(rule, KEPT))
    for rule in filter(None, judged):
        if rule not in RULES:
            yield RuleVerdict(rule, "", judged[rule])
