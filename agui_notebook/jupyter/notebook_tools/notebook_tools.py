"""``agui_notebook.notebook_tools``: tools with which any agent works in the user's notebook.

Each is a frontend tool like any other: nothing here decides when one runs, or who says yes.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Literal

from ...doors import door
from ...errors import InvalidInput, ToolFailed
from ...late_pattern import late
from ...tools.as_json import shorten
from ...tools.given import check_count
from ...tools.tool import Tool, collect_tools, tool
from ...values import JsonView
from ..data import variables
from .page_request import PATIENCE, ask_page
from .running_cell import running_cell

BUSY = (
    "Nothing was run: the kernel is busy with a cell, and code in another cell would wait for it. "
    "This turn may itself have been started by that cell: ask in the chat's own field instead, or "
    "with chat.start(...), which does not wait."
)
ENDINGS = {
    "ok": "It ran to its end.",
    "error": "It failed.",
    "stopped": "It was interrupted: it took longer than {seconds} seconds, or was stopped.",
    "waiting": "It has not begun: the kernel is busy, and runs it after what it is doing now.",
    "gone": "The kernel ended before it did.",
}
MOST_CELLS = 50
_ANSI = late(r"\x1b\[[0-9;]*[A-Za-z]")
Kind = Literal["code", "markdown"]


class NotebookAccess:
    """The tools as methods, with their limits on time (seconds) and size (characters)."""

    def __init__(self, seconds: int, characters: int) -> None:
        self.seconds, self.characters = seconds, characters

    def list_variables(self) -> str:
        """List the variables in the user's notebook: name, type, and shape or length."""
        found = variables.list_of(variables.user_variables())
        lines = [", ".join(filter(None, each)) for each in found[: variables.MOST]]
        if len(found) > len(lines):
            lines.append(f"[... {len(found) - len(lines):,} more are left out here ...]")
        return shorten("\n".join(lines) or "There are no variables.", self.characters)

    def look_at_variable(self, name: str) -> str:
        """Look at one variable: a table's columns, statistics and first rows; a text; a value."""
        return variables.describe(name, variables.find_variable(name), self.characters)

    async def read_cells(self, first: int = 1, last: int = MOST_CELLS) -> str:
        """Read cells of the notebook with their ids and outputs, by position from 1, at most 50."""
        if not 1 <= first <= last < first + MOST_CELLS:
            raise ToolFailed(f"Ask for 1 to {MOST_CELLS} cells, the first from 1 on.")
        found = await ask_page("read", first=first, last=last)
        told = [_cell_text(each) for each in found["cells"]]
        head = f"The notebook has {found['count']} cells."
        return shorten("\n\n".join([head, *told]), self.characters)

    async def run_code(
        self, code: Annotated[str, "Python, or what else an IPython cell takes"]
    ) -> str:
        """Run code in a new cell of the user's notebook, in the user's kernel; gives its output."""
        if running_cell.holds_kernel:
            raise ToolFailed(BUSY)
        found = await ask_page("run", self.seconds + PATIENCE, source=code, seconds=self.seconds)
        ending = ENDINGS.get(found["ending"], "").format(seconds=self.seconds)
        told = "\n".join([f"{ending} (cell {found['cell']})", *map(_output_text, found["outputs"])])
        return shorten(told, self.characters)

    async def insert_cell(
        self,
        source: str,
        kind: Kind = "code",
        after: Annotated[str, "id of a cell; left out: below the chat"] = "",
    ) -> str:
        """Put a new cell into the user's notebook, without running it."""
        found = await ask_page("insert", source=source, type=kind, after=after)
        return f"Inserted as cell {found['cell']}."

    async def replace_cell(
        self, cell: Annotated[str, "id of the cell, from read_cells"], source: str
    ) -> str:
        """Replace the text of a cell in the user's notebook, without running it."""
        found = await ask_page("replace", cell=cell, source=source)
        return shorten(f"Replaced. Before, it said:\n{found['before']}", self.characters)


NAMES = (
    *("list_variables", "look_at_variable", "read_cells"),
    *("run_code", "insert_cell", "replace_cell"),
)
_BESIDE = frozenset(NAMES) - {"list_variables", "look_at_variable"}  # they wait for the page


@door
def notebook_tools(
    *names: str,
    approve: Iterable[str] | bool = True,
    seconds: int = 60,
    characters: int = 20_000,
) -> list[Tool]:
    """Tools that let an agent see your variables and work in your cells, to hand to a chat.

        chat = agui.chat("http://127.0.0.1:8888/", tools=agui.notebook_tools())
        chat = agui.chat(OpenAI(), model="gpt-5", tools=agui.notebook_tools("run_code"))

    ``names`` picks some of ``list_variables``, ``look_at_variable``, ``read_cells``, ``run_code``,
    ``insert_cell`` and ``replace_cell``; none means all. Each asks before each call, and shows
    what it would do; ``approve`` names those that do, ``False`` none. Code runs in a new cell
    below the chat, in this kernel, for at most ``seconds``; a result has at most ``characters``,
    and says what is left out. Without a notebook's page, or while a cell holds the kernel, the
    agent is told so. Raises InvalidInput for a name that there is not.

    >>> [each.name for each in notebook_tools("run_code", "read_cells")]
    ['run_code', 'read_cells']
    """
    if strangers := [name for name in names if name not in NAMES]:
        raise InvalidInput(
            f"There is no notebook tool {strangers[0]!r}: there is {', '.join(NAMES)}."
        )
    check_count("seconds", seconds, 1)
    check_count("characters", characters, 200)
    running_cell.watch()
    access = NotebookAccess(seconds, characters)
    made = [tool(getattr(access, each), thread=each in _BESIDE) for each in names or NAMES]
    return list(collect_tools(made, approve).values())


def _cell_text(cell: JsonView) -> str:
    head = f"[{cell['position']}] {cell['kind']} cell {cell['cell']}"
    outputs = [_output_text(each) for each in cell["outputs"]]
    return "\n".join([head, cell["source"], *(["-- outputs:", *outputs] if outputs else [])])


def _output_text(output: JsonView) -> str:
    text = _ANSI.sub("", str(output["text"]))
    if output["kind"].startswith("image/"):
        text = f"(a picture, {output['kind']}, is shown below the cell) {text}"
    if "cut" in output:
        text += f"\n[... {output['cut'] - len(output['text']):,} characters are left out here ...]"
    return text
