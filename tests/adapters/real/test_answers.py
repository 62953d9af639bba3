"""What comes of a model's answer, through the real SDKs: the same cases, as bytes.

Each client of a lane gets those of its dialect.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from typing import Any, ClassVar

import pytest
from models import Scripted, lines, sse
from support.answers.cases import Case, of_all
from support.answers.odd import ODD
from support.answers.reported import REPORTED
from support.answers.running import Tools, check
from support.runs import run

from agui_notebook import Agent
from agui_notebook.agents import wrap

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.filterwarnings("ignore:.* is not a valid FinishReason"),
]
Make = Callable[[str, Any], Agent]


def of_openai(part: str) -> Make:
    def make(url: str, tools: Any) -> Agent:
        client: Any = import_module("openai").AsyncOpenAI(
            base_url=f"{url}/v1", api_key="k", max_retries=0
        )
        return wrap(getattr(client, part), model="m", tools=tools)

    return make


def of_url(url: str, tools: Any) -> Agent:
    return wrap(f"{url}/v1", model="m", tools=tools)


def of_anthropic(url: str, tools: Any) -> Agent:
    client = import_module("anthropic").AsyncAnthropic(base_url=url, api_key="k", max_retries=0)
    return wrap(client, model="m", tools=tools)


def of_google(url: str, tools: Any) -> Agent:
    options: ClassVar = {"base_url": url, "api_version": "v1beta"}
    client = import_module("google.genai").Client(api_key="k", http_options=options)
    return wrap(client, model="m", tools=tools)


def of_ollama(url: str, tools: Any) -> Agent:
    return wrap(import_module("ollama").AsyncClient(url), model="m", tools=tools)


def of_litellm(url: str, tools: Any) -> Agent:
    place = {"api_base": f"{url}/v1", "api_key": "k", "num_retries": 0, "max_retries": 0}
    return wrap(import_module("litellm"), model="openai/m", params=place, tools=tools)


def of_chat_openai(**more: Any) -> Make:
    def make(url: str, tools: Any) -> Agent:
        model = import_module("langchain_openai").ChatOpenAI(
            model="m", base_url=f"{url}/v1", api_key="k", max_retries=0, **more
        )
        return wrap(model, tools=tools)

    return make


def of_chat_anthropic(url: str, tools: Any) -> Agent:
    model = import_module("langchain_anthropic").ChatAnthropic(
        model="m", base_url=url, api_key="k", max_retries=0
    )
    return wrap(model, tools=tools)


# package, dialect, client; a lane has some of the packages
CLIENTS: tuple[tuple[str, str, Make], ...] = (
    ("openai", "chat", of_openai("chat")),
    ("httpx", "chat", of_url),
    ("openai", "responses", of_openai("responses")),
    ("anthropic", "anthropic", of_anthropic),
    ("google.genai", "google", of_google),
    ("ollama", "ollama", of_ollama),
    ("litellm", "chat", of_litellm),
    ("langchain_openai", "chat", of_chat_openai()),
    ("langchain_openai", "responses", of_chat_openai(use_responses_api=True)),
    ("langchain_anthropic", "anthropic", of_chat_anthropic),
)


def installed(package: str) -> bool:
    try:
        return find_spec(package) is not None
    except ModuleNotFoundError:
        return False


# Libraries between a provider and us lose some of it, or stumble over it. What is left to hold
# is that no tool runs with arguments that the model did not give.
LOSING = {
    ("litellm", "chat"): """
        an error without|nobody knows|that was cut|refusal|more than is shown|message in place|
        as an object|no list|tokens in every|empty reason|an error in the choice|
        an error without choices|list of parts|as a part|a number|in details|and cut|
        Google's word|an error that is text|a framework's error|to and fro|a list for|
        before there were chats|that grows|in the message behind|by another name|
        without a function around|input in place|but tokens|no reason, and tokens
    """,
    ("langchain_openai", "chat"): """
        refusal|more than is shown|before tools|message in place|as an object|no function at first|
        custom tool|second answer|no list|an error in the choice|an error without choices|
        list of parts|as a part|a number|unknown shape|in details|reasoning twice|words spoken|
        tokens last|without a delta|nothing but tokens|a framework's error|a list for|
        a list of no calls|before there were chats|that grows|another message|in the message|
        by another name|pictures|sources|without a function around|input in place
    """,
    ("langchain_openai", "responses"): """
        refusal|more than is shown|two calls under one id|arguments only|an item that only ends|
        only in the response|no item ids|custom tool|text only in|no response|for no reason|
        cancelled|an end by another|as an object|no id of the call|of plain members|
        a whole item|only in its part|that is incomplete
    """,
    ("langchain_anthropic", "anthropic"): """
        more than is shown|with its category|search of the provider|tool of a server|
        message whole at the start|a pause|input as|where a search was|where a strange|
        an end and no reason
    """,
}
# Where a library has dropped what the arguments really were, or has said an end of its own in
# place of none, nobody can tell: what is left is that the run ends as a run does.
HIDING = {
    ("litellm", "chat"): "a stop, then a limit|a call without any end",
    ("langchain_openai", "responses"): """
        an empty object first|pieces and an end that differ
    """,
    ("langchain_anthropic", "anthropic"): "input before its block",
}


def matches(table: dict[tuple[str, str], str], client: tuple[str, str], case: Case) -> bool:
    words = "".join(table.get(client, "").split("\n")).split("|")
    return any(word.strip() in case.name for word in words if word.strip())


HERE = next(
    (
        lane
        for lane in (("litellm",), ("langchain_openai", "langchain_anthropic"))
        if installed(lane[0])
    ),
    ("openai", "httpx", "anthropic", "google.genai", "ollama"),
)
PAIRS = [
    pytest.param(case, make, (package, dialect), id=f"{package}: {case}")
    for package, dialect, make in CLIENTS
    if package in HERE
    for case in [*of_all(), *REPORTED, *ODD]
    if case.dialect.name == dialect and (case.sdk or package == "httpx")
]


@pytest.mark.filterwarnings("ignore:Pydantic serializer warnings")  # of LangChain's own
@pytest.mark.parametrize(("case", "make", "client"), PAIRS)
async def test_an_answer_comes_to_what_its_model_meant(
    case: Case, make: Make, client: tuple[str, str], scripted: Scripted
) -> None:
    d, tools = case.dialect, Tools()
    write = lines if d.name == "ollama" else sse
    scripted.content_type = "application/x-ndjson" if d.name == "ollama" else "text/event-stream"
    scripted.frames = list(write(*case.chunks))
    scripted.later = list(write(*d.answer(d.text("ok"))))
    agent = make(scripted.url, tools.all)
    hidden = matches(HIDING, client, case)
    if hidden or matches(LOSING, client, case):
        await run(agent, "go", warned=True)
        assert hidden or set(tools.ran) <= set(case.ran)
    else:
        await check(case, agent, tools)
