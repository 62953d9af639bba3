"""What a cell shows of an error: the user's own lines and one sentence, ours only when asked for.

What the sentences say is tested where they are made.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from IPython.core.interactiveshell import InteractiveShell

import agui_notebook as agui
from agui_notebook import LocalServer

Serving = Callable[..., LocalServer]
KEY = "sk-" + "a1" * 20


@pytest.fixture
def told(ipython: InteractiveShell, capsys: pytest.CaptureFixture[str]) -> Iterator[Any]:
    """Runs a cell that fails: what it shows below itself. ``names`` are its variables."""

    def run(code: str, **names: Any) -> str:
        ipython.push({"agui": agui, **names})
        assert not ipython.run_cell(code, store_history=True).success
        captured = capsys.readouterr()
        return captured.out + captured.err

    yield run
    ipython.run_line_magic("unload_ext", "agui_notebook")


def write_agent(folder: Path) -> Path:
    """A module of the user's whose function fails."""
    path = folder / "mine.py"
    path.write_text(f'def weather(text):\n    return {{}}["rain"] or "{KEY}"\n', encoding="utf-8")
    return path


def agent_of(path: Path) -> Any:
    names: dict[str, Any] = {}
    exec(compile(path.read_text(encoding="utf-8"), str(path), "exec"), names)
    return names["weather"]


def test_a_cell_shows_its_own_line_and_one_sentence(told: Any) -> None:
    shown = told('session = agui.connect("http://127.0.0.1:1/")\nsession.ask("hi")')
    where, code, sentence = shown.strip().splitlines()
    assert (where, code) == ("Cell In[1], line 2", '    session.ask("hi")')
    assert sentence.startswith("TransportError: No server answers at http://127.0.0.1:1/: ")


def test_functions_of_the_users_are_shown_on_the_way(told: Any) -> None:
    shown = told("def connect():\n    return agui.connect('ftp://x')\nconnect()")
    assert shown.splitlines()[:4] == [
        "Cell In[1], line 3",
        "    connect()",
        "Cell In[1], line 2, in connect",
        "    return agui.connect('ftp://x')",
    ]
    assert "agui_notebook/" not in shown


def test_the_whole_traceback_is_there_for_the_asking(
    told: Any, ipython: InteractiveShell, capsys: pytest.CaptureFixture[str]
) -> None:
    ipython.run_line_magic("load_ext", "agui_notebook")
    assert "%agui debug" in told("agui.connect('ftp://x')")
    ipython.run_cell("%agui debug")
    whole = capsys.readouterr().out
    assert "Traceback (most recent call last)" in whole
    assert "lazy_http.py" in whole
    assert "%agui debug" not in told("%agui connect ftp://x")
    ipython.run_cell("%agui debug")
    assert "subcommands.py" in capsys.readouterr().out


def test_the_users_own_agent_is_shown_where_it_failed(
    told: Any, serving: Serving, tmp_path: Path
) -> None:
    path = write_agent(tmp_path)
    server = serving(agent_of(path))
    session = agui.connect(server.url, token=server.token)
    shown = told('session.ask("hi")', session=session)
    assert f"{path}, line 2, in weather" in shown
    assert 'return {}["rain"] or "***"' in shown
    assert KEY not in shown
    assert "agui_notebook/" not in shown
    frame = {"place": str(path), "line": 2, "name": "weather", "code": 'return {}["rain"] or "***"'}
    [run] = session.runs
    assert run["error"]["trace"] == [frame]
    result = session.ask("again", check=False)
    assert list(result.error.frames) == [frame]


def test_no_caller_over_the_wire_learns_of_the_users_files(
    serving: Serving, tmp_path: Path
) -> None:
    path = write_agent(tmp_path)
    server = serving(agent_of(path))
    said = {"id": "u", "role": "user", "content": "hi"}
    answer = httpx.post(server.url, json={"messages": [said]}, headers=server.headers)
    assert "RUN_ERROR" in answer.text
    for word in (str(tmp_path), "line 2", "trace", "weather", "rain\\"):
        assert word not in answer.text


def failing_tool(city: str) -> str:
    raise LookupError(city)


def test_a_tool_of_the_notebooks_shows_where_it_failed_and_the_agent_hears_only_what(
    serving: Serving,
) -> None:
    async def agent(messages: list[Any]) -> Any:
        if messages[-1]["role"] == "tool":
            yield json.dumps(messages[-1])
            return
        yield {"type": "TOOL_CALL_START", "toolCallId": "c", "toolCallName": "failing_tool"}
        yield {"type": "TOOL_CALL_ARGS", "toolCallId": "c", "delta": '{"city": "Oslo"}'}
        yield {"type": "TOOL_CALL_END", "toolCallId": "c"}

    server = serving(agent)
    session = agui.connect(server.url, token=server.token, tools=[failing_tool])
    result = session.ask("hi")
    [frame] = session.document["items"]["call:c"]["trace"]
    assert (frame["name"], frame["code"]) == ("failing_tool", "raise LookupError(city)")
    assert "LookupError: Oslo" in result.text
    assert "test_tracebacks" not in result.text


def test_a_tool_of_the_agents_in_this_kernel_shows_where_it_failed() -> None:
    from agui_notebook.runtime import faults

    try:
        failing_tool("Oslo")
    except LookupError as error:
        faults.note("run", error, "c")
    taken = faults.take("run")
    assert [frame["name"] for frame in taken["c"]][-1] == "failing_tool"
    assert faults.take("run") == {}
