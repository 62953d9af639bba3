"""A recording as requests and what came of each, and how another request differs. Pure."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import zip_longest

from ..client.recording import unfold
from ..client.thread import HIDDEN
from ..client.threads.folding import Folding
from ..client.threads.journal import RecordedLine
from ..protocol import run_input
from ..protocol.document.operations import copy_json
from ..values import Json, JsonObject, JsonView

COMPARED = ("messages", "state", "tools", "context", "resume")
EMPTY: dict[str, Json] = {"messages": [], "state": {}, "tools": [], "context": [], "resume": []}


@dataclass
class RecordedRun:
    """One recorded run: what was sent, None where the recording does not say, and the events."""

    run_id: str
    request: JsonObject | None
    events: list[JsonObject] = field(default_factory=list)


@dataclass
class Beginning:
    """What the recorded thread began with."""

    messages: list[JsonObject] = field(default_factory=list)
    state: Json = None


class Reading:
    """Goes through a recording; ``exchanges`` are those of the branch that is shown in the end."""

    def __init__(self, lines: Iterable[RecordedLine]) -> None:
        self.opening = Beginning()
        self.exchanges: list[RecordedRun] = []
        self._left: dict[int, list[RecordedRun]] = {}
        self._folding = Folding()
        self._offer: JsonObject = {"tools": [], "context": []}
        for line in unfold(lines):
            try:
                self._add(line)
            except ValueError:  # damaged: it is read up to here
                break

    def _add(self, line: RecordedLine) -> None:
        branch = self._folding.branches.shown
        self._folding.add(line)
        if "thread" in line:
            told = line["thread"]
            self.opening = Beginning(told["messages"], told["state"])
        elif "branch" in line:
            self._change_branch(branch, line)
        elif "request" in line:
            self._begin(line)
        elif "event" in line:
            self._take(line)

    def _change_branch(self, left: int, line: RecordedLine) -> None:
        self._left[left] = self.exchanges
        if "messages" not in line:
            self.exchanges = self._left[line["branch"]]
            return
        kept = line["messages"]
        self.exchanges = [
            each
            for each in self.exchanges
            if each.request is not None and len(each.request["messages"]) < kept
        ]

    def _begin(self, line: RecordedLine) -> None:
        told, document = line["request"], self._folding.document
        self._offer |= {key: told[key] for key in self._offer.keys() & told.keys()}
        request = run_input.build(
            thread_id=document["threadId"] or "thread",
            run_id=line.get("runId") or "run",
            messages=copy_json(document["messages"]),
            state=copy_json(document["state"]),
            resume=told.get("resume"),
            **self._offer,
        )
        self.exchanges.append(RecordedRun(line.get("runId", ""), dict(request)))

    def _take(self, line: RecordedLine) -> None:
        run = line.get("runId", "")
        last = self.exchanges[-1] if self.exchanges else None
        if last is None or (last.events and last.run_id != run):
            last = RecordedRun(run, None)
            self.exchanges.append(last)
        last.run_id = run
        last.events.append(line["event"])


def adapt_events(exchange: RecordedRun, request: JsonView) -> Iterator[JsonObject]:
    """The events in the thread and run of whoever asks now."""
    ids = {exchange.run_id: request["runId"], **_renamed_messages(exchange, request)}
    for event in exchange.events:
        told = dict(event)
        if "threadId" in told:
            told["threadId"] = request["threadId"]
        if told.get("type") in ("RUN_STARTED", "RUN_FINISHED") and "runId" in told:
            told["runId"] = request["runId"]
        if told.get("type") == "MESSAGES_SNAPSHOT" and isinstance(told.get("messages"), list):
            told["messages"] = [{**m, "id": ids.get(m["id"], m["id"])} for m in told["messages"]]
        yield told


def _renamed_messages(exchange: RecordedRun, request: JsonView) -> dict[str, str]:
    """What the messages of the recording are called now: both sides sent the same ones."""
    before = exchange.request["messages"] if exchange.request else []
    return {a["id"]: b["id"] for a, b in zip(before, request["messages"], strict=False)}


def find_difference(recorded: JsonView | None, sent: JsonView) -> str:
    """How a request differs from the recorded one, to be read; "" where it does not."""
    if recorded is None:
        return ""
    found = []
    for key in COMPARED:
        before, now = (_plain(key, request.get(key) or EMPTY[key]) for request in (recorded, sent))
        if not _is_same(before, now):
            found.append(f"{key}:\n" + _diff(*_without_common_start(before, now)))
    return "\n".join(found)


def _plain(key: str, value: Json) -> Json:
    """Without ids, which are new each time."""
    if key == "messages":
        return [{name: m[name] for name in m if name != "id"} for m in value]
    return value


def _is_same(recorded: Json, sent: Json) -> bool:
    """Whether two values are equal; what was secret in the recording may be anything."""
    if recorded == HIDDEN:
        return True
    if isinstance(recorded, dict) and isinstance(sent, dict):
        return recorded.keys() == sent.keys() and all(
            _is_same(each, sent[key]) for key, each in recorded.items()
        )
    if isinstance(recorded, list) and isinstance(sent, list):
        return len(recorded) == len(sent) and all(map(_is_same, recorded, sent))
    return bool(recorded == sent)


def _without_common_start(recorded: Json, sent: Json) -> tuple[Json, Json]:
    """Of two lists what follows the entries that are the same."""
    if not (isinstance(recorded, list) and isinstance(sent, list)):
        return recorded, sent
    same = 0
    for one, other in zip_longest(recorded, sent):
        if not _is_same(one, other):
            break
        same += 1
    return recorded[same:], sent[same:]


def _diff(recorded: Json, sent: Json) -> str:
    before, now = (
        json.dumps(value, indent=1, ensure_ascii=False).splitlines() for value in (recorded, sent)
    )
    lines = difflib.unified_diff(before, now, "recorded", "sent", lineterm="", n=2)
    return "\n".join(f"  {line}" for line in lines if not line.startswith("@@"))
