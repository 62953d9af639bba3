"""Models of transformers against the real package and torch, with random weights."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest
import torch
from local_cases import END, LETTERS, LocalCases, letter_tokenizer
from transformers import (
    LlamaConfig,
    LlamaForCausalLM,
    LogitsProcessor,
    TextGenerationPipeline,
)

from agui_notebook import InvalidInput
from agui_notebook.agents import wrap


def model() -> Any:
    """A Llama of one layer."""
    config = LlamaConfig(
        vocab_size=len(LETTERS),
        hidden_size=16,
        intermediate_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        num_key_value_heads=2,
        max_position_embeddings=100_000,
        bos_token_id=1,
        eos_token_id=2,
        pad_token_id=2,
    )
    return LlamaForCausalLM(config).eval()


class Say(LogitsProcessor):
    """Leaves the model no choice but these characters; a prompt seen anew is the next answer."""

    def __init__(self, answers: tuple[str, ...]) -> None:
        self._answers = list(answers)
        self._text, self._seen = "", 0

    def __call__(self, tokens: Any, scores: Any) -> Any:
        size = tokens.shape[1]
        if size != self._seen + 1 or not self._text:
            self._text = self._answers.pop(0)
        self._seen = size
        letter, self._text = self._text[0], self._text[1:]
        chosen = 2 if letter == END else LETTERS.index(letter)
        return torch.full_like(scores, -1e9).index_fill_(1, torch.tensor([chosen]), 0.0)


class TestTransformers(LocalCases):
    """See the cases."""

    packages: ClassVar = ("transformers", "torch")

    def model(self) -> Any:
        return model(), letter_tokenizer()

    def saying(self, *answers: str, longest: int = 200) -> dict[str, Any]:
        return {"logits_processor": [Say(answers)], "max_new_tokens": longest, "do_sample": False}


class TestPipeline(TestTransformers):
    """The same through a pipeline."""

    def model(self) -> Any:
        return TextGenerationPipeline(model=model(), tokenizer=letter_tokenizer())


def test_a_model_without_its_tokenizer_is_refused_with_what_to_pass() -> None:
    with pytest.raises(InvalidInput, match=r"pass both, as \(model, tokenizer\)"):
        wrap(model())
