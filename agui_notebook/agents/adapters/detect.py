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
    "Agent Framework, Pydantic AI, LangGraph, LangChain, OpenAI (its Agents SDK too), Anthropic "
    "(the Claude Agent SDK too), Google GenAI, ADK, Mistral, Cohere, xAI, Bedrock, Hugging Face, "
    "Ollama, LiteLLM, any-llm, aisuite, Strands, Agno, LlamaIndex, AG2, AutoGen, CrewAI, Haystack, "
    "DSPy, smolagents, Semantic Kernel or chatlas, or a model of transformers, mlx_lm or "
    "llama_cpp in this process"
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
    ("anthropic", "Anthropic"): "anthropic.messages",
    ("anthropic", "AsyncAnthropic"): "anthropic.messages",
    ("anthropic", "AnthropicBedrock"): "anthropic.messages",
    ("anthropic", "AsyncAnthropicBedrock"): "anthropic.messages",
    ("anthropic", "AnthropicVertex"): "anthropic.messages",
    ("anthropic", "AsyncAnthropicVertex"): "anthropic.messages",
    ("ollama", "Client"): "ollama",
    ("ollama", "AsyncClient"): "ollama",
    ("litellm", "Router"): "litellm",
    ("mistralai", "Mistral"): "clients.mistral",
    ("cohere", "BaseCohere"): "clients.cohere",
    ("cohere", "AsyncBaseCohere"): "clients.cohere",
    ("xai_sdk", "Client"): "clients.xai",
    ("botocore", "BedrockRuntime"): "clients.bedrock",
    ("any_llm", "AnyLLM"): "clients.any_llm",
    ("aisuite", "Client"): "clients.aisuite",
    ("google", "BaseAgent"): "frameworks.adk",
    ("strands", "Agent"): "frameworks.strands",
    ("strands", "MultiAgentBase"): "frameworks.strands",
    ("agno", "Agent"): "frameworks.agno",
    ("agno", "Team"): "frameworks.agno",
    ("llama_index", "BaseWorkflowAgent"): "frameworks.llama_index",
    ("llama_index", "BaseLLM"): "frameworks.llama_index",
    ("workflows", "Workflow"): "frameworks.llama_index",
    ("haystack", "Agent"): "frameworks.haystack",
    ("smolagents", "MultiStepAgent"): "frameworks.smolagents",
    ("semantic_kernel", "Agent"): "frameworks.semantic_kernel",
    ("dspy", "Module"): "frameworks.dspy",
    ("chatlas", "Chat"): "frameworks.chatlas",
    ("ag2", "Agent"): "frameworks.ag2",
    ("crewai", "Crew"): "frameworks.crewai",
    ("crewai", "Flow"): "frameworks.crewai",
    ("autogen_agentchat", "BaseChatAgent"): "frameworks.autogen",
    ("autogen_agentchat", "BaseGroupChat"): "frameworks.autogen",
    ("claude_agent_sdk", "ClaudeAgentOptions"): "frameworks.claude",
    ("claude_agent_sdk", "ClaudeSDKClient"): "frameworks.claude",
    ("transformers", "TextGenerationPipeline"): "local.transformers",
    ("transformers", "PreTrainedModel"): "local.transformers",
    ("mlx_lm", "Model"): "local.mlx_lm",
    ("llama_cpp", "Llama"): "local.llama_cpp",
    ("huggingface_hub", "InferenceClient"): "clients.hugging_face",
    ("huggingface_hub", "AsyncInferenceClient"): "clients.hugging_face",
}

MODULES: dict[str, str] = {
    # name of a module that is itself a chat client: adapter module
    "ollama": "ollama",
    "litellm": "litellm",
    "any_llm": "clients.any_llm",
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


def _is_openai_agent(obj: Foreign) -> bool:
    """An agent of the package ``agents``, whose name many give to a package of their own."""
    classes = ((cls.__module__, cls.__name__) for cls in type(obj).__mro__)
    return ("agents.agent", "Agent") in classes and hasattr(obj, "handoffs")


def _is_openai_shaped(obj: Foreign) -> bool:
    """Clients made after OpenAI's: Groq, Together, Mistral's compatible one, ..."""
    completions = getattr(getattr(obj, "chat", None), "completions", None)
    return callable(getattr(completions, "create", None))


SHAPES: Sequence[tuple[Callable[[Foreign], bool], str]] = (
    # a question about an object that no class name settled: adapter module
    (_is_genai, "google_genai"),
    (_is_agent_framework, "agent_framework.official"),
    (_is_openai_agent, "openai.agents_sdk"),
    (_is_openai_shaped, "openai.chat"),
)


def by_class(obj: Foreign) -> str | None:
    """The adapter named for the nearest known class of ``obj``."""
    for cls in type(obj).__mro__:
        if adapter := CLASSES.get((cls.__module__.partition(".")[0], cls.__name__)):
            return adapter
    return None


def by_pair(obj: Foreign) -> str | None:
    """The adapter for a model in this process that comes with its tokenizer: (model, tokenizer)."""
    pair = isinstance(obj, tuple) and len(obj) == 2
    adapter = by_class(obj[0]) if pair else None
    return adapter if adapter and adapter.startswith("local.") else None


def by_module(obj: Foreign) -> str | None:
    """The adapter for a module used as a client."""
    return MODULES.get(obj.__name__) if isinstance(obj, ModuleType) else None


def by_name(obj: Foreign) -> str | None:
    """The adapter that a table names for the object itself."""
    return by_class(obj) or by_pair(obj) or by_module(obj)


def near_classes(obj: Foreign) -> list[str]:
    """Names of classes of the object's own package that are known here, three at most."""
    root = type(obj).__module__.partition(".")[0]
    return [name for package, name in CLASSES if package == root][:3]


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


QUESTIONS = (by_class, by_pair, by_module, by_shape, by_url, by_asgi, by_call)


def detect(obj: Foreign) -> str | None:
    """The adapter module that fits ``obj``, or None."""
    return next((found for ask in QUESTIONS if (found := ask(obj))), None)
