"""``agui completion SHELL``: a script that completes words and options, written from the parser."""

from __future__ import annotations

import argparse
from collections.abc import Mapping

from .word import CommandWord

BASH = """_agui() {{
  local words
  case "${{COMP_WORDS[1]}}" in
{cases}    *) words="{words}" ;;
  esac
  [ "$COMP_CWORD" -eq 1 ] && words="{words}"
  local word="${{COMP_WORDS[COMP_CWORD]}}"
  COMPREPLY=($(compgen -W "$words" -- "$word") $(compgen -f -- "$word"))
}}
complete -o filenames -F _agui agui
"""
ZSH = "autoload -Uz bashcompinit && bashcompinit\n"


def options_of(parser: argparse.ArgumentParser) -> dict[str, list[str]]:
    """Every word of the command and the options it takes."""
    words = next(a for a in parser._actions if isinstance(a, argparse._SubParsersAction))
    found: Mapping[str, argparse.ArgumentParser] = words.choices
    return {
        name: [option for action in one._actions for option in action.option_strings]
        for name, one in found.items()
    }


def bash(options: Mapping[str, list[str]]) -> str:
    cases = "".join(f'    {name}) words="{" ".join(each)}" ;;\n' for name, each in options.items())
    return BASH.format(cases=cases, words=" ".join(options))


def zsh(options: Mapping[str, list[str]]) -> str:
    return ZSH + bash(options)


def fish(options: Mapping[str, list[str]]) -> str:
    first = f"complete -c agui -n __fish_use_subcommand -a '{' '.join(options)}'\n"
    return first + "".join(
        f"complete -c agui -n '__fish_seen_subcommand_from {name}' -l {option[2:]}\n"
        for name, each in options.items()
        for option in each
        if option.startswith("--")
    )


SHELLS = {"bash": bash, "zsh": zsh, "fish": fish}


def _complete(given: argparse.Namespace) -> int:
    print(SHELLS[given.shell](options_of(given.parser)), end="")
    return 0


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("shell", choices=sorted(SHELLS))


COMPLETION = CommandWord(
    "completion",
    "Print a completion script for your shell.",
    'Example: eval "$(agui completion bash)"',
    _arguments,
    _complete,
)
