"""Two reports on the same cases: which got better, which worse, and whether that is chance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ...markup.outlets import html as escape
from ...values import Foreign, JsonObject
from .facts import ReportFacts
from .frame import as_frame
from .rates import sign_test


@dataclass(frozen=True)
class ReportChange:
    """What changed from ``before`` to ``after``: names of cases that are better, worse, the same.

    A case is better where more of its repeats pass. ``chance`` is how likely so one-sided a change
    is if nothing has changed (sign test): below 0.05 it counts as one. ``alone`` are cases that
    only one of the reports has.

    >>> wanted = [checks.equals("HELLO")]
    >>> before, after = (evaluate(f, ["hello"], wanted) for f in (str.lower, str.upper))
    >>> after.compare(before).better
    ['hello']
    """

    before: str
    after: str
    better: list[str]
    worse: list[str]
    same: list[str]
    alone: list[str]
    shares: Mapping[str, tuple[float, float]]

    @property
    def chance(self) -> float:
        """The p-value of the sign test."""
        return sign_test(len(self.better), len(self.worse))

    def __repr__(self) -> str:
        return f"<ReportChange: {self._words()}>"

    def _words(self) -> str:
        counts = f"{len(self.better)} better, {len(self.worse)} worse, {len(self.same)} same"
        sure = "" if self.chance < 0.05 else "; this may be chance"
        return f"{counts} (p = {self.chance:.2g}{sure})"

    def frame(self) -> Foreign:
        """A pandas DataFrame with a row for each case."""
        return as_frame(self._rows())

    def _rows(self) -> list[JsonObject]:
        kinds = (("better", self.better), ("worse", self.worse), ("same", self.same))
        return [
            {"name": name, "change": kind, "before": was, "after": now}
            for kind, names in kinds
            for name in names
            for was, now in [self.shares[name]]
        ]

    def _repr_html_(self) -> str:
        moved = [row for row in self._rows() if row["change"] != "same"]
        cells = "".join(
            f"<tr><td>{row['change']}</td><td>{escape(row['name'])}</td>"
            f"<td>{row['before']:.0%} → {row['after']:.0%}</td></tr>"
            for row in moved
        )
        head = f"<p>{escape(self.before)} → {escape(self.after)}: {self._words()}</p>"
        return f"<div>{head}<table>{cells}</table></div>"


def compare_reports(before: ReportFacts, after: ReportFacts) -> ReportChange:
    """How ``after`` differs from ``before``, case by case."""
    was, now = before.shares(), after.shares()
    common = [key for key in was if key in now]
    names = {key: name for report in (before, after) for key, name in report.names().items()}
    sides: dict[str, list[str]] = {"better": [], "worse": [], "same": []}
    for key in common:
        gain = now[key] - was[key]
        sides["better" if gain > 0 else "worse" if gain < 0 else "same"].append(names[key])
    alone = [names[key] for key in names if (key in was) != (key in now)]
    shares = {names[key]: (was[key], now[key]) for key in common}
    return ReportChange(before.agent, after.agent, **sides, alone=alone, shares=shares)
