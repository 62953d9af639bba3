"""Models of MLX with their tokenizer, as ``mlx_lm.load`` gives them: (model, tokenizer)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from ....errors import InvalidInput
from ....values import Foreign
from ...agent import Agent, AgentOptions, Takes, takes_all
from ...models.local_stream import LocalStream, Stopped
from ...models.loose_json import count, text
from ...models.marked_text import MarkedText
from ...models.model_reply import Reply
from ...models.prompt import Prompt
from ...models.provider_stream import open_stream
from ...models.template_messages import NO_TOKENIZER, template_messages, template_options
from ...models.tool_loop import ModelAgent
from ...official import load

INSTALL = "agui_notebook[mlx-lm]"
WHAT = "Serving a model of MLX"
LONGEST = 1024  # new tokens of an answer, where nobody says more; the library would stop at 256


def takes(obj: Foreign) -> Takes:
    """The options that mean something here."""
    return takes_all("a model of MLX")


def adapt(obj: Foreign, options: AgentOptions) -> Agent:
    """Wrap a model and its tokenizer. Raises InvalidInput without a tokenizer."""
    library = load("mlx_lm", INSTALL, WHAT)
    if not isinstance(obj, tuple):
        raise InvalidInput(NO_TOKENIZER)
    return ModelAgent(options, partial(ask, library, *obj))


async def ask(
    library: Foreign, model: Foreign, tokenizer: Foreign, prompt: Prompt, reply: Reply
) -> None:
    """One answer."""
    asked = tokenizer.apply_chat_template(
        template_messages(prompt),
        **template_options(prompt),
        return_dict=False,
    )
    params = {"max_tokens": LONGEST, **prompt.params}

    def pieces(stopped: Stopped) -> Iterator[Foreign]:
        yield from library.stream_generate(model, tokenizer, asked, **params)

    marked = MarkedText(reply)
    async with open_stream(partial(LocalStream, model, pieces)) as stream:
        async for piece in stream:
            await marked.read(text(piece.text))
            reply.usage(
                provider="mlx",
                input_tokens=count(piece.prompt_tokens),
                output_tokens=count(piece.generation_tokens),
            )
            reply.stop(text(piece.finish_reason))
    await marked.end()
