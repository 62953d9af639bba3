"""Adapters of other packages, found by an entry point of a package that is really installed."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from agui_notebook import UnsupportedAgent
from agui_notebook.agents import wrap
from agui_notebook.agents.adapters import third_party

BOT = "class Bot:\n    pass\n\nclass Broken:\n    pass\n"
ADAPTER = """
from agui_notebook.agents.adapters.callables import adapt as of_function, takes

def adapt(obj, options):
    return of_function(lambda text: f"Bot heard {text}", options)
"""
POINTS = '[agui_notebook.adapters]\n"acme.Bot" = acme_agui\nacme.Broken = acme_lost\n'


@pytest.fixture
def acme(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A package with a class of its own, and one that wraps it."""
    (tmp_path / "acme.py").write_text(BOT, encoding="utf-8")
    (tmp_path / "acme_agui.py").write_text(ADAPTER, encoding="utf-8")
    about = tmp_path / "acme_agui-1.dist-info"
    about.mkdir()
    about.joinpath("METADATA").write_text("Name: acme-agui\nVersion: 1\n", encoding="utf-8")
    about.joinpath("entry_points.txt").write_text(POINTS.replace('"', ""), encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    third_party._points.cache_clear()
    yield
    third_party._points.cache_clear()
    for name in ("acme", "acme_agui"):
        sys.modules.pop(name, None)


def test_a_class_that_another_package_knows_is_wrapped_by_it(acme: None) -> None:
    from acme import Bot  # type: ignore[import-not-found]

    assert wrap(Bot(), name="bot").name == "bot"
    assert wrap(type("Mine", (Bot,), {})(), name="mine").name == "mine"


def test_an_adapter_that_cannot_be_imported_is_named(acme: None) -> None:
    from acme import Broken

    with pytest.raises(UnsupportedAgent, match=r"adapter for acme.Broken \(acme_lost\) cannot be"):
        wrap(Broken())


def test_what_nobody_knows_names_its_neighbours_and_a_way(acme: None) -> None:
    stranger = type("Stream", (), {"__module__": "openai"})()
    with pytest.raises(UnsupportedAgent, match="Of its package OpenAI and AsyncOpenAI and Chat"):
        wrap(stranger)
    with pytest.raises(UnsupportedAgent, match="can be wrapped in a function"):
        wrap(42)
