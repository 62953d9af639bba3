"""From the bytes of an answer to the values of its frames, and what was passed over on the way."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from contextlib import suppress

from .. import foreign_json
from ..errors import ProtocolError
from ..values import Json
from .json_answer import JSONReader, begins_json, error_words
from .sse_reader import FrameReader, decode
from .surrogates import Halves, may_have

MOST_NOTES = 20
IN_JSON = (
    "The agent answered in plain JSON where an event stream belongs (text/event-stream): "
    "it was read as one."
)


class Frames:
    """The frames of one answer: one by one, or in bursts as the network brought them.

    ``notes`` are sentences about what was passed over or mended, complete at the end.
    """

    def __init__(self, bursts: AsyncIterator[Iterable[object]], stream: FrameStream) -> None:
        self.bursts, self.notes, self._stream = bursts, stream.notes, stream

    @property
    def complaint(self) -> str:
        """What the server's framework said went wrong, which ends a run that has no other end."""
        return self._stream.complaint

    async def __aiter__(self) -> AsyncIterator[object]:
        async for burst in self.bursts:
            for frame in burst:
                yield frame


class FrameStream:
    """Reads one answer: bytes in, JSON values out.

    One in plain JSON is read too, where ``counts`` says which of its values are events.
    """

    def __init__(self, counts: Callable[[Json], bool] | None = None) -> None:
        self.notes: list[str] = []
        self.complaint = ""
        self._reader: FrameReader | JSONReader = FrameReader(self._pass_over)
        self._halves = Halves()
        self._counts = counts  # until it has begun

    @property
    def spoke(self) -> bool:
        """Whether any event has come, or else a word about why not."""
        return self._reader.spoke or bool(self.complaint)

    @property
    def head(self) -> str:
        """How the answer begins."""
        return self._reader.head

    def feed(self, chunk: bytes) -> Iterable[object]:
        """The frames that ``chunk`` completes; raises what is wrong behind them when it is come to.

        The hot path: all are read at once, for each layer that passes on one by one costs.
        """
        if self._counts is not None:
            self._begin(chunk, self._counts)
        texts = self._reader.feed(chunk)
        values: list[object] = []
        try:
            if type(texts) is list and not self._reader.escaped and not self._halves.waiting:
                _read_all(texts, values)
            else:
                self._read_each(texts, values)
        except ProtocolError as error:
            return _then_raise(values, error)
        return values

    def _begin(self, chunk: bytes, counts: Callable[[Json], bool]) -> None:
        in_json = begins_json(chunk)
        if in_json is not None:
            self._counts = None
            self._reader = JSONReader(counts) if in_json else self._reader

    def _read_each(self, texts: Iterable[str], values: list[object]) -> None:
        """Frame by frame, where there may be half characters or odd frames."""
        halves = self._halves
        for data in texts:
            value = decode(data)
            if not halves.waiting and not may_have(data):
                values.append(value)
            else:
                values.extend(halves.mend(value))

    def close(self) -> Iterator[object]:
        """The last frame when no blank line ended it; one that was cut off counts as none."""
        with suppress(ProtocolError):
            last = [decode(data) for data in self._reader.close()]
            yield from [value for frame in last for value in self._halves.mend(frame)]
        yield from self._halves.end()
        if isinstance(self._reader, JSONReader) and self.spoke:
            self._note(IN_JSON)

    def _pass_over(self, name: str, data: str) -> None:
        if name == "error":
            self.complaint = self.complaint or error_words(data) or data.strip()
        self._note(
            f"The agent sent frames named {name[:40]!r} that are no AG-UI events, "
            f"the first of them {data[:80]!r}: they were passed over."
        )

    def _note(self, text: str) -> None:
        if len(self.notes) < MOST_NOTES:
            self.notes.append(text)


def _read_all(texts: Sequence[str], values: list[object]) -> None:
    """The value of each text; the one that is refused may yet be readable in part."""
    while len(values) < len(texts):
        try:
            foreign_json.read_all(texts[len(values) :], values)
        except foreign_json.NotJSON:
            values.append(decode(texts[len(values)]))


def _then_raise(values: list[object], error: ProtocolError) -> Iterator[object]:
    yield from values
    raise error
