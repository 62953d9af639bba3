"""The result of several turns in one conversation: what a check sees of a script."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields
from functools import cached_property

from ..client.result import RunResult, total_usage
from ..values import JsonObject


@dataclass(frozen=True)
class ScriptResult(RunResult):
    """All turns as one: messages, tool calls, usage, time and events are those of the whole script.

    ``text``, ``outcome`` and ``state`` are those of the last turn; ``turns`` has each.
    """

    turns: Sequence[RunResult] = field(default=(), repr=False)

    @cached_property
    def text(self) -> str:
        """What the agent said in the end."""
        return self.turns[-1].text


def join_turns(turns: Sequence[RunResult]) -> RunResult:
    """One result for all turns; itself where there is one."""
    if len(turns) == 1:
        return turns[0]
    last, times = turns[-1], [turn.duration for turn in turns if turn.duration is not None]
    whole: JsonObject = {
        "messages": [message for turn in turns for message in turn.messages],
        "usage": total_usage([{"usage": turn.usage} for turn in turns]),
        "warnings": [warning for turn in turns for warning in turn.warnings],
        "duration": sum(times) if times else None,
        "started": turns[0].started,
        "records": lambda: _records(turns),
    }
    rest = {each.name: getattr(last, each.name) for each in fields(RunResult)}
    return ScriptResult(**{**rest, **whole}, turns=tuple(turns))


def _records(turns: Sequence[RunResult]) -> Iterator[JsonObject]:
    for turn in turns:
        yield from turn.records()
