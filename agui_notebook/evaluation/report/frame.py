"""Rows as a DataFrame: pandas is imported when one is asked for, and by nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module

from ...errors import InvalidInput
from ...values import Foreign, JsonView


def as_frame(rows: Sequence[JsonView]) -> Foreign:
    """A pandas DataFrame of these rows. Raises InvalidInput where pandas is not installed."""
    try:
        pandas: Foreign = import_module("pandas")
    except ImportError as error:
        raise InvalidInput("A frame needs pandas: run `pip install pandas`.") from error
    return pandas.DataFrame(list(rows))
