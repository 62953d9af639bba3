"""What a word of the ``agui`` command is made of. No word lives here."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import NamedTuple


class CommandWord(NamedTuple):
    """One word: its help line, an example below it, its arguments, and what it does."""

    name: str
    help: str
    more: str
    add_arguments: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], int]
