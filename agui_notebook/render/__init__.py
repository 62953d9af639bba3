"""A conversation, or what went over the wire, as text, Markdown or HTML. Pure: a string out."""

from __future__ import annotations

from ..lazy_names import loader

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .bug_report import bug_report_lines, bug_report_page

__all__ = ["bug_report_lines", "bug_report_page"]

__getattr__ = loader(__name__, {"bug_report_lines": "bug_report", "bug_report_page": "bug_report"})
