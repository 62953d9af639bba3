"""Writes docs/agents.md: what each kind of agent has, as the last run of its tests found it.

    AGUI_KINDS=FOLDER python dev.py test lanes     # or heavy; then
    python scripts/write_agents.py FOLDER

Standard library only; no framework is imported. What a run found is kept in docs/agents.json. A
feature that a package does not have is skipped by its tests with the package's reason.
"""

from __future__ import annotations

import ast
import json
import re
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
REAL = ROOT / "tests" / "adapters" / "real"
PAGE = ROOT / "docs" / "agents.md"
RECORD = ROOT / "docs" / "agents.json"
FEATURES = (
    "text",
    "history",
    "tool",
    "parallel tools",
    "reasoning",
    "usage",
    "image",
    "approval",
    "edited approval",
    "two approvals",
    "stop",
    "error at the start",
    "error in the middle",
    "a cut stream is an error",
    "other loops",
)
HEAD = """# Kinds of agents

What was driven of each kind, with its real package against a mock model server on this machine
(`python3 dev.py test lanes`; the Claude Agent SDK, CrewAI, transformers, MLX and llama.cpp in
`heavy`), in these versions and last on that day. Every "yes" is a test that passed then, of
`tests/adapters/real/kind_cases.py` or `local_cases.py`; a number leads to the reason below; what a
model in this process has no case for is "not had here".

"History" is that the whole conversation reaches the model; "edited approval" that a call runs with
the arguments the user gave it; "two approvals" that each of two calls has an answer of its own;
"stop" that the model's connection is closed, or a model in this process ends, within a second;
"other loops" that what was used in a cell before can be served, with one request for each answer.
"""
TAIL = """
What is asked about: `approve=` names tools of ours (`tools=`), and for Semantic Kernel, chatlas and
the Claude Agent SDK those that the object has itself (`approve=["Bash"]`). The other frameworks ask
in their own way, as their documents say, and their questions come as questions here. AutoGen hands
over to the user: `handoffs=["user"]` asks, and the answer is handed back; its `UserProxyAgent`
waits inside the process and is not answered from here. A flow of CrewAI asks for feedback on a
step, on its own console.

Clients of models (Chat Completions, Messages, Responses) run a tool only with arguments that
arrived whole, in an answer that ended well. Frameworks carry out their tools themselves: ADK,
AG2, Agno, AutoGen, chatlas, Haystack, LlamaIndex and the Agents SDK also the calls of an answer
that a limit or a filter ended; ADK, AG2, Haystack and LlamaIndex one that was cut, with nothing in
place of its arguments; LlamaIndex and Strands what is no JSON. Give such an agent narrow tools
without defaults that matter (`tests/adapters/real/test_kind_answers.py` has the cases).

## A kind of your own

A package adds a kind by an entry point, named by the root of the class's module and the class's
name. With this in its `pyproject.toml`

```toml
[project.entry-points."agui_notebook.adapters"]
"acme.Bot" = "acme_agui"
```

and this in `acme_agui.py`, `agui.chat(acme.Bot())` works, for subclasses too:

```python
from agui_notebook.agents.agent import Wrapped, last_user_text, takes_only


def takes(obj):
    return takes_only("an acme bot")  # options beside name, description and suggestions


def adapt(obj, options):
    return AcmeAgent(obj, options.name or "acme")


class AcmeAgent(Wrapped):
    def __init__(self, bot, name):
        super().__init__(name)
        self._bot = bot

    async def run(self, request, emit):
        async for piece in self._bot.stream(last_user_text(request)):
            await emit.text(piece)
```

Names in such a table are those of versions seen; anything else can be wrapped in a function:
`def agent(text): yield my_object.ask(text)`.
"""


def page() -> str:
    """The page as it should stand."""
    reasons: dict[str, int] = {}
    rows = [_row(module, told, reasons) for module, told in recorded().items()]
    head = "| kind | driven | " + " | ".join(FEATURES) + " |"
    table = [head, "|---" * (len(FEATURES) + 2) + "|", *rows]
    notes = [f"{number}. {reason}" for reason, number in reasons.items()]
    return "\n".join([HEAD, *table, "", *notes, TAIL])


def recorded() -> dict[str, Any]:
    """What the last runs gave, by test module."""
    held: dict[str, Any] = json.loads(RECORD.read_text(encoding="utf-8"))
    return held


def take(folder: Path) -> None:
    """Record what a run wrote to ``folder`` (AGUI_KINDS=folder)."""
    found = {path.stem: json.loads(path.read_text("utf-8")) for path in folder.glob("*.json")}
    both = {**(recorded() if RECORD.is_file() else {}), **found}
    text = json.dumps(dict(sorted(both.items())), indent=1, sort_keys=True)
    RECORD.write_text(f"{text}\n", encoding="utf-8")


def _row(module: str, told: dict[str, Any], reasons: dict[str, int]) -> str:
    """One kind's row."""
    tree = ast.parse((REAL / f"{module}.py").read_text(encoding="utf-8"))
    name = re.split(r",? against | through |, with |: ", ast.get_docstring(tree) or module)[0]
    cells = told["cells"]
    versions = ", ".join(f"{each} {number}" for each, number in told["versions"].items())
    shown = [_cell(cells.get(feature), reasons) for feature in FEATURES]
    return f"| {name.rstrip('.')} | {versions}, {told['date']} | " + " | ".join(shown) + " |"


def _cell(outcome: str | None, reasons: dict[str, int]) -> str:
    if outcome in (None, "yes", "failed"):
        return outcome or "not had here"
    return f"no ({reasons.setdefault(outcome, len(reasons) + 1)})"


if __name__ == "__main__":
    for given in sys.argv[1:]:
        take(Path(given))
    PAGE.write_text(page(), encoding="utf-8")
