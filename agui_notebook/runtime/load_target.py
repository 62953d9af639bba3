"""The object that a user names as ``module:name``, imported from where they work."""

from __future__ import annotations

import sys
from importlib import import_module

from ..errors import InvalidInput
from .user_code import one_line


def load_target(target: str) -> object:
    """The object that ``module:name`` means, looked for in the working folder first.

    Raises InvalidInput.
    """
    module, colon, name = target.partition(":")
    if not (module and colon and name):
        raise InvalidInput(f"{target!r} names no agent: write module:name, as in my_agents:agent.")
    if "" not in sys.path:
        sys.path.insert(0, "")
    try:
        found: object = import_module(module)
    except ModuleNotFoundError as error:
        raise InvalidInput(f"There is no module {error.name!r} to import from here.") from error
    except Exception as error:
        raise InvalidInput(f"{module} cannot be imported: {one_line(error)}.") from error
    for part in name.split("."):
        if not hasattr(found, part):
            raise InvalidInput(f"{module} has no {name!r}.")
        found = getattr(found, part)
    return found
