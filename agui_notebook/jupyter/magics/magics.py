"""``%agui`` and ``%%agui``: lines taken apart, errors told in one sentence, turns awaited.

What the words do is in subcommands.py.
"""

from __future__ import annotations

import asyncio
import shlex
from argparse import Namespace
from collections.abc import Iterator
from typing import Any

from IPython.core.error import UsageError
from IPython.core.magic import Magics, line_cell_magic, magics_class, no_var_expand
from IPython.core.magic_arguments import argument, magic_arguments

from ...client.result import RunResult
from ...errors import AGUIError, InvalidInput, UnsupportedAgent
from ...values import JsonView
from ..chats import chats, nearest, suggestion
from .cell_turn import CellTurn, say_turn
from .options import OPTIONS, VALUED, takes_options
from .request import Request
from .subcommands import RAW, WORDS


@magics_class
class AguiMagics(Magics):
    """The magics of this extension."""

    shell: Any

    @no_var_expand
    @magic_arguments()
    @argument("words", nargs="*", help="A word of the above and what it is about.")
    @takes_options
    @line_cell_magic
    def agui(self, line: str, cell: str | None = None) -> Any:
        """Talk to AI agents over AG-UI.

        %%agui [NAME] sends the cell to the chat in use, or to NAME, and streams the answer below.

        %agui WORD:
          demo                   a chat with the offline demo agent
          connect URL            a chat with any AG-UI server
          serve VARIABLE         serve an agent, chat client or function, and chat with it
          chat [NAME]            show a chat again
          use NAME               mean this chat from now on
          list                   all chats
          new                    begin a new thread
          threads [WORDS]        earlier conversations, or those that hold these words
          open ID                go on with one: its id or title, "last", or a file of save
          save FILE              the conversation whole; forget ID (or all) removes from the store
          tools                  the functions the agent may call in this kernel
          tool FUNCTION          offer a function to the agent
          state [JSON]           show or set the shared state
          messages, events [N]   what was said; the last N events
          approve [ID] [ARG=VALUE]   say yes, with changed arguments if any
          deny [ID] [REASON]     say no
          answer ID JSON         answer anything else
          stop, retry            stop the run; the last turn once more
          record FILE            save the events; replay FILE plays them back
          export FILE            .md transcript, .jsonl events, .py server; cell: as code
          servers, shutdown [NAME]   the servers in this kernel
        Without a word: what is going on.
        """
        with Sentences():
            found, options = self._look_up(line, cell)
            if not isinstance(found, CellTurn):
                return found
            return self._finish(found.wait(quiet=options.quiet), options)

    async def agui_async(self, line: str, cell: str | None = None) -> Any:
        """What the magics do where the cell can await: it can be interrupted at any time."""
        with Sentences():
            found, options = self._look_up(line, cell)
            if not isinstance(found, CellTurn):
                return found
            return self._finish(await found.stream(quiet=options.quiet), options)

    def _look_up(self, line: str, cell: str | None) -> tuple[Any, Namespace]:
        if cell is None:
            return self._line(line)
        options = _options(self.shell.var_expand(line))
        return self._turn(cell, options), options

    def _line(self, line: str) -> tuple[Any, Namespace]:
        word, _, rest = line.strip().partition(" ")
        if word.startswith("-"):
            word, rest = "", line
        if word not in WORDS:
            known = [known for known in WORDS if known]
            raise InvalidInput(f"%agui knows no word {word!r}{suggestion(word, known)}")
        rest = rest.strip() if word in RAW else self.shell.var_expand(rest.strip())
        options = _options("") if word in RAW else _options(rest)
        return WORDS[word](Request(options.words, options, rest, self.shell.user_ns)), options

    def _turn(self, cell: str, options: Namespace) -> CellTurn:
        if options.variable and not options.variable.isidentifier():
            raise InvalidInput(f"{options.variable!r} cannot be the name of a variable.")
        text = fill_names(cell, self.shell.user_ns) if options.vars else cell
        if not text.strip():
            raise InvalidInput("The cell is empty: write below %%agui what to say to the agent.")
        chat = chats.get(options.words[0] if options.words else options.name)
        if options.system:
            chat.session.instruct(options.system)
        return say_turn(chat, text.strip())

    def _finish(self, result: RunResult, options: Namespace) -> None:
        if getattr(options, "variable", None):
            self.shell.push({options.variable: result})
        if result.error is not None and result.outcome != "cancelled":
            raise result.error


class Sentences:
    """Lets errors of ours be told in one sentence, with no traceback.

    A mistake in the line as IPython tells it; a run that failed as an error of the cell, which
    those who run notebooks without a browser then report.
    """

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: Any, trace: Any) -> None:
        if isinstance(error, KeyboardInterrupt | asyncio.CancelledError):
            raise UsageError("The run was stopped.") from None
        if isinstance(error, InvalidInput | UnsupportedAgent):
            raise UsageError(str(error)) from None
        if isinstance(error, AGUIError):
            told = f"{type(error).__name__}: {error}"
            vars(error)["_render_traceback_"] = lambda *_: [told]


def _options(line: str) -> Namespace:
    words = list(_join_options(_split(line)))
    for word in words:
        option = word.partition("=")[0]
        if option.startswith("--") and option not in OPTIONS:
            raise InvalidInput(f"%agui knows no option {option}{suggestion(option, OPTIONS)}")
    found: Namespace = AguiMagics.agui.parser.parse_args(words)
    return found


def _join_options(words: list[str]) -> Iterator[str]:
    """An option and its value as one word, since a token may begin with a dash."""
    rest = iter(words)
    for word in rest:
        value = next(rest, None) if word in VALUED else None
        yield word if value is None else f"{word}={value}"


def _split(line: str) -> list[str]:
    words = shlex.shlex(line, posix=False)
    words.whitespace_split, words.commenters = True, ""
    try:
        return [_unquote(word) for word in words]
    except ValueError:  # an apostrophe, not a quotation
        return line.split()


def _unquote(word: str) -> str:
    option, equals, rest = word.partition("=") if word.startswith("--") else ("", "", word)
    quoted = len(rest) > 1 and rest[0] == rest[-1] and rest[0] in "'\""
    return option + equals + (rest[1:-1] if quoted else rest)


def fill_names(text: str, names: JsonView) -> str:
    """``text`` with variables in place of ``{names}``; ``{{`` is a brace. Raises InvalidInput."""
    try:
        return text.format_map(names)
    except KeyError as error:
        name = str(error.args[0])
        raise InvalidInput(f"{{{name}}} is not defined{nearest(name, names)}") from None
    except (ValueError, IndexError, AttributeError, TypeError) as error:
        raise InvalidInput(
            f"The braces in this cell cannot be filled ({error}): write {{{{ for a plain brace."
        ) from None
