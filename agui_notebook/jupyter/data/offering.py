"""What the composer asks for: which variables there are, and what an agent would be given of one.

They are looked at on the kernel's main thread between other work, as cells do; nothing is sent to
an agent here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from ...errors import AGUIError
from ...runtime.tool_threads import beside, on_loop
from ...values import Foreign, JsonObject
from .. import kernel, messages
from . import variables
from .given import parts_of

T = TypeVar("T")


async def tell_names(widget: Foreign) -> None:
    """Tell the page the user's variables."""
    listed = await _on_main(lambda: variables.list_of(variables.user_variables()))
    widget.tell(messages.variables(listed[: variables.MOST]))


async def tell_parts(widget: Foreign, name: str) -> None:
    """Tell the page what would be sent of one, without the session's secrets."""
    try:
        parts = await _on_main(lambda: _parts(name))
    except AGUIError as error:
        widget.tell(messages.variable(name, [], str(error)))
    except Exception as error:  # of the object's own code
        fault = f"{name} cannot be read: {type(error).__name__}."
        widget.tell(messages.variable(name, [], fault))
    else:
        hidden = widget.session.secrets.mask_value(parts)
        widget.tell(messages.variable(name, hidden))


def _parts(name: str) -> list[JsonObject]:
    return parts_of(name, variables.find_variable(name))


async def _on_main(look: Callable[[], T]) -> T:
    loop = kernel.main_loop() if kernel.in_kernel() else None
    found: T = await (beside if loop is None else on_loop(loop))(look)
    return found
