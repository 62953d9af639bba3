"""Half characters in what an agent sends: joined where they belong together, else shown as U+FFFD.

JavaScript cuts text between the two halves of an emoji, and JSON can carry a half; UTF-8 cannot,
so one would break whatever shows, sends or stores it later.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..values import Json, JsonObject

LOST = "\N{REPLACEMENT CHARACTER}"
HIGH, LOW = ("\ud800", "\udbff"), ("\udc00", "\udfff")


def may_have(data: str) -> bool:
    """Whether JSON text writes any surrogate at all."""
    return "\\ud" in data or "\\uD" in data


def whole(value: Json) -> Json:
    """JSON ``value`` with every half of a character joined or replaced."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, dict):
        return {whole(key): whole(item) for key, item in value.items()}
    return [whole(item) for item in value] if isinstance(value, list) else value


class Halves:
    """Mends the frames of one stream; a half at the end of a delta waits for the next delta."""

    def __init__(self) -> None:
        self.waiting: JsonObject | None = None  # the frame whose delta ended in it
        self._half = ""

    def mend(self, frame: Json) -> Iterator[Json]:
        """The frame as it can be shown, behind what was waiting if that was not its first half."""
        text = _delta(frame)
        if self.waiting is not None:
            same = _goes_on(self.waiting, frame)
            if same and not text:
                return
            if same and LOW[0] <= text[:1] <= LOW[1]:
                frame = {**frame, "delta": self._half + text}
                self.waiting = None
            else:
                yield from self.end()
        if HIGH[0] <= text[-1:] <= HIGH[1]:
            self.waiting, self._half = whole({**frame, "delta": ""}), text[-1]
            frame = {**frame, "delta": frame["delta"][:-1]}
        if self.waiting is None or frame["delta"]:
            yield whole(frame)

    def end(self) -> Iterator[Json]:
        """The other half never came."""
        frame, self.waiting = self.waiting, None
        if frame is not None:
            yield {**frame, "delta": LOST}


def _delta(frame: Json) -> str:
    text = frame.get("delta") if isinstance(frame, dict) else None
    return text if isinstance(text, str) else ""


def _goes_on(before: JsonObject, frame: Json) -> bool:
    """Whether a frame continues the text of another, the delta aside."""
    return isinstance(frame, dict) and {**before, "delta": ""} == {**frame, "delta": ""}
