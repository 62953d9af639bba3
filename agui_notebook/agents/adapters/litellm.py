"""The ``litellm`` module (or a ``litellm.Router``): any provider it knows, by model name.

It speaks the Chat Completions dialect; importing it is left to the user, who has it already.
"""

from __future__ import annotations

from functools import partial

from ...values import Foreign
from ..agent import Agent, AgentOptions, Takes, takes_all
from ..models.chat_completions import ChatReader, request_of
from ..models.model_reply import Reply
from ..models.prompt import Prompt
from ..models.provider_stream import read_stream
from ..models.tool_loop import ModelAgent


def takes(obj: Foreign) -> Takes:
    """The options that mean something here."""
    return takes_all("LiteLLM")


def adapt(obj: Foreign, options: AgentOptions) -> Agent:
    """Wrap the module or a router. Raises InvalidInput without ``model``."""
    return ModelAgent.of(options, partial(ask, obj))


async def ask(client: Foreign, prompt: Prompt, reply: Reply) -> None:
    """One streamed completion."""
    start = partial(client.acompletion, **request_of(prompt))
    await read_stream(start, ChatReader(reply, "litellm").read)
