"""``agui check URL``: does a server keep the protocol? For a terminal and for CI.

Ends with 0 where it does, 1 where rules are broken, 2 for a wrong call or where nothing answers.
"""

from __future__ import annotations

import argparse
import sys

from ..errors import TransportError
from ..evaluation import PROMPTS, check
from ..markup import outlets
from .talking import add_access, parse_headers
from .word import CommandWord, sentence


def _check(given: argparse.Namespace) -> int:
    headers = parse_headers(given.header)
    try:
        found = check(given.url, given.prompt or PROMPTS, headers=headers, token=given.token)
    except TransportError as error:
        print(outlets.line(f"agui: {sentence(error)}"), file=sys.stderr)
        return 2
    print("\n".join(found.lines()))
    if given.junit:
        found.junit(given.junit)
    return 0 if found.ok else 1


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("url", help="the server's URL, or a recording (.jsonl)")
    parser.add_argument("--prompt", action="append", default=[], help="ask this; may be repeated")
    parser.add_argument("--junit", metavar="FILE", help="write it as JUnit's XML")
    add_access(parser)


CHECK = CommandWord(
    "check",
    "Ask a server a few prompts and say which rules of the protocol it breaks.",
    "Example: agui check http://127.0.0.1:8888/ --junit out.xml",
    _arguments,
    _check,
)
