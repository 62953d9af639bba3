"""Hypothesis strategies: legal streams of events, and material nobody described. For tests only."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from agui_notebook.protocol.document.shape import pair_surrogates

Event = dict[str, Any]

SCALARS = st.none() | st.booleans() | st.integers(-9, 9) | st.text("aé😀\u2028~/0", max_size=3)
KEYS = st.sampled_from(["a", "b", "0", "", "a/b", "m~n", "constructor"])
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=6,
)
IDS = st.sampled_from(["a", "b", "", "x.y", "__proto__"])
OWNERS = st.sampled_from([None, None, "s1", "s2"])
POINTERS = st.lists(
    st.sampled_from(["a", "b", "0", "1", "-", "", "a~1b", "m~0n", "constructor"]), max_size=3
).map(lambda steps: "".join(f"/{step}" for step in steps))


@st.composite
def operations(draw: st.DrawFn) -> Event:
    """One JSON Patch operation that may or may not apply."""
    word = draw(st.sampled_from(["add", "add", "remove", "replace", "move", "copy", "test"]))
    operation: Event = {"op": word, "path": draw(POINTERS)}
    if word in ("add", "replace", "test"):
        operation["value"] = draw(JSON)
    if word in ("move", "copy"):
        operation["from"] = draw(POINTERS)
    return operation


PATCHES = st.lists(operations(), max_size=4)


class Writer:
    """Writes a stream that keeps the order of events; draws what to say next."""

    def __init__(self, draw: st.DrawFn, sharing: bool) -> None:
        self.draw = draw
        self.sharing = sharing
        self.events: list[Event] = []
        self.open: dict[tuple[str, str], str | None] = {}
        self.owners: dict[tuple[str, str], str | None] = {}
        self.tags = True  # until a snapshot says that all is the parent's

    def say(self, event_type: str, owner: str | None = None, **fields: Any) -> None:
        event = {"type": event_type, **fields}
        if owner is not None:
            event["subagentRunId"] = owner
        if self.draw(st.integers(0, 9)) == 0:
            event["metadata"] = self.draw(st.dictionaries(KEYS, JSON, max_size=2))
        self.events.append(event)

    def message(self, prefix: str) -> None:
        """Begin, continue or end a message or call."""
        key = "toolCallId" if prefix == "TOOL_CALL" else "messageId"
        item = self.draw(IDS) + ("" if self.sharing else prefix[:2])
        place = (prefix, item)
        if place not in self.open:
            owner = self.owners.setdefault(place, self.draw(OWNERS)) if self.tags else None
            self.open[place] = owner
            extra = {"REASONING_MESSAGE": {"role": "reasoning"}, "TOOL_CALL": {"toolCallName": "f"}}
            self.say(f"{prefix}_START", owner, **{key: item}, **extra.get(prefix, {}))
        elif self.draw(st.integers(0, 2)):
            content = "TOOL_CALL_ARGS" if prefix == "TOOL_CALL" else f"{prefix}_CONTENT"
            # halves of pairs, as JSON has them: together where they meet in one string
            text = st.text("aé\ud83d\ude00\u2028", max_size=4).map(pair_surrogates)
            self.say(content, **{key: item}, delta=self.draw(text))
        else:
            del self.open[place]
            self.say(f"{prefix}_END", **{key: item})

    def close(self) -> None:
        """End all that is open."""
        for prefix, item in list(self.open):
            key = "toolCallId" if prefix == "TOOL_CALL" else "messageId"
            self.say(f"{prefix}_END", **{key: item})
        self.open.clear()

    def anything(self) -> None:
        """One legal step."""
        item, draw = self.draw(IDS), self.draw
        steps = {
            "result": lambda: self.say(
                "TOOL_CALL_RESULT", messageId=f"r{len(self.events)}", toolCallId=item, content="ok"
            ),
            "snapshot": lambda: self.say("STATE_SNAPSHOT", snapshot=draw(JSON)),
            "delta": lambda: self.say("STATE_DELTA", delta=draw(PATCHES)),
            "activity": lambda: self.say(
                "ACTIVITY_SNAPSHOT",
                messageId=f"k{item}",
                activityType="t",
                content=draw(st.dictionaries(KEYS, JSON, max_size=2)),
                replace=draw(st.booleans()),
            ),
            "amend": lambda: self.say(
                "ACTIVITY_DELTA", messageId=f"k{item}", activityType="t", patch=draw(PATCHES)
            ),
            "secret": lambda: self.say(
                "REASONING_ENCRYPTED_VALUE",
                subtype=draw(st.sampled_from(["message", "tool-call"])),
                entityId=item,
                encryptedValue="v",
            ),
            "custom": lambda: self.say("CUSTOM", name="n", value=draw(JSON)),
            "raw": lambda: self.say("RAW", event=draw(JSON)),
        }
        prefixes = ["TEXT_MESSAGE", "TOOL_CALL", "REASONING_MESSAGE"]
        choice = draw(st.sampled_from([*prefixes * 5, *steps]))
        if choice in steps:
            steps[choice]()
        else:
            self.message(choice)


@st.composite
def runs(draw: st.DrawFn, wild: bool = True) -> list[Event]:
    """A legal stream of one or two runs.

    ``wild``: with snapshots of the messages, and with texts and reasoning that share an id.
    """
    writer = Writer(draw, sharing=wild)
    for number in range(draw(st.integers(1, 2))):
        ids = {"threadId": "t", "runId": f"r{number}"}
        writer.owners.clear()
        writer.tags = True
        writer.events.append({"type": "RUN_STARTED", **ids})
        for _ in range(draw(st.integers(0, 25))):
            writer.anything()
            if wild and draw(st.integers(0, 12)) == 0:
                writer.events.append({"type": "MESSAGES_SNAPSHOT", "messages": draw(MESSAGES)})
                writer.tags = False
        writer.close()
        writer.events.append({"type": "RUN_FINISHED", **ids})
    return writer.events


MESSAGES = st.lists(
    st.fixed_dictionaries({"id": IDS, "role": st.just("user"), "content": st.just("hi")})
    | st.fixed_dictionaries(
        {"id": IDS, "role": st.just("assistant")},
        optional={
            "content": st.just("so"),
            "toolCalls": st.lists(
                st.fixed_dictionaries(
                    {
                        "id": IDS,
                        "type": st.just("function"),
                        "function": st.just({"name": "f", "arguments": "{}"}),
                    }
                ),
                max_size=2,
            ),
        },
    ),
    max_size=4,
)
