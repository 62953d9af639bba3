"""``@session.tool`` and ``@chat.tool``: the decorator over ``add_tool``.

Where tools go, and what is done with them, is not known here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, overload

from ..values import JsonObject
from .given import MODEL_LIMIT

if TYPE_CHECKING:
    from .tool import Tool, ToolApproval, ToolFunction


class ToolOffers:
    """What may be offered to an agent, one function at a time."""

    def add_tool(self, function: ToolFunction) -> Tool:
        """Offer a function, or what ``agui_notebook.tool`` made of one; same name replaces."""
        raise NotImplementedError

    @overload
    def tool(self, function: ToolFunction, /) -> Tool: ...
    @overload
    def tool(
        self,
        /,
        *,
        name: str | None = None,
        description: str | None = None,
        parameters: JsonObject | None = None,
        thread: bool = False,
        approve: ToolApproval = False,
        limit: int = MODEL_LIMIT,
        shows: bool = False,
    ) -> Callable[[ToolFunction], Tool]: ...
    def tool(
        self,
        function: ToolFunction | None = None,
        /,
        *,
        name: str | None = None,
        description: str | None = None,
        parameters: JsonObject | None = None,
        thread: bool = False,
        approve: ToolApproval = False,
        limit: int = MODEL_LIMIT,
        shows: bool = False,
    ) -> Any:
        """Offer a function to the agent, to be run in this kernel; see ``agui_notebook.tool``.

        >>> @session.tool
        ... def weather(city: str) -> str: return "sunny"
        >>> @session.tool(approve=True)  # asks before each call
        ... def delete_file(path: str) -> str: return "gone"
        >>> list(session.tools)
        ['weather', 'delete_file']
        """
        from .tool import tool

        options: JsonObject = {"name": name, "description": description, "parameters": parameters}
        options |= {"thread": thread, "approve": approve, "limit": limit, "shows": shows}
        if function is not None:
            return self.add_tool(tool(function, **options))
        return lambda later: self.add_tool(tool(later, **options))
