"""One conversation with one agent: transport, tools, session. Knows no notebook and no server.

What others may rely on has its name here, loaded on first use; tests take it from here too.
"""

from __future__ import annotations

from ..lazy_names import loader

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .app_pages import fetch_page
    from .event_log import EventLog
    from .judged_frames import JudgedFrames
    from .recording import Replay, record
    from .session import Session
    from .start import Start
    from .threads.folding import fold as fold_thread
    from .threads.store import Card, Store
    from .threads.writer import Writer
    from .turns.run_options import RunOptions
    from .user_messages import attachment, attachments, user_message

__all__ = [
    "Card",
    "EventLog",
    "JudgedFrames",
    "Replay",
    "RunOptions",
    "Session",
    "Start",
    "Store",
    "Writer",
    "attachment",
    "attachments",
    "fetch_page",
    "fold_thread",
    "record",
    "user_message",
]

__getattr__ = loader(
    __name__,
    {
        "Card": "threads.store",
        "EventLog": "event_log",
        "JudgedFrames": "judged_frames",
        "Replay": "recording",
        "RunOptions": "turns.run_options",
        "Session": "session",
        "Start": "start",
        "Store": "threads.store",
        "Writer": "threads.writer",
        "attachment": "user_messages",
        "attachments": "user_messages",
        "fetch_page": "app_pages",
        "fold_thread": "threads.folding:fold",
        "record": "recording",
        "user_message": "user_messages",
    },
)
