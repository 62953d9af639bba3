"""Objects find their adapters by name and shape, and no provider is imported on the way."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

import agui_notebook.agents
from agui_notebook import InvalidInput, UnsupportedAgent
from agui_notebook.agents import wrap
from agui_notebook.agents.adapters.detect import CLASSES, MODULES, detect


def instance(module: str, *names: str) -> Any:
    """An object of a class from ``module``; the further names are its bases, nearest first."""
    made: type = object
    for name in reversed(names):
        made = type(name, (made,), {"__module__": module})
    return made()


@pytest.mark.parametrize(
    ("obj", "adapter"),
    [
        (instance("openai", "AsyncOpenAI"), "openai.chat"),
        (instance("openai.lib.azure", "AzureOpenAI", "OpenAI"), "openai.chat"),
        (instance("openai.resources.chat.completions", "AsyncCompletions"), "openai.chat"),
        (instance("openai.resources.responses", "Responses"), "openai.responses"),
        (instance("anthropic", "AsyncAnthropicBedrock"), "anthropic.messages"),
        (instance("anthropic.lib.vertex", "AnthropicVertex"), "anthropic.messages"),
        (instance("ollama._client", "AsyncClient"), "ollama"),
        (ModuleType("ollama"), "ollama"),
        (ModuleType("litellm"), "litellm"),
        (instance("litellm.router", "Router"), "litellm"),
        (
            instance("langchain_core.runnables.base", "RunnableSequence", "Runnable"),
            "langchain.runnables",
        ),
        (instance("agent_framework._workflows", "Workflow"), "agent_framework.official"),
        (instance("agent_framework", "WorkflowAgent", "BaseAgent"), "agent_framework.official"),
        (instance("agent_framework", "BaseChatClient"), "agent_framework.official"),
        (instance("pydantic_ai.agent", "WrapperAgent", "AbstractAgent"), "pydantic_ai"),
        (instance("pydantic_ai.models.openai", "OpenAIChatModel", "Model"), "pydantic_ai"),
        (instance("mistralai.client.sdk", "Mistral"), "clients.mistral"),
        (instance("cohere.client_v2", "AsyncClientV2", "AsyncBaseCohere"), "clients.cohere"),
        (instance("botocore.client", "BedrockRuntime"), "clients.bedrock"),
        (instance("xai_sdk.aio.client", "Client", "BaseClient"), "clients.xai"),
        (instance("any_llm.providers.openai", "OpenaiProvider", "AnyLLM"), "clients.any_llm"),
        (ModuleType("any_llm"), "clients.any_llm"),
        (instance("aisuite.client", "Client"), "clients.aisuite"),
        (instance("huggingface_hub.inference", "InferenceClient"), "clients.hugging_face"),
        (instance("google.adk.agents", "LlmAgent", "BaseAgent"), "frameworks.adk"),
        (instance("strands.agent.agent", "Agent"), "frameworks.strands"),
        (instance("ag2.agent", "Agent"), "frameworks.ag2"),
        (instance("crewai.flow.flow", "Chat", "Flow"), "frameworks.crewai"),
        (instance("crewai.crew", "Crew"), "frameworks.crewai"),
        (
            instance("transformers.pipelines.text_generation", "TextGenerationPipeline"),
            "local.transformers",
        ),
        (
            (instance("transformers.models.llama", "Llama", "PreTrainedModel"), "a tokenizer"),
            "local.transformers",
        ),
        ((instance("mlx_lm.models.llama", "Model"), "a tokenizer"), "local.mlx_lm"),
        (instance("llama_cpp.llama", "Llama"), "local.llama_cpp"),
        ((instance("openai", "OpenAI"), "something"), None),
        (instance("agno.team.team", "Team"), "frameworks.agno"),
        (
            instance("llama_index.core", "FunctionAgent", "BaseWorkflowAgent"),
            "frameworks.llama_index",
        ),
        (instance("autogen_agentchat", "AssistantAgent", "BaseChatAgent"), "frameworks.autogen"),
        (instance("haystack.components.agents.agent", "Agent"), "frameworks.haystack"),
        (instance("dspy.predict", "ReAct", "Module"), "frameworks.dspy"),
        (instance("smolagents.agents", "CodeAgent", "MultiStepAgent"), "frameworks.smolagents"),
        (
            instance("semantic_kernel.agents", "ChatCompletionAgent", "Agent"),
            "frameworks.semantic_kernel",
        ),
        (instance("chatlas._chat", "Chat"), "frameworks.chatlas"),
        (instance("claude_agent_sdk.types", "ClaudeAgentOptions"), "frameworks.claude"),
        ("https://example.org/agent", "url"),
        (len, "callables"),
        (ModuleType("json"), None),
        (instance("google.cloud.storage", "Client"), None),
        (42, None),
    ],
)
def test_the_nearest_known_class_decides(obj: Any, adapter: str | None) -> None:
    assert detect(obj) == adapter


def test_a_class_of_the_users_own_is_found_by_its_base() -> None:
    base = type("AsyncOpenAI", (), {"__module__": "openai"})
    mine = type("Mine", (base,), {})
    assert detect(mine()) == "openai.chat"


def test_a_graph_is_a_graph_before_it_is_a_runnable() -> None:
    runnable = type("Runnable", (), {"__module__": "langchain_core.runnables.base"})
    pregel = type("PregelProtocol", (runnable,), {"__module__": "langgraph.pregel.protocol"})
    assert detect(type("CompiledStateGraph", (pregel,), {})()) == "langgraph"


def test_a_client_made_after_openais_is_found_by_its_shape() -> None:
    completions = SimpleNamespace(create=print)
    assert detect(SimpleNamespace(chat=SimpleNamespace(completions=completions))) == "openai.chat"


def test_a_genai_client_is_told_from_googles_others() -> None:
    client = type("Client", (), {"__module__": "google.genai.client", "models": None})
    assert detect(client()) == "google_genai"


def test_a_url_with_a_model_is_an_openai_server_and_one_without_an_agent() -> None:
    assert type(wrap("http://127.0.0.1:1/v1", model="m")).__name__ == "ModelAgent"
    assert type(wrap("http://127.0.0.1:1/agent")).__name__ == "Relay"


ADAPTERS = Path(agui_notebook.agents.__path__[0]) / "adapters"
# adapters whose framework wants a package of its own: module, and what its sentence installs
EXTRAS = {
    ".".join(path.relative_to(ADAPTERS).with_suffix("").parts): found[1]
    for path in sorted(ADAPTERS.rglob("*.py"))
    if (found := re.search(r'^INSTALL = "(.+)"$', path.read_text("utf-8"), re.MULTILINE))
}


@pytest.mark.parametrize(
    ("kind", "install"), [(kind, EXTRAS[kind]) for kind in CLASSES.values() if kind in EXTRAS]
)
def test_a_missing_package_is_one_sentence_with_the_command(
    kind: str, install: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    [(root, name), *_] = [each for each, adapter in CLASSES.items() if adapter == kind]
    obj = instance(root, name)

    def missing(module: str) -> Any:
        raise ModuleNotFoundError(f"No module named {module!r}")

    monkeypatch.setattr("agui_notebook.agents.official.import_module", missing)
    with pytest.raises(UnsupportedAgent) as caught:
        wrap((obj, None) if kind.startswith("local.") else obj)
    told = str(caught.value)
    assert told.endswith(f'pip install "{install}"')
    assert "needs a package that is missing (No module named " in told
    assert "\n" not in told


def test_every_kind_that_wants_a_package_is_found_by_a_class() -> None:
    assert set(EXTRAS) - set(CLASSES.values()) == {"openai.agents_sdk"}  # by its shape


def test_nothing_known_names_what_would_do() -> None:
    with pytest.raises(UnsupportedAgent, match="pass a function or generator"):
        wrap(42)


def test_an_approval_for_a_tool_that_is_not_there_is_refused() -> None:
    with pytest.raises(InvalidInput, match="approve= names drop"):
        wrap(instance_of_openai(), model="m", approve=["drop"])


def instance_of_openai() -> Any:
    client = instance("openai", "OpenAI")
    client.chat = None
    return client


def with_run(obj: Any) -> Any:
    """By which Agent Framework's agents are told from its clients."""
    if type(obj).__name__ == "BaseAgent":
        obj.run = print
    return obj


def chat_shape() -> Any:
    return SimpleNamespace(chat=SimpleNamespace(completions=SimpleNamespace(create=print)))


async def app(scope: Any, receive: Any, send: Any) -> None:
    """An ASGI app that answers nothing."""


OBJECTS: list[tuple[str, Any]] = [
    *((f"{module}.{name}", with_run(instance(module, name))) for module, name in CLASSES),
    *((name, ModuleType(name)) for name in MODULES),
    ("a client of OpenAI's shape", chat_shape()),
    ("a genai client", type("Client", (), {"__module__": "google.genai", "models": None})()),
    ("a URL", "http://127.0.0.1:1"),
    ("an ASGI app", app),
    ("a function", str.upper),
]
GIVEN = {
    "instructions": "Be brief.",
    "model": "m",
    "tools": [print],
    "approve": ["print"],
    "params": {"temperature": 0},
    "max_rounds": 3,
    "headers": {"a": "b"},
    "path": "/x",
}
A_MODEL = {*GIVEN} - {"headers", "path"}
TOLD_ONLY = frozenset({"instructions"})
WITH_TOOLS = frozenset({"instructions", "tools"})
TAKEN = {
    **dict.fromkeys(("openai", "anthropic", "ollama", "litellm", "pydantic_ai"), A_MODEL),
    "a client of OpenAI's shape": A_MODEL,
    "a genai client": A_MODEL,
    **dict.fromkeys(("transformers", "mlx_lm", "llama_cpp"), A_MODEL),
    **dict.fromkeys(("mistralai", "cohere", "xai_sdk", "botocore", "any_llm", "aisuite"), A_MODEL),
    "huggingface_hub": A_MODEL,
    **dict.fromkeys(("haystack", "autogen_agentchat"), TOLD_ONLY),
    "semantic_kernel": {"instructions", "approve"},
    **dict.fromkeys(("llama_index", "workflows"), WITH_TOOLS),
    "chatlas": {*WITH_TOOLS, "approve"},
    "claude_agent_sdk": {"approve"},
    "smolagents": {"instructions", "max_rounds"},
    "agent_framework.BaseChatClient": A_MODEL - {"max_rounds"},
    "a URL": {"headers", "model"},  # a model makes it a model server's
    **{key: {"headers", "path"} for key in ("an ASGI app", "starlette", "fastapi")},
}


@pytest.mark.parametrize(("name", "obj"), OBJECTS, ids=[name for name, _ in OBJECTS])
@pytest.mark.parametrize("option", GIVEN)
def test_an_option_that_means_nothing_is_refused_in_a_sentence(
    name: str, obj: Any, option: str
) -> None:
    taken = TAKEN.get(name, TAKEN.get(name.partition(".")[0], set()))
    refusal = None
    try:
        wrap(obj, **{option: GIVEN[option]})  # type: ignore[arg-type]
    except InvalidInput as error:
        refusal = str(error)
    except Exception:  # past the door: the object is no real client
        refusal = None
    refused = re.fullmatch(f"{option}= means nothing for .*; leave it out.", refusal or "")
    assert bool(refused) == (option not in taken)


def test_an_agent_that_is_ready_has_a_description_of_its_own() -> None:
    with pytest.raises(InvalidInput, match="description= means nothing for a ready agent"):
        wrap(wrap(str.upper), description="Shouts.")


HEAVY = (
    "ag_ui agent_framework anthropic fastapi google.genai langchain_core langgraph litellm "
    "numpy ollama openai pandas pydantic pydantic_ai starlette uvicorn anywidget"
)


def test_detection_imports_no_provider_and_nothing_heavy() -> None:
    code = f"""
import sys
from agui_notebook.agents.adapters import detect, wrap
for module, name in [("openai", "OpenAI"), ("langchain_core.x", "Runnable"), ("a.b", "C")]:
    detect(type(name, (), {{"__module__": module}})())
wrap(lambda text: text)
heavy = {HEAVY!r}.split()
print(sorted(set(heavy) & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
