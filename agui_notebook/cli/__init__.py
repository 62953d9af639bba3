"""The ``agui`` command: which words it has, and how each ends. What a word does has its own file.

Exit codes: 0 done, 1 the agent or the server failed, 2 the call was wrong, 130 Ctrl-C.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence

from .._version import __version__
from ..errors import AGUIError, InvalidInput
from . import checking, completion, evaluating, inspecting, serving, talking, threads
from .word import sentence

WORDS = (
    *(serving.DEMO, talking.CHAT, serving.SERVE),
    *(evaluating.EVALUATE, checking.CHECK, inspecting.INSPECT),
    *(threads.THREADS, completion.COMPLETION),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command line (``sys.argv`` without one) and return its exit code."""
    _open_missing_streams()
    parser = make_parser()
    if not (sys.argv[1:] if arguments is None else arguments):
        parser.print_help(sys.stderr)  # whoever types the name alone wants to know what there is
        return 2
    given = parser.parse_args(arguments)
    run: Callable[[argparse.Namespace], int] = given.run
    try:
        code = run(given)
        sys.stdout.flush()
        return code
    except InvalidInput as error:
        return _fail(error, 2)
    except AGUIError as error:
        return _fail(error, 1)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # whoever read us has enough; Python would say so once more at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def make_parser() -> argparse.ArgumentParser:
    """The whole command line; also what completion scripts are written from."""
    parser = argparse.ArgumentParser(
        prog="agui",
        description="Talk to AG-UI agents, serve them, and read what they said.",
        epilog="agui COMMAND --help says more. "
        + " ".join((__doc__ or "").split("\n\n")[1].split()),
    )
    parser.add_argument("--version", action="version", version=f"agui_notebook {__version__}")
    words = parser.add_subparsers(dest="word", required=True, metavar="COMMAND")
    for word in WORDS:
        one = words.add_parser(word.name, help=word.help, description=word.help, epilog=word.more)
        word.add_arguments(one)
        one.set_defaults(run=word.run, parser=parser)
    return parser


def _open_missing_streams() -> None:
    """Where we were started with one closed, Python has None in its place."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115 - stays


def _fail(error: AGUIError, code: int) -> int:
    print(f"agui: {sentence(error)}", file=sys.stderr)
    return code
