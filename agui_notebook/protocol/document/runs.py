"""What run, step and subagent events do to the document, one function per event.

How a run ends from this side (a stop, a loss) is here too; when that happens is not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from ... import limits
from ...errors import ProtocolError
from ...values import Json
from ..answer_text import answers_in_words
from ..hydration.left_run import kept_run
from ..question import ask_all
from ..schema import WARNING
from .builder import Fold, Ops
from .operations import Operation, Path, Set
from .shape import Event

LONGEST_WARNING = 500  # characters of a server's own warning that are shown

_SUBAGENT = (
    "subagentRunId",
    "name",
    "description",
    "parentSubagentRunId",
    "parentToolCallId",
    "parentMessageId",
)


def run_started(fold: Fold, event: Event) -> Ops:
    """A new run; run-scoped bookkeeping starts again (C-LIFE-13, P-INPUT-13)."""
    fold.outcome = None
    fold.calls.clear()
    started = _run(fold, event.get("runId", ""), kept_run(event))
    echoed = (event.get("input") or {}).get("messages", ())
    unseen = [message for message in echoed if fold.places.message(message["id"]) is None]
    first = len(fold.document["messages"])
    return [started, *(Set(("messages", first + n), m) for n, m in enumerate(unseen))]


def _run(fold: Fold, run_id: str, kept: str | None = None) -> Operation:
    messages = fold.document["messages"]
    first = fold.run is None  # a stream may hold several runs: the answers are the first one's
    fold.run = len(fold.document["runs"])
    after = messages[-1]["id"] if messages else None
    entry = {"runId": run_id, "after": after, "status": "running", **fold.stamp("startedAt")}
    given = _resume_facts(fold) if first and fold.request.get("resume") else {}
    given |= {} if kept is None else {"kept": kept}
    return Set(fold.run_path(), {**entry, **given, "steps": [], "subagents": []})


def _resume_facts(fold: Fold) -> dict[str, Json]:
    resume, document = fold.request["resume"], fold.document
    asked = [wire for run in document["runs"] for wire in run.get("interrupts", ())]
    asked += document["interrupts"]
    words = answers_in_words(asked, resume, document["questions"])
    return {"resume": resume, "answers": words}


def run_finished(fold: Fold, event: Event) -> Ops:
    """The agent's own word on how the run went; none means success (C-LIFE-08, C-LIFE-11)."""
    outcome = event.get("outcome") or {"type": "success"}
    details = _details_of(event, "result", "usage")
    pending = _pending_calls(fold, outcome)
    if pending and outcome["type"] != "cancelled":
        details["pendingToolCallIds"] = pending
    interrupts = outcome.get("interrupts", [])
    if len(interrupts) > limits.QUESTIONS:
        raise ProtocolError(
            f"The agent asks {len(interrupts):,} questions at once; it may ask "
            f"{limits.QUESTIONS} (agui_notebook.limits.QUESTIONS)."
        )
    if interrupts:
        details["interrupts"] = interrupts
    changed = interrupts or fold.document["interrupts"]
    asked = [Set(("interrupts",), interrupts)] if changed else []
    return [*asked, *end(fold, outcome["type"], details, interrupts)]


def _pending_calls(fold: Fold, outcome: Mapping[str, Json]) -> list[str]:
    """Calls left for us: as declared, else those started here and not answered (C-TOOL-10)."""
    unanswered = [call for call, answered in fold.calls.items() if not answered]
    return outcome.get("pendingToolCallIds") or unanswered


def run_error(fold: Fold, event: Event) -> Ops:
    """The agent failed; what was open is abandoned, what came stays (C-LIFE-06, C-LIFE-12)."""
    return end(
        fold,
        "error",
        {"error": _details_of(event, "message", "code"), **_details_of(event, "usage")},
    )


def end(
    fold: Fold,
    status: str,
    details: Mapping[str, Json],
    interrupts: list[dict[str, Json]] | None = None,
) -> Ops:
    """Write down the end of the run, and close what is still open in it.

    ``interrupts`` are what it asks; None leaves what was asked before.
    """
    fold.outcome = status
    operations: list[Operation] = []
    if fold.run is None:
        operations.append(_run(fold, fold.request.get("runId", "")))
    else:
        operations += _abandon_open(fold)
    operations += fold.rests()
    operations += [fold.close_item(key) for key in list(fold.open)]
    operations += _ask(fold, fold.document["interrupts"] if interrupts is None else interrupts)
    facts = {**details, "status": status, **fold.stamp("endedAt")}
    return operations + [Set(fold.run_path(key), value) for key, value in facts.items()]


def _ask(fold: Fold, interrupts: list[dict[str, Json]]) -> list[Operation]:
    """What is asked by now: a run may have changed the call that an earlier question is about."""
    questions = ask_all(interrupts, fold.document["messages"])
    changed = questions != fold.document["questions"]
    return [Set(("questions",), questions)] if changed else []


def _abandon_open(fold: Fold) -> Iterable[Operation]:
    """Steps and subagents that nobody closed (C-SUB-06)."""
    for number, run in enumerate(fold.document["runs"]):
        if not run["steps"] and not run["subagents"]:
            continue  # as most: a thread may have thousands of runs
        for group in ("steps", "subagents"):
            for place, entry in enumerate(run[group]):
                if entry["status"] == "running":
                    path = ("runs", number, group, place)
                    yield from _entry_ended(fold, path, {"status": "abandoned"})


def step_started(fold: Fold, event: Event) -> Ops:
    """A named phase begins; steps are per owner (C-SUB-09)."""
    begun = _entry(fold, "steps", _details_of(event, "stepName", "subagentRunId"))
    fold.step_count = len(fold.run_entries("steps")) + len(begun)
    return begun


def step_finished(fold: Fold, event: Event) -> Ops:
    """The phase of that name and owner is over."""
    wanted = _details_of(event, "stepName", "subagentRunId")
    place = _running_step(fold, {"subagentRunId": None, **wanted})
    return () if place is None else _entry_ended(fold, place, {"status": "done"})


def subagent_started(fold: Fold, event: Event) -> Ops:
    """A delegation begins, or goes on: one that was suspended is the same one afterwards."""
    paused = _subagent(fold, event, _goes_on)
    if paused is None:
        begun = _entry(fold, "subagents", _details_of(event, *_SUBAGENT))
        _delegations(fold).setdefault(event["subagentRunId"], []).extend(op.path for op in begun)
        return begun
    held = fold.at_path(paused)
    ended = ("endedAt", "result", "message")
    rest = {key: value for key, value in held.items() if key not in ended}
    return [Set(paused, {**rest, "status": "running"})]


def _goes_on(fold: Fold, place: Path) -> bool:
    """Whether a delegation that starts under this one's id is this one."""
    return place[1] == fold.run or fold.at_path(place)["status"] == "suspended"


def _is_running(fold: Fold, place: Path) -> bool:
    return bool(fold.at_path(place)["status"] == "running")


def _subagent(fold: Fold, event: Event, fits: Callable[[Fold, Path], bool]) -> Path | None:
    """The youngest delegation of this id that fits, in whichever run it began."""
    places = _delegations(fold).get(event["subagentRunId"], ())
    return next((place for place in reversed(places) if fits(fold, place)), None)


def _delegations(fold: Fold) -> dict[str, list[Path]]:
    """Where the delegations of each id stand: an agent may begin thousands."""
    if fold.delegations is None:
        fold.delegations = {}
        for run, told in enumerate(fold.document["runs"]):
            for number, entry in enumerate(told["subagents"]):
                place: Path = ("runs", run, "subagents", number)
                fold.delegations.setdefault(entry["subagentRunId"], []).append(place)
    return fold.delegations


def subagent_ended(fold: Fold, event: Event) -> Ops:
    """An invocation's own end; the run goes on (C-SUB-12)."""
    place = _subagent(fold, event, _is_running)
    if place is None:
        return ()
    status = (event.get("outcome") or {}).get("type", "success")
    if event["type"] == "SUBAGENT_ERROR":
        status = "error"
    return _entry_ended(fold, place, {**_details_of(event, "result", "message"), "status": status})


def custom(fold: Fold, event: Event) -> Ops:
    """A warning that the server gives joins those found here; other names mean nothing here."""
    value = event.get("value")
    told = value.get("message") if event["name"] == WARNING and isinstance(value, dict) else None
    if isinstance(told, str) and told.strip():
        fold.warn(" ".join(told.split())[:LONGEST_WARNING])
    return ()


def _details_of(event: Event, *names: str) -> dict[str, Json]:
    return {name: event[name] for name in names if name in event}


def _entry(fold: Fold, group: str, entry: Mapping[str, Json]) -> Ops:
    if fold.run is None:
        return ()
    path = fold.run_path(group, len(fold.run_entries(group)))
    return [Set(path, {**entry, "status": "running", **fold.stamp("startedAt")})]


def _entry_ended(fold: Fold, place: Path, facts: Mapping[str, Json]) -> list[Operation]:
    facts = {**facts, **fold.stamp("endedAt")}
    return [Set((*place, key), value) for key, value in facts.items()]


def _running_step(fold: Fold, wanted: Mapping[str, Json]) -> Path | None:
    """The youngest running step that has these values; those that ended behind it are left out."""
    entries = fold.run_entries("steps")
    count = min(fold.step_count, len(entries))
    while count and entries[count - 1]["status"] != "running":
        count -= 1
    fold.step_count = count
    for number in range(count - 1, -1, -1):
        entry = entries[number]
        if entry["status"] == "running" and all(entry.get(k) == v for k, v in wanted.items()):
            return fold.run_path("steps", number)
    return None
