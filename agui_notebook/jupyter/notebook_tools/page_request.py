"""One question about cells to the page of a chat, and its answer; which one is not known here."""

from __future__ import annotations

import asyncio
import uuid

from ...errors import ToolFailed
from ...runtime.loop import background
from ...values import Foreign, Json, JsonObject, JsonView
from .. import messages
from ..chats import chats

PATIENCE = 30.0  # seconds
NO_PAGE = (
    "There is no notebook page here that shows a chat: cells can be read and written only where "
    "the notebook is open in a browser, in JupyterLab or Notebook 7."
)
SILENT = (
    "The notebook's page did not answer: it was closed, or the kernel is busy with a cell and "
    "hears the page only when that ends."
)

_waiting: dict[str, asyncio.Future[Json]] = {}


async def ask_page(do: str, patience: float = PATIENCE, **words: Json) -> JsonObject:
    """What the page answers. Raises ToolFailed: there is none, it is silent, or it could not."""
    return await asyncio.wrap_future(background().submit(_ask(_find_widget(), do, patience, words)))


def answer(rid: str, value: Json) -> None:
    """The page has answered; on the loop's thread."""
    waiting = _waiting.get(rid)
    if waiting is not None and not waiting.done():
        waiting.set_result(value)


async def _ask(widget: Foreign, do: str, patience: float, words: JsonView) -> JsonObject:
    rid = uuid.uuid4().hex
    waiting = _waiting[rid] = asyncio.get_running_loop().create_future()
    try:
        widget.tell(messages.cells(rid, widget.page, do, words))
        found = await asyncio.wait_for(waiting, patience)
    except asyncio.TimeoutError:
        raise ToolFailed(SILENT) from None
    except asyncio.CancelledError:
        widget.tell(messages.cells(rid, widget.page, "stop", {}))
        raise
    finally:
        del _waiting[rid]
    if not isinstance(found, dict) or "error" in found:
        raise ToolFailed(str(found["error"]) if isinstance(found, dict) else SILENT)
    return found


def _find_widget() -> Foreign:
    """The chat on a page that an agent is at work in, or else any: a kernel has one notebook."""
    widgets = [chats.get(name).widget for name in chats.names]
    shown = [each for each in widgets if each is not None and each.attended and each.comm]
    if not shown:
        raise ToolFailed(NO_PAGE)
    return next((each for each in shown if each.session.running), shown[-1])
