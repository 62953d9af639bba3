"""Lines of ``%agui`` and cells of ``%%agui``: taken apart, run, awaited, errors told in a sentence.

What the words do is in subcommands.py.
"""

from __future__ import annotations

import asyncio
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Sequence
from functools import partial
from keyword import iskeyword
from typing import TYPE_CHECKING, Any

from IPython.core.error import UsageError

from ... import traces
from ...client.result import RunResult
from ...errors import AGUIError, InvalidInput, UnsupportedAgent
from ...values import Foreign, JsonObject, JsonView
from ..chats import chats, nearest, suggestion
from ..data.given import fill_cell
from ..data.variables import user_variables
from ..display import AnswerOutput
from .cell_turn import CellTurn, say_turn
from .continuation import Continuation
from .line_words import put_names, split_words
from .options import CELL, CHATS, OPTIONS, RAW, USES, VALUED, Uses, check_use
from .request import Request
from .side_by_side import CellComparison, failure_of
from .subcommands import WORDS

if TYPE_CHECKING:
    from ...evaluation import Comparison


class Lines:
    """What a shell's lines and cells do."""

    def __init__(self, shell: Foreign, parser: ArgumentParser) -> None:
        self.shell = shell
        self._parser = parser
        self._kept: Any = None  # what was left in the variable ``chat``

    def run(self, line: str, cell: str | None) -> Any:
        """Do it, and wait for the answer if there is one to come."""
        with Sentences():
            found, options = self._look_up(line, cell)
            if isinstance(found, CellComparison):
                return self._compare(found.wait(quiet=options.quiet), options)
            if not isinstance(found, CellTurn):
                return found
            return self._finish(found, found.wait(quiet=options.quiet), options)

    async def stream(self, line: str, cell: str | None) -> Any:
        """Do it, and await the answer: the cell can be interrupted at any time."""
        with Sentences():
            found, options = self._look_up(line, cell)
            if isinstance(found, CellComparison):
                answer = AnswerOutput(quiet=options.quiet)
                return self._compare(await found.stream(answer), options)
            if not isinstance(found, CellTurn):
                return found
            result = await found.stream(AnswerOutput(quiet=options.quiet))
            return self._finish(found, result, options)

    def _look_up(self, line: str, cell: str | None) -> tuple[Any, Namespace]:
        if cell is None:
            return self._line(line)
        options = self._options(line, "%%agui", CELL)
        return self._turn(cell, options), options

    def _line(self, line: str) -> tuple[Any, Namespace]:
        word, _, rest = line.strip().partition(" ")
        if word.startswith("-"):
            word, rest = "", line
        if word not in WORDS:
            known = [known for known in WORDS if known]
            raise InvalidInput(f"%agui knows no word {word!r}{suggestion(word, known)}")
        rest = rest.strip()
        uses = None if word in RAW else USES.get(word)
        options = self._options("" if word in RAW else rest, f"%agui {word}".rstrip(), uses)
        found = WORDS[word](Request(options.words, options, rest, self.shell.user_ns))
        if word in CHATS:
            self._keep(found, options.variable)
        return found, options

    def _keep(self, chat: Any, variable: str | None) -> None:
        """Leave a chat in a variable: the one that was said, else ``chat`` where that is free."""
        if variable:
            self.shell.push({_check_name(variable): chat})
        elif "chat" not in self.shell.user_ns or self.shell.user_ns["chat"] is self._kept:
            self._kept = chat
            self.shell.push({"chat": chat})

    def _options(self, line: str, what: str, uses: Uses | None) -> Namespace:
        words = list(_join_options(put_names(split_words(line), self.shell.user_ns)))
        for word in words:
            option = word.partition("=")[0]
            if option.startswith("--") and option not in OPTIONS:
                raise InvalidInput(f"%agui knows no option {option}{suggestion(option, OPTIONS)}")
        found: Namespace = self._parser.parse_args(words)
        if uses is not None:
            given = (word.partition("=")[0] for word in words if word.startswith("--"))
            check_use(what, uses, found.words, given)
        return found

    def _turn(self, cell: str, options: Namespace) -> CellTurn | CellComparison:
        if options.variable:
            _check_name(options.variable)
        text, parts = self._fill(cell, options.vars)
        if not text.strip():
            raise InvalidInput("The cell is empty: write below %%agui what to say to the agent.")
        names = chats.names if options.all else list(dict.fromkeys(options.words))
        asked = [chats.get(name) for name in names or [options.name]]
        for chat in asked:
            if options.system:
                chat.session.instruct(options.system)
        if len(asked) > 1:
            return CellComparison(asked, _in_words(text, parts))
        return say_turn(asked[0], text.strip(), parts)

    def _fill(self, cell: str, every: bool) -> tuple[str, list[JsonObject]]:
        """The cell with its ``{names}`` filled, and what else the agent is given of them."""
        if every:
            return fill_names(cell, self.shell.user_ns), []
        return fill_cell(cell, user_variables()) if "{" in cell else (cell, [])

    def _compare(self, comparison: Comparison, options: Namespace) -> None:
        """Leave it in a variable; nobody answered: the cell has failed."""
        if options.variable:
            self.shell.push({options.variable: comparison})
        if (error := failure_of(comparison)) is not None:
            raise error

    def _finish(self, turn: CellTurn, result: RunResult, options: Namespace) -> None:
        if getattr(options, "variable", None):
            self.shell.push({options.variable: result})
        if result.error is not None and result.outcome != "cancelled":
            raise result.error
        if result.interrupts and not options.quiet:
            Continuation(turn.chat).offer()


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
        if isinstance(error, AGUIError):
            traces.remember(error)
        if isinstance(error, InvalidInput | UnsupportedAgent):
            raise UsageError(str(error)) from None
        if isinstance(error, AGUIError):
            told = [*traces.lines_of(error.frames), traces.sentence_of(error)]
            vars(error)["_render_traceback_"] = partial(_first, told)  # a result may be pickled


def _first(lines: list[str], *_: object) -> list[str]:
    return lines


def _in_words(text: str, parts: Sequence[JsonView]) -> str:
    """What is said to several at once, which is a text."""
    if any(part["type"] != "text" for part in parts):
        raise InvalidInput("A picture goes to one chat at a time: name one behind %%agui.")
    return "".join([text.strip(), *(part["text"] for part in parts)])


def _check_name(variable: str) -> str:
    if not variable.isidentifier() or iskeyword(variable):
        raise InvalidInput(f"{variable!r} cannot be the name of a variable.")
    return variable


def _join_options(words: list[str]) -> Iterator[str]:
    """An option and its value as one word, since a token may begin with a dash."""
    rest = iter(words)
    for word in rest:
        value = next(rest, None) if word in VALUED else None
        yield word if value is None else f"{word}={value}"


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
