"""How a model stopped: one table of the providers' words, and what each kind means for a run.

The words are from the providers' own lists (OpenAI, Azure, Anthropic, Google, Ollama, Bedrock,
Mistral, Cohere, DeepSeek, Zhipu, vLLM, TGI); they are kept as they came. Nothing is done here.
"""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

LONGEST = 300  # characters of a provider's own explanation that are passed on


class StopKind(Enum):
    """What a word means; the value is the sentence for the user, or nothing."""

    DONE = ""
    LIMIT = (
        "The model reached its limit ({word}) before its answer was complete; raise it with "
        'params={{"{option}": ...}}.'
    )
    CONTEXT = (
        "The conversation has filled the model's context window ({word}): start a new thread, "
        "or choose a model with a larger one."
    )
    REFUSAL = "The model refused to answer ({word}){why}."
    PAUSE = "The model paused before its answer was complete ({word}): ask it to go on."
    FILTER = "The provider's filter ended the answer ({word}){why}."
    MALFORMED = "The model's answer was malformed ({word}){why}."
    BROKEN = "The provider broke the answer off ({word}){why}."
    UNKNOWN = "The model stopped for a reason that is not known here ({word}){why}."


CALLING = frozenset({"tool_calls", "tool_call", "tool_use", "function_call"})
FAILS = frozenset({StopKind.FILTER, StopKind.MALFORMED, StopKind.BROKEN})
CUTS = frozenset({StopKind.LIMIT, StopKind.CONTEXT, StopKind.REFUSAL})

_KINDS = {
    StopKind.DONE: "stop end_turn stop_sequence tool_calls tool_call tool_use function_call eos "
    "eos_token complete completed",
    StopKind.LIMIT: "length max_tokens max_output_tokens max_length model_length incomplete",
    StopKind.CONTEXT: "model_context_window_exceeded context_length_exceeded",
    StopKind.REFUSAL: "refusal",
    StopKind.PAUSE: "pause_turn compaction continuation",
    StopKind.FILTER: "content_filter content_filtered guardrail_intervened sensitive safety "
    "recitation language blocklist prohibited_content spii image_safety image_prohibited_content "
    "image_recitation model_armor jailbreak escalation pup_limited_disabled",
    StopKind.MALFORMED: "malformed_function_call malformed_response malformed_tool_use "
    "malformed_model_output unexpected_tool_call too_many_tool_calls missing_thought_signature "
    "no_image",
    StopKind.BROKEN: "error failed abort cancelled timeout network_error repetition "
    "other image_other insufficient_system_resource",
}
WORDS = {word: kind for kind, words in _KINDS.items() for word in words.split()}


class StopReason(NamedTuple):
    """How one answer ended: the provider's ``word``, its kind, and a sentence (empty: all well)."""

    word: str
    kind: StopKind
    sentence: str

    @property
    def fails(self) -> bool:
        """Whether the run fails."""
        return self.kind in FAILS

    @property
    def calls(self) -> bool:
        """Whether the model stopped so that a tool is called."""
        return self.word.lower() in CALLING

    @property
    def cuts(self) -> bool:
        """Whether what came last, such as a call, may be less than the model wanted to say."""
        return self.kind in CUTS


def stop_reason(word: str, why: str = "", option: str = "max_tokens") -> StopReason:
    """What a provider's word means; ``option`` is the parameter that raises its limit.

    >>> stop_reason("SAFETY").fails
    True
    """
    kind = WORDS.get(word.lower(), StopKind.UNKNOWN)
    told = " ".join(why.split()).rstrip(".")
    told = f": {told[:LONGEST]}" if told else ""
    return StopReason(word, kind, kind.value.format(word=word, why=told, option=option))
