"""The feed: a browser that applies its messages holds the same document, and gets few of them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from agui_notebook import Append, Set
from agui_notebook.client import JudgedFrames
from agui_notebook.jupyter.page.feed import LAST, TICK, Feed
from agui_notebook.protocol import Operation, apply, new_document


class Clock:
    """Time that passes when told to."""

    def __init__(self) -> None:
        self.now = 0.0
        self.due: list[tuple[float, Callable[[], None]]] = []

    def later(self, seconds: float, function: Callable[[], None]) -> Any:
        entry = (self.now + seconds, function)
        self.due.append(entry)
        return type("Timer", (), {"cancel": lambda _: self.due.remove(entry)})()

    def pass_(self, seconds: float) -> None:
        end = self.now + seconds
        while self.due and self.due[0][0] <= end:
            self.now, function = self.due.pop(0)
            function()
        self.now = end


class Chat:
    """A conversation changed by operations, with a feed and a browser at its end."""

    def __init__(self) -> None:
        self.held: dict[str, Any] = dict(new_document("t"))
        self.records: list[Mapping[str, Any]] = []
        self.busy = False
        self.clock, self.sent = Clock(), []  # type: ignore[var-annotated]
        self.copy: dict[str, Any] = {}
        self.seq = -1
        self.feed = Feed(self.receive, self.clock.later)
        self.feed.follow(self)

    def document(self) -> Mapping[str, Any]:
        return self.held

    def view(self) -> Mapping[str, Any]:
        return {"agent": {"name": "demo"}}

    @property
    def running(self) -> bool:
        return self.busy

    def events(self) -> Sequence[Mapping[str, Any]]:
        return self.records

    def wire(self) -> JudgedFrames:
        raise AssertionError("nobody looks at the wire here")

    def is_current(self, frames: JudgedFrames) -> bool:
        return True

    def change(self, *operations: Operation) -> None:
        for operation in operations:
            apply(self.held, operation)
        self.feed.operations(operations)

    def turn(self) -> None:
        self.busy = not self.busy
        self.feed.note_turn()

    def record(self, count: int = 1) -> None:
        for _ in range(count):
            self.records.append({"at": 0, "runId": "r", "event": {"type": "RAW"}})
            self.feed.event()

    def receive(self, content: dict[str, Any]) -> None:
        """What the browser does with a message."""
        content = json.loads(json.dumps(content))
        self.sent.append(content)
        if content["kind"] == "snapshot":
            self.copy, self.seq = content["document"], content["seq"]
        elif content["kind"] == "ops":
            assert content["seq"] == self.seq + 1
            self.seq = content["seq"]
            for word, path, value in content["ops"]:
                apply(self.copy, (Append if word == "append" else Set)(tuple(path), value))

    def kinds(self) -> list[str]:
        return [content["kind"] for content in self.sent]


def started() -> Chat:
    chat = Chat()
    chat.change(Set(("messages", 0), {"id": "a", "role": "assistant", "content": ""}))
    chat.clock.pass_(1)
    chat.sent.clear()
    return chat


def append(text: str) -> Operation:
    return Append(("messages", 0, "content"), text)


def begun() -> Chat:
    """A chat whose first change has just left, so that what follows waits."""
    chat = started()
    chat.change(append("a"))
    chat.clock.pass_(TICK)
    return chat


def test_the_first_change_after_a_pause_leaves_with_what_comes_right_behind_it() -> None:
    chat = started()
    chat.change(append("a"))
    chat.change(append("b"))
    assert chat.sent == []
    chat.clock.pass_(TICK)
    assert [content["ops"] for content in chat.sent] == [
        [["append", ["messages", 0, "content"], "ab"]]
    ]


def test_what_is_the_last_does_not_wait_for_the_tick() -> None:
    chat = begun()
    chat.change(append("b"))
    chat.feed.note_turn()
    chat.clock.pass_(LAST)
    assert chat.copy == chat.held
    chat.clock.pass_(1)
    assert len(chat.sent) == 2


def test_that_a_turn_goes_on_rides_with_the_operations_or_alone() -> None:
    chat = started()
    chat.busy = True
    chat.change(append("a"))
    chat.feed.note_turn()
    chat.clock.pass_(1)
    chat.busy = False
    chat.feed.note_turn()
    chat.feed.note_turn()
    chat.clock.pass_(1)
    assert [(len(sent["ops"]), sent["running"]) for sent in chat.sent] == [(1, True), (0, False)]


def test_what_follows_is_joined_and_leaves_a_tick_later() -> None:
    chat = begun()
    for letter in "bcd":
        chat.change(append(letter))
    assert len(chat.sent) == 1
    chat.clock.pass_(TICK)
    assert chat.sent[1]["ops"] == [["append", ["messages", 0, "content"], "bcd"]]
    assert chat.copy == chat.held


def test_ten_thousand_tokens_in_a_second_take_about_thirty_messages() -> None:
    chat = started()
    for _ in range(10_000):
        chat.change(append("word "))
        chat.clock.pass_(1 / 10_000)
    chat.clock.pass_(1)
    size = sum(len(json.dumps(content)) for content in chat.sent)
    assert len(chat.sent) <= 33
    assert size < 1.1 * 50_000
    assert chat.copy == chat.held


def test_nothing_is_due_when_nothing_happens() -> None:
    chat = started()
    assert chat.clock.due == []


def test_a_snapshot_holds_what_waited_and_nothing_is_told_twice() -> None:
    chat = begun()
    chat.change(append("b"))
    chat.feed.snapshot()
    chat.clock.pass_(1)
    assert chat.kinds() == ["ops", "snapshot"]
    assert chat.copy == chat.held


def test_a_large_snapshot_comes_in_pieces_that_count_on() -> None:
    chat = started()
    for place in range(1, 50):
        chat.change(Set(("messages", place), {"id": str(place), "content": "x" * 50_000}))
    chat.clock.pass_(1)
    chat.copy = {}
    chat.feed.snapshot()
    assert chat.copy == chat.held


def test_events_are_sent_only_while_somebody_looks() -> None:
    chat = started()
    chat.record(3)
    chat.clock.pass_(1)
    assert chat.sent == []
    chat.feed.open_events(1)
    assert [(c["from"], c["total"], len(c["items"])) for c in chat.sent] == [(1, 3, 2)]
    chat.clock.pass_(1)
    chat.record()
    chat.clock.pass_(TICK)
    chat.feed.close_events()
    chat.record()
    chat.clock.pass_(1)
    assert [(c["from"], c["total"], len(c["items"])) for c in chat.sent[1:]] == [(3, 4, 1)]


def test_fifty_thousand_events_come_in_portions_that_do_not_flood() -> None:
    chat = started()
    chat.record(50_000)
    chat.feed.open_events(0)
    assert len(chat.sent) <= 2
    chat.clock.pass_(10)
    assert sum(len(c["items"]) for c in chat.sent) == 50_000
    assert len(chat.sent) == 50


def test_looking_is_answered_even_where_there_is_nothing_to_see() -> None:
    chat = started()
    chat.feed.open_events(7)
    assert chat.sent == [{"kind": "events", "from": 0, "total": 0, "items": []}]


def test_the_number_of_events_rides_with_the_operations() -> None:
    chat = started()
    chat.record(5)
    chat.change(append("a"))
    chat.clock.pass_(TICK)
    assert chat.sent[0]["eventCount"] == 5


def test_a_changed_view_is_told_after_what_waited() -> None:
    chat = begun()
    chat.change(append("b"))
    chat.feed.view()
    assert chat.kinds() == ["ops", "ops", "view"]
    assert chat.sent[-1]["view"] == {
        "agent": {"name": "demo"},
        "running": False,
        "eventCount": 0,
    }


def test_another_conversation_starts_with_a_snapshot() -> None:
    chat, other = begun(), Chat()
    other.held["threadId"] = "other"
    chat.change(append("never told"))
    chat.feed.follow(other)
    chat.clock.pass_(1)
    assert chat.kinds() == ["ops", "snapshot"]
    assert chat.copy == other.held


def test_a_closed_feed_is_silent() -> None:
    chat = begun()
    chat.change(append("b"))
    chat.feed.close()
    chat.clock.pass_(1)
    assert len(chat.sent) == 1
    assert chat.clock.due == []


steps = st.sampled_from(
    ["token", "message", "state", "snapshot", "view", "turn", "tick", "half tick"]
)


@settings(max_examples=300)
@given(st.lists(steps, max_size=40))
def test_a_browser_that_follows_holds_the_same_document(history: list[str]) -> None:
    chat = started()
    does: dict[str, Callable[[int], object]] = {
        "token": lambda n: chat.change(append(f"{n} ")),
        "message": lambda n: chat.change(Set(("messages", len(chat.held["messages"])), {"id": n})),
        "state": lambda n: chat.change(Set(("state",), {"n": [n]}), Set(("state", "n", 1), n)),
        "snapshot": lambda n: chat.feed.snapshot(),
        "view": lambda n: chat.feed.view(),
        "turn": lambda n: chat.turn(),
        "tick": lambda n: chat.clock.pass_(TICK),
        "half tick": lambda n: chat.clock.pass_(TICK / 2),
    }
    for number, step in enumerate(history):
        does[step](number)
    chat.clock.pass_(1)
    assert chat.copy == chat.held


def test_a_flood_comes_in_parts_at_a_pace_and_all_of_it() -> None:
    chat = begun()
    chat.sent.clear()
    chat.change(append("x" * 3_500_000))
    chat.clock.pass_(TICK)
    parts = [len(json.dumps(content)) for content in chat.sent]
    assert len(parts) == 1
    assert parts[0] < 1_001_000
    for _ in range(5):
        chat.clock.pass_(1)
    assert chat.copy == chat.held


def test_what_is_overtaken_is_not_sent() -> None:
    chat = begun()
    chat.sent.clear()
    chat.change(append("x" * 3_500_000), Set(("state",), {"n": 1}))
    chat.change(Set(("messages",), []))
    chat.clock.pass_(TICK)
    assert len(json.dumps(chat.sent)) < 500
    assert chat.copy == chat.held
