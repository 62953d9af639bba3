"""Is it any good? Agents compared side by side, and evaluated on many cases, with reports.

Stands on the client and the server; knows no notebook. Names are loaded on first use.
"""

from __future__ import annotations

from importlib import import_module

from ..lazy_names import loader

TYPE_CHECKING = False
if TYPE_CHECKING:
    from . import checks
    from .case_run import is_stopped
    from .conformance.check_server import PROMPTS, check
    from .conformance.remarks import remark
    from .grade import Grade
    from .report.change import ReportChange
    from .report.rates import quantile, sign_test, wilson
    from .report.report import Report
    from .report.table import reasons
    from .run_cases import evaluate
    from .side_by_side.columns import Column, grid
    from .side_by_side.comparison import Comparison, answer_in_column, compare
    from .side_by_side.differences import mark_differences
    from .sources import Case

_HOMES = {
    "Case": "sources",
    "Column": "side_by_side.columns",
    "Comparison": "side_by_side.comparison",
    "Grade": "grade",
    "PROMPTS": "conformance.check_server",
    "Report": "report.report",
    "ReportChange": "report.change",
    "answer_in_column": "side_by_side.comparison",
    "check": "conformance.check_server",
    "compare": "side_by_side.comparison",
    "evaluate": "run_cases",
    "grid": "side_by_side.columns",
    "is_stopped": "case_run",
    "mark_differences": "side_by_side.differences",
    "quantile": "report.rates",
    "reasons": "report.table",
    "remark": "conformance.remarks",
    "sign_test": "report.rates",
    "wilson": "report.rates",
}
__all__ = [
    "PROMPTS",
    "Case",
    "Column",
    "Comparison",
    "Grade",
    "Report",
    "ReportChange",
    "answer_in_column",
    "check",
    "checks",
    "compare",
    "evaluate",
    "grid",
    "is_stopped",
    "mark_differences",
    "quantile",
    "reasons",
    "remark",
    "sign_test",
    "wilson",
]
_load = loader(__name__, _HOMES)


def __getattr__(name: str) -> object:
    """Import a name the first time it is asked for; ``checks`` is a module."""
    if name == "checks":
        return import_module(".checks", __name__)
    return _load(name)
