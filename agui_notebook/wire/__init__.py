"""Bytes and HTTP between an agent and its caller, both directions. Knows no session, no agent.

What others may rely on has its name here, loaded on first use; tests take it from here too.
"""

from __future__ import annotations

from ..lazy_names import loader

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .capture import Capture
    from .http import HTTPTransport
    from .inflate import Inflate
    from .json_answer import JSONValues
    from .sse_decoder import read_events
    from .sse_reader import FrameReader, decode
    from .sse_writer import frame

__all__ = [
    "Capture",
    "FrameReader",
    "HTTPTransport",
    "Inflate",
    "JSONValues",
    "decode",
    "frame",
    "read_events",
]

__getattr__ = loader(
    __name__,
    {
        "Capture": "capture",
        "FrameReader": "sse_reader",
        "HTTPTransport": "http",
        "Inflate": "inflate",
        "JSONValues": "json_answer",
        "decode": "sse_reader",
        "frame": "sse_writer",
        "read_events": "sse_decoder",
    },
)
