"""Python functions as tools: schema, check, call. Knows no conversation.

What others may rely on has its name here, loaded on first use; tests take it from here too.
"""

from __future__ import annotations

from ..lazy_names import loader

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .as_json import as_json as as_json_value
    from .as_json import as_plain_json, as_text
    from .docstring import read_docstring
    from .partial_json import read_partial
    from .patterns import compile_pattern
    from .tool import Tool, offer
    from .validate import is_too_complicated, problems

__all__ = [
    "Tool",
    "as_json_value",
    "as_plain_json",
    "as_text",
    "compile_pattern",
    "is_too_complicated",
    "offer",
    "problems",
    "read_docstring",
    "read_partial",
]

__getattr__ = loader(
    __name__,
    {
        "Tool": "tool",
        "as_json_value": "as_json:as_json",
        "as_plain_json": "as_json",
        "as_text": "as_json",
        "compile_pattern": "patterns",
        "is_too_complicated": "validate",
        "offer": "tool",
        "problems": "validate",
        "read_docstring": "docstring",
        "read_partial": "partial_json",
    },
)
