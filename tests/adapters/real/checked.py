"""How the guide's table says what a check of a real server found. No test lives here."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

from agui_notebook import ServerCheck

GUIDE = Path(__file__).resolve().parents[3] / "docs" / "guides" / "checking.md"


def row_of(package: str, agent: str, found: ServerCheck) -> str:
    """The row of the guide for this server, as it is today."""
    kept = sum(rule.verdict == "kept" for rule in found.rules)
    broken = ", ".join(rule.rule for rule in found.rules if rule.verdict == "broken") or "none"
    remarked = sorted({f"{each.words} ({each.rule})" for each in found.remarks})
    runs = len(found.runs) - len({fault.run for fault in found.findings})
    told = " ".join(remarked) or "none"
    return (
        f"| `{package}` {version(package)}, {agent} | {runs} of {len(found.runs)} | {kept} "
        f"| {broken} | {told} |"
    )
