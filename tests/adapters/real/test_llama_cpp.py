"""Models of llama.cpp against the real package, with random weights in a file of a test's own."""

from __future__ import annotations

import string
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import gguf
import numpy
import pytest
from llama_cpp import Llama, LogitsProcessorList
from local_cases import END, TEMPLATE, LocalCases

BYTES = [f"<0x{n:02X}>" for n in range(256)]
LETTERS = ["\u2581" if each == " " else each for each in string.printable]
TOKENS = ["<unk>", "<s>", "</s>", *BYTES, *LETTERS]
KINDS = [gguf.TokenType.UNKNOWN, *2 * [gguf.TokenType.CONTROL], *256 * [gguf.TokenType.BYTE]]
SIZE = 32
SHAPES = {
    "token_embd": (len(TOKENS), SIZE),
    "output": (len(TOKENS), SIZE),
    "output_norm": (SIZE,),
    **{f"blk.0.{name}": (SIZE,) for name in ("attn_norm", "ffn_norm")},
    **{f"blk.0.attn_{name}": (SIZE, SIZE) for name in ("q", "k", "v", "output")},
    **{f"blk.0.ffn_{name}": (SIZE, SIZE) for name in ("gate", "up", "down")},
}


def write_model(path: Path) -> None:
    """A Llama of one layer, one token for each character."""
    writer = gguf.GGUFWriter(str(path), "llama")
    writer.add_context_length(8192)
    writer.add_embedding_length(SIZE)
    writer.add_block_count(1)
    writer.add_feed_forward_length(SIZE)
    writer.add_head_count(2)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_vocab_size(len(TOKENS))
    writer.add_tokenizer_model("llama")
    writer.add_token_list(TOKENS)
    writer.add_token_scores([0.0] * len(TOKENS))
    writer.add_token_types([*KINDS, *len(LETTERS) * [gguf.TokenType.NORMAL]])
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_unk_token_id(0)
    writer.add_add_space_prefix(False)
    writer.add_chat_template(TEMPLATE)
    chance = numpy.random.default_rng(0)
    for name, shape in SHAPES.items():
        held = chance.normal(size=shape).astype(numpy.float32)
        writer.add_tensor(f"{name}.weight", held)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


class Say:
    """Leaves the model no choice but these characters; a prompt seen anew is the next answer."""

    def __init__(self, answers: tuple[str, ...]) -> None:
        self._answers = list(answers)
        self._text, self._seen = "", 0

    def __call__(self, tokens: Any, scores: Any) -> Any:
        size = len(tokens)
        if size != self._seen + 1 or not self._text:
            self._text = self._answers.pop(0)
        self._seen = size
        letter, self._text = self._text[0], self._text[1:]
        chosen = 2 if letter == END else TOKENS.index("\u2581" if letter == " " else letter)
        given = numpy.full_like(scores, -1e9)
        given[chosen] = 0.0
        return given


class TestLlamaCpp(LocalCases):
    """See the cases."""

    packages: ClassVar = ("llama-cpp-python",)
    lacks: ClassVar = {"usage": "its stream tells no tokens"}

    @pytest.fixture(autouse=True)
    def file(self, tmp_path: Path) -> Iterator[None]:
        """The model's file, and an end for what was loaded of it."""
        self.path = tmp_path / "model.gguf"
        self.loaded: list[Any] = []
        write_model(self.path)
        yield
        for each in self.loaded:
            each.close()

    def model(self) -> Any:
        self.loaded.append(Llama(str(self.path), n_ctx=8192, verbose=False))
        return self.loaded[-1]

    def saying(self, *answers: str, longest: int = 200) -> dict[str, Any]:
        said = LogitsProcessorList([Say(answers)])
        return {"logits_processor": said, "max_tokens": longest}
