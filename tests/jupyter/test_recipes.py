"""The README's recipes, run as they are printed, in a real kernel with the real packages.

Only addresses are put in place of those printed: mock servers on this machine answer.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from support.page import Page
from support.servers import FINISHED, STARTED, Reply, Request, answer, called, serve_frames

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text("utf-8")
MODELS, TEAM = "http://127.0.0.1:9480/v1", "https://agents.example.com/sales"


def recipe(heading: str) -> list[str]:
    """The code blocks below a heading."""
    section = README.split(f"### {heading}\n")[1].split("\n### ")[0].split("\n## ")[0]
    return re.findall(r"```python\n(.*?)```", section, re.DOTALL)


@pytest.fixture(scope="module")
def kernel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """A kernel in which nothing ran but what the recipes say to begin with."""
    page = Page(Path(tmp_path_factory.mktemp("kernel")))
    before = README.split("## Five recipes\n")[1].split("\n### ")[0]
    [begin] = re.findall(r"```python\n(.*?)```", before, re.DOTALL)
    page.run(begin)
    yield page
    page.close()


def script(turn: Any) -> Iterator[Any]:
    """What the model says in all recipes."""
    from offline import Call

    if turn.text == "Delete old.csv":
        yield turn.results[-1] if turn.results else Call("delete_file", path="old.csv")
    elif turn.text.startswith("Which months"):
        yield "Feb and Mar." if turn.results else Call("query", expression="total < 100")
    elif turn.text.startswith("Is 0.1"):
        yield f"No. ({turn.system})"


@pytest.fixture(scope="module")
def models() -> Iterator[str]:
    sys.path.insert(0, str(ROOT / "notebooks"))
    from offline import openai_url

    yield openai_url(script)
    sys.path.remove(str(ROOT / "notebooks"))


def value(kernel: Page, expression: str) -> str:
    """What an expression is in the kernel, as it prints."""
    return kernel.run(f"print({expression})").text.strip()


def test_my_endpoint_with_tools_and_an_approval(kernel: Page, models: str) -> None:
    [code] = recipe("My endpoint, with tools and an approval")
    kernel.run(code.replace(MODELS, models))
    asked = 'result = chat.ask("Delete old.csv"); result.outcome, result.interrupts[0].question'
    shown = kernel.run(
        f"{asked}\nprint(result.outcome, result.interrupts[0].question['text'])"
    ).text
    assert shown.strip() == "interrupt Allow delete_file?"
    kernel.run("%agui approve")
    assert value(kernel, "chat.result.text") == "old.csv is gone"


def test_the_same_with_a_client_object(kernel: Page, models: str) -> None:
    said = 'agui.chat(OpenAI(), model="gpt-5", tools=tools, approve=True)'
    assert f"`{said}`" in README
    made = f"OpenAI(base_url={models!r}, api_key='none')"
    kernel.run(f"from openai import OpenAI\nchat = {said.replace('OpenAI()', made)}")
    assert value(kernel, "chat.ask('Delete old.csv').outcome") == "interrupt"
    kernel.run("%agui deny Not that one")
    assert value(kernel, "chat.result.text") == "The user did not allow this call. Not that one"


def team(rows: str) -> Callable[[Request], Any]:
    """A teammate's agent: it wants a sample of so many rows, and says how many it got."""

    def reply(request: Request) -> Any:
        if not request.body:  # somebody looks whether it is there
            return Reply([], status=404)
        if request.body["messages"][-1]["role"] == "tool":
            return answer(f"You have {rows}.", mid="end")
        return [STARTED, *called("sample", f'{{"rows": {rows}}}'), FINISHED]

    return reply


def test_a_teammates_agent_behind_a_header(kernel: Page) -> None:
    connect, offer = recipe("A teammate's agent, behind a header")
    with serve_frames(team("3")) as server:
        kernel.run("import os; os.environ['TEAM_KEY'] = 's3cret'")
        kernel.run(connect.replace(TEAM, server.url))
        kernel.run(offer)
        assert value(kernel, "answer.text") == "You have 3."
    asked = [request for request in server.requests if request.body]  # and not only looked at
    assert [each.headers["authorization"] for each in asked] == ["Bearer s3cret"] * 2
    [result] = [m for m in asked[1].body["messages"] if m["role"] == "tool"]
    assert result["content"] == "[0, 1, 2]"


def test_the_teammates_agent_asks_before_a_large_sample(kernel: Page) -> None:
    connect, offer = recipe("A teammate's agent, behind a header")
    with serve_frames(team("101")) as server:
        kernel.run(connect.replace(TEAM, server.url))
        kernel.run(offer)
        assert value(kernel, "answer.outcome") == "interrupt"


def test_three_agents_side_by_side(kernel: Page, models: str) -> None:
    [code] = recipe("Three agents side by side")
    shown = kernel.run(code.replace(MODELS, models)).shown("text/plain")[-1]
    assert shown.split("\n") == [
        "Is 0.1 + 0.2 == 0.3?",
        "brief: No. (Answer in one line.)",
        "kind: No. (Encourage.)",
        "strict: No. (Name every mistake.)",
    ]


def test_my_dataframe_then_recorded_and_tested(kernel: Page, models: str) -> None:
    [code] = recipe("My DataFrame")
    cell = kernel.run(code.replace(MODELS, models))
    assert cell.shown("text/plain")[-1] == "'Feb and Mar.'"
    tables = value(
        kernel, "[b.get('text/html', '')[:30] for b in chat.session.document['outputs'].values()]"
    )
    assert "<div" in tables or "<table" in tables
    today, tomorrow = recipe("Record today, test tomorrow")
    kernel.run(today)
    kernel.run("chat.close()")
    kernel.run(f"{tomorrow}\ntest_the_analyst_names_the_weak_months()")
