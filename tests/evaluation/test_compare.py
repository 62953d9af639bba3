"""Several agents asked at once over real sockets, and what is told of each."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support.servers import FINISHED, HANG, STARTED, answer, called, said, serve_frames

from agui_notebook import (
    Comparison,
    InvalidInput,
    LocalServer,
    checks,
    compare,
    compare_async,
    connect,
    serve,
)
from agui_notebook.evaluation import Column, mark_differences

Serving = Callable[..., LocalServer]
USED = [{"provider": "openai", "model": "gpt-5-mini", "inputTokens": 90, "outputTokens": 10}]
GATE = ("gate", "go")


def known(comparison: Comparison, *columns: str) -> list[list[Any]]:
    return comparison.frame()[list(columns)].values.tolist()


def test_each_agent_has_a_column_with_what_is_known_of_it() -> None:
    full = [STARTED, *called("look", "{}"), *said("yes"), {**FINISHED, "usage": USED}]
    with serve_frames(full) as one, serve_frames(answer("no")) as other:
        both = compare({"full": one.url, "plain": other.url}, ["Well?", "And now?"])
    columns = ("prompt", "agent", "model", "outcome", "tokens", "tools", "answer")
    rows = known(both, *columns)
    assert [[None if value != value else value for value in row] for row in rows] == [
        ["Well?", "full", "gpt-5-mini", "success", 100.0, "look", "yes"],
        ["Well?", "plain", None, "success", None, "", "no"],
        ["And now?", "full", "gpt-5-mini", "success", 100.0, "look", "yes"],
        ["And now?", "plain", None, "success", None, "", "no"],
    ]
    assert both.frame()[["first_token", "queue", "network", "agent_seconds"]].ge(0).all().all()
    assert repr(both) == "<Comparison full, plain: 2 prompts>"
    assert both.texts == {"full": "yes", "plain": "no"}


def test_all_are_asked_at_once() -> None:
    barrier = threading.Barrier(3, timeout=30)

    def meeting(name: str) -> Callable[[str], str]:
        def agent(text: str) -> str:
            barrier.wait()  # nobody answers before all were asked
            return name

        return agent

    agents = {name: meeting(name) for name in ("a", "b", "c")}
    assert compare(agents, "Hello").texts == {"a": "a", "b": "b", "c": "c"}


def test_what_one_agent_takes_is_no_time_of_anothers() -> None:
    slow = [STARTED, GATE, *said("late"), FINISHED]
    flood = [STARTED, *said(*(f"word {n} " for n in range(3_000))), FINISHED]
    with serve_frames(answer("x")) as a, serve_frames(slow) as b, serve_frames(flood) as c:
        threading.Timer(1.5, b.gate("go").set).start()
        frame = compare({"quick": a.url, "slow": b.url, "long": c.url}, "Go").frame()
    times = dict(zip(frame["agent"], frame["agent_seconds"], strict=True))
    assert times["slow"] > 1
    assert times["quick"] < times["slow"] / 2
    assert max(frame["first_token"][[0, 2]]) < frame["first_token"][1]


def test_one_that_fails_leaves_the_others_as_they_are() -> None:
    with serve_frames(answer("fine")) as server:
        both = compare({"here": server.url, "gone": "http://127.0.0.1:9/"}, "Hello")
    rows = known(both, "agent", "outcome", "answer")
    assert rows == [["here", "success", "fine"], ["gone", "error", ""]]
    assert "No server answers" in both.frame()["error"][1]
    assert "No server answers" in both._repr_html_()


def test_the_conversation_goes_on_with_the_one_that_is_kept() -> None:
    def counting(input: dict[str, Any]) -> str:  # noqa: A002 - filled by its name
        return str(len(input["messages"]))

    both = compare([counting, str.upper], ["one", ["two", "more"]])
    assert both.texts == {"counting": "3", "upper": "MORE"}
    kept = both.keep("counting")
    del both
    assert kept.ask("and on").text == "5"


def test_a_number_behind_a_name_is_never_anothers_name() -> None:
    both = compare({"a (2)": str.upper, "a": str.lower}, "Hello")
    assert both.names == ["a (2)", "a"]
    servers = [serve(str.upper, name=name) for name in ("b (2)", "b")]
    sessions = [connect(each.url, token=each.token, name=each.name) for each in servers]
    assert compare([*sessions, sessions[1]], "Hello").names == ["b (2)", "b", "b (3)"]


def test_an_unknown_name_is_told_what_there_is() -> None:
    both = compare([str.upper, str.upper], "Hello")
    assert both.names == ["upper", "upper (2)"]
    with pytest.raises(InvalidInput, match=r"no 'lower' here; there is upper, upper \(2\)"):
        both.keep("lower")
    with pytest.raises(InvalidInput, match="Give at least one agent"):
        compare([], "Hello")


def test_a_server_of_several_agents_gives_all_of_them(serving: Serving) -> None:
    server = serving({"loud": str.upper, "soft": str.lower}, name="two", token=False)
    assert compare(server, "Hello").texts == {"loud": "HELLO", "soft": "hello"}


@pytest.mark.anyio
async def test_it_can_be_awaited_and_asks_sessions_without_touching_them() -> None:
    with serve_frames(answer("yes")) as server:
        session = connect(server.url, name="mine")
        both = await compare_async([session], "Hello")
    assert (both.texts, session.messages) == ({"mine": "yes"}, [])


def test_answers_are_text_and_their_differences_are_marked(tmp_path: Path) -> None:
    evil = "<script>alert(1)</script> is **bold**"
    with serve_frames(answer("plain words")) as one, serve_frames(answer(evil)) as other:
        both = compare({"a": one.url, "<b>": other.url}, "<i>Hello")
    page = both._repr_html_()
    assert "<script" not in page
    assert "<i>Hello" not in page
    assert "<strong>bold</strong>" in page
    assert "Differences from a</summary>" in page
    assert Path(both.html(tmp_path / "both.html")).read_text().count("<script") == 0


def test_differences_are_those_of_words() -> None:
    assert mark_differences("a b <c>", "a x <c>") == "a <del>b</del><ins>x</ins> &lt;c&gt;"
    assert mark_differences("same", "same") == ""
    assert mark_differences("a", "word " * 5_000) == ""


def test_a_column_shows_what_has_come_so_far() -> None:
    with serve_frames(
        [STARTED, *said("half of it"), GATE, *said(" x", mid="m2"), FINISHED]
    ) as server:
        session = connect(server.url)
        column = Column("a", "Hello", session)
        come = threading.Event()
        session.observe(lambda _: come.set() if column.text else None)
        future = session.start("Hello")
        assert come.wait(30)
        assert (column.text, "half of it" in column.html()) == ("half of it", True)
        server.gate("go").set()
        assert future.result(30) is not None


def test_an_interrupt_keeps_what_has_been_said() -> None:
    main = threading.main_thread().ident
    assert main is not None
    with serve_frames(answer("quick")) as a, serve_frames([STARTED, *said("half"), HANG]) as b:

        def interrupt() -> None:
            assert b.hanging.wait(30)
            signal.pthread_kill(main, signal.SIGINT)

        threading.Thread(target=interrupt, daemon=True).start()
        both = compare({"a": a.url, "b": b.url}, "Hello")
        assert b.gone.wait(30)
    assert (both.texts, both.note) == ({"a": "quick", "b": "half"}, "It was stopped.")


def test_a_check_is_no_prompt() -> None:
    with pytest.raises(InvalidInput, match="is nothing that can be said"):
        compare([str.upper], [checks.contains("x")])
