"""What a model reads of a docstring, whatever its style."""

from __future__ import annotations

import inspect

import pytest

from agui_notebook.tools import read_docstring
from agui_notebook.tools.docstring import Words

STYLES: dict[str, tuple[str, Words]] = {
    "a line that ends in a colon cuts nothing off": (
        """Book a hotel.

        Note: Never book without asking.
        These are never booked:
         - hostels
         - tents

        Args:
            a: the place
        """,
        Words(
            "Book a hotel.\n\nNote: Never book without asking. These are never booked:\n"
            "- hostels\n- tents",
            {"a": "the place"},
        ),
    ),
    "Google, with options, types and brackets": (
        """F.

        Args:
            a: One of:
                - "fast": quick
                - "deep": slow
            b (Dict[str, List[int]]): of more
                lines
            c (str) : with a space
        """,
        Words("F.", {
            "a": 'One of: - "fast": quick - "deep": slow',
            "b": "of more lines",
            "c": "with a space",
        }),
    ),
    "Google, keyword arguments and words behind the last section": (
        """F.

        Args:
            a: the a

        Keyword Args:
            b: the b

        Warning:
            deletes for ever.

        Returns:
            A table.

        Never call it twice.
        """,
        Words("F.\n\nWarning: deletes for ever.\n\nNever call it twice.",
              {"a": "the a", "b": "the b"}),
    ),
    "Google, nothing but arguments": (
        """Args:
            a: the a
            *rest: the rest
        """,
        Words("", {"a": "the a", "rest": "the rest"}),
    ),
    "Google, errors and results are not told": (
        """F.

        Returns:
            A table.

        Raises:
            ValueError: never
        """,
        Words("F.", {}),
    ),
    "NumPy, two names in one entry, sections that are told": (
        """F.

        More words.

        Parameters
        ----------
        x, y : int
            Both.
        b : str, optional
            the
            second

        Warnings
        --------
        Deletes.

        Examples
        --------
        >>> f()

        Returns
        -------
        None
        """,
        Words("F.\n\nMore words.\n\nWarnings: Deletes.\n\nExamples: >>> f()",
              {"x": "Both.", "y": "Both.", "b": "the second"}),
    ),
    "Sphinx": (
        """F.

        :param int a: the a
        :param b: the b
        :returns: nothing
        """,
        Words("F.", {"a": "the a", "b": "the b"}),
    ),
    "Epydoc": ("F.\n\n@param a: the a", Words("F.", {"a": "the a"})),
    "one line with a colon": ("Say: hello", Words("Say: hello", {})),
    "steps": (
        "Do it.\n\nSteps:\n1. look\n2. book",
        Words("Do it.\n\nSteps:\n1. look\n2. book", {}),
    ),
    "nothing": ("", Words("", {})),
}  # fmt: skip


@pytest.mark.parametrize("style", STYLES)
def test_a_docstring_is_read(style: str) -> None:
    text, words = STYLES[style]
    assert read_docstring(inspect.cleandoc(text)) == words
