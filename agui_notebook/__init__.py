"""Meet AI agents inside a Jupyter notebook. Only the names listed here are public.

Names load on first use, so that ``import agui_notebook`` stays cheap.
"""

from __future__ import annotations

from importlib import import_module

from ._version import __version__
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
    from .exports.module import export
    from .jupyter.chat import chat
    from .jupyter.extension import load_ipython_extension, unload_ipython_extension
    from .jupyter.widget import ChatWidget
    from .protocol.document.operations import Append, Set
    from .server.app import create_app
    from .server.local import LocalServer, serve
    from .tools.tool import Tool, tool
    from .wire.transport import Timeout

_HOMES = {  # where a public name lives; after a colon, what it is called there
    "Agent": "agents.agent",
    "Answer": "client.interrupts",
    "Append": "protocol.document.operations",
    "ChatWidget": "jupyter.widget",
    "Edit": "client.start",
    "Emitter": "agents.emitter",
    "Interrupt": "client.interrupts",
    "LocalServer": "server.local",
    "Resume": "client.start",
    "Retry": "client.start",
    "RunResult": "client.result",
    "Say": "client.start",
    "Session": "client.session",
    "Set": "protocol.document.operations",
    "Timeout": "wire.transport",
    "Tool": "tools.tool",
    "chat": "jupyter.chat",
    "connect": "client.connect",
    "create_app": "server.app",
    "demo_agent": "agents.demo:agent",
    "export": "exports.module",
    "load_ipython_extension": "jupyter.extension",
    "record": "client.recording",
    "replay": "client.recording",
    "serve": "server.local",
    "tool": "tools.tool",
    "unload_ipython_extension": "jupyter.extension",
}

__all__ = [
    "AGUIError",
    "Agent",
    "Answer",
    "Append",
    "ChatWidget",
    "Edit",
    "Emitter",
    "HTTPStatusError",
    "IncompleteRun",
    "Interrupt",
    "InterruptPending",
    "InvalidInput",
    "LocalServer",
    "ProtocolError",
    "Resume",
    "Retry",
    "RunFailed",
    "RunResult",
    "Say",
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
    "connect",
    "create_app",
    "demo_agent",
    "export",
    "load_ipython_extension",
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
