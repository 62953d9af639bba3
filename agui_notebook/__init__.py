"""Meet AI agents inside a Jupyter notebook. Only the names listed here are public.

Names load on first use, so that ``import agui_notebook`` stays cheap.
"""

from __future__ import annotations

from importlib import import_module

from ._version import __version__

TYPE_CHECKING = False  # importing typing would double what importing this package costs
if TYPE_CHECKING:
    from typing import Any

    from .agents.agent import Agent
    from .agents.demo import agent as demo_agent
    from .agents.emitter import Emitter
    from .client.connect import connect
    from .client.interrupts import Answer, Interrupt
    from .client.recording import record, replay
    from .client.result import RunResult
    from .client.session import Session
    from .client.start import Edit, Resume, Retry, Say
    from .errors import (
        AGUIError,
        HTTPStatusError,
        IncompleteRun,
        InterruptPending,
        InvalidInput,
        ProtocolError,
        RunFailed,
        ServerError,
        ToolFailed,
        TransportError,
        UnsupportedAgent,
    )
    from .evaluation import checks
    from .evaluation.conformance.check_server import check, check_async
    from .evaluation.conformance.server_check import ServerCheck
    from .evaluation.grade import Grade
    from .evaluation.report.change import ReportChange
    from .evaluation.report.report import Report
    from .evaluation.run_cases import evaluate, evaluate_async
    from .evaluation.side_by_side.comparison import Comparison, compare, compare_async
    from .evaluation.sources import Case
    from .exports.module import export
    from .jupyter.chat import chat
    from .jupyter.data.given import describe
    from .jupyter.drawing.drawings import draw
    from .jupyter.magics.extension import load_ipython_extension, unload_ipython_extension
    from .jupyter.notebook_tools.notebook_tools import notebook_tools
    from .jupyter.widget import ChatWidget
    from .price_list import prices
    from .protocol.document.operations import Append, Set
    from .server.app import create_app
    from .server.local import LocalServer, serve
    from .tools.tool import Tool, tool
    from .wire.transport import Timeout

_HOMES = {  # where a public name lives; after a colon, what it is called there
    "AGUIError": "errors",
    "Agent": "agents.agent",
    "Answer": "client.interrupts",
    "Append": "protocol.document.operations",
    "Case": "evaluation.sources",
    "ChatWidget": "jupyter.widget",
    "Comparison": "evaluation.side_by_side.comparison",
    "Edit": "client.start",
    "Emitter": "agents.emitter",
    "Grade": "evaluation.grade",
    "HTTPStatusError": "errors",
    "IncompleteRun": "errors",
    "Interrupt": "client.interrupts",
    "InterruptPending": "errors",
    "InvalidInput": "errors",
    "LocalServer": "server.local",
    "ProtocolError": "errors",
    "Report": "evaluation.report.report",
    "ReportChange": "evaluation.report.change",
    "Resume": "client.start",
    "Retry": "client.start",
    "RunFailed": "errors",
    "RunResult": "client.result",
    "Say": "client.start",
    "ServerCheck": "evaluation.conformance.server_check",
    "ServerError": "errors",
    "Session": "client.session",
    "Set": "protocol.document.operations",
    "Timeout": "wire.transport",
    "Tool": "tools.tool",
    "ToolFailed": "errors",
    "TransportError": "errors",
    "UnsupportedAgent": "errors",
    "chat": "jupyter.chat",
    "check": "evaluation.conformance.check_server",
    "check_async": "evaluation.conformance.check_server",
    "checks": "evaluation:checks",
    "compare": "evaluation.side_by_side.comparison",
    "compare_async": "evaluation.side_by_side.comparison",
    "connect": "client.connect",
    "create_app": "server.app",
    "demo_agent": "agents.demo:agent",
    "draw": "jupyter.drawing.drawings",
    "evaluate": "evaluation.run_cases",
    "evaluate_async": "evaluation.run_cases",
    "export": "exports.module",
    "load_ipython_extension": "jupyter.magics.extension",
    "describe": "jupyter.data.given",
    "notebook_tools": "jupyter.notebook_tools.notebook_tools",
    "prices": "price_list",
    "record": "client.recording",
    "replay": "client.recording",
    "serve": "server.local",
    "tool": "tools.tool",
    "unload_ipython_extension": "jupyter.magics.extension",
}

__all__ = [
    "AGUIError",
    "Agent",
    "Answer",
    "Append",
    "Case",
    "ChatWidget",
    "Comparison",
    "Edit",
    "Emitter",
    "Grade",
    "HTTPStatusError",
    "IncompleteRun",
    "Interrupt",
    "InterruptPending",
    "InvalidInput",
    "LocalServer",
    "ProtocolError",
    "Report",
    "ReportChange",
    "Resume",
    "Retry",
    "RunFailed",
    "RunResult",
    "Say",
    "ServerCheck",
    "ServerError",
    "Session",
    "Set",
    "Timeout",
    "Tool",
    "ToolFailed",
    "TransportError",
    "UnsupportedAgent",
    "__version__",
    "chat",
    "check",
    "check_async",
    "checks",
    "compare",
    "compare_async",
    "connect",
    "create_app",
    "demo_agent",
    "describe",
    "draw",
    "evaluate",
    "evaluate_async",
    "export",
    "load_ipython_extension",
    "notebook_tools",
    "prices",
    "record",
    "replay",
    "serve",
    "tool",
    "unload_ipython_extension",
]


def __getattr__(name: str) -> Any:
    """Import a public name from its storey the first time it is asked for."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, _, attribute = _HOMES[name].partition(":")
    value = getattr(import_module(f".{module}", __name__), attribute or name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return list(__all__)
