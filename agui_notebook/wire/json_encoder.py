"""JSON text without the set-up that ``JSONEncoder.encode`` repeats for every value.

That set-up is two thirds of what an event costs. The encoder in C behind it is private to ``json``
and takes its nine arguments by place (the same in Python 3.10 to 3.14); where it is missing or
takes others, the public encoder does the same, slower.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from json.encoder import encode_basestring_ascii

from ..values import Json


def make_encoder(default: Callable[[Json], Json]) -> Callable[[Json], str]:
    """A function from values to compact ASCII JSON; NaN is refused, ``default`` is JSON's own."""
    make: Json = getattr(json.encoder, "c_make_encoder", None)
    try:
        pieces = make(None, default, encode_basestring_ascii, None, ":", ",", False, False, False)
    except TypeError:
        return make_plain_encoder(default)
    return lambda value: "".join(pieces(value, 0))


def make_plain_encoder(default: Callable[[Json], Json]) -> Callable[[Json], str]:
    """The same by the public encoder."""
    return json.JSONEncoder(separators=(",", ":"), allow_nan=False, default=default).encode
