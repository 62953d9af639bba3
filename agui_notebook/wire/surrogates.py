"""Half characters in what an agent sends: joined where they belong together, else shown as U+FFFD.

JavaScript cuts text between the two halves of an emoji, and JSON can carry a half; UTF-8 cannot,
so one would break whatever shows, sends or stores it later.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..values import Json, JsonObject

TextKey = tuple[str, str | None]

LOST = "\N{REPLACEMENT CHARACTER}"
HIGH, LOW = ("\ud800", "\udbff"), ("\udc00", "\udfff")


def may_have(data: str) -> bool:
    """Whether JSON text writes any surrogate at all."""
    return "\\ud" in data or "\\uD" in data


def whole(value: Json) -> Json:
    """JSON ``value`` with every half of a character joined or replaced."""
    if isinstance(value, str):
        return (
            value
            if value.isascii()
            else value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        )
    if isinstance(value, dict):
        return {whole(key): whole(item) for key, item in value.items()}
    return [whole(item) for item in value] if isinstance(value, list | tuple) else value


_IDS = ("messageId", "toolCallId")


class Halves:
    """Mends the events of one stream; a half at the end of a delta waits for the next one.

    Next in the same message or call, whatever other ones stream meanwhile.
    """

    def __init__(self) -> None:
        self.waiting: dict[
            TextKey, tuple[JsonObject, str]
        ] = {}  # its event without delta, the half

    def mend(self, event: Json) -> Iterator[Json]:
        """The event as it can be shown, behind what waited for it in vain."""
        if not isinstance(event, dict) or not isinstance(event.get("delta"), str):
            yield from self._give_up(event)
            yield whole(event)
            return
        key, text = _key(event), event["delta"]
        known = self.waiting.pop(key, None)
        if known is not None:
            text = known[1] + text
        half = text[-1:] if HIGH[0] <= text[-1:] <= HIGH[1] else ""
        if half:
            self.waiting[key] = ({**event, "delta": ""}, half)
        told = text[: len(text) - len(half)]
        if told or not half:
            yield whole({**event, "delta": told})

    def end(self) -> Iterator[Json]:
        """The other halves never came."""
        yield from self._give_up(None)

    def _give_up(self, event: Json) -> Iterator[Json]:
        """What ends one message, or begins it anew, is no word about others; a run's end is."""
        given = event if isinstance(event, dict) else {}
        named = {given[name] for name in _IDS if isinstance(given.get(name), str)}
        ends_all = event is None or str(given.get("type")).startswith("RUN_")
        for key in [key for key in self.waiting if ends_all or key[1] in named]:
            yield whole({**self.waiting.pop(key)[0], "delta": LOST})


def _key(event: JsonObject) -> TextKey:
    """What the deltas of one text have in common; in shorthand only the first has an id."""
    name = next((event[name] for name in _IDS if isinstance(event.get(name), str)), None)
    return str(event.get("type")), name
