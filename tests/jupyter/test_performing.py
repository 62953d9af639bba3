"""A frontend tool's value, prints, displays and figures, as a notebook shows them."""

from __future__ import annotations

import asyncio
import contextlib
import io
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
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


@pytest.mark.parametrize("kind", [SystemExit, GeneratorExit, ValueError])
@pytest.mark.parametrize("name", ["_repr_html_", "_repr_mimebundle_", "_ipython_display_"])
def test_a_value_whose_drawing_raises_is_shown_in_words(
    name: str, kind: type[BaseException]
) -> None:
    def mine(*_: Any, **__: Any) -> Any:
        raise kind("enough")

    value = type("Odd", (), {name: mine, "__str__": lambda _: "seen", "__repr__": lambda _: "s"})()
    found, bundle = kernel.perform(lambda: value)
    assert found is value
    # of plain errors IPython shows the traceback, as below any cell
    assert bundle == {"text/plain": "seen"} or (
        kind is ValueError and bundle[-1] == {"text/plain": "s"}
    )


def test_what_a_tool_prints_and_displays_stays_with_it(capsys: pytest.CaptureFixture[str]) -> None:
    def tool() -> None:
        print("working")
        kernel.show({"text/html": "<b>here</b>", "text/plain": "here"})

    assert kernel.perform(tool) == (
        None,
        [{"text/plain": "working\n"}, {"text/html": "<b>here</b>", "text/plain": "here"}],
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

    _, (picture, value) = kernel.perform(tool)
    assert picture["image/png"].startswith("iVBOR")
    assert value == {"text/plain": "drawn"}
    assert plt.get_fignums() == [before.number]
    plt.close(before)


def beside(call: Any) -> Any:
    """Perform it as a tool that runs beside the main thread is."""
    found: list[Any] = []
    thread = threading.Thread(target=lambda: found.append(kernel.perform(call)))
    thread.start()
    thread.join()
    return found[0]


def test_beside_the_main_thread_what_is_shown_stays_with_the_tool_too(
    capsys: pytest.CaptureFixture[str],
) -> None:
    def tool() -> int:
        print("mine")
        kernel.show({"text/html": "<b>mine</b>", "text/plain": "mine"})
        return 7

    assert beside(tool) == (
        7,
        [
            {"text/plain": "mine\n"},
            {"text/html": "<b>mine</b>", "text/plain": "mine"},
            {"text/plain": "7"},
        ],
    )
    assert capsys.readouterr().out == ""


def test_what_others_show_meanwhile_is_no_part_of_it(capsys: pytest.CaptureFixture[str]) -> None:
    inside, outside = threading.Event(), threading.Event()
    found: list[Any] = []

    def tool() -> None:
        print("mine")
        inside.set()
        assert outside.wait(10)
        print("mine still")

    thread = threading.Thread(target=lambda: found.append(kernel.perform(tool)))
    thread.start()
    assert inside.wait(10)
    print("the cell's")
    outside.set()
    thread.join()
    assert found == [(None, {"text/plain": "mine\nmine still\n"})]
    assert capsys.readouterr().out == "the cell's\n"


def test_threads_that_a_tool_starts_show_with_it(capsys: pytest.CaptureFixture[str]) -> None:
    def tool() -> None:
        with ThreadPoolExecutor(1) as pool:
            pool.submit(print, "from a pool").result()

    assert kernel.perform(tool) == (None, {"text/plain": "from a pool\n"})
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("perform", [kernel.perform, beside])
def test_everything_that_is_shown_is_kept_in_order(perform: Any) -> None:
    """microsoft/vscode-jupyter#9418, matplotlib/ipympl#366: the last one, or the first, was all."""
    import matplotlib.pyplot as plt

    def tool() -> Table:
        kernel.show({"text/html": "<i>1</i>", "text/plain": "1"})
        print("between")
        kernel.show({"text/html": "<i>2</i>", "text/plain": "2"})
        for height in (1, 2):
            plt.figure()
            plt.plot([0, height])
        return Table()

    _, outputs = perform(tool)
    assert [sorted(output) for output in outputs] == [
        ["text/html", "text/plain"],
        ["text/plain"],
        ["text/html", "text/plain"],
        ["image/png", "text/plain"],
        ["image/png", "text/plain"],
        ["image/png", "text/html", "text/plain"],
    ]
    assert [output["text/plain"] for output in outputs[:3]] == ["1", "between\n", "2"]
    assert outputs[3]["image/png"] != outputs[4]["image/png"]
    assert plt.get_fignums() == []


def test_a_figure_that_is_shown_and_returned_is_there_once() -> None:
    import matplotlib.pyplot as plt
    from IPython.display import display

    def tool() -> Any:
        figure = plt.figure()
        plt.plot([1, 2])
        display({"image/png": kernel._picture(figure)["image/png"]}, raw=True)  # as plt.show() does
        return figure

    _, output = kernel.perform(tool)
    assert list(output) == ["image/png"]


class Plotly:
    """As a figure of plotly shows itself (issue 3541 of plotly), or a widget."""

    def __init__(self, kind: str) -> None:
        self.kind = kind

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        return {self.kind: {"data": [1]}, "text/plain": "Figure"}


@pytest.mark.parametrize(
    "kind", ["application/vnd.plotly.v1+json", "application/vnd.jupyter.widget-view+json"]
)
@pytest.mark.parametrize("returned", [False, True])
def test_what_a_host_draws_by_its_own_kind_is_kept(kind: str, returned: bool) -> None:
    from IPython.display import display

    def tool() -> Any:
        return Plotly(kind) if returned else display(Plotly(kind))

    _, output = kernel.perform(tool)
    assert output == {kind: {"data": [1]}, "text/plain": "Figure"}


def test_what_displays_itself_is_there_once() -> None:
    """As a figure of plotly does when it is returned."""
    from IPython.display import display

    class Figure:
        def _ipython_display_(self) -> None:
            display({"text/html": "<p>drawn</p>"}, raw=True)

    assert kernel.perform(Figure)[1] == {"text/html": "<p>drawn</p>"}


def test_what_displays_itself_and_shows_nothing_is_said_in_words() -> None:
    class Shy:
        def _ipython_display_(self) -> None:
            pass

        def __str__(self) -> str:
            return "a shy one"

    assert kernel.perform(Shy)[1] == {"text/plain": "a shy one"}


def test_a_display_that_is_updated_stands_as_it_was_last() -> None:
    from IPython.display import HTML, display, update_display

    def tool() -> None:
        display(HTML("<b>1</b>"), display_id="d")
        display(HTML("<b>other</b>"))
        update_display(HTML("<b>2</b>"), display_id="d")
        update_display(HTML("<b>nobody's</b>"), display_id="e")

    _, outputs = kernel.perform(tool)
    assert [output["text/html"] for output in outputs] == ["<b>2</b>", "<b>other</b>"]


@pytest.mark.parametrize(
    ("wait", "expected"), [(True, ["3"]), (False, [])], ids=["for the next", "at once"]
)
def test_an_output_that_is_cleared_is_gone(wait: bool, expected: list[str]) -> None:
    """As live plots and tqdm.notebook do: jupyter-widgets/ipywidgets#2169."""
    from IPython.display import clear_output, display

    def tool() -> None:
        for number in (1, 2):
            print(number)
            clear_output(wait=wait)
        if wait:
            display({"text/plain": "3"}, raw=True)
            clear_output(wait=True)  # nothing new comes: what is there stays

    _, shown = kernel.perform(tool)
    shown = shown if isinstance(shown, list) else [shown]
    assert [one["text/plain"] for one in shown] == (expected or ["None"])


def test_of_a_progress_bar_the_end_is_kept() -> None:
    def tool() -> None:
        print("  0%", end="\r")
        print(" 50%", end="\r")
        print("100%")
        print("done")

    assert kernel.perform(tool)[1] == {"text/plain": "100%\ndone\n"}


def test_output_may_be_taken_aside_by_the_tool_itself() -> None:
    def tool() -> str:
        with contextlib.redirect_stdout(io.StringIO()) as aside:
            print("kept by the tool")
        print("shown")
        return aside.getvalue()

    _, outputs = kernel.perform(tool)
    assert [one["text/plain"] for one in outputs] == ["shown\n", "kept by the tool\n"]


def test_a_value_that_cannot_print_itself_is_shown_as_a_sentence() -> None:
    class Shy:
        def __repr__(self) -> str:
            raise ValueError("no words")

        __str__ = __repr__

    *_, last = kernel.perform(Shy)[1]  # before it what IPython says of the failure
    assert last == {"text/plain": "(a Shy that cannot be shown: ValueError: no words)"}


@pytest.mark.anyio
async def test_a_tool_that_awaits_is_shown_when_it_is_done() -> None:
    async def tool() -> int:
        return 7

    assert await kernel.perform(tool) == (7, {"text/plain": "7"})


@pytest.mark.anyio
async def test_tools_that_await_at_the_same_time_do_not_mix_what_they_show(
    capsys: pytest.CaptureFixture[str],
) -> None:
    both = [asyncio.Event(), asyncio.Event()]

    async def tool(number: int) -> None:
        print("begin", number)
        both[number].set()
        await both[1 - number].wait()
        kernel.show({"text/html": f"<b>{number}</b>", "text/plain": str(number)})
        print("end", number)

    async def cell() -> None:
        await both[0].wait()
        print("the cell's")

    first, second, _ = await asyncio.gather(
        kernel.perform(lambda: tool(0)), kernel.perform(lambda: tool(1)), cell()
    )
    for number, (_, outputs) in enumerate([first, second]):
        shown = [one["text/plain"] for one in outputs]
        assert shown == [f"begin {number}\n", str(number), f"end {number}\n"]
    assert capsys.readouterr().out == "the cell's\n"


def test_afterwards_everything_leads_where_it_led_before(shell: InteractiveShell) -> None:
    before = sys.stdout, dict(vars(shell.display_pub))
    kernel.perform(lambda: print("x"))
    beside(lambda: print("y"))
    assert (sys.stdout, dict(vars(shell.display_pub))) == before


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
