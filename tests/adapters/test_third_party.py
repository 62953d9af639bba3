"""Adapters of other packages, found by an entry point of a package that is really installed.

What docs/agents.md shows of one, and what the sentence for a stranger advises, is run as it stands.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from agui_notebook import UnsupportedAgent, connect, serve
from agui_notebook.agents import wrap
from agui_notebook.agents.adapters import third_party

BOT = "class Bot:\n    pass\n\nclass Broken:\n    pass\n"
ADAPTER = """
from agui_notebook.agents.adapters.callables import adapt as of_function, takes

def adapt(obj, options):
    return of_function(lambda text: f"Bot heard {text}", options)
"""
POINTS = '[agui_notebook.adapters]\n"acme.Bot" = acme_agui\nacme.Broken = acme_lost\n'


def install(folder: Path, patch: pytest.MonkeyPatch, files: dict[str, str], points: str) -> None:
    """Put modules into a folder on the path, and beside them what a package says of itself."""
    for name, text in files.items():
        folder.joinpath(f"{name}.py").write_text(text, encoding="utf-8")
    about = folder / "acme_agui-1.dist-info"
    about.mkdir()
    about.joinpath("METADATA").write_text("Name: acme-agui\nVersion: 1\n", encoding="utf-8")
    about.joinpath("entry_points.txt").write_text(points.replace('"', ""), encoding="utf-8")
    patch.syspath_prepend(str(folder))
    third_party._points.cache_clear()


@pytest.fixture(autouse=True)
def nothing_of_it_stays() -> Iterator[None]:
    yield
    third_party._points.cache_clear()
    for name in ("acme", "acme_agui"):
        sys.modules.pop(name, None)


@pytest.fixture
def acme(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A package with a class of its own, and one that wraps it."""
    install(tmp_path, monkeypatch, {"acme": BOT, "acme_agui": ADAPTER}, POINTS)


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


PAGE = Path(__file__).resolve().parents[2] / "docs" / "agents.md"
STREAMING_BOT = """
class Bot:
    async def stream(self, text):
        for piece in ("You ", "said ", text):
            yield piece
"""


def test_the_example_of_the_page_is_a_chat(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = PAGE.read_text("utf-8")
    [declared] = re.findall(r"```toml\n\[project\.entry-points\.(.+?)```", page, re.DOTALL)
    [adapter] = re.findall(r"```python\n(from agui_notebook\.agents.+?)```", page, re.DOTALL)
    group, _, rows = declared.partition("]\n")
    points = f"[{group}]\n{rows}".replace('"', "")
    install(tmp_path, monkeypatch, {"acme": STREAMING_BOT, "acme_agui": adapter}, points)
    from acme import Bot

    with serve(Bot(), name="acme bot") as server:
        session = connect(server.url, token=server.token, strict=True)
        assert session.ask("hello").text == "You said hello"
        deltas = [e for e in session.events if e["event"]["type"] == "TEXT_MESSAGE_CONTENT"]
        assert "".join(each["event"]["delta"] for each in deltas) == "You said hello"


class Stranger:
    """What no adapter knows."""

    def ask(self, text: str) -> str:
        return f"{text}? Yes."


def test_the_lines_that_a_stranger_is_wrapped_in_are_advised_and_work() -> None:
    with pytest.raises(UnsupportedAgent) as caught:
        wrap(Stranger())
    told = str(caught.value)
    code = told[told.index("def agent") : told.index(", and agui.serve(agent)")]
    names = {"my_object": Stranger()}
    exec(code, names)
    with serve(names["agent"], name="a stranger") as server:
        session = connect(server.url, token=server.token, strict=True)
        assert session.ask("Ready").text == "Ready? Yes."
