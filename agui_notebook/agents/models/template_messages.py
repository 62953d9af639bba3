"""A prompt as chat templates of local models read it: text only, arguments as objects."""

from __future__ import annotations

from ...protocol.document.shape import Message
from ...values import JsonObject
from .media import plain_text
from .prompt import Prompt, arguments_of

NO_TOKENIZER = "A model needs its tokenizer here: pass both, as (model, tokenizer)."


def template_options(prompt: Prompt) -> JsonObject:
    """What ``apply_chat_template`` takes besides the messages: the tools, and who speaks next."""
    tools = [{"type": "function", "function": tool} for tool in prompt.tools]
    return {"tools": tools or None, "add_generation_prompt": True}


def template_messages(prompt: Prompt) -> list[JsonObject]:
    """System text and turns."""
    said = [{"role": "system", "content": prompt.system}] if prompt.system else []
    names: dict[str, str] = {}
    return [*said, *(_message(turn, names) for turn in prompt.turns)]


def _message(turn: Message, names: dict[str, str]) -> JsonObject:
    if turn["role"] == "tool":
        call = turn["toolCallId"]
        return {"role": "tool", "name": names.get(call, "tool"), "content": plain_text(turn)}
    if turn["role"] == "user":
        return {"role": "user", "content": plain_text(turn)}
    calls = [_call(call) for call in turn["toolCalls"]]
    names.update({call["id"]: call["function"]["name"] for call in turn["toolCalls"]})
    return {
        "role": "assistant",
        "content": turn["content"],
        **({"tool_calls": calls} if calls else {}),
    }


def _call(call: JsonObject) -> JsonObject:
    function = {"name": call["function"]["name"], "arguments": arguments_of(call)}
    return {"id": call["id"], "type": "function", "function": function}
