"""Writes a conversation as a pytest module, with its recording beside it.

The conversation is played once while it is written, so that the test is green as it stands.
"""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Sequence
from itertools import count
from pathlib import Path

from ..client.event_log import dump
from ..client.result import RunResult
from ..errors import AGUIError, InvalidInput
from ..markup.outlets import docstring_line, json_text
from ..runtime.files import write
from ..values import Json, JsonObject
from .recorded_agent import RecordedAgent, tool_calls
from .recorded_runs import RecordedRun

WIDTH = 88
LONG = 2_000  # characters of an answer that are compared
HEAD = '''"""A conversation with {agent}, as a test: what is sent is compared with the recording.

Written by agui_notebook. Edit it as you like: put your own code in the place of what is said here,
and keep of the assertions what matters to you.
"""

import pytest
{imports}
pytestmark = pytest.mark.agui_recording({recording})


def {name}(recorded_agent):
'''
IMPORT = "\nfrom agui_notebook.testing import tool_calls\n"
TOOLS = "# these answer as they did; your own take their places: recorded_agent.tools(plot)"
MORE_TOOLS = "for tool in recorded_agent.tools():\n    session.add_tool(tool)"
NOTHING: JsonObject = {"messages": [], "state": {}, "tools": [], "context": []}


def write_test(lines: Sequence[JsonObject], path: str | Path, agent: str) -> tuple[Path, Path]:
    """Write the module at ``path`` and the recording beside it; returns both.

    ``lines`` are those of a conversation, ``agent`` is what it was with. Raises InvalidInput where
    it cannot be played again or nothing can be written.
    """
    module = Path(path).expanduser()
    recording = module.with_suffix(".jsonl")
    kept = [line for line in map(_without_outputs, lines) if line.get("change") != []]
    text = module_text(kept, module.stem, recording.name, agent)
    return write(module, [text]), write(recording, (json_text(dump(line)) + "\n" for line in kept))


def free_name(agent: str) -> str:
    """A name for the module of a conversation with ``agent`` that nothing in this folder has."""
    word = re.sub(r"\W+", "_", agent, flags=re.ASCII).strip("_").lower() or "talk"
    numbers = (f"test_{word}{'' if number == 1 else f'_{number}'}.py" for number in count(1))
    return next(name for name in numbers if not Path(name).exists())


def _without_outputs(line: JsonObject) -> JsonObject:
    """What tools showed here is nothing to test."""
    if "change" not in line:
        return line
    return {**line, "change": [each for each in line["change"] if each[1][:1] != ["outputs"]]}


def module_text(lines: Sequence[JsonObject], name: str, recording: str, agent: str) -> str:
    """The text of the module."""
    word = "".join(c if c.isalnum() and c.isascii() else "_" for c in name)
    test = word if word.startswith("test_") else f"test_{word}"
    with RecordedAgent.of(lines) as played:
        if played.next_run is None:
            raise InvalidInput("Nothing was said yet: there is nothing to make a test of.")
        writing = _Played(played)
        while played.next_run is not None:
            writing.turn(played.next_run)
        steps = [*writing.statements, "", "recorded_agent.check()"]
    body = [line for step in steps for line in step.split("\n")]
    uses = any("tool_calls(" in line for line in body)
    head = HEAD.format(
        agent=docstring_line(agent),
        recording=json.dumps(recording),
        name=test,
        imports=IMPORT if uses else "",
    )
    return head + "".join(f"    {line}".rstrip() + "\n" for line in body)


class _Played:
    """A session with the recorded agent, and the statements that do to it what is done here."""

    def __init__(self, agent: RecordedAgent) -> None:
        self.agent = agent
        first = (agent.next_run.request if agent.next_run else None) or NOTHING
        self.context = first["context"]
        self.session = agent.connect(tools=agent.tools(), context=self.context)
        self.state: Json = {}
        told = ["tools=recorded_agent.tools()"] if first["tools"] else []
        told += [f"context={_literal(self.context, 40)}"] if self.context else []
        note = [TOOLS] if first["tools"] else []
        self.statements = [*note, f"session = recorded_agent.connect({', '.join(told)})"]

    def turn(self, exchange: RecordedRun) -> None:
        """One turn, prepared as it was, and what came of it."""
        request = exchange.request or {**NOTHING, "state": self.session.state}
        self.statements.append("")
        said = request["messages"][_sent_count(self.session.messages) :]
        self._prepare(request, said)
        self._run(request, *_start(exchange, said))

    def _prepare(self, request: JsonObject, said: Sequence[JsonObject]) -> None:
        session = self.session
        if request["state"] != session.state:
            session.set_state(request["state"])
            self._call("session.set_state", request["state"])
        for message in (m for m in said if m["role"] == "system"):
            session.instruct(message["content"])
            self._call("session.instruct", message["content"])
        wanted = {each["name"]: each for each in request["tools"]}
        for name in session.tools.keys() - wanted.keys():
            session.remove_tool(name)
            self._call("session.remove_tool", name)
        if any(session.tools.get(n) is None or session.tools[n].definition() != each
               for n, each in wanted.items()):  # fmt: skip
            for tool in self.agent.tools():
                session.add_tool(tool)
            self.statements.append(MORE_TOOLS)

    def _run(self, request: JsonObject, method: str, told: list[Json]) -> None:
        started = self.agent.position
        over = {} if request["context"] == self.context else {"context": request["context"]}
        try:
            result = getattr(self.session, method)(*told, check=False, **over)
        except AGUIError as error:
            raise _unplayable(str(error)) from error
        if self.agent.position == started:
            raise _unplayable(str(result.error or "nothing was sent"))
        last = [f"{name}={_literal(value, 40)}" for name, value in over.items()]
        last += [] if result.error is None else ["check=False"]
        self._call(f"result = session.{method}", *told, last=last)
        self.statements += _assertions(result)
        state, self.state = self.state, self.session.state
        if state != self.state:
            self.statements.append(f"assert session.state == {_literal(self.state, 28)}")

    def _call(self, function: str, *given: Json, last: Sequence[str] = ()) -> None:
        told = [*(_literal(each, len(function) + 5) for each in given), *last]
        self.statements.append(f"{function}({', '.join(told)})")


def _unplayable(why: str) -> InvalidInput:
    return InvalidInput(f"This conversation cannot be played again, so no test is made: {why}")


def _sent_count(messages: Sequence[JsonObject]) -> int:
    return sum(message["role"] != "activity" for message in messages)


def _start(exchange: RecordedRun, said: Sequence[JsonObject]) -> tuple[str, list[Json]]:
    """The method that begins a turn, and what it is given."""
    resume = (exchange.request or {}).get("resume")
    if resume:
        bare = all(e.get("status") == "resolved" and not e.get("metadata") for e in resume)
        answers = {e["interruptId"]: e.get("payload") for e in resume}
        return "ask_resume", [answers if bare else resume]
    users = [message["content"] for message in said if message["role"] == "user"]
    return "ask", users[-1:]


def _assertions(result: RunResult) -> list[str]:
    """What can be said of a turn's result."""
    found = []
    if result.outcome not in ("success", "interrupt"):
        found.append(f"assert result.outcome == {_quote(result.outcome)}")
    if len(result.text) > LONG:
        found.append(f"assert result.text.startswith({_literal(result.text[:LONG], 34)})")
    elif result.text or not result.tool_calls:
        found.append(f"assert result.text == {_literal(result.text, 26)}")
    if result.tool_calls:
        found.append(f"assert tool_calls(result) == {_literal(tool_calls(result), 33)}")
    if result.interrupts:
        asked = [interrupt.id for interrupt in result.interrupts]
        found.append(f"assert [each.id for each in result.interrupts] == {_literal(asked, 54)}")
    return found


def _literal(value: Json, column: int) -> str:
    """A value as Python text behind so many characters, broken into lines where it is long."""
    if isinstance(value, str):
        return _text_literal(value, column)
    if isinstance(value, dict):
        pairs = [f"{_quote(k) if isinstance(k, str) else repr(k)}: {_literal(v, 8)}"
                 for k, v in value.items()]  # fmt: skip
        return _join(pairs, "{}", column)
    if isinstance(value, list | tuple):
        each = [_literal(one, 8) for one in value]
        return _join(each, "[]" if isinstance(value, list) else "()", column)
    return repr(value)


def _join(parts: Sequence[str], ends: str, column: int) -> str:
    """The parts in one line where that is not too long, else one in each."""
    line = ends[0] + ", ".join(parts) + ends[1]
    if len(line) + column <= WIDTH and "\n" not in line:
        return line
    rows = "".join(f"    {row}\n" for part in parts for row in f"{part},".split("\n"))
    return f"{ends[0]}\n{rows}{ends[1]}"


def _quote(text: str) -> str:
    """The text in double quotes where that needs no more escapes."""
    written = repr(text)
    plain = written[0] == "'" and '"' not in text
    return f'"{written[1:-1]}"' if plain else written


def _text_literal(text: str, column: int) -> str:
    if len(repr(text)) + column <= WIDTH:
        return _quote(text)
    wrapper = textwrap.TextWrapper(
        WIDTH - 14, replace_whitespace=False, drop_whitespace=False, expand_tabs=False
    )
    lines = text.splitlines(keepends=True)
    pieces = [piece for line in lines for piece in wrapper.wrap(line) or [line]]
    whole = pieces if "".join(pieces) == text else [text]
    return "(\n" + "".join(f"    {_quote(piece)}\n" for piece in whole) + ")"
