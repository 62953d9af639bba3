"""What JSON can say, as a type. Nothing is done here."""

from __future__ import annotations

from typing import Any

Json = Any  # null, a boolean, a number, a text, a list or an object of such things
