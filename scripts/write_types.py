"""Writes the wire's types from the one table: ``python scripts/write_types.py [--check]``.

``protocol/schema.py`` becomes ``agui_notebook/types.py`` (TypedDicts, exact) and
``js/src/wire.d.ts`` (one interface a union, for code that walks untrusted JSON). Nothing here is
part of the package; nothing that it writes is edited by hand.
"""

from __future__ import annotations

import keyword
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from agui_notebook.protocol.schema import EVENTS, OBJECTS, UNIONS, Field, fields  # noqa: E402

# what many shapes begin with, said once
BASES = {
    "OwnedEvent": "timestamp:safeint rawEvent:nonnull metadata:object subagentRunId:str",
    "RunEvent": "timestamp:safeint rawEvent:nonnull metadata:object",
    "NamedMessage": "id:str! subagentRunId:str metadata:object encryptedValue:str"
    " encryptedValueType:str name:str",
}

# words that are classes of the package already, and say more there
PYTHON_NAMES = {
    "Tool": "ToolDefinition",
    "Interrupt": "InterruptEntry",
    "Context": "ContextEntry",
    "ToolCall": "ToolCallEntry",
    "Message": "AnyMessage",
    "Operation": "PatchOperation",
    "Part": "ContentPart",
    "Source": "MediaSource",
    "Outcome": "RunOutcome",
}
TYPESCRIPT_NAMES = {"TokenUsage": "Usage", "Operation": "PatchOperation"}
PYTHON_KINDS = {
    "str": "str",
    "pointer": "str",
    "bool": "bool",
    "safeint": "int",
    "count": "int",
    "object": "dict[str, Any]",
    "any": "Any",
    "nonnull": "Any",
}
TYPESCRIPT_KINDS = {
    "str": "string",
    "pointer": "string",
    "bool": "boolean",
    "safeint": "number",
    "count": "number",
    "object": "Record<string, any>",
    "any": "any",
    "nonnull": "any",
}
PYTHON_HEAD = '''"""The shapes on the wire, for type checkers: every event, message and input.

Written by scripts/write_types.py from protocol/schema.py; do not edit. At run time all of them
are plain dicts, and nothing here checks anything (protocol/enforce.py does).

    def show(event: AnyEvent) -> None:
        if event["type"] == "TEXT_MESSAGE_CONTENT":
            print(event["delta"])
"""

from __future__ import annotations

import sys
from typing import Any, Literal, TypeAlias

if sys.version_info >= (3, 11):
    from typing import Required, TypedDict
else:
    from typing_extensions import Required, TypedDict
'''
TYPESCRIPT_HEAD = """// Written by scripts/write_types.py from protocol/schema.py; do not edit.
// A union is one interface: what arrives is looked at, not believed. Types only.
"""


def event_name(word: str) -> str:
    """TEXT_MESSAGE_START is a TextMessageStartEvent."""
    return "".join(part.capitalize() for part in word.split("_")) + "Event"


def member_name(union: str, value: str) -> str:
    """The name of one of a union: UserMessage, TextPart, SuspendedSubagentOutcome."""
    return value.replace("-", " ").title().replace(" ", "") + union


# --- Python --------------------------------------------------------------------------------------


def python_type(kind: str) -> str:
    if kind in PYTHON_KINDS:
        return PYTHON_KINDS[kind]
    if "/" in kind:
        return " | ".join(python_type(each) for each in kind.split("/"))
    if kind.startswith("["):
        return f"list[{python_type(kind.strip('[]+'))}]"
    if kind.startswith("=") or "|" in kind:
        return literal(kind.lstrip("=").split("|"))
    return PYTHON_NAMES.get(kind, kind)


def literal(values: list[str]) -> str:
    return f"Literal[{', '.join(f'{value!r}' for value in values)}]".replace("'", '"')


def base_of(row: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    """The base whose members a row has all of, and what the row has besides."""
    for base, members in BASES.items():
        common = python_row(members)
        if common.items() <= row.items():
            return base, {key: kind for key, kind in row.items() if key not in common}
    return "TypedDict", dict(row)


def typed_dict(name: str, doc: str, row: Mapping[str, str]) -> str:
    """One TypedDict; a member named like a Python keyword asks for the functional form."""
    if any(keyword.iskeyword(key) for key in row):
        items = "".join(f'        "{key}": {kind},\n' for key, kind in row.items())
        return f'{name} = TypedDict(\n    "{name}",\n    {{\n{items}    }},\n    total=False,\n)\n'
    base, own = base_of(row) if name not in BASES else ("TypedDict", dict(row))
    lines = "".join(f"    {key}: {kind}\n" for key, kind in own.items())
    says = f'    """{doc}"""\n\n' if doc else ""
    return f"class {name}({base}, total=False):\n{says}{lines}"


def python_row(row: str, first: tuple[str, str] | None = None) -> dict[str, str]:
    shown = {first[0]: f"Required[{literal([first[1]])}]"} if first else {}
    for key, field in fields(row).items():
        kind = python_type(field.kind)
        shown[key] = f"Required[{kind}]" if field.required else kind
    return shown


def python_shapes() -> Iterator[str]:
    for name, row in BASES.items():
        yield typed_dict(name, "What several shapes begin with.", python_row(row))
    for name, row in OBJECTS.items():
        yield typed_dict(PYTHON_NAMES.get(name, name), f"The wire's {name}.", python_row(row))
    for union, (key, members) in UNIONS.items():
        for value, row in members.items():
            doc = f"A {union} whose {key} is {value}."
            yield typed_dict(member_name(union, value), doc, python_row(row, (key, value)))
        name = PYTHON_NAMES.get(union, union)
        yield alias(name, [member_name(union, value) for value in members])
    for word, row in EVENTS.items():
        yield typed_dict(event_name(word), "", python_row(row, ("type", word)))
    yield alias("AnyEvent", [event_name(word) for word in EVENTS])


def alias(name: str, members: list[str]) -> str:
    rows = "".join(f"    | {member}\n" for member in members[1:])
    return f"{name}: TypeAlias = (\n    {members[0]}\n{rows})\n"


def python_text() -> str:
    text = "\n\n".join([PYTHON_HEAD, *python_shapes()])
    ruff = [sys.executable, "-m", "ruff", "format", "-", "--stdin-filename", "types.py"]
    ran = subprocess.run(ruff, input=text, capture_output=True, text=True, check=True, cwd=ROOT)
    return ran.stdout


# --- TypeScript ----------------------------------------------------------------------------------


def typescript_type(kind: str) -> str:
    if kind in TYPESCRIPT_KINDS:
        return TYPESCRIPT_KINDS[kind]
    if "/" in kind:
        return "any"
    if kind.startswith("["):
        return f"{typescript_type(kind.strip('[]+'))}[]"
    if kind.startswith("=") or "|" in kind:
        return " | ".join(f'"{value}"' for value in kind.lstrip("=").split("|"))
    return TYPESCRIPT_NAMES.get(kind, kind)


def interface(name: str, row: Mapping[str, Field]) -> str:
    lines = "".join(
        f"  {key}{'' if field.required else '?'}: {typescript_type(field.kind)};\n"
        for key, field in row.items()
    )
    return f"export interface {TYPESCRIPT_NAMES.get(name, name)} {{\n{lines}}}\n"


def merged_row(key: str, members: Mapping[str, str]) -> dict[str, Field]:
    """The members of a union in one row: required where all have it, any where kinds differ."""
    rows = [fields(row) for row in members.values()]
    merged = {key: Field("|".join(members), True)}
    for name in dict.fromkeys(name for row in rows for name in row):
        there = [row[name] for row in rows if name in row]
        kinds = {field.kind for field in there}
        always = len(there) == len(rows) and all(field.required for field in there)
        merged[name] = Field(kinds.pop() if len(kinds) == 1 else "any", always)
    return merged


def typescript_text() -> str:
    events = "".join(f'\n  | "{word}"' for word in EVENTS)
    shapes = [interface(name, fields(row)) for name, row in OBJECTS.items()]
    shapes += [interface(name, merged_row(*union)) for name, union in UNIONS.items()]
    return "\n".join([TYPESCRIPT_HEAD, f"export type EventType ={events};\n", *shapes])


FILES = {"agui_notebook/types.py": python_text, "js/src/wire.d.ts": typescript_text}


def main() -> int:
    stale = []
    for name, text in FILES.items():
        path, wanted = ROOT / name, text()
        if "--check" not in sys.argv:
            path.write_text(wanted, encoding="utf-8")
        elif not path.is_file() or path.read_text("utf-8") != wanted:
            stale.append(name)
    if stale:
        print(f"{', '.join(stale)}: not what the table says; run python scripts/write_types.py")
    return bool(stale)


if __name__ == "__main__":
    sys.exit(main())
