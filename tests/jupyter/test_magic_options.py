"""What the magics say beside their words: headers, tools, approvals, and where a chat is left."""

from __future__ import annotations

from support.page import Page

from agui_notebook.jupyter.magics.options import RAW, USES
from agui_notebook.jupyter.magics.subcommands import WORDS


def test_every_word_says_what_it_has_a_use_for() -> None:
    assert set(WORDS) - RAW == set(USES)


def test_a_chat_is_left_in_a_variable(kernel: Page) -> None:
    kernel.run("%reset -f\n%load_ext agui_notebook\nimport agui_notebook as agui")
    kernel.run("%agui demo --name first")
    kernel.run("%agui demo --name second --as other")
    shown = kernel.run("@chat.tool\ndef add(a: int, b: int) -> int: ...\nprint(chat, other)").text
    assert shown == "ChatWidget('first') ChatWidget('second')\n"
    kernel.run("%agui demo --name third")
    assert kernel.run("print(chat.name)").text == "third\n"
    kernel.run("chat = 'mine'\n%agui demo --name fourth")
    assert kernel.run("print(chat)").text == "mine\n"


def test_connect_says_what_the_call_can(kernel: Page) -> None:
    kernel.run(
        "def add(a: int, b: int) -> int: ...\n"
        "server = agui.serve(lambda text: text, name='far')\nkey = server.token"
    )
    kernel.run(
        '%agui connect {server.url} --name near --header "Authorization: Bearer {key}" '
        '--header "X-Team: blue" --tool add --approve all --system "Be brief." --as near'
    )
    told = "near.ask('hi').text, list(near.tools), near.session.options.approve"
    assert kernel.run(f"print({told})").text == "hi ['add'] True\n"
    assert kernel.run("%agui tools").text == "add(a, b)  (asks first)\n"
    kernel.run("%agui allow add")
    assert kernel.run("%agui tools").text == "add(a, b)  (allowed in this session)\n"
    kernel.run("%agui revoke add")
    assert kernel.run("%agui tools").text == "add(a, b)  (asks first)\n"
