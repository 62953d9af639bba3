"""The words after ``%agui``: one small function each, calling what a user can call as well.

A function gets a ``Request`` and returns what the notebook shows: a value, a turn to stream, or
nothing. How the line is parsed and errors are told is magics.py's business.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from ... import traces
from ...client.interrupts import Interrupt
from ...client.recording import record, replay
from ...client.session import Session
from ...errors import InvalidInput
from ...late_pattern import late
from ...markup.visible import visible
from ...render.markdown import markdown
from ...render.text import text
from ...runtime.files import write
from ...values import JsonObject
from .. import kernel
from ..chats import Chat, chats, suggestion
from ..shell import shell
from ..thread_files import export_thread
from . import thread_words
from .cell_turn import CellTurn, answer_turn, join_turn, retry_turn
from .request import Request

if TYPE_CHECKING:
    from ...tools.tool import Tool


def _chat_with(request: Request, target: Any, **options: Any) -> Any:
    from ..chat import chat

    given = {"name": request.options.name, "system": request.options.system, **options}
    given |= {"tools": request.functions, "approve": request.approve}
    if request.options.resume:
        given["thread"] = "last"
    made = chat(target, **{key: value for key, value in given.items() if value is not None})
    if request.options.new:
        made.chat.threads.begin()
    return made


def _demo(request: Request) -> Any:
    return _chat_with(request, None, port=request.options.port, token=request.options.token)


def _connect(request: Request) -> Any:
    word = request.only("where the agent is: %agui connect http://127.0.0.1:8888/")
    url = request.names.get(word, word) if word.isidentifier() else word
    options = request.options
    return _chat_with(
        request, url, token=options.token, headers=request.headers, model=options.model
    )


def _serve(request: Request) -> Any:
    word = request.only("what to serve: %agui serve NAME_OF_A_VARIABLE")
    options = request.options
    return _chat_with(
        request,
        request.value(word),
        port=options.port,
        model=options.model,
        token=options.token,
        headers=request.headers,
    )


def _chat(request: Request) -> Any:
    name = request.words[0] if request.words else None
    if name in request.names and name not in chats.names:
        return _chat_with(request, request.value(str(name)))
    found = chats.get(name or request.options.name)
    return found.widget or _chat_with(request, found.session)


def _use(request: Request) -> None:
    chat = chats.use(request.only("which chat: %agui use NAME"))
    kernel.say(f"Now talking to {chat.name}.")


def _keep(request: Request) -> None:
    word = request.only("which of those that were asked: %agui keep NAME")
    chat = chats.use(word)
    count = _amount(len(chat.session.messages), "message")
    kernel.say(f"It goes on with {chat.name}, {count} so far.")


def _list(request: Request) -> None:
    for name in chats.names:
        kernel.say(_line(chats.get(name), current=name == chats.current))
    if not chats.names:
        kernel.say("There is no chat yet: begin with %agui demo.")


def _line(chat: Chat, *, current: bool) -> str:
    session = chat.session
    waiting = len(session.interrupts)
    asked = f"waiting for {_amount(waiting, 'answer')}" if waiting else "idle"
    doing = "running" if session.running else asked
    name = f"{'*' if current else ' '} {visible(chat.name)}"
    return f"{name}  {session.url}  {_amount(len(session.messages), 'message')}, {doing}"


def _amount(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def _tools(request: Request) -> None:
    tools = request.chat.session.tools.values()
    for tool in tools:
        parameters = ", ".join(tool.parameters.get("properties", {}))
        asks = _approval_note(tool, request.chat.session)
        told = tool.description.partition(chr(10))[0]
        kernel.say(f"{tool.name}({parameters}){asks}  {told}".rstrip())
    if not tools:
        kernel.say("No tool runs in this kernel yet: %agui tool NAME_OF_A_FUNCTION adds one.")


def _approval_note(tool: Tool, session: Session) -> str:
    """Whether the user is asked before it runs."""
    if tool.name in session.permissions:
        return "  (allowed in this session)"
    return "  (asks first)" if tool.approve or session.options.approve else ""


def _tool(request: Request) -> None:
    chat = request.chat
    for word in request.some("which function: %agui tool NAME_OF_A_FUNCTION"):
        made = (chat.widget or chat.session).add_tool(request.value(word))
        kernel.say(f"{chat.name} may now call {made.name}.")


def _allow(request: Request) -> None:
    for word in request.some("which tool: %agui allow NAME"):
        (request.chat.widget or request.chat.session).allow(word)
        kernel.say(f"{word} runs unasked from now on, in this session; %agui revoke {word}.")


def _revoke(request: Request) -> None:
    for word in request.some("which tool: %agui revoke NAME"):
        (request.chat.widget or request.chat.session).revoke(word)
        kernel.say(f"You will be asked again before {word} runs.")


def _state(request: Request) -> Any:
    if request.raw:
        request.chat.session.set_state(_json(request.raw))
        return None
    return request.chat.session.state


def _messages(request: Request) -> None:
    chat = request.chat
    document = chat.thread().document
    if not document["messages"]:
        kernel.say("No messages yet.")
        return
    written = markdown(document, agent=chat.name)
    kernel.show({"text/markdown": written, "text/plain": text(document, agent=chat.name)})


def _events(request: Request) -> None:
    count = _count(request.words[0]) if request.words else 20
    session = request.chat.session
    for record_ in session.events[-count:]:
        event = session.secrets.mask_value(record_["event"])
        rest = {key: value for key, value in event.items() if key != "type"}
        shown = json.dumps(rest, ensure_ascii=False)
        kernel.say(
            f"{event.get('type', '?'):<24} {shown if len(shown) <= 120 else shown[:119] + '…'}"
        )
    if not session.events:
        kernel.say("No events yet.")


def _count(word: str) -> int:
    if not word.isdecimal() or int(word) == 0:
        raise InvalidInput(f"{word!r} is no number of events: write %agui events 20.")
    return int(word)


def _approve(request: Request) -> CellTurn | None:
    question, rest = _question(request)
    question.approve(**_edits(rest))
    return _go_on(request.chat)


def _deny(request: Request) -> CellTurn | None:
    question, rest = _question(request)
    question.deny(rest or None)
    return _go_on(request.chat)


def _answer(request: Request) -> CellTurn | None:
    question, rest = _question(request)
    if not rest:
        raise InvalidInput("Say the answer too: %agui answer ID JSON")
    question.answer(_json(rest))
    return _go_on(request.chat)


def _question(request: Request) -> tuple[Interrupt, str]:
    """The question that is meant, and the text behind its id. Never a guess among several."""
    pending = {question.id: question for question in request.chat.session.interrupts}
    name, _, rest = request.raw.partition(" ")
    if not pending:
        raise InvalidInput(f"Nothing waits for an answer{_elsewhere(request.chat)}.")
    if name in pending:
        return pending[name], rest.strip()
    if len(pending) == 1:
        return next(iter(pending.values())), request.raw

    asked = "; ".join(visible(f"{q.id} ({q.question['text']})") for q in pending.values())
    raise InvalidInput(f"Several questions wait, say which one is answered: {asked}.")


def _elsewhere(chat: Chat) -> str:
    """Where something does wait: a cell may have spoken to another chat than the one in use."""
    others = [name for name in chats.names if chats.get(name).session.interrupts]
    return f" in {chat.name}, but in {others[0]}: %agui use {others[0]}" if others else ""


def _go_on(chat: Chat) -> CellTurn | None:
    """The turn goes on when no question is left without a decision (C-INT-04)."""
    pending = chat.session.interrupts
    decided = chat.session.decisions
    left = [each.id for each in pending if not each.is_answered_by(decided.get(each.id))]
    if left:
        kernel.say(f"Noted. Still to answer: {', '.join(left)}.")
        return None
    return answer_turn(chat, [decided[each.id] for each in pending])


def _edits(text: str) -> JsonObject:
    """Changed arguments: ``NAME=VALUE`` several times, values as in Python or bare words."""
    found = {match[1]: _literal(match[2]) for match in _EDIT.finditer(text)}
    if rest := _EDIT.sub("", text).strip():
        raise InvalidInput(f"{rest!r} is no change: write NAME=VALUE, as in city='Oslo'.")
    return found


_EDIT = late(r"([A-Za-z_]\w*)=('[^']*'|\"[^\"]*\"|\[[^\]]*\]|\{[^}]*\}|\S+)")


def _literal(text: str) -> Any:
    for read in (ast.literal_eval, json.loads):
        with suppress(ValueError, SyntaxError):
            return read(text)
    return text


def _json(text: str) -> Any:
    bare = text.strip()
    if bare[:1] == bare[-1:] == "'":
        bare = bare[1:-1]
    try:
        return json.loads(bare)
    except ValueError as error:
        raise InvalidInput(f"{bare!r} is not JSON: {error}.") from error


def _stop(request: Request) -> None:
    session = request.chat.session
    kernel.say("Stopped." if session.running else "Nothing is running.")
    session.stop()


def _retry(request: Request) -> CellTurn:
    return retry_turn(request.chat)


def _join(request: Request) -> CellTurn:
    return join_turn(request.chat)


def _record(request: Request) -> None:
    session = request.chat.session
    path = record(session, request.only("where to: %agui record FILE.jsonl"))
    kernel.say(f"{len(session.events)} events are in {path}.")


def _replay(request: Request) -> Any:
    word = request.only("which recording: %agui replay FILE.jsonl")
    return _chat_with(request, replay(word, speed=request.options.speed))


def _export(request: Request) -> None:
    word = request.only(
        "where to: %agui export FILE.md, FILE.jsonl, server.py, test_it.py, or cell"
    )
    chat = request.chat
    if word == "cell":
        found = shell()
        if found is not None:
            found.set_next_input(export_thread(chat.thread(), "cell")[1])
        return
    if word.endswith(".py") and Path(word).name.startswith("test_"):
        thread_words.export_test(chat, word)
        return
    if word.endswith(".py"):
        _export_server(chat, word, "ray" if request.options.ray else "uvicorn")
        kernel.say(f"Written to {word}.")
        return
    form = _FORMS.get(Path(word).suffix.lower())
    if form is None:
        raise InvalidInput(
            f"{word} is no file to export to: name it FILE.md, FILE.jsonl, server.py or test_it.py."
        )
    write(word, [export_thread(chat.thread(), form)[1]])
    kernel.say(f"Wrote {len(chat.session.messages)} messages of {chat.name} to {word}.")


_FORMS = {".md": "markdown", ".markdown": "markdown", ".txt": "markdown", ".jsonl": "jsonl"}


def _export_server(chat: Chat, path: str, variant: Literal["uvicorn", "ray"]) -> None:
    from ...exports.module import export

    if chat.server is None:
        raise InvalidInput(f"{chat.name} is not served by this notebook: nothing to export.")
    export(chat.server, path, variant=variant)


def _servers(request: Request) -> None:
    from ...server.local import servers

    for server in servers().values():
        kernel.say(
            f"{server.name}  {server.url}  {'token required' if server.token else 'no token'}"
        )
    if not servers():
        kernel.say("No server runs in this kernel.")


def _shutdown(request: Request) -> None:
    from ...server.local import servers

    running = servers()
    wanted = request.words or list(running)
    for name in wanted:
        if name not in running:
            raise InvalidInput(f"There is no server named {name!r}{suggestion(name, running)}")
        running[name].stop()
        kernel.say(f"{name} was stopped.")
    if not wanted:
        kernel.say("No server runs in this kernel.")


def _debug(request: Request) -> None:
    from ...markup.key_shapes import mask_secrets

    kernel.say(mask_secrets(traces.latest()).rstrip() or "Nothing has gone wrong yet.")


def _status(request: Request) -> None:
    _list(request)
    _servers(request)
    kernel.say("%agui? shows every word.")


WORDS: dict[str, Callable[[Request], Any]] = {
    "": _status,
    "demo": _demo,
    "connect": _connect,
    "serve": _serve,
    "chat": _chat,
    "use": _use,
    "keep": _keep,
    "list": _list,
    "new": thread_words.begin,
    "threads": thread_words.print_threads,
    "open": thread_words.go_on,
    "save": thread_words.save_thread,
    "forget": thread_words.forget,
    "tools": _tools,
    "tool": _tool,
    "allow": _allow,
    "revoke": _revoke,
    "state": _state,
    "messages": _messages,
    "events": _events,
    "approve": _approve,
    "deny": _deny,
    "answer": _answer,
    "stop": _stop,
    "retry": _retry,
    "join": _join,
    "record": _record,
    "replay": _replay,
    "export": _export,
    "servers": _servers,
    "shutdown": _shutdown,
    "debug": _debug,
}
