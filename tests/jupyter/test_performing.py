"""A frontend tool's value, prints, displays and figures, as a notebook shows them."""

from __future__ import annotations

import threading
from typing import Any

import matplotlib as mpl
import pytest
from IPython.core.interactiveshell import InteractiveShell

from agui_notebook.jupyter import kernel

mpl.use("agg")


@pytest.fixture(autouse=True)
def shell(ipython: InteractiveShell) -> InteractiveShell:
    return ipython


class Table:
    def _repr_html_(self) -> str:
        return "<table></table>"

    def _repr_png_(self) -> bytes:
        return b"\x89PNG"

    def __repr__(self) -> str:
        return "Table()"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("text", {"text/plain": "text"}),
        (3, {"text/plain": "3"}),
        (None, {"text/plain": "None"}),
        ({"a": 1}, {"application/json": {"a": 1}, "text/plain": "{'a': 1}"}),
        ({"a": {1}}, {"text/plain": "{'a': {1}}"}),
        (
            Table(),
            {"image/png": "iVBORw==", "text/html": "<table></table>", "text/plain": "Table()"},
        ),
    ],
)
def test_a_value_is_shown_in_every_form_it_has(value: Any, expected: dict[str, Any]) -> None:
    found, bundle = kernel.perform(lambda: value)
    assert found is value
    assert bundle == expected


def test_what_a_tool_prints_and_displays_stays_with_it(capsys: pytest.CaptureFixture[str]) -> None:
    def tool() -> None:
        print("working")
        kernel.show({"text/html": "<b>here</b>", "text/plain": "here"})

    assert kernel.perform(tool) == (
        None,
        {"text/html": "<b>here</b>", "text/plain": "working\n"},
    )
    assert capsys.readouterr().out == ""


def test_a_transcript_published_meanwhile_is_no_part_of_a_tools_output(
    shell: InteractiveShell, monkeypatch: pytest.MonkeyPatch
) -> None:
    published: list[Any] = []
    monkeypatch.setattr(shell.display_pub, "publish", lambda *data, **how: published.append(data))
    transcript = {"text/html": "<p>all that was said</p>"}

    def tool() -> None:
        def update() -> None:
            kernel.publish(transcript, "agui-1", update=True)

        beside = threading.Thread(target=update)
        beside.start()
        beside.join()

    assert kernel.perform(tool) == (None, {"text/plain": "None"})
    assert published == [(transcript, {})]


def test_figures_left_open_are_shown_and_closed_and_older_ones_stay() -> None:
    import matplotlib.pyplot as plt

    before = plt.figure()

    def tool() -> str:
        plt.figure()
        plt.plot([1, 2])
        return "drawn"

    _, bundle = kernel.perform(tool)
    assert bundle["image/png"].startswith("iVBOR")
    assert bundle["text/plain"] == "drawn"
    assert plt.get_fignums() == [before.number]
    plt.close(before)


def test_beside_the_main_thread_nothing_is_captured(capsys: pytest.CaptureFixture[str]) -> None:
    found: list[Any] = []
    thread = threading.Thread(target=lambda: found.append(kernel.perform(lambda: print("mine"))))
    thread.start()
    thread.join()
    assert found == [(None, {"text/plain": "None"})]
    assert capsys.readouterr().out == "mine\n"


@pytest.mark.anyio
async def test_a_tool_that_awaits_is_shown_when_it_is_done() -> None:
    async def tool() -> int:
        return 7

    assert await kernel.perform(tool) == (7, {"text/plain": "7"})


def test_a_tool_that_fails_lets_go_of_the_output(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ZeroDivisionError):
        kernel.perform(lambda: 1 // 0)
    print("free")
    assert capsys.readouterr().out == "free\n"


def test_without_ipython_values_are_shown_as_text() -> None:
    InteractiveShell.clear_instance()
    assert kernel.perform(lambda: [1]) == (
        [1],
        {"application/json": [1], "text/plain": "[1]"},
    )
    assert not kernel.in_kernel()
