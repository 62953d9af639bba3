"""agui_notebook: every check on, the document kept, every event stored."""

from __future__ import annotations

from functools import cache

import measured

from agui_notebook import Session, connect


@cache
def session(url: str, earlier: int) -> Session:
    """The session of all runs, as a notebook would have it."""
    return connect(url, messages=measured.history(earlier))


async def read(url: str, earlier: int) -> str:
    """One turn of a new thread."""
    ours = session(url, earlier)
    ours.new_thread()
    return (await ours.run()).text


if __name__ == "__main__":
    measured.main(read)
