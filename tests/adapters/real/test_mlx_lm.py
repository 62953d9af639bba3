"""Models of MLX against the real package, with random weights."""

from __future__ import annotations

from typing import Any, ClassVar

import mlx.core as mx
import pytest
from local_cases import END, LETTERS, LocalCases, letter_tokenizer
from mlx_lm.models import llama

from agui_notebook import InvalidInput
from agui_notebook.agents import wrap


def model() -> Any:
    """A Llama of one layer."""
    about = llama.ModelArgs(
        model_type="llama",
        hidden_size=32,
        num_hidden_layers=1,
        intermediate_size=32,
        num_attention_heads=2,
        num_key_value_heads=2,
        rms_norm_eps=1e-5,
        vocab_size=len(LETTERS),
    )
    made = llama.Model(about)
    mx.eval(made.parameters())  # lazy ones belong to this thread
    return made


class Say:
    """Leaves the model no choice but these characters; a prompt seen anew is the next answer."""

    def __init__(self, answers: tuple[str, ...]) -> None:
        self._answers = list(answers)
        self._text, self._seen = "", 0

    def __call__(self, tokens: Any, scores: Any) -> Any:
        size = tokens.shape[0]
        if size != self._seen + 1:
            self._text = self._answers.pop(0)
        self._seen = size
        letter, self._text = self._text[:1] or END, self._text[1:]  # it looks one token ahead
        chosen = 2 if letter == END else LETTERS.index(letter)
        return mx.where(mx.arange(scores.shape[-1]) == chosen, 0.0, -1e9).reshape(scores.shape)


class TestMLX(LocalCases):
    """See the cases."""

    packages: ClassVar = ("mlx-lm",)

    def model(self) -> Any:
        return model(), letter_tokenizer()

    def saying(self, *answers: str, longest: int = 200) -> dict[str, Any]:
        return {"logits_processors": [Say(answers)], "max_tokens": longest}


def test_a_model_without_its_tokenizer_is_refused_with_what_to_pass() -> None:
    with pytest.raises(InvalidInput, match=r"pass both, as \(model, tokenizer\)"):
        wrap(model())
