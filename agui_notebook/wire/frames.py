"""From the bytes of an answer to the values of its frames, and what was passed over on the way."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import suppress

from .. import foreign_json
from ..errors import ProtocolError
from .sse_reader import FrameReader, unreadable
from .surrogates import Halves, may_have

MOST_NOTES = 20


class Frames:
    """The frames of one answer: one by one, or in bursts as the network brought them.

    ``notes`` are sentences about what was passed over or mended, complete at the end.
    """

    def __init__(self, bursts: AsyncIterator[Iterator[object]], notes: list[str]) -> None:
        self.bursts, self.notes = bursts, notes

    async def __aiter__(self) -> AsyncIterator[object]:
        async for burst in self.bursts:
            for frame in burst:
                yield frame


class FrameStream:
    """Reads one answer: bytes in, JSON values out."""

    def __init__(self) -> None:
        self.notes: list[str] = []
        self._reader = FrameReader(self._pass_over)
        self._halves = Halves()

    @property
    def spoke(self) -> bool:
        """Whether any event has come."""
        return self._reader.spoke

    @property
    def head(self) -> str:
        """How the answer begins."""
        return self._reader.head

    def feed(self, chunk: bytes) -> Iterator[object]:
        """The frames that ``chunk`` completes."""
        return self._values(self._reader.feed(chunk))

    def close(self) -> Iterator[object]:
        """The last frame when no blank line ended it; one that was cut off counts as none."""
        with suppress(ProtocolError):
            yield from list(self._values(self._reader.close()))
        yield from self._halves.end()

    def _values(self, texts: Iterator[str]) -> Iterator[object]:
        """The hot path: what can be asked once for many frames is not asked for each."""
        halves, read, data = self._halves, foreign_json.read, ""
        try:
            for data in texts:
                value = read(data)
                if halves.waiting is None and ("\\u" not in data or not may_have(data)):
                    yield value
                else:
                    yield from halves.mend(value)
        except foreign_json.NotJSON as error:
            raise unreadable(data, error) from None

    def _pass_over(self, name: str, data: str) -> None:
        self._note(
            f"The agent sent frames named {name[:40]!r} that are no AG-UI events, "
            f"the first of them {data[:80]!r}: they were passed over."
        )

    def _note(self, text: str) -> None:
        if len(self.notes) < MOST_NOTES:
            self.notes.append(text)
