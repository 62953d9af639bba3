"""Wrong calls that newcomers make, in a real kernel: one sentence each, and what to do next.

No frame of this package stands in what the cell shows. The same table is CONTRIBUTING's list of
what an error has to say.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from support.page import Cell, Page

ROOT = Path(__file__).resolve().parents[2]
ANSI = re.compile(r"\x1b\[[0-9;]*m")

SET_UP = f"""
import sys
sys.path.insert(0, {str(ROOT / "notebooks")!r})
import agui_notebook as agui
from offline import Call, answering, openai_url
from openai import OpenAI

def weather(city: str) -> str:
    "The weather in a city."
    return "sunny"

def delete_file(path: str) -> str:
    "Delete a file."
    return "gone"

def script(turn):
    if turn.results:
        return ["done"]
    return [Call("delete_file", path="a.txt")] if "delete" in turn.text else ["hello"]

class Mine:
    pass

async def slow(text: str) -> str:
    import asyncio
    await asyncio.sleep(60)
    return text

models = openai_url(script)
client = OpenAI(base_url=models, api_key="none")
dead = "http://127.0.0.1:9/"
page = answering("<html>Welcome</html>", kind="text/html")
server = agui.serve(lambda text: "hello", name="guarded")
session = agui.connect(server.url, token=server.token)
"""


class Wrong(NamedTuple):
    """A call, the sentence it gives, and the words in it that name the next step."""

    call: str
    sentence: str
    next_step: str


CALLS = {
    # what is talked to
    "a host without http": Wrong(
        'agui.chat("127.0.0.1:8888")',
        "'127.0.0.1:8888' is not an agent's URL",
        "write it like http",
    ),
    "the name of an agent": Wrong(
        'agui.chat("weather")', "'weather' is not an agent's URL", "write it like http"
    ),
    "a number": Wrong("agui.chat(42)", "Nothing here wraps a builtins.int", "pass a function"),
    "an object of nobody's": Wrong(
        "agui.chat(Mine())", "Nothing here wraps a __main__.Mine", "pass a function"
    ),
    "a class for its object": Wrong(
        "agui.chat(OpenAI)", "OpenAI is a class", r"pass an object of it: OpenAI\(...\)"
    ),
    "a function of two texts": Wrong(
        "agui.chat(lambda one, two: one)",
        "The parameters one, two cannot be filled",
        "take one for the user's text",
    ),
    "no address at all": Wrong("agui.connect()", "Which agent?", "Give its URL"),
    "an agent where its address is due": Wrong(
        "agui.connect(slow)", r"connect\(\) takes an agent's URL", r"give this function to chat\(\)"
    ),
    "a mapping without agents": Wrong(
        "agui.serve({})", "There is no agent to serve", "give it one"
    ),
    # models
    "a client without a model": Wrong(
        "agui.chat(client)", "This client serves many models", r'say which with model="\.\.\."'
    ),
    "an endpoint without a model": Wrong(
        "agui.chat(models)", "serves offline", r'say which with model="offline"'
    ),
    "an endpoint that is not there": Wrong(
        'agui.chat("http://127.0.0.1:9/v1")',
        r"No server answers at http://127\.0\.0\.1:9/v1/models",
        "start the model's server",
    ),
    "a model for a function": Wrong(
        'agui.serve(slow, model="m")', "model= means nothing for a function", "leave it out"
    ),
    # options
    "a path for a client": Wrong(
        'agui.serve(client, model="offline", path="/x", headers={"A": "b"})',
        "headers= and path= mean nothing for an OpenAI client",
        "leave them out",
    ),
    "instructions for an AG-UI address": Wrong(
        'agui.chat(dead, instructions="Be brief.")',
        "instructions= means nothing for the URL of an AG-UI agent",
        "leave it out",
    ),
    "a model for a session": Wrong(
        'agui.chat(session, model="m")',
        "A session has its options already",
        r"give them to connect\(\)",
    ),
    "a model for a server": Wrong(
        'agui.chat(server, model="m")', "nothing for a server that runs already", "leave it out"
    ),
    "a tool for a list of them": Wrong(
        'agui.chat(client, model="offline", tools=weather)',
        "tools= is a list",
        r"write tools=\[weather\]",
    ),
    "a name for a list of them": Wrong(
        'agui.chat(client, model="offline", tools=[weather], approve="weather")',
        "approve= is a list",
        r"write approve=\['weather'\]",
    ),
    "approval for a tool that is not there": Wrong(
        'agui.chat(client, model="offline", tools=[weather], approve=["delete_file"])',
        "approve= names delete_file, which tools= lacks",
        "there is weather",
    ),
    "a value for a tool": Wrong(
        'agui.chat(client, model="offline", tools=["weather"])',
        "'weather' is no function",
        "a tool is a function with hints",
    ),
    "a tool without a name": Wrong(
        "agui.connect(dead, tools=[lambda city: city])",
        "Models take no tool named '<lambda>'",
        "give it a name",
    ),
    "a state that is not JSON": Wrong("agui.connect(dead, state=object())", "state", "JSON"),
    "a timeout of yesterday": Wrong(
        "agui.connect(dead, timeout=-1)", "A timeout is seconds above 0", "or None for ever"
    ),
    "a port that does not exist": Wrong(
        "agui.serve(slow, port=99999)", "A port is a number up to 65535", "0 for a free one"
    ),
    "a token with a space": Wrong(
        'agui.serve(slow, token="my secret")',
        "A token is a text of ASCII",
        "True for a made-up one",
    ),
    "a recording that is not there": Wrong(
        'agui.replay("nothing.jsonl")', "nothing.jsonl cannot be read", "No such file"
    ),
    "a conversation where none are kept": Wrong(
        'agui.chat(slow, "slow", thread="monday")',
        "Conversations are not kept here",
        "unset it, or name a file",
    ),
    "an address with all of its path": Wrong(
        "agui.chat(models + '/chat/completions')",
        "serves offline",
        r'say which with model="offline"',
    ),
    "tools in a dict": Wrong(
        'agui.chat(client, model="offline", tools={"weather": weather})',
        "tools= is a list",
        r"write tools=\[weather\]",
    ),
    "a word for a dict of params": Wrong(
        'agui.chat(client, model="offline", params="hot")',
        "params= is a dict",
        "write params={'temperature': 0.2}",
    ),
    "a number for a name": Wrong(
        "agui.chat(slow, name=3)", "name= is a text, not 3", "write name='3'"
    ),
    "a number for a server's name": Wrong(
        "agui.serve(slow, name=3)", "name= is a text, not 3", "write name='3'"
    ),
    "a number for instructions": Wrong(
        "agui.connect(dead, system=3)", "system= is a text, not 3", "write system='3'"
    ),
    "no rounds at all": Wrong(
        "agui.chat(slow, max_rounds=0)", "max_rounds= is a whole number", "from 1 on"
    ),
    "a word for a number": Wrong(
        'agui.connect(dead, retries="3")', "retries= is a whole number", "from 0 on, not '3'"
    ),
    "a text for headers": Wrong(
        'agui.connect(dead, headers="Authorization: x")', "headers= is a dict", "write headers={"
    ),
    "a client of nobody's": Wrong(
        'agui.connect(dead, client="x")', "client= is an httpx.AsyncClient", "or leave it out"
    ),
    "a loop of no name": Wrong(
        'agui.serve(slow, loop="main")', "loop= is 'background', 'kernel'", "not 'main'"
    ),
    "a path of two": Wrong(
        'agui.serve({"a/b": slow})', "'a/b' cannot be an agent's path", "use letters"
    ),
    "a timeout in words": Wrong(
        'agui.connect(dead, timeout="5")', "A timeout is seconds above 0", "not '5'"
    ),
    "a store in no folder": Wrong(
        'agui.chat(slow, thread="x", store="/dev/null/x.sqlite")',
        "Conversations are not kept",
        "name another file in AGUI_STORE",
    ),
    "a recording of a text": Wrong(
        'agui.record("talk", "talk.jsonl")', r"record\(\) takes a session", "and the path of a file"
    ),
    "a recording from a number": Wrong(
        "agui.replay(3)", "3 cannot be read as a recording", "name a file, not int"
    ),
    "a folder that is not there": Wrong(
        'agui.record(session, "nowhere/talk.jsonl")', "cannot be written", "No such file"
    ),
    # turns
    "a forgotten await": Wrong(
        'session.run("hi").text', "The answer is not there yet", "write `await chat.run"
    ),
    "a dead server": Wrong(
        'agui.connect(dead).ask("hi")',
        r"No server answers at http://127\.0\.0\.1:9/",
        "start the agent's server",
    ),
    "a path without an agent": Wrong(
        'agui.connect(server.url + "nobody", token=server.token).ask("hi")',
        "answered HTTP 404",
        "check the end of the URL",
    ),
    "no key": Wrong('agui.connect(server.url).ask("hi")', "answered HTTP 401", "token="),
    "a web page": Wrong(
        'agui.connect(page).ask("hi")', "holds no AG-UI events", "Check that the URL is an agent's"
    ),
    "a second turn beside the first": Wrong(
        'busy = agui.connect(agui.serve(slow, name="slow", token="t").url, token="t")\n'
        'busy.start("hi")\n'
        'try:\n    busy.ask("and this")\nfinally:\n    busy.stop()',
        "A turn is still going on",
        r"await it, or stop\(\) it first",
    ),
    "a word before the answer": Wrong(
        'asks = agui.chat(client, "asks", model="offline", tools=[delete_file], approve=True)\n'
        'asks.ask("delete a.txt")\n'
        'asks.ask("hello?")',
        "pending interrupt",
        "Answer all of session.interrupts",
    ),
    "a yes with a wrong argument": Wrong(
        "asks.interrupts[0].approve(path=3)", "does not take this answer|cannot", "Use answer|path"
    ),
    "an answer where nothing is asked": Wrong(
        "session.ask_resume()", "There is nothing to answer", "say something with ask"
    ),
    "a number for a message": Wrong(
        "session.ask(3)", "Of type int nothing can be sent", "give a text"
    ),
    "a file that is not there": Wrong(
        'session.ask("see", attach="plot.png")', "plot.png cannot be read", "No such file"
    ),
    "tools for one turn": Wrong(
        'session.ask("hi", tools=[weather])', "A single run takes no tools", r"connect\(\)"
    ),
    "an edit of no message": Wrong(
        'session.ask_edit("m1", "hello")',
        "no such user message",
        "give the id of one in session.messages",
    ),
    "another try of nothing": Wrong(
        "agui.connect(dead).ask_retry()",
        "Nothing was asked in this thread yet",
        "say something first",
    ),
    "a number for a thread": Wrong(
        "session.new_thread(3)", "thread_id= is a text", "write thread_id='3'"
    ),
    "permission for a tool that is not there": Wrong(
        'session.allow("drop")', "No tool named 'drop' is offered here", "add_tool"
    ),
    # magics
    "a word that does not exist": Wrong(
        "%agui conect http://127.0.0.1:9/", "knows no word 'conect'", "did you mean 'connect'"
    ),
    "connect without an address": Wrong(
        "%agui connect", "Say where the agent is", "%agui connect http"
    ),
    "a variable that does not exist": Wrong(
        "%agui serve clint", "'clint' is not defined", "did you mean 'client'"
    ),
    "an option that does not exist": Wrong(
        "%agui demo --prot 8000", "knows no option --prot", "did you mean '--port'"
    ),
    "an option of another word": Wrong(
        '%agui demo --header "A: b"', "--header means nothing for %agui demo", "leave it out"
    ),
    "a header without a value": Wrong(
        '%agui connect http://127.0.0.1:9/ --header "Authorization"',
        "A header has a name and a value",
        '--header "Authorization: Bearer',
    ),
    "a header from no variable": Wrong(
        '%agui connect http://127.0.0.1:9/ --header "Authorization: Bearer {kee}"',
        "{kee} in --header is no variable",
        "assign it in a cell first",
    ),
    "a chat that does not exist": Wrong(
        "%agui use fsat", "There is no chat named 'fsat'", "there is|did you mean"
    ),
    "several chats for a cell": Wrong(
        "%%agui fast medium slow\nhello", "There is no chat", "%agui demo|there is|did you mean"
    ),
    "an empty cell": Wrong("%%agui\n ", "The cell is empty", "write below"),
    "a yes where nothing waits": Wrong(
        "agui.chat(session)\n%agui approve", "Nothing waits for an answer in 127", "%agui use"
    ),
    "an export of another kind": Wrong(
        "%agui export talk.docx", "talk.docx is no file to export to", "name it FILE.md"
    ),
    "a test of nothing": Wrong(
        "agui.chat(slow, 'fresh')\n%agui export test_talk.py", "Nothing was said yet", "a test of"
    ),
    "a server that does not run": Wrong(
        "%agui shutdown gaurded", "no server named 'gaurded'", "did you mean 'guarded'"
    ),
    "a chat of no name for a cell": Wrong(
        "%%agui fersh\nhello", "There is no chat named 'fersh'", "did you mean 'fresh'"
    ),
    "a variable that is missing in a cell": Wrong(
        "%%agui --vars\nhello {nmae}", "{nmae} is not defined", "."
    ),
    "a state that is no JSON": Wrong("%agui state {x", "'{x' is not JSON", "double quotes"),
    "a port in words": Wrong("%agui demo --port abc", "--port", "int value"),
    "a recording that is no file": Wrong(
        "%agui replay nothing.jsonl", "nothing.jsonl cannot be read", "No such file"
    ),
}


@pytest.fixture(scope="module")
def notebook(kernel: Page) -> Page:
    kernel.run(SET_UP)
    return kernel


def told(cell: Cell) -> str:
    """All that the cell shows of its error."""
    parts: list[Any] = []
    for output in cell.outputs:
        parts += [output.get("text", ""), *output.get("traceback", [])]
    return ANSI.sub("", "\n".join(parts))


@pytest.mark.parametrize("name", CALLS)
def test_a_wrong_call_is_told_in_a_sentence_that_names_the_next_step(
    notebook: Page, name: str
) -> None:
    wrong = CALLS[name]
    text = told(notebook.run(wrong.call, fails=True))
    one_line = " ".join(text.split())
    assert re.search(wrong.sentence, one_line), text
    assert re.search(wrong.next_step, one_line), text
    assert "agui_notebook/" not in text, text
    assert "site-packages" not in text, text
