"""``agui chat URL``: a conversation in the terminal, or one question from a pipe.

Every word typed goes to one session; nothing is approved that was not answered with y.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Iterator

from ..client.connect import connect
from ..client.interrupts import Answer, Interrupt
from ..client.session import Session
from ..errors import AGUIError, InvalidInput
from ..markup.visible import visible
from .terminal import Terminal
from .word import CommandWord

LEAVE = (":q", ":quit", "quit", "exit")


def parse_headers(given: list[str]) -> dict[str, str]:
    """``Name: value`` pairs as headers. Raises InvalidInput, never repeating a value."""
    headers = {}
    for line in given:
        name, colon, value = line.partition(":")
        if not colon or not name.strip() or not value.strip():
            raise InvalidInput("A header is written --header 'Name: value'.")
        headers[name.strip()] = value.strip()
    return headers


def read_messages(prompt: str) -> Iterator[str]:
    """What the user types, one message at a time; a line that ends in a backslash goes on."""
    lines: list[str] = []
    while True:
        try:
            line = input(prompt if not lines else "… ")
        except EOFError:
            return
        if line.endswith("\\"):
            lines.append(line[:-1])
            continue
        text, lines = "\n".join([*lines, line]), []
        if text.strip().lower() in LEAVE:
            return
        if text.strip():
            yield text


def _chat(given: argparse.Namespace) -> int:
    session = connect(
        given.url, headers=parse_headers(given.header), token=given.token, system=given.system
    )
    terminal = Terminal()
    with session:
        if given.message:
            return _turn(session, terminal, given.message)
        if not sys.stdin.isatty():
            return _turn(session, terminal, sys.stdin.read())
        terminal.say(f"{session.name} · :q leaves, a backslash at the end goes on", "quiet")
        for text in read_messages("\n> "):
            _turn(session, terminal, text)
    return 0


def _turn(session: Session, terminal: Terminal, text: str) -> int:
    """One question with all that the agent asks back; whether it ended well, as an exit code."""
    try:
        asyncio.run(_show(session, terminal, text))
        while session.interrupts and _settle(session, terminal):
            asyncio.run(_show(session, terminal, None))
    except AGUIError as error:
        terminal.say(str(error), "bad")
        return 1
    except KeyboardInterrupt:
        terminal.say("stopped", "bad")
        return 130
    for warning in session.result.warnings if session.result else ():
        terminal.say(warning, "ask")
    return 1 if session.interrupts else 0


async def _show(session: Session, terminal: Terminal, text: str | None) -> None:
    leave = session.observe_events(lambda record: terminal.event(record["event"]))
    try:
        await (session.resume() if text is None else session.run(text))
    finally:
        leave()
        terminal.end_line()


def _settle(session: Session, terminal: Terminal) -> bool:
    """Ask the user what the agent asked; whether everything has an answer now."""
    if not sys.stdin.isatty():
        terminal.say("The agent asks for an answer; run agui chat in a terminal to give it.", "bad")
        return False
    return all(_ask(interrupt, terminal) is not None for interrupt in session.interrupts)


def _ask(interrupt: Interrupt, terminal: Terminal) -> Answer | None:
    terminal.say(visible(interrupt.question["text"]), "ask")
    for action in interrupt.question["actions"]:
        terminal.say(visible(f"{action['name']} {action['args']}"), "ask")
    said = input("y = yes, n = no, anything else is the answer: ").strip()
    try:
        if said.lower() in ("y", "yes"):
            return interrupt.approve()
        if said.lower() in ("n", "no", ""):
            return interrupt.deny()
        return interrupt.answer(said)
    except InvalidInput as error:
        terminal.say(str(error), "bad")
        return None


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("url", nargs="?", help="the agent's address, else $AGUI_SERVER_URL")
    parser.add_argument("-m", "--message", metavar="TEXT", help="ask only this, and leave")
    parser.add_argument("--header", action="append", default=[], metavar="'NAME: VALUE'")
    parser.add_argument("--token", help="the server's bearer token")
    parser.add_argument("--system", help="a system message for the thread")


CHAT = CommandWord(
    "chat",
    "Talk to an AG-UI agent in the terminal.",
    "Example: echo 'What is 2 + 2?' | agui chat http://127.0.0.1:8888/",
    _arguments,
    _chat,
)
