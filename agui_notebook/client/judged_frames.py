"""What came over the wire, frame by frame, each with its verdict: for whoever looks at it.

The bytes are read once more, by the reader and the stages that read them when they came, on a
conversation of their own: nothing of it costs a run anything. Nothing is kept here.
"""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Literal, NamedTuple

from ..errors import AGUIError, ProtocolError
from ..markup.outlets import Secrets
from ..protocol.document.shape import Event, item_key, new_document
from ..protocol.pipeline import Pipeline
from ..values import Json, JsonObject
from ..wire.capture import Capture, Captures
from ..wire.frames import FrameStream
from ..wire.json_answer import JSONValues, begins_json

TAKEN, MENDED, PASSED, REFUSED = "taken", "mended", "passed over", "refused"
FRAME_TEXT = 20_000  # characters of a frame that are shown
BODY_TEXT = 100_000  # ... and of a request's body
HIDDEN = "•••"
_FIELDS = ("data:", "event:", "id:", "retry:")
_NAMED: dict[Literal["message", "call"], str] = {"call": "toolCallId", "message": "messageId"}
_TOKENS = frozenset(
    f"{kind}_{part}"
    for kind in ("TEXT_MESSAGE", "REASONING_MESSAGE", "THINKING_TEXT_MESSAGE", "TOOL_CALL")
    for part in ("CONTENT", "CHUNK", "ARGS")
)


class Judgement(NamedTuple):
    """What became of one frame: its event's type, the verdict, and why."""

    kind: str
    verdict: str
    why: str = ""
    place: str = ""  # the item that it went into, as the document calls it


class JudgedFrames:
    """Rows of all requests of a thread, as far as they have come; ``more`` goes on from there."""

    def __init__(self, captures: Captures, secrets: Secrets) -> None:
        self.captures, self._secrets = captures, secrets
        self.told = 0
        self._reader: _AnswerRows | None = None
        self._unfinished: list[_AnswerRows] = []  # whose facts may yet change
        self._going: Iterator[JsonObject] | None = None

    def more(self, most: int) -> list[JsonObject]:
        """At most ``most`` further rows; fewer where everything was told for now."""
        self._going = self._going or self._rows()
        rows = list(islice(self._going, most))
        if len(rows) < most:
            self._going = None
        self.told += len(rows)
        return rows

    def facts(self) -> list[JsonObject]:
        """What is known by now of the requests of which there is news since."""
        told = [each.facts() for each in self._unfinished]
        self._unfinished = [each for each in self._unfinished if not each.closed]
        return told

    def _rows(self) -> Iterator[JsonObject]:
        if self._reader is not None:
            yield from self._reader.rows()
        while (following := self._next_request()) is not None:
            self._reader = _AnswerRows(following, self._secrets)
            self._unfinished.append(self._reader)
            yield request_row(following, self._secrets)
            yield from self._reader.rows()

    def _next_request(self) -> Capture | None:
        """The request behind the one that is read, once it has gone out."""
        before = None if self._reader is None else self._reader.capture
        places = (at for at, each in enumerate(self.captures) if each is before)
        place = next(places, -1) + 1
        if (before is not None and before.ended is None) or place >= len(self.captures):
            return None
        found = self.captures[place]
        return found if found.body or found.ended is not None else None


class _AnswerRows:
    """The frames of one answer."""

    def __init__(self, capture: Capture, secrets: Secrets) -> None:
        self.capture, self._secrets = capture, secrets
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._rest = ""
        self._values: JSONValues | None = None  # of an answer in plain JSON
        self._piece = 0
        self._time = capture.began
        self._judge = _Judge(capture)
        self._first: int | None = None
        self._token: int | None = None
        self.closed = False

    def rows(self) -> Iterator[JsonObject]:
        """What has come since, each time it is asked."""
        capture = self.capture
        while self._piece < min(len(capture.pieces), len(capture.times)):
            self._time = capture.times[self._piece] // 1_000_000
            piece = capture.pieces[self._piece]
            self._piece += 1
            yield from self._frames(self._decoder.decode(piece))
        if capture.ended is not None and not self.closed:
            yield from self._end()
            self.closed = True

    def facts(self) -> JsonObject:
        """What is known of the request by now; times in ms since it began, None: not yet."""
        return _facts(self.capture, self._first, self._token, self._secrets)

    def _frames(self, text: str) -> Iterator[JsonObject]:
        """The frames that are complete by now."""
        if _is_failure(self.capture):
            self._rest += text  # no event stream
            return
        held = self._rest + text
        if self._values or (self._first is None and not self.capture.strict and _is_json(held)):
            yield from self._objects(text if self._values else held)
            return
        if held.endswith("\r"):  # half a line end, perhaps
            self._rest = held
            return
        *whole, self._rest = held.replace("\r\n", "\n").replace("\r", "\n").split("\n\n")
        for frame in whole:
            if frame.strip("\n"):
                yield self._row(frame, self._judge.judge(f"{frame}\n\n"))

    def _objects(self, text: str) -> Iterator[JsonObject]:
        """The objects of an answer in plain JSON that are complete by now."""
        self._values, self._rest = self._values or JSONValues(), ""
        for found in self._values.feed(text):
            line = found.replace("\n", " ").replace("\r", " ")
            yield self._row(found, self._judge.judge(f"data: {line}\n\n"))

    def _end(self) -> Iterator[JsonObject]:
        """What no blank line ended."""
        capture, rest = self.capture, self._rest + self._decoder.decode(b"", True)
        self._rest = ""
        if not rest.strip():
            return
        if _is_failure(capture):
            why = f"The answer is HTTP {capture.status}."
            yield self._row(rest, Judgement("", REFUSED, why))
        else:
            yield self._row(rest, self._judge.judge_last(rest))

    def _row(self, text: str, judged: Judgement) -> JsonObject:
        kind, verdict, why, place = judged
        if verdict in (TAKEN, MENDED):
            self._first = self._first or self._time
            self._token = self._token or (self._time if kind in _TOKENS else None)
        return {
            "kind": "frame",
            "runId": self.capture.run_id,
            "at": self._time,
            "type": kind,
            "size": len(text.encode()),
            # cut behind the masking: half a secret would not be known for one
            "text": self._secrets.mask(text[: 2 * FRAME_TEXT])[:FRAME_TEXT],
            "verdict": verdict,
            "why": self._secrets.mask(why),
            "place": place,
        }


class _Judge:
    """What became of each frame of one answer."""

    def __init__(self, capture: Capture) -> None:
        self._stream = FrameStream()
        self._pipeline = _pipeline(capture)
        self._is_stream = "event-stream" in _content_type(capture)
        self._failed = False

    def judge(self, frame: str) -> Judgement:
        """... of a frame with the blank line behind it."""
        if self._failed:
            return Judgement("", PASSED, "Nothing was read any more: the run had failed.")
        told = len(self._stream.notes)
        try:
            values = list(self._stream.feed(frame.encode()))
        except AGUIError as error:
            return self._refuse("", error)
        if values:
            return self._judge_value(values[0])
        return _silence(frame, self._stream.notes[told:], self._is_stream)

    def judge_last(self, frame: str) -> Judgement:
        """... of one that the answer ended in."""
        judged = self.judge(f"{frame}\n\n")
        if judged.verdict == REFUSED and self._is_stream:
            why = "The answer ended within this frame: it was cut off."
            return Judgement(judged.kind, PASSED, why)
        return judged

    def _judge_value(self, value: object) -> Judgement:
        kind = value.get("type") if isinstance(value, dict) else ""
        name = kind if isinstance(kind, str) else ""
        told, made = len(self._pipeline.warnings), list[Event]()
        try:
            made = [event for event, _, _ in self._pipeline.feed(value) if event is not None]
        except AGUIError as error:
            return self._refuse(name, error)
        warnings = self._pipeline.warnings[told:]
        if not made:
            why = " ".join(warnings) or "It changes nothing: its type is unknown, or it was said."
            return Judgement(name, PASSED, why)
        if warnings or not (value in made or name.endswith("_CHUNK")):
            return Judgement(name, MENDED, _read_as(warnings, made), _place_of(made))
        return Judgement(name, TAKEN, place=_place_of(made))

    def _refuse(self, kind: str, error: AGUIError) -> Judgement:
        self._failed = True
        rule = error.rule if isinstance(error, ProtocolError) else ""
        return Judgement(kind, REFUSED, f"{error} (rule {rule})" if rule else str(error))


def _place_of(made: Iterable[Event]) -> str:
    """Which item the last of these events is about; "" for none."""
    for event in reversed([*made]):
        for kind, name in _NAMED.items():
            if isinstance(event.get(name), str):
                return item_key(kind, event[name])
    return ""


def _read_as(warnings: Iterable[str], made: Iterable[Event]) -> str:
    said = " ".join(warnings)
    return said or f"It was read as {', '.join(str(event['type']) for event in made)}."


def _is_json(text: str) -> bool:
    return bool(begins_json(text[:200].encode()))


def _silence(frame: str, notes: Iterable[str], is_stream: bool) -> Judgement:
    if frame.startswith(":"):
        return Judgement("", PASSED, "A comment, which keeps the connection alive.")
    verdict = PASSED if is_stream or frame.startswith(_FIELDS) else REFUSED
    said = " ".join(notes)
    return Judgement("", verdict, said or "No event of a stream: it has no data that can be read.")


def _content_type(capture: Capture) -> str:
    return next((text for name, text in capture.received if name.lower() == "content-type"), "")


def _pipeline(capture: Capture) -> Pipeline:
    request = _request(capture)
    document = new_document(
        str(request.get("threadId", "")), request.get("messages") or (), request.get("state")
    )
    return Pipeline(document, request, strict=capture.strict, peer=capture.peer)


def _request(capture: Capture) -> JsonObject:
    try:
        request: Json = json.loads(capture.body)
    except ValueError:  # it is not kept any more
        request = {}
    return request if isinstance(request, dict) else {}


def body_text(capture: Capture, secrets: Secrets) -> str:
    """The request's body as it may be shown."""
    request = _request(capture)
    for entry in request.get("resume") or ():
        if entry.get("interruptId") in capture.secret_answers and "payload" in entry:
            entry["payload"] = HIDDEN
    return secrets.mask(json.dumps(request, ensure_ascii=False)) if request else ""


def request_row(capture: Capture, secrets: Secrets) -> JsonObject:
    """The request as it went out."""
    return {
        "kind": "request",
        "runId": capture.run_id,
        "at": capture.began,
        "body": body_text(capture, secrets)[:BODY_TEXT],
        "size": len(capture.body),
    }


def _facts(capture: Capture, first: int | None, token: int | None, secrets: Secrets) -> JsonObject:
    times = {"headers": capture.answered, "first": first, "token": token, "end": capture.ended}
    since = {name: at and max(0, at - capture.began) for name, at in times.items()}
    return {
        "runId": capture.run_id,
        "method": capture.method,
        "url": capture.url,
        "status": capture.status,
        "sent": [list(pair) for pair in capture.sent],
        "received": [list(pair) for pair in capture.received],
        "bytes": capture.size,
        "lost": capture.lost,
        **since,
        "fault": secrets.mask(capture.fault),
    }


def _is_failure(capture: Capture) -> bool:
    return capture.status is not None and not 200 <= capture.status < 300
