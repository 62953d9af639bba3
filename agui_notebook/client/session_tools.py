"""The tools of a session: offered, taken back, allowed to run unasked.

When they run is turn.py's business.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..doors import door
from ..errors import InvalidInput
from ..tools.offers import ToolOffers
from .turns.run_options import RunOptions

if TYPE_CHECKING:
    from ..tools.tool import Tool, ToolFunction


class SessionTools(ToolOffers):
    """What a session says of its tools; they lie in its options."""

    options: RunOptions

    @property
    def tools(self) -> dict[str, Tool]:
        """The frontend tools, by name.

        >>> session.tools
        {}
        """
        return dict(self.options.tools)

    @door
    def add_tool(self, function: ToolFunction) -> Tool:
        """Offer a function, or what ``agui_notebook.tool`` made of one; same name replaces.

        >>> def add(a: int, b: int) -> int: return a + b
        >>> session.add_tool(add).name
        'add'
        """
        from ..tools.tool import offer, tool

        made: Tool = tool(function)
        offer(self.options.tools, made)
        self.options.allowed.discard(made.name)  # it was said of another function
        return made

    def _follow_tools(self) -> None:
        """Take each tool as it is defined now; what was allowed was said of another function."""
        for name, held in list(self.options.tools.items()):
            now = held.current()
            if now is not held:
                self.options.tools[name] = now
                self.options.allowed.discard(name)

    @door
    def allow(self, name: str) -> None:
        """Ask no more before this tool runs, in this session; ``revoke`` takes it back.

        Nothing of it is kept. Raises InvalidInput when there is no such tool.

        >>> def add(a: int, b: int) -> int: return a + b
        >>> session.allow(session.add_tool(add).name)
        >>> session.permissions
        ['add']
        """
        if name not in self.options.tools:
            known = ", ".join(self.options.tools) or "none; add_tool() offers one"
            raise InvalidInput(f"No tool named {name!r} is offered here: there is {known}.")
        self.options.allowed.add(name)

    def revoke(self, name: str) -> None:
        """Ask again before this tool runs.

        >>> session.revoke("add")
        """
        self.options.allowed.discard(name)

    @property
    def permissions(self) -> list[str]:
        """Tools that were allowed for this session, and run unasked.

        >>> session.permissions
        []
        """
        return sorted(self.options.allowed)

    def remove_tool(self, name: str) -> None:
        """Offer a tool no longer.

        >>> session.remove_tool("add")
        """
        self.options.tools.pop(name, None)
        self.options.allowed.discard(name)
