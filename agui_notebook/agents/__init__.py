"""What answers a run: agents, their emitter, and adapters that wrap others. Knows no server.

What others may rely on has its name here, loaded on first use; tests take it from here too.
"""

from __future__ import annotations

from ..lazy_names import loader

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .adapters import wrap
    from .agent import Agent, AgentOptions, RunRequest, Wrapped
    from .demo import Demo
    from .emitter import Emitter
    from .masking import explain, mask_secrets
    from .models.call_pieces import CallPieces, Piece, piece_of
    from .models.model_reply import Reply
    from .models.prompt import Prompt, turns
    from .models.tool_loop import ModelAgent
    from .run import drive

__all__ = [
    "Agent",
    "AgentOptions",
    "CallPieces",
    "Demo",
    "Emitter",
    "ModelAgent",
    "Piece",
    "Prompt",
    "Reply",
    "RunRequest",
    "Wrapped",
    "drive",
    "explain",
    "mask_secrets",
    "piece_of",
    "turns",
    "wrap",
]

__getattr__ = loader(
    __name__,
    {
        "Agent": "agent",
        "AgentOptions": "agent",
        "CallPieces": "models.call_pieces",
        "Demo": "demo",
        "Emitter": "emitter",
        "ModelAgent": "models.tool_loop",
        "Piece": "models.call_pieces",
        "Prompt": "models.prompt",
        "Reply": "models.model_reply",
        "RunRequest": "agent",
        "Wrapped": "agent",
        "drive": "run",
        "explain": "masking",
        "mask_secrets": "masking",
        "piece_of": "models.call_pieces",
        "turns": "models.prompt",
        "wrap": "adapters",
    },
)
