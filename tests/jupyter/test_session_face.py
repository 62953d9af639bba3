"""The widget's methods have the signatures of the session's. What they do is tested with both."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

import pytest

from agui_notebook import Session
from agui_notebook.client.verbs import Verbs
from agui_notebook.jupyter.session_face import SessionFace


def shown(owner: type) -> Iterator[str]:
    return (name for name in vars(owner) if not name.startswith("_") and name != "session")


@pytest.mark.parametrize("name", sorted({*shown(SessionFace), *shown(Verbs)}))
def test_what_the_widget_takes_and_gives_is_what_the_session_does(name: str) -> None:
    ours, theirs = getattr(SessionFace, name), getattr(Session, name, None)
    if isinstance(ours, property):
        getter = theirs.fget if isinstance(theirs, property) else None
        told = inspect.signature(getter) if getter else inspect.signature(ours.fget)  # type: ignore[arg-type]
        assert inspect.signature(ours.fget) == told  # type: ignore[arg-type]
    else:
        assert inspect.signature(ours) == inspect.signature(theirs)  # type: ignore[arg-type]
