"""What a word of the ``agui`` command is made of, and how it tells an error. No word lives here."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable
from typing import NamedTuple


class CommandWord(NamedTuple):
    """One word: its help line, an example below it, its arguments, and what it does."""

    name: str
    help: str
    more: str
    add_arguments: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], int]


def sentence(error: Exception) -> str:
    """What an error says, with this command's options where Python has arguments."""
    return re.sub(r"\b(token|header)s?=\.\.\.", r"--\1", str(error))
