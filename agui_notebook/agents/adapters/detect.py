"""Which adapter fits an object: tables of class names, module names and shapes. No provider import.

The order of questions is fixed: class (walking the method resolution order, so subclasses and
Azure variants are found by their base), module, shape, URL, ASGI app, callable.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Sequence
from types import ModuleType

from ...values import Foreign

KNOWN = (
    "a function or generator, an ASGI app, an AG-UI URL, or an agent or chat client of "
    "Agent Framework, Pydantic AI, LangGraph, LangChain, OpenAI, Anthropic, Google GenAI, "
    "Ollama or LiteLLM"
)

CLASSES: dict[tuple[str, str], str] = {
    # (root of the class's module, class name): adapter module
    ("starlette", "Starlette"): "asgi",
    ("fastapi", "FastAPI"): "asgi",
    ("agent_framework", "BaseAgent"): "agent_framework.official",
    ("agent_framework", "BaseChatClient"): "agent_framework.official",
    ("agent_framework", "Workflow"): "agent_framework.official",
    ("agent_framework_ag_ui", "AgentFrameworkAgent"): "agent_framework.official",
    ("agent_framework_ag_ui", "AgentFrameworkWorkflow"): "agent_framework.official",
    ("pydantic_ai", "AbstractAgent"): "pydantic_ai",
    ("pydantic_ai", "Model"): "pydantic_ai",
    ("langgraph", "PregelProtocol"): "langgraph",  # a Runnable too, further up its bases
    ("langgraph", "StateGraph"): "langgraph",
    ("langchain_core", "Runnable"): "langchain.runnables",
    ("openai", "OpenAI"): "openai.chat",
    ("openai", "AsyncOpenAI"): "openai.chat",
    ("openai", "Chat"): "openai.chat",
    ("openai", "AsyncChat"): "openai.chat",
    ("openai", "Completions"): "openai.chat",
    ("openai", "AsyncCompletions"): "openai.chat",
    ("openai", "Responses"): "openai.responses",
    ("openai", "AsyncResponses"): "openai.responses",
    ("anthropic", "Anthropic"): "anthropic",
    ("anthropic", "AsyncAnthropic"): "anthropic",
    ("anthropic", "AnthropicBedrock"): "anthropic",
    ("anthropic", "AsyncAnthropicBedrock"): "anthropic",
    ("anthropic", "AnthropicVertex"): "anthropic",
    ("anthropic", "AsyncAnthropicVertex"): "anthropic",
    ("ollama", "Client"): "ollama",
    ("ollama", "AsyncClient"): "ollama",
    ("litellm", "Router"): "litellm",
}

MODULES: dict[str, str] = {
    # name of a module that is itself a chat client: adapter module
    "ollama": "ollama",
    "litellm": "litellm",
}


def _is_genai(obj: Foreign) -> bool:
    """Google has many packages with a Client; only this one talks to models."""
    return type(obj).__module__.startswith("google.genai") and hasattr(obj, "models")


def _is_agent_framework(obj: Foreign) -> bool:
    """The protocols SupportsAgentRun and SupportsChatGetResponse, for classes of no base."""
    if "agent_framework" not in sys.modules:
        return False
    agent = all(callable(getattr(obj, key, None)) for key in ("run", "create_session"))
    return agent or callable(getattr(obj, "get_response", None))


def _is_openai_shaped(obj: Foreign) -> bool:
    """Clients made after OpenAI's: Groq, Together, Mistral's compatible one, ..."""
    completions = getattr(getattr(obj, "chat", None), "completions", None)
    return callable(getattr(completions, "create", None))


SHAPES: Sequence[tuple[Callable[[Foreign], bool], str]] = (
    # a question about an object that no class name settled: adapter module
    (_is_genai, "google_genai"),
    (_is_agent_framework, "agent_framework.official"),
    (_is_openai_shaped, "openai.chat"),
)


def by_class(obj: Foreign) -> str | None:
    """The adapter named for the nearest known class of ``obj``."""
    for cls in type(obj).__mro__:
        if adapter := CLASSES.get((cls.__module__.partition(".")[0], cls.__name__)):
            return adapter
    return None


def by_module(obj: Foreign) -> str | None:
    """The adapter for a module used as a client."""
    return MODULES.get(obj.__name__) if isinstance(obj, ModuleType) else None


def by_shape(obj: Foreign) -> str | None:
    """The adapter of the first shape that fits. A module or class is no client by its shape."""
    if isinstance(obj, ModuleType | type):
        return None
    return next((adapter for fits, adapter in SHAPES if fits(obj)), None)


def by_url(obj: Foreign) -> str | None:
    """Any AG-UI server elsewhere."""
    fits = isinstance(obj, str) and obj.startswith(("http://", "https://"))
    return "url" if fits else None


def by_asgi(obj: Foreign) -> str | None:
    """Any ASGI app: called with scope, receive and send."""
    if not callable(obj) or inspect.isclass(obj):
        return None
    try:
        names = list(inspect.signature(obj).parameters)
    except (TypeError, ValueError):  # built-in callables show no signature
        return None
    return "asgi" if names == ["scope", "receive", "send"] else None


def by_call(obj: Foreign) -> str | None:
    """A function, generator function, bound method, partial or callable object; not a class."""
    return "callables" if callable(obj) and not inspect.isclass(obj) else None


QUESTIONS = (by_class, by_module, by_shape, by_url, by_asgi, by_call)


def detect(obj: Foreign) -> str | None:
    """The adapter module that fits ``obj``, or None."""
    return next((found for ask in QUESTIONS if (found := ask(obj))), None)
