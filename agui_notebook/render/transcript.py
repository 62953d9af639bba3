"""A conversation as a list of entries in reading order, the one source of all renderings.

Here is decided what a reader is shown of a document; how it looks is text.py's, markdown.py's
and html.py's business.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from ..markup.html_text import html_text
from ..markup.outlets import line, terminal
from ..markup.visible import visible
from ..protocol.answer_text import answer_line, question_line
from ..protocol.document.shape import bundles_of, item_key, text_of
from ..protocol.question import Question, ask_all
from ..values import Json, JsonObject, JsonView
from .activity_line import activity_line

ARGUMENT_LIMIT = 200  # characters of a call's arguments shown
RESULT_LIMIT = 2_000  # characters of a tool's result shown


class Entry(NamedTuple):
    """One thing to read.

    ``kind`` is user, assistant, reasoning, call, activity, note, alert, or approval: a call that
    waits for a yes.

    ``title`` is a short line (who spoke, the call), ``text`` the body, ``bundles`` what a frontend
    tool showed and returned as a notebook shows it.
    """

    kind: str
    title: str
    text: str
    bundles: Sequence[JsonView] = ()


STATE = item_key("state", "")  # what the keys of drawn places in the state begin with


class MessageContext(NamedTuple):
    """What the entries of one message are made with."""

    agent: str
    results: Mapping[str, JsonView]
    outputs: Mapping[str, Json]
    subagents: Mapping[str, str]

    def speaker(self, message: JsonView) -> str:
        """Who says it: a subagent by its name, else the agent; and whether it refused to."""
        name = self.subagents.get(message.get("subagentRunId", ""), self.agent)
        about = message.get("metadata")
        refused = isinstance(about, Mapping) and about.get("refusal")
        return visible(f"{name} (refused)" if refused else name)


def entries(document: JsonView, agent: str = "Agent") -> list[Entry]:
    """What a reader sees of ``document``, in order; ``agent`` is how the other side is called.

    All text leaves here, whatever it is written as: no control does its work in a file that
    somebody prints, and no title takes more than its line.
    """
    messages = document.get("messages", [])
    marks = run_marks(document)
    reading = MessageContext(
        agent, _results(messages), document.get("outputs", {}), _subagents(document)
    )
    read = [*marks.pop(-1, [])]
    for position, message in enumerate(messages):
        read += _ROLES.get(message.get("role", ""), _nothing)(message, reading)
        read += marks.pop(position, [])
    read += _drawn_states(reading.outputs)
    asked = ask_all(document.get("interrupts", []), messages)
    for question in asked:
        read += _question_entries(question, named=len(asked) > 1)
    return [each._replace(title=line(each.title), text=terminal(each.text)) for each in read]


def run_marks(document: JsonView) -> dict[int, list[Entry]]:
    """Position of a message -> how the runs went that ended below it. Success needs no words."""
    messages, runs = document.get("messages", []), document.get("runs", [])
    place = {message.get("id"): position for position, message in enumerate(messages)}
    marks: dict[int, list[Entry]] = {}
    open_questions = _open_questions(document)
    for number, run in enumerate(runs):
        told = [_ENDINGS[run["status"]](run)] if run.get("status") in _ENDINGS else []
        told += (
            _answer_entries(run, runs[number + 1 :], open_questions) if "interrupts" in run else ()
        )
        if told:
            following = runs[number + 1] if number + 1 < len(runs) else None
            marks.setdefault(_last_before(following, place, messages), []).extend(told)
    return marks


def _open_questions(document: JsonView) -> set[str]:
    """Ids of the questions that stand open: while a run goes on with the answers, none does."""
    going = [run for run in document.get("runs", [])[-1:] if run.get("status") == "running"]
    return set() if going else {each["id"] for each in document.get("interrupts", [])}


def _answer_entries(
    run: JsonView, later: Iterable[JsonView], open_questions: set[str]
) -> Iterator[Entry]:
    """What was answered to the questions this run ended with, where the answers have arrived."""
    answers: dict[str, JsonView] = {}
    for each in later:
        answers |= {given["interruptId"]: given for given in each.get("resume", ())}
        if each.get("interrupts"):
            open_questions = set()
            break  # an id may be asked again: what follows answers that, and so does what is open
    for interrupt in run["interrupts"]:
        if interrupt["id"] in answers.keys() - open_questions:
            answer = answer_line(interrupt, answers[interrupt["id"]])
            yield Entry("note", f"{question_line(interrupt)} → {answer}", "")


def _last_before(
    following: JsonView | None, place: Mapping[Json, int], messages: list[JsonObject]
) -> int:
    # a run starts after the user's message, which already belongs to it unless it goes on
    if following is None or following.get("after") not in place:
        return len(messages) - 1
    position = place[following["after"]]
    asked = messages[position].get("role") == "user" and "resume" not in following
    return position - 1 if asked else position


def _results(messages: Iterable[JsonView]) -> dict[str, JsonView]:
    return {m["toolCallId"]: m for m in messages if m.get("role") == "tool"}


def _subagents(document: JsonView) -> dict[str, str]:
    return {
        subagent["subagentRunId"]: subagent["name"]
        for run in document.get("runs", [])
        for subagent in run.get("subagents", [])
    }


def clip(text: str, limit: int) -> str:
    """``text``, cut to ``limit`` characters with an ellipsis."""
    return text if len(text) <= limit else text[: limit - 1] + "…"


def call_line(call: JsonView) -> str:
    """A tool call as Python would write it; arguments that are no JSON stay as they are."""
    function = call.get("function", {})
    raw = function.get("arguments", "")
    try:
        given = json.loads(raw or "{}")
        shown = ", ".join(f"{key}={_short(value)}" for key, value in given.items())
    except (ValueError, AttributeError):
        shown = raw
    name = visible(function.get("name", "tool"))
    return f"{name}({clip(visible(' '.join(shown.split())), ARGUMENT_LIMIT)})"


def _short(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False)


def message_text(message: JsonView) -> str:
    """A message's text, with a word in brackets for every part that is not text."""
    content = message.get("content")
    if not isinstance(content, list):
        return text_of(message)
    pieces = [part.get("text", "") if part.get("type") == "text" else _part_word(part)
              for part in content]  # fmt: skip
    return "\n\n".join(piece for piece in pieces if piece)


def _part_word(part: JsonView) -> str:
    source = part.get("source") or {}
    named = (part.get("metadata") or {}).get("filename") or source.get("mimeType", "")
    return f"[{part.get('type', 'attachment')}{f': {visible(named)}' if named else ''}]"


def _user(message: JsonView, _: MessageContext) -> Iterator[Entry]:
    yield Entry("user", "You", message_text(message))


def _assistant(message: JsonView, reading: MessageContext) -> Iterator[Entry]:
    text = message_text(message)
    if text:
        yield Entry("assistant", reading.speaker(message), text)
    for call in message.get("toolCalls") or []:
        answer = reading.results.get(call.get("id"), {})
        shown = clip(str(answer.get("error") or "") or message_text(answer), RESULT_LIMIT)
        bundles = tuple(bundles_of(reading.outputs.get(call.get("id"))))
        yield Entry("call", call_line(call), shown, bundles)


def _reasoning(message: JsonView, _: MessageContext) -> Iterator[Entry]:
    text = message_text(message)
    if text:
        yield Entry("reasoning", "Reasoning", text)


def _activity(message: JsonView, reading: MessageContext) -> Iterator[Entry]:
    drawn = bundles_of(reading.outputs.get(f"message:{message.get('id')}"))
    if drawn:
        yield _drawn_entry(message.get("activityType", "activity"), drawn)
        return
    content, kind = message.get("content"), visible(message.get("activityType", "activity"))
    if (line := activity_line(kind, content)) is not None:
        yield Entry("activity", clip(line, RESULT_LIMIT), "")
        return
    if not isinstance(content, str):
        content = visible(json.dumps(content, ensure_ascii=False)[: 2 * RESULT_LIMIT])
    yield Entry("activity", kind, clip(content, RESULT_LIMIT))


def _drawn_entry(title: str, bundles: Sequence[JsonView]) -> Entry:
    """What the user's Python drew: its pictures, and what there is to read of the rest."""
    read = filter(None, map(_drawn_text, bundles))
    return Entry("activity", visible(title), clip("\n".join(read), RESULT_LIMIT), tuple(bundles))


def _drawn_text(bundle: JsonView) -> str:
    if any(kind.startswith("image/") for kind in bundle):
        return ""
    html = bundle.get("text/html")
    return html_text(str(html)) if html else str(bundle.get("text/plain", ""))


def _drawn_states(outputs: Mapping[str, Json]) -> Iterator[Entry]:
    for key, output in outputs.items():
        if key.startswith(STATE) and (bundles := bundles_of(output)):
            yield _drawn_entry(key.removeprefix(STATE) or "State", bundles)


def _nothing(message: JsonView, _: MessageContext) -> Iterator[Entry]:
    # instructions are not conversation, and a tool's result is read at its call
    yield from ()


_ROLES: dict[str, Callable[[JsonView, MessageContext], Iterator[Entry]]] = {
    "user": _user,
    "assistant": _assistant,
    "reasoning": _reasoning,
    "activity": _activity,
}


def _error_entry(run: JsonView) -> Entry:
    error = run.get("error") or {}
    code = f" ({visible(error['code'])})" if error.get("code") else ""
    return Entry("alert", f"The run failed{code}", error.get("message", ""))


def _cancelled_entry(run: JsonView) -> Entry:
    return Entry("note", "Stopped", "")


def _left_entry(run: JsonView) -> Entry:
    return Entry("note", "Left while it went on", "")


def _incomplete(run: JsonView) -> Entry:
    told = (run.get("error") or {}).get("message", "")
    return Entry("alert", "The stream stopped before the run ended", told)


_ENDINGS: dict[str, Callable[[JsonView], Entry]] = {
    "error": _error_entry,
    "cancelled": _cancelled_entry,
    "incomplete": _incomplete,
    "left": _left_entry,
}


def _question_entries(question: Question, *, named: bool) -> Iterator[Entry]:
    """A question and the calls that wait for its answer, whole, literal and as they are written.

    Its id is of use only among several.
    """
    about = f" to {visible(question['id'])}" if named else ""
    yield Entry("alert", f"Waiting for your answer{about}", visible(question["text"]))
    for action in question["actions"]:
        yield Entry("approval", visible(action["name"]), visible(action["args"]))
