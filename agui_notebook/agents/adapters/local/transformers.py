"""Models of transformers, with their tokenizer: as a text pipeline, or as (model, tokenizer)."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial

from ....errors import InvalidInput
from ....values import Foreign, JsonObject
from ...agent import Agent, AgentOptions, Takes, takes_all
from ...models.local_stream import LocalStream, Stopped
from ...models.marked_text import MarkedText
from ...models.model_reply import Reply
from ...models.prompt import Prompt
from ...models.provider_stream import open_stream
from ...models.template_messages import NO_TOKENIZER, template_messages, template_options
from ...models.tool_loop import ModelAgent
from ...official import load

INSTALL = "agui_notebook[transformers]"
WHAT = "Serving a model of transformers"
LONGEST = 1024  # new tokens of an answer, where nobody says more; the library would stop at 20


def takes(obj: Foreign) -> Takes:
    """The options that mean something here."""
    return takes_all("a model of transformers")


def adapt(obj: Foreign, options: AgentOptions) -> Agent:
    """Wrap a pipeline, or a model and its tokenizer. Raises InvalidInput without a tokenizer."""
    library = load("transformers", INSTALL, WHAT)
    model, tokenizer = obj if isinstance(obj, tuple) else (getattr(obj, "model", obj), None)
    tokenizer = tokenizer or getattr(obj, "tokenizer", None)
    if not hasattr(tokenizer, "apply_chat_template"):
        raise InvalidInput(NO_TOKENIZER)
    return ModelAgent(options, partial(ask, library, model, tokenizer))


async def ask(
    library: Foreign, model: Foreign, tokenizer: Foreign, prompt: Prompt, reply: Reply
) -> None:
    """One answer."""
    answer = Generation(library, model, tokenizer, prompt)
    marked = MarkedText(reply)
    async with open_stream(partial(LocalStream, model, answer.pieces)) as pieces:
        async for piece in pieces:
            await marked.read(piece)
    await marked.end()
    reply.complete = True
    reply.stop(answer.reason, option="max_new_tokens")
    name = getattr(getattr(model, "config", None), "name_or_path", None)
    reply.usage(
        provider="transformers",
        model=name or None,
        input_tokens=answer.asked,
        output_tokens=answer.said,
    )


class Generation:
    """What one prompt makes the model say."""

    def __init__(
        self, library: Foreign, model: Foreign, tokenizer: Foreign, prompt: Prompt
    ) -> None:
        self._library, self._model, self._tokenizer = library, model, tokenizer
        self._inputs = tokenizer.apply_chat_template(
            template_messages(prompt),
            **template_options(prompt),
            return_tensors="pt",
            return_dict=True,
        ).to(model.device)
        self._params = {**self._length(), **prompt.params}
        self.asked = int(self._inputs["input_ids"].shape[1])
        self.said = 0
        self.reason = "length"
        self._error: Exception | None = None

    def _length(self) -> JsonObject:
        own = getattr(self._model.generation_config, "max_new_tokens", None)
        return {} if own else {"max_new_tokens": LONGEST}

    def pieces(self, stopped: Stopped) -> Iterator[str]:
        """Its text, made in another thread."""
        streamer = self._library.TextIteratorStreamer(
            self._tokenizer, skip_prompt=True, skip_special_tokens=True
        )
        thread = threading.Thread(target=self._generate, args=(streamer, stopped), daemon=True)
        thread.start()
        yield from streamer
        thread.join()
        if self._error is not None:
            raise self._error

    def _generate(self, streamer: Foreign, stopped: Stopped) -> None:
        """All of it; the streamer ends whatever happens, or its reader would wait for ever."""
        stopping = self._library.StoppingCriteriaList([_Criterion(stopped)])
        try:
            [tokens] = self._model.generate(
                **self._inputs, **self._params, streamer=streamer, stopping_criteria=stopping
            )
            self.said = len(tokens) - self.asked
            ends = self._model.generation_config.eos_token_id
            ends = ends if isinstance(ends, list) else [ends]
            self.reason = "stop" if int(tokens[-1]) in ends else "length"
        except Exception as error:
            self._error = error
            streamer.on_finalized_text("", stream_end=True)


class _Criterion:
    """Ends the generation between two tokens once the run has been stopped."""

    def __init__(self, stopped: Stopped) -> None:
        self._stopped = stopped

    def __call__(self, tokens: Foreign, scores: Foreign, **more: Foreign) -> Foreign:
        return tokens.new_full((tokens.shape[0],), self._stopped()).bool()
