"""``agui chat URL``: a conversation in the terminal, or one question from a pipe.

Every word typed goes to one session; nothing is approved that was not answered with y.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Iterator
from contextlib import aclosing, suppress

from ..client.connect import connect
from ..client.interrupts import Answer, Interrupt
from ..client.session import Session
from ..client.start import Resume
from ..errors import AGUIError, InvalidInput
from ..markup import outlets
from ..markup.visible import visible
from .terminal import Terminal
from .word import CommandWord, sentence

LEAVE = (":q", ":quit", "quit", "exit")
NOBODY = "The agent asks for an answer; run agui chat in a terminal to give it."


def parse_headers(given: list[str]) -> dict[str, str]:
    """``Name: value`` pairs as headers. Raises InvalidInput, never repeating a value."""
    headers = {}
    for line in given:
        name, colon, value = line.partition(":")
        if not colon or not name.strip() or not value.strip():
            raise InvalidInput("A header is written --header 'Name: value'.")
        headers[name.strip()] = value.strip()
    return headers


def add_access(parser: argparse.ArgumentParser) -> None:
    """What it takes to be let in by a server; see ``parse_headers``."""
    parser.add_argument(
        "--header",
        action="append",
        default=[],
        metavar="'NAME: VALUE'",
        help="a header of every request; may be given again",
    )
    parser.add_argument("--token", help="the server's bearer token")


def read_messages(prompt: str) -> Iterator[str]:
    """What the user types, one message at a time; a line that ends in a backslash goes on.

    Ctrl-C drops what was typed of it, Ctrl-D leaves.
    """
    lines: list[str] = []
    while True:
        try:
            line = input(prompt if not lines else "… ")
        except EOFError:
            print()
            return
        except KeyboardInterrupt:
            print()
            lines = []
            continue
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
        if given.message is not None or not sys.stdin.isatty():
            return _turn(session, terminal, _single_message(given.message))
        with suppress(ImportError):
            import readline  # noqa: F401 - input() then edits lines, remembers them, takes pastes
        name = visible(session.name)
        terminal.say(f"{name} · :q leaves, a backslash at the end goes on", "quiet")
        for text in read_messages("\n> "):
            _turn(session, terminal, text)
    return 0


def _single_message(given: str | None) -> str:
    """What was given, or else piped in. Raises InvalidInput when that is nothing."""
    text = sys.stdin.read() if given is None else given
    if not text.strip():
        raise InvalidInput("Nothing is asked: give -m TEXT, pipe a text in, or use a terminal.")
    return text


def _turn(session: Session, terminal: Terminal, text: str) -> int:
    """One question with all that the agent asks back; whether it ended well, as an exit code."""
    try:
        if _all_settled(session, terminal):  # what Ctrl-C left open comes first
            asyncio.run(_show(session, terminal, text))
            _all_settled(session, terminal)
    except AGUIError as error:
        terminal.say(sentence(error), "bad")
        return 1
    except KeyboardInterrupt:
        terminal.say("stopped", "bad")
        return 130
    for warning in session.result.warnings if session.result else ():
        terminal.say(warning, "ask")
    return 1 if session.interrupts else 0


async def _show(session: Session, terminal: Terminal, said: str | Resume) -> None:
    """Show a run as it comes; Ctrl-C, and a reader of ours that has gone, stop it."""
    try:
        async with aclosing(session.stream(said)) as events:
            async for event in events:
                terminal.event(session.secrets.mask_value(event))
    finally:
        terminal.end_line()


def _all_settled(session: Session, terminal: Terminal) -> bool:
    """Put the agent's questions to the user until none is open; whether that was reached."""
    while session.interrupts:
        if not sys.stdin.isatty():
            terminal.say(NOBODY, "bad")
            return False
        if not all(_ask(interrupt, terminal) for interrupt in session.interrupts):
            return False
        asyncio.run(_show(session, terminal, Resume()))
    return True


def _ask(interrupt: Interrupt, terminal: Terminal) -> bool:
    """Put one question, again while the answer does not fit; whether it was answered."""
    terminal.say(visible(interrupt.question["text"]), "ask")
    for action in interrupt.question["actions"]:
        terminal.say(visible(f"{outlets.line(action['name'])} {action['args']}"), "ask")
    while True:
        forget_typed()
        try:
            _decide(interrupt, input("y = yes, n = no, anything else is the answer: ").strip())
        except InvalidInput as error:
            terminal.say(str(error), "bad")
        except EOFError:
            return False
        else:
            return True


def _decide(interrupt: Interrupt, said: str) -> Answer:
    """Take what was typed as the answer; nothing typed is a no. Raises InvalidInput."""
    if said.lower() in ("y", "yes"):
        return interrupt.approve()
    if said.lower() in ("n", "no", ""):
        return interrupt.deny()
    return interrupt.answer(said)


def forget_typed() -> None:
    """What was typed or pasted before a question stood there is no answer to it."""
    if sys.platform == "win32":
        import msvcrt

        while msvcrt.kbhit():
            msvcrt.getwch()
        return
    import termios

    with suppress(termios.error, OSError, ValueError):  # no terminal: nobody types ahead
        termios.tcflush(sys.stdin, termios.TCIFLUSH)


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("url", nargs="?", help="the agent's address, else $AGUI_SERVER_URL")
    parser.add_argument("-m", "--message", metavar="TEXT", help="ask only this, and leave")
    add_access(parser)
    parser.add_argument("--system", help="a system message for the thread")


CHAT = CommandWord(
    "chat",
    "Talk to an AG-UI agent in the terminal.",
    "Example: echo 'What is 2 + 2?' | agui chat http://127.0.0.1:8888/",
    _arguments,
    _chat,
)
