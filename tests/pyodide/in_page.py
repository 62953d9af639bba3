"""What must work in a page, where there are no threads and no sockets: run under Pyodide.

test_pyodide.py starts this in node and reads how each function ended. Only asserts live here.
"""

from __future__ import annotations

import asyncio
import importlib
import inspect
import json
import pkgutil
import re
import time
import traceback
import warnings
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import agui_notebook as agui

AGENT = ""  # the address of an agent elsewhere


def words(messages: Any) -> Iterator[str]:
    yield "one "
    yield "two"


def asks_first(messages: Any) -> Iterator[Any]:
    """Calls a tool of the user's, then says what it gave."""
    if messages[-1]["role"] == "tool":
        yield f"So {messages[-1]['content']}"
        return
    call = {"toolCallId": f"call-{len(messages)}"}
    yield {"type": "TOOL_CALL_START", "toolCallName": "color", **call}
    yield {"type": "TOOL_CALL_ARGS", "delta": '{"of": "the sky"}', **call}
    yield {"type": "TOOL_CALL_END", **call}


def shell() -> Any:
    from IPython.core.interactiveshell import InteractiveShell

    found = InteractiveShell.instance()
    found.run_line_magic("load_ext", "agui_notebook")
    return found


async def failure(session: Any) -> str:
    """How a turn fails, in words."""
    result = await session.run("hi", check=False)
    return str(result.error)


def refuses(run: Callable[[], object]) -> str:
    try:
        run()
    except agui.AGUIError as error:
        return str(error)
    raise AssertionError("nothing was refused")


async def no_thread_can_be_started() -> None:
    import threading

    try:
        threading.Thread(target=print).start()
    except RuntimeError:
        return
    raise AssertionError("this Python has threads: it tells nothing about a page")


async def a_function_is_served_and_answers() -> None:
    with agui.serve(words, name="words") as server:
        session = agui.connect(server.url, token=server.token)
        result = await session.run("hi")
        assert (result.outcome, result.text) == ("success", "one two")
        assert server.running
    assert not server.running


async def a_server_wants_its_token_here_too() -> None:
    with agui.serve(words, name="guarded") as server:
        assert "HTTP 401" in await failure(agui.connect(server.url))


async def a_port_is_taken_once_and_found_again_under_the_same_name() -> None:
    first = agui.serve(words, name="first", port=8000)
    told = refuses(lambda: agui.serve(words, name="second", port=8000))
    assert "taken by the server 'first'" in told
    again = agui.serve(lambda text: "new", name="first")
    assert (again.url, again.token) == (first.url, first.token)
    assert (await agui.connect(again.url, token=again.token).run("hi")).text == "new"
    again.stop()


async def an_async_agent_answers_a_call_that_blocks() -> None:
    async def slow(messages: Any) -> AsyncIterator[str]:
        for number in range(3):
            await asyncio.sleep(0.01)
            yield f"{number} "

    chat = agui.chat(slow, "slow")
    assert chat.ask("hi").text == "0 1 2 "


async def a_call_that_blocks_is_refused_with_a_sentence_where_the_browser_cannot() -> None:
    ffi: Any = importlib.import_module("pyodide.ffi")
    chat, former = agui.chat(words, "without"), ffi.can_run_sync
    ffi.can_run_sync = lambda: False
    try:
        told = refuses(lambda: chat.ask("hi"))
        assert told.startswith("A blocking call cannot wait here:")
        assert "it lacks JSPI" in told
    finally:
        ffi.can_run_sync = former
    assert (await chat.run("hi")).text == "one two"


async def a_generator_lets_others_go_on_and_is_closed_by_stop() -> None:
    closed = []

    def endless(messages: Any) -> Iterator[str]:
        try:
            while True:
                yield "more "
        finally:
            closed.append(True)

    chat = agui.chat(endless, "endless")
    chat.start("hi")
    await asyncio.sleep(0.1)
    chat.stop()
    while not closed or chat.session.runs[-1]["status"] == "running":
        await asyncio.sleep(0.01)
    assert chat.session.runs[-1]["status"] == "cancelled"
    assert chat.session.messages[-1]["content"].startswith("more more ")


async def the_magics_talk_to_the_demo_ask_for_approval_record_and_export() -> None:
    magic = shell()
    magic.run_line_magic("agui", "demo")
    magic.run_cell_magic("agui", "--as weather", "What is the weather in Lisbon and Oslo?")
    assert magic.user_ns["weather"].outcome == "success"
    magic.run_cell_magic("agui", "--as mail", "Send an email to the team")
    assert magic.user_ns["mail"].outcome == "interrupt"
    magic.run_line_magic("agui", "approve")
    magic.run_line_magic("agui", "record /tmp/demo.jsonl")
    magic.run_line_magic("agui", "export /tmp/demo.md")
    assert "is on its way to team@example.com" in Path("/tmp/demo.md").read_text()
    assert "RUN_FINISHED" in Path("/tmp/demo.jsonl").read_text()
    magic.run_line_magic("agui", "shutdown")


async def a_frontend_tool_runs_on_the_loop_of_the_page() -> None:
    chat = agui.chat(asks_first, "tools")

    @chat.tool
    async def color(of: str) -> str:
        """A color."""
        await asyncio.sleep(0)
        return f"{of} is blue"

    assert (await chat.run("hi")).text == "So the sky is blue"
    assert chat.ask("again").text == "So the sky is blue"


async def conversations_are_kept_without_a_thread_to_write_them() -> None:
    chat = agui.chat(words, "kept")
    await chat.run("remember soup")
    await asyncio.sleep(0.05)
    assert [each.title for each in chat.chat.threads.list("soup")] == ["remember soup"]


async def every_module_can_be_imported() -> None:
    # the others want packages of their own
    named = [each.name for each in pkgutil.walk_packages(agui.__path__, "agui_notebook.")]
    for name in named:
        if not re.search(r"adapters|__main__|testing|ray_tasks", name):
            importlib.import_module(name)


async def cases_are_asked_and_checked_by_who_awaits_and_by_who_blocks() -> None:
    contains = [agui.checks.contains("two")]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        report = agui.evaluate(words, ["hi", "you"], contains, concurrency=2)
    assert (report.pass_count, len(report)) == (2, 2), report.rows()
    again = await agui.evaluate_async(words, ["hi"], contains, repeats=2)
    assert again.pass_count == 2, again.rows()


async def answers_stand_side_by_side() -> None:
    found = agui.compare({"a": words, "b": lambda text: text.upper()}, ["hi"])
    assert found.texts == {"a": "one two", "b": "HI"}


async def a_server_elsewhere_is_checked() -> None:
    found = agui.check(AGENT, ["hi"], token="page")
    assert found.ok, found.lines()


async def a_drawing_is_drawn() -> None:
    chat = agui.chat(asks_first, "drawn")
    drawn = []

    @chat.tool
    def color(of: str) -> str:
        """A color."""
        return f"{of} is blue"

    @chat.draw("color")
    def draw(args: Any, result: Any) -> str:
        drawn.append(result)
        return f"# {result}"

    await chat.run("hi")
    while drawn[-1:] != ["the sky is blue"]:
        await asyncio.sleep(0.01)


async def an_agent_elsewhere_streams_by_fetch() -> None:
    session = agui.connect(AGENT, token="page")
    seen = [(event["type"], time.monotonic()) async for event in session.stream("hi")]
    told = [at for kind, at in seen if kind == "TEXT_MESSAGE_CONTENT"]
    assert session.messages[-1]["content"] == "".join(f"w{n} " for n in range(10))
    assert told[-1] - told[0] > 0.3, told  # not all at once at the end


async def stop_aborts_a_fetch() -> None:
    session = agui.connect(AGENT, token="page")
    session.start("hi")
    while not any(message["role"] == "assistant" for message in session.messages):
        await asyncio.sleep(0.01)
    session.stop()
    while session.result is None:
        await asyncio.sleep(0.01)
    assert session.result.outcome == "cancelled"


async def what_fetch_cannot_do_is_told_in_a_sentence() -> None:
    for url, words_told in {
        "http://127.0.0.1:5/": "was not reached: no server answers there",
        f"{AGENT}nowhere": "there is no agent at this path",
    }.items():
        assert words_told in await failure(agui.connect(url, token="page"))


async def a_page_from_a_file_or_a_refusal_is_told_as_such() -> None:
    from agui_notebook.wire.transports import fetch

    js: Any = importlib.import_module("js")  # here a folder has that name

    async def reason(href: str, origin: str, url: str) -> str:
        js.eval(f"globalThis.location = {{href: {href!r}, origin: {origin!r}}}")
        request = fetch.httpx.Request("POST", url)
        try:
            return str(await fetch._failure(request, "TypeError: Failed to fetch"))
        finally:
            js.eval("delete globalThis.location")

    assert "opened from a file" in await reason("file:///a.html", "null", AGENT)
    secure = await reason("https://x.org/", "https://x.org", "http://y.org/")
    assert "this page came by https://" in secure
    refused = await reason("https://x.org/", "https://x.org", AGENT)
    assert "does not let this page call it (CORS)" in refused
    assert "origins=['https://x.org']" in refused


TESTS: list[Callable[[], Awaitable[None]]] = [
    each
    for name, each in list(globals().items())
    if inspect.iscoroutinefunction(each) and not inspect.signature(each).parameters
]


async def run_all(tell: Callable[[str], object], agent: str) -> None:
    """Run each function above; ``tell`` gets a line of JSON for each."""
    global AGENT
    AGENT = agent
    for test in TESTS:
        error = ""
        try:
            await asyncio.wait_for(test(), 30)
        except BaseException:
            error = traceback.format_exc()
        tell(json.dumps({"name": test.__name__, "error": error}))
