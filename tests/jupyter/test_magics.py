"""%agui and %%agui in a shell: each word does what it says, each mistake gets one sentence."""

from __future__ import annotations

import json
import pickle
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import comm
import pytest
from IPython.core.completer import provisionalcompleter
from IPython.core.displaypub import CapturingDisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from ipywidgets.widgets.widget import _instances
from support.scripted import Browser, Event, says, session

import agui_notebook as agui
from agui_notebook import Answer, Session
from agui_notebook.jupyter.chats import chats
from agui_notebook.jupyter.display import answer_bundles
from agui_notebook.jupyter.magics import await_turns, completion, extension, magics, question_marks
from agui_notebook.jupyter.magics.line_words import put_names, split_words
from agui_notebook.jupyter.magics.subcommands import WORDS
from agui_notebook.protocol import new_document
from agui_notebook.server import servers

TIMES = re.compile(r"\n\n[*\[]\d[\d.]* m?s( · [^*\]]*)?[*\]]$")


class Shell:
    """A shell with the extension, and what cells print and show in it."""

    def __init__(self, ip: InteractiveShell, capsys: pytest.CaptureFixture[str]) -> None:
        self.ip = ip
        self.ip.display_pub = CapturingDisplayPublisher(shell=self.ip)
        self.ip.run_line_magic("load_ext", "agui_notebook")
        self.capsys = capsys

    def run(self, code: str) -> str:
        """Run a cell that succeeds; returns what it printed."""
        result = self.ip.run_cell(code)
        assert result.success, result
        return self.capsys.readouterr().out

    def fails(self, code: str) -> str:
        """Run a cell that fails; returns what it said, which is all it said."""
        result = self.ip.run_cell(code)
        assert not result.success
        captured = self.capsys.readouterr()
        told = captured.out + captured.err
        assert "Traceback" not in told
        assert told.count("\n") == 1
        kind, _, sentence = told.strip().partition(": ")
        assert kind in ("UsageError", "RunFailed", "TransportError")
        return sentence

    def value(self, code: str) -> Any:
        result = self.ip.run_cell(code)
        assert result.success, result
        self.capsys.readouterr()
        return result.result

    def shown(self, kind: str) -> list[str]:
        """What was shown since the last time, in one mime type, without the line of time."""
        outputs, self.ip.display_pub.outputs = self.ip.display_pub.outputs, []  # type: ignore[attr-defined]
        shown = [output["data"][kind] for output in outputs if kind in output["data"]]
        return [TIMES.sub("", text) for text in shown]


@pytest.fixture
def shell(
    ipython: InteractiveShell,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> Iterator[Shell]:
    Browser.opened = []
    monkeypatch.setattr(comm, "create_comm", Browser)
    monkeypatch.chdir(tmp_path)
    shell = Shell(ipython, capsys)
    yield shell
    chats.close()
    for server in servers().values():
        server.stop()
    for held in list(_instances.values()):
        held.close()
    extension.unload_ipython_extension(shell.ip)


def echo(request: Event) -> list[Event]:
    return says(*request["messages"][-1]["content"])


@pytest.fixture
def chat(shell: Shell) -> Session:
    """A chat named echo, in use."""
    agent = session(echo, "echo")
    shell.ip.user_ns["agent"] = agent
    shell.run("w = agui.chat(agent)" if "agui" in shell.ip.user_ns else "import agui_notebook as "
              "agui\nw = agui.chat(agent)")  # fmt: skip
    shell.shown("text/plain")
    return agent


def asking(*ids: str) -> Session:
    """A session whose agent asks questions first, and says what it was answered."""

    def script(request: Event) -> list[Event]:
        if "resume" in request:
            return says(json.dumps([entry.get("payload") for entry in request["resume"]]))
        asked = [{"id": i, "reason": "confirmation", "message": f"Shall I {i}?"} for i in ids]
        run = {"threadId": request["threadId"], "runId": request["runId"]}
        outcome = {"type": "interrupt", "interrupts": asked}
        return [{"type": "RUN_FINISHED", **run, "outcome": outcome}]

    return session(script, "asking")


def test_a_cell_is_said_and_its_answer_is_left_as_markdown(shell: Shell, chat: Session) -> None:
    shell.run("%%agui --as r\nHello *there*")
    assert shell.shown("text/markdown") == ["Hello *there*"]
    result = shell.ip.user_ns["r"]
    assert (result.text, result.outcome) == ("Hello *there*", "success")
    assert "r" in shell.value("%who_ls")


def test_an_answer_is_made_harmless(shell: Shell, chat: Session) -> None:
    shell.run("%%agui --as r\n<img src=x onerror=alert(1)>")
    assert shell.shown("text/markdown") == ["&lt;img src=x onerror=alert(1)>"]
    assert shell.value("r").text.startswith("<img")
    formatted, _ = shell.ip.display_formatter.format(shell.ip.user_ns["r"])
    assert TIMES.sub("", formatted["text/markdown"]) == "&lt;img src=x onerror=alert(1)>"
    assert formatted["text/html"].startswith("<div><p>&lt;img src=x onerror=alert(1)&gt;</p>")


def test_a_quiet_cell_shows_nothing(shell: Shell, chat: Session) -> None:
    assert shell.run("%%agui echo --quiet --as r\nHello") == ""
    assert shell.shown("text/plain") == []
    assert shell.ip.user_ns["r"].text == "Hello"


def test_variables_are_put_in_when_asked(shell: Shell, chat: Session) -> None:
    shell.run("n = 3.14159\nthings = {'a': 1}")
    shell.run("%%agui --vars --as r\n{n:.2f} and {things[a]} in {{braces}}")
    assert shell.ip.user_ns["r"].text == "3.14 and 1 in {braces}"
    shell.run("%%agui --as r\n{n:.2f} stays")
    assert shell.ip.user_ns["r"].text == "{n:.2f} stays"
    assert shell.fails("%%agui --vars\n{thigns}") == (
        "{thigns} is not defined; did you mean 'things'?"
    )
    assert "write {{ for a plain brace" in shell.fails("%%agui --vars\n{ open")


def test_instructions_go_into_the_thread_once(shell: Shell, chat: Session) -> None:
    for _ in range(2):
        shell.run("%%agui --system 'Be brief.'\nHello")
    roles = [message["role"] for message in chat.messages]
    assert roles == ["system", "user", "assistant", "user", "assistant"]
    assert chat.messages[0]["content"] == "Be brief."


def test_a_cell_within_another_magic_blocks_instead(shell: Shell, chat: Session) -> None:
    shell.run("%%capture kept\n%%agui --as r\nHello")
    assert shell.ip.user_ns["r"].text == "Hello"
    shell.run("for _ in range(2):\n    get_ipython().run_cell_magic('agui', '', 'again')")
    assert len(chat.messages) == 6


def test_a_failed_run_fails_the_cell_and_keeps_what_came(shell: Shell) -> None:
    def failing(_: Event) -> list[Event]:
        return [*says("half")[:2], {"type": "RUN_ERROR", "message": "quota used up"}]

    shell.ip.user_ns["agent"] = session(failing)
    shell.run("import agui_notebook as agui\nw = agui.chat(agent)")
    shell.shown("text/plain")
    assert shell.fails("%%agui --as r\ngo") == "quota used up"
    assert shell.shown("text/markdown") == ["half"]
    result = shell.ip.user_ns["r"]
    kept = pickle.loads(pickle.dumps(result))  # as %store does, also with an error that was shown
    for each in (result, kept):
        assert (each.outcome, each.text) == ("error", "half")
        assert str(each.error) == "quota used up"


def test_a_question_is_shown_with_how_to_answer_it(shell: Shell) -> None:
    shell.ip.user_ns["agent"] = asking("pay")
    shell.run("import agui_notebook as agui\nw = agui.chat(agent)")
    shell.shown("text/plain")
    shell.run("%%agui --as r\ngo")
    (shown,) = shell.shown("text/plain")
    assert "Shall I pay?" in shown
    assert "%agui approve, %agui deny or %agui answer JSON" in shown
    assert shell.ip.user_ns["r"].outcome == "interrupt"
    shell.run("%agui approve")
    assert shell.shown("text/markdown") == ['\\[{"approved": true}]'.replace("\\", "")]


@pytest.mark.parametrize(
    ("line", "payload"),
    [
        ("approve", {"approved": True}),
        ("approve pay", {"approved": True}),
        ("approve amount=5 to='Ada L'", {"editedArgs": {"amount": 5, "to": "Ada L"}}),
        ("approve pay fast=true to=Ada", {"editedArgs": {"fast": True, "to": "Ada"}}),
        ("deny", {"approved": False}),
        ("deny pay it's too much", {"approved": False, "reason": "it's too much"}),
        ("deny too dear, is it not?", {"approved": False, "reason": "too dear, is it not?"}),
        ("deny it costs $5 or {n}", {"approved": False, "reason": "it costs $5 or {n}"}),
        ('answer pay {"n": 5}', {"n": 5}),
        ("answer pay '\"text\"'", "text"),
        ("answer [1, 2]", [1, 2]),
    ],
)
def test_a_question_is_answered_by_a_line(shell: Shell, line: str, payload: Any) -> None:
    shell.ip.user_ns["agent"] = asking("pay")
    shell.ip.user_ns["n"] = "would be put in"
    shell.run("import agui_notebook as agui\nw = agui.chat(agent)\nr = w.ask('go')")
    shell.run(f"%agui {line}")
    answer = json.loads(chats.get().session.messages[-1]["content"])
    assert answer == [payload] or answer == [{"approved": True, **payload}]


def test_of_several_questions_none_is_answered_by_guess(shell: Shell) -> None:
    shell.ip.user_ns["agent"] = asking("pay", "ship")
    shell.run("import agui_notebook as agui\nw = agui.chat(agent)\nr = w.ask('go')")
    told = shell.fails("%agui approve")
    assert told == (
        "Several questions wait, say which one is answered: pay (Shall I pay?); "
        "ship (Shall I ship?)."
    )
    assert shell.run("%agui deny ship") == "Noted. Still to answer: pay.\n"
    assert len(chats.get().session.interrupts) == 2
    shell.run("%agui approve pay")
    answered = json.loads(chats.get().session.messages[-1]["content"])
    assert answered == [{"approved": True}, {"approved": False}]
    assert shell.fails("%agui approve") == "Nothing waits for an answer."


def test_where_nothing_waits_the_chat_in_which_something_does_is_named(shell: Shell) -> None:
    shell.ip.user_ns["agent"] = asking("pay")
    shell.run("import agui_notebook as agui\nw = agui.chat(agent, name='asker')\nr = w.ask('go')")
    shell.run("%agui demo --name other")
    told = shell.fails("%agui approve")
    assert told == "Nothing waits for an answer in other, but in asker: %agui use asker."


def test_a_noted_answer_never_answers_a_later_question(shell: Shell) -> None:
    agent = asking("pay", "ship")
    shell.ip.user_ns["agent"] = agent
    shell.run("import agui_notebook as agui\nw = agui.chat(agent)\nr = w.ask('go')")
    shell.run("%agui approve ship")
    agent.new_thread()
    shell.run("r = w.ask('go again')")
    assert shell.run("%agui approve pay") == "Noted. Still to answer: ship.\n"
    taken = chats.get().session.decisions
    assert taken == {"pay": Answer("pay", payload={"approved": True})}


def test_the_demo_is_one_word_away(shell: Shell) -> None:
    widget = shell.value("%agui demo")
    assert isinstance(widget, agui.ChatWidget)
    assert shell.value("x = %agui demo --name other\nx").name == "other"
    listed = shell.run("%agui list")
    assert [line[:7] for line in listed.splitlines()] == ["  demo ", "* other"]
    assert shell.run("%agui servers").count("token required") == 2


def test_a_function_of_the_notebook_is_served(shell: Shell) -> None:
    shell.run("def shout(text):\n    return text.upper()")
    widget = shell.value("%agui serve shout")
    assert widget.name == "shout"
    assert widget.ask("hey").text == "HEY"
    assert widget.url == servers()["shout"].url
    shell.run("%agui export plain.py\n%agui export ray.py --ray")
    assert "serve run" not in Path("plain.py").read_text("utf-8")
    assert "serve run ray:app" in Path("ray.py").read_text("utf-8")
    shell.run("%agui shutdown shout")
    assert servers() == {}


def test_a_url_may_be_in_a_variable(shell: Shell) -> None:
    server = agui.serve(lambda text: f"you said {text}", name="remote", token="-dashed-token")
    shell.ip.user_ns["address"], shell.ip.user_ns["secret"] = server.url, server.token
    first = shell.value("%agui connect address --token $secret --name one")
    second = shell.value("%agui connect {address} --token {secret} --name two")
    assert [w.ask("hi").text for w in (first, second)] == ["you said hi"] * 2


def test_one_chat_is_meant_at_a_time(shell: Shell) -> None:
    shell.run("import agui_notebook as agui")
    shell.ip.user_ns.update(a=session(echo, "alpha"), b=session(echo, "beta"))
    shell.run("wa, wb = agui.chat(a), agui.chat(b)")
    shell.run("%%agui\nto beta")
    assert shell.run("%agui use alpha") == "Now talking to alpha.\n"
    shell.run("%%agui\nto alpha")
    shell.run("%%agui beta\nto beta again")
    assert [len(shell.ip.user_ns[key].messages) for key in "ab"] == [2, 4]
    assert shell.value("%agui chat beta") is shell.ip.user_ns["wb"]
    assert shell.fails("%agui use alhpa") == (
        "There is no chat named 'alhpa'; did you mean 'alpha'?"
    )


def test_what_was_said_is_shown_and_a_new_thread_begins(shell: Shell, chat: Session) -> None:
    assert shell.run("%agui messages") == "No messages yet.\n"
    shell.run("%%agui -q\nHello")
    shell.run("%agui messages")
    assert shell.shown("text/plain") == ["You: Hello\n\necho: Hello"]
    assert "TEXT_MESSAGE_CONTENT" in shell.run("%agui events")
    assert len(shell.run("%agui events 2").splitlines()) == 2
    before = chat.thread_id
    assert shell.run("%agui new").startswith("New thread ")
    assert chat.thread_id != before
    assert chat.messages == []


def test_the_state_is_shown_and_set(shell: Shell, chat: Session) -> None:
    shell.ip.user_ns["a"] = "would be put in"
    shell.run('%agui state {"a": [1, 2]}')
    assert shell.value("%agui state") == {"a": [1, 2]}
    assert "is not JSON" in shell.fails("%agui state {a: 1}")


def test_a_function_becomes_a_tool(shell: Shell, chat: Session) -> None:
    assert "no tool" in shell.run("%agui tools").lower()
    shell.run("def look(where: str):\n    '''Look around.\n\n    More.'''\n    return where")
    assert shell.run("%agui tool look") == "echo may now call look.\n"
    assert shell.run("%agui tools") == "look(where)  Look around.\n"
    assert shell.fails("%agui tool loko") == "'loko' is not defined; did you mean 'look'?"


def test_the_last_turn_is_run_once_more(shell: Shell, chat: Session) -> None:
    shell.run("%%agui -q\nHello")
    shell.run("%agui retry")
    assert shell.shown("text/markdown") == ["Hello"]
    assert len(chat.messages) == 2


def test_a_run_that_was_left_is_joined_and_its_answer_alone_is_shown(
    shell: Shell, serving: Callable[..., agui.LocalServer]
) -> None:
    server = serving(str.upper, name="loud", detach=True)
    there = agui.connect(server.url, token=server.token, thread_id="t1")
    there.ask("before")
    there.ask("go", detach=True)
    shell.ip.user_ns["here"] = agui.connect(server.url, token=server.token, thread_id="t1")
    shell.run("import agui_notebook as agui\nw = agui.chat(here)")
    shell.shown("text/plain")
    assert shell.run("%agui join --as result") == ""
    assert shell.shown("text/markdown") == ["GO"]
    assert shell.value("result").text == "GO"
    assert shell.fails("%agui join now").startswith("%agui join takes no word")


def test_nothing_to_join_is_told_in_one_line(
    shell: Shell, serving: Callable[..., agui.LocalServer]
) -> None:
    server = serving(str.upper, name="loud")
    shell.ip.user_ns["here"] = agui.connect(server.url, token=server.token)
    shell.run("import agui_notebook as agui\nw = agui.chat(here)")
    told = "This agent keeps nothing of this thread: there is nothing to join.\n"
    assert f"{shell.fails('%agui join')}\n" == told


def test_a_thread_is_recorded_replayed_and_exported(shell: Shell, chat: Session) -> None:
    shell.run("%%agui -q\nHello")
    told = f"{len(chat.events)} events are in run.jsonl.\n"
    assert shell.run("%agui record run.jsonl") == told
    widget = shell.value("%agui replay run.jsonl --name again")
    assert widget.ask().text == "Hello"
    shell.run("%agui use echo\n%agui export chat.md")
    assert Path("chat.md").read_text("utf-8").startswith("# Chat with echo\n\n**You**\n\n> Hello")
    shell.run("%agui export events.jsonl")
    assert len(Path("events.jsonl").read_text("utf-8").splitlines()) == len(chat.events)
    assert "not served by this notebook" in shell.fails("%agui export server.py")
    shell.run("%agui export cell")
    assert shell.ip.rl_next_input == (
        '%load_ext agui_notebook\n%agui chat "echo" --as again\n%agui new --name "echo"\n'
        'await again.run("Hello")\nagain.messages\n'
    )


def test_stop_says_whether_anything_was_running(shell: Shell, chat: Session) -> None:
    assert shell.run("%agui stop") == "Nothing is running.\n"


def test_without_a_word_it_says_what_is_going_on(shell: Shell) -> None:
    assert shell.run("%agui") == (
        "There is no chat yet: begin with %agui demo.\nNo server runs in this kernel.\n"
        "%agui? shows every word.\n"
    )


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("%agui sevre x", "%agui knows no word 'sevre'; did you mean 'serve'?"),
        ("%agui demo --prot 3", "%agui knows no option --prot; did you mean '--port'?"),
        ("%agui demo --port many", "invalid int value"),
        ("%agui demo --port 99999", "A port is a number up to 65535"),
        ("%agui demo --token clé", "A token is a text of ASCII characters"),
        ("%agui serve", "Say what to serve: %agui serve NAME_OF_A_VARIABLE."),
        ("%agui serve nothing_here", "'nothing_here' is not defined."),
        ("%agui connect", "Say where the agent is: %agui connect http://127.0.0.1:8888/."),
        ("%agui replay nowhere.jsonl", "nowhere.jsonl cannot be read as a recording"),
        ("%agui shutdown x", "There is no server named 'x'."),
        ("%%agui\nhello", "There is no chat yet: begin with %agui demo, %agui connect URL or"),
        ("%agui messages", "There is no chat yet"),
        ("%agui approve", "There is no chat yet"),
        ("%agui serve 3", "Nothing here wraps a builtins.int"),
    ],
)
def test_a_mistake_is_told_in_one_sentence(shell: Shell, code: str, told: str) -> None:
    assert told in shell.fails(code)


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("%agui record /nowhere/at/all.jsonl", "cannot be written (No such file or directory)."),
        ("%agui export /nowhere/at/all.md", "cannot be written (No such file or directory)."),
        ("%agui events many", "'many' is no number of events"),
        ("%agui events -3", "'-3' is no number of events"),
    ],
)
def test_a_mistake_about_a_chat_is_told_in_one_sentence(
    shell: Shell, chat: Session, code: str, told: str
) -> None:
    assert told in shell.fails(code)


def test_nobody_at_the_url_is_one_sentence_and_the_chat_goes_on(shell: Shell) -> None:
    shell.run("w = get_ipython().run_line_magic('agui', 'connect http://127.0.0.1:9/ --name x')")
    assert "No server answers at http://127.0.0.1:9/" in shell.fails("%%agui --as r\nhello")
    assert shell.ip.user_ns["r"].outcome == "error"
    assert "No server answers" in shell.fails("%agui retry")


def test_the_help_names_every_word(shell: Shell) -> None:
    text = magics.AguiMagics.agui.__doc__
    assert [word for word in WORDS if word not in text] == []
    assert "%agui [--name NAME]" in text


def test_loading_twice_and_unloading_leave_the_shell_as_it_was(shell: Shell) -> None:
    ip = shell.ip
    extension.load_ipython_extension(ip)
    assert ip.input_transformers_post.count(await_turns.await_turns) == 1
    matchers = len(ip.Completer.custom_matchers)
    lines = ip.input_transformer_manager.token_transformers
    assert lines.count(question_marks.AguiLine) == 1
    shell.run("%reload_ext agui_notebook")
    assert ip.input_transformers_post.count(await_turns.await_turns) == 1
    assert len(ip.Completer.custom_matchers) == matchers
    shell.run("%unload_ext agui_notebook")
    assert await_turns.await_turns not in ip.input_transformers_post
    assert len(ip.Completer.custom_matchers) == matchers - 1
    assert question_marks.AguiLine not in lines
    assert question_marks.AguiAssignment not in lines
    assert ip.find_line_magic("agui") is None
    assert ip.find_cell_magic("agui") is None
    assert "AguiMagics" not in ip.magics_manager.registry
    shell.run("%unload_ext agui_notebook")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("%agui de", ["debug", "demo", "deny"]),
        ("%agui servers", ["servers"]),
        ("x = %agui rep", ["replay"]),
        ("%agui use ", ["echo"]),
        ("%agui serve ag", ["agent", "agui"]),
        ("%agui tool sho", ["shout"]),
        ("%agui connect ", ["address"]),
        ("%agui demo --na", ["--name"]),
        ("%agui demo --name e", ["echo"]),
        ("%%agui e", ["echo"]),
        ("%%agui echo --a", ["--all", "--as"]),
        ("%agui replay x --sp", ["--speed"]),
        ("%agui export x.py --ra", ["--ray"]),
        ("%agui replay fi", None),
        ("%%agui --as addr", ["address"]),
        ("print(ag", None),
        ("%aguix de", None),
    ],
)
def test_completion_knows_words_options_and_names(
    shell: Shell, chat: Session, line: str, expected: list[str] | None
) -> None:
    shell.run("def shout(text): ...\naddress = 'http://x'")
    found = completion.candidates(line, shell.ip.user_ns)
    assert (found[1] if found else None) == expected


def test_tab_offers_our_words_and_nothing_else(shell: Shell, chat: Session) -> None:
    shell.ip.Completer.use_jedi = False

    def offered(line: str) -> list[str]:
        with provisionalcompleter():
            return [found.text for found in shell.ip.Completer.completions(line, len(line))]

    assert offered("%agui de") == ["debug", "demo", "deny"]
    assert offered("%%agui ec") == ["echo"]


@pytest.mark.parametrize(
    ("cell", "awaited"),
    [
        ("%%agui\nhello", True),
        ("%agui retry", True),
        ("%agui join", True),
        ("x = %agui approve", True),
        ("y = 1\n%agui deny", True),
        ("%agui demo", False),
        ("%agui tools", False),
        ("if True:\n    %agui retry", False),
        ("print('agui')", False),
        ("%%time\n%%agui\nhello", False),
    ],
)
def test_only_what_streams_is_awaited(shell: Shell, cell: str, awaited: bool) -> None:
    assert ("await " in shell.ip.transform_cell(cell)) is awaited


SAID = {
    "%agui deny too expensive?": "deny too expensive?",
    "%agui deny i1 really??": "deny i1 really??",
    "x = %agui deny a b?": "deny a b?",
    "%agui deny why's that?": "deny why's that?",
    "%agui threads what is it?": "threads what is it?",
    "if True:\n    %agui deny why not?": "deny why not?",
    "%agui deny too \\\n dear?": "deny too   dear?",
    '%agui answer i1 "really??"': 'answer i1 "really??"',
    "%agui deny costs {12} or $5": "deny costs {12} or $5",
}


@pytest.mark.parametrize("cell", SAID)
def test_a_question_mark_at_the_end_of_a_line_is_a_part_of_it(shell: Shell, cell: str) -> None:
    """IPython's help transformer would take it for its own: ipython/ipython#14258."""
    written = shell.ip.transform_cell(cell)
    assert "pinfo" not in written
    assert repr(SAID[cell]) in written


@pytest.mark.parametrize(
    "cell", ["%agui?", "%agui??", "?%agui", "%agui deny?", "%aguix a b?", "str?", "t = 1\nstr?"]
)
def test_a_wish_for_help_still_is_one(shell: Shell, cell: str) -> None:
    assert "pinfo" in shell.ip.transform_cell(cell)


def test_a_line_within_a_text_is_left_alone(shell: Shell) -> None:
    cell = "t = '''\n%agui deny a b?\n'''\n"
    assert shell.ip.transform_cell(cell) == cell


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('--system "Cost is $5"', ["--system", "Cost is $5"]),
        ('--system "Be \\"brief\\""', ["--system", 'Be "brief"']),
        ("--system 'it''s'", ["--system", "its"]),
        ('--system "it\'s"', ["--system", "it's"]),
        ("--system=\u201csmart quotes\u201d", ["--system=smart quotes"]),
        ('--system "He said \u201chi\u201d now"', ["--system", "He said \u201chi\u201d now"]),
        ("don't worry", ["don't", "worry"]),
        ('--name "a b" more', ["--name", "a b", "more"]),
        ('--system "C:\\new\\dir"', ["--system", "C:\\new\\dir"]),
        ("'never closed", ["'never", "closed"]),
        ("--name=''", ["--name="]),
        ("", []),
    ],
)
def test_a_line_is_taken_apart_as_a_shell_does(line: str, words: list[str]) -> None:
    assert split_words(line) == words


@pytest.mark.parametrize(
    ("word", "read"),
    [
        ("{url}", "http://u"), ("$url", "http://u"), ("a {url}", "a http://u"), ("$5", "$5"),
        ("{12}", "{12}"), ("a{2,3}", "a{2,3}"), ("{nix}", "{nix}"), ("{s.url}", "at"),
        ("{s.nix}", "{s.nix}"), ("a$url", "a$url"), ("Cost is $5 or {", "Cost is $5 or {"),
    ],
)  # fmt: skip
def test_only_what_names_a_variable_is_put_in(word: str, read: str) -> None:
    """ipython/ipython#13690, ipython/ipython#8492 and ipython/ipython#11826."""
    names = {"url": "http://u", "s": SimpleNamespace(url="at")}
    assert put_names([word], names) == [read]


def test_instructions_keep_a_price(shell: Shell, chat: Session) -> None:
    shell.run('%%agui --system "Cost is $5"\nhi')
    assert chat.messages[0]["content"] == "Cost is $5"


def test_a_shell_that_awaits_nothing_by_itself_has_the_magics_block(shell: Shell) -> None:
    shell.run("%agui demo --name quiet")
    shell.run("%autoawait off")
    shell.run("%%agui quiet\nWhat is 2 + 2?")
    assert "4" in shell.shown("text/markdown")[-1]


def test_what_waits_for_a_yes_is_whole_in_both_forms_of_a_cells_answer() -> None:
    script = "echo hi\n" * 3000 + "rm -rf /h\u043eme"
    call = {"id": "c1", "type": "function"}
    call["function"] = {"name": "run", "arguments": json.dumps({"script": script})}  # type: ignore[assignment]
    document: dict[str, Any] = dict(new_document("t"))
    document["messages"] = [{"id": "a", "role": "assistant", "toolCalls": [call]}]
    document["interrupts"] = [{"id": "i", "reason": "r", "message": "Run?", "toolCallId": "c1"}]
    [bundle] = answer_bundles(document, "agent")
    for form in ("text/plain", "text/markdown"):
        assert bundle[form].count("echo hi") >= 3000
        assert "rm -rf /h" in bundle[form]
