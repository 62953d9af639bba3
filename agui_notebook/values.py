"""Names for what no type of ours describes: JSON as Python holds it, and other packages' objects.

Aliases only, for annotations; what JSON may be is checked where it comes in (foreign_json.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

Json: TypeAlias = Any
"""Whatever JSON can say: None, a bool, a number, a text, a list, or a dict with text keys."""

JsonObject: TypeAlias = dict[str, Json]
"""One JSON object, ours to change."""

JsonView: TypeAlias = Mapping[str, Json]
"""One JSON object that is only looked at."""

Foreign: TypeAlias = Any
"""An object of a package that is not imported here; what is used of it stands beside."""
