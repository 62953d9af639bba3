"""What a docstring says of a function and its parameters, in Google, NumPy or Sphinx style."""

from __future__ import annotations

import re

_SPHINX = re.compile(r"^\s*:param\s+(?:[^:]*\s)?(\w+):\s*(.*)$", re.MULTILINE)
_SECTION = re.compile(r"^(Args|Arguments|Parameters|Params)(?::\s*$|\s*\n-{3,}\s*$)", re.MULTILINE)
_ENTRY = re.compile(r"^(\s*)\*{0,2}(\w+)\s*(?:\([^)]*\))?\s*:\s?(.*)$")
_END = re.compile(r"^(\w[\w ]*:\s*$|\w[\w ]*\n-{3,}\s*$|\s*:\w+.*:)", re.MULTILINE)


def summary(text: str) -> str:
    """Everything before the parameters and returns, with each paragraph on one line."""
    cut = _END.search(text)
    body = text[: cut.start()] if cut else text
    paragraphs = (" ".join(part.split()) for part in re.split(r"\n\s*\n", body))
    return "\n\n".join(part for part in paragraphs if part)


def parameters(text: str) -> dict[str, str]:
    """The description of each parameter that has one."""
    found = {match[1]: match[2].strip() for match in _SPHINX.finditer(text)}
    section = _SECTION.search(text)
    if section is not None:
        found |= _entries(text[section.end() :].splitlines(), numpy="\n" in section[0])
    return {name: words for name, words in found.items() if words}


def _entries(lines: list[str], numpy: bool) -> dict[str, str]:
    found: dict[str, str] = {}
    name, depth = "", -1
    for line in lines:
        if not line.strip():
            continue
        indent = len(line) - len(line.lstrip())
        entry = _ENTRY.match(line)
        if entry and (depth < 0 or indent <= depth):
            if depth >= 0 and indent < depth:
                break
            name, depth = entry[2], indent
            found[name] = "" if numpy else entry[3].strip()
        elif indent <= depth or not name:
            break
        else:
            found[name] = f"{found[name]} {line.strip()}".strip()
    return found
