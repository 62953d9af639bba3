"""What every model in this process must do once wrapped; its library's own loop makes the tokens.

A test module builds the smallest model there is, with random weights, and gives the agent words to
force on it: what is driven is the stream, not what a model knows.
"""

from __future__ import annotations

import asyncio
import json
import string
from typing import Any, ClassVar

import pytest
from chat_cases import reached
from kind_cases import called_in, spoken
from support.runs import get_weather, request_of, run

from agui_notebook import Agent, Emitter
from agui_notebook.agents import drive, wrap

CALL = '<tool_call>{"name": "get_weather", "arguments": {"city": "Oslo"}}</tool_call>'
END = "\0"  # in the words to be said: the end of the answer

LETTERS = ["<unk>", "<s>", "</s>", *string.printable]
TEMPLATE = (
    "{% for m in messages %}{{ m['role'] }}: {{ m['content'] }}\n{% endfor %}"
    "{% if add_generation_prompt %}assistant: {% endif %}"
)


def letter_tokenizer() -> Any:
    """One token for each character."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    made = Tokenizer(
        models.WordLevel({each: n for n, each in enumerate(LETTERS)}, unk_token="<unk>")
    )
    made.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    made.decoder = decoders.Fuse()
    about = {"unk_token": "<unk>", "bos_token": "<s>", "eos_token": "</s>", "pad_token": "</s>"}
    return PreTrainedTokenizerFast(tokenizer_object=made, chat_template=TEMPLATE, **about)


class LocalCases:
    """Subclass, and make what a user has."""

    packages: ClassVar[tuple[str, ...]] = ()
    lacks: ClassVar[dict[str, str]] = {}

    def model(self) -> Any:
        """What a user has: a model, with its tokenizer where that is another object."""
        raise NotImplementedError

    def saying(self, *answers: str) -> dict[str, Any]:
        """Parameters that make the model say these, one after the other, in its own loop."""
        raise NotImplementedError

    def agent(self, *answers: str, **options: Any) -> Agent:
        return wrap(self.model(), params=self.saying(*answers), **options)

    def has(self, feature: str) -> None:
        if reason := self.lacks.get(feature):
            pytest.skip(reason)

    @pytest.mark.anyio
    async def test_text(self) -> None:
        ran = await run(self.agent(f"Hello there, you{END}"), "hello")
        assert spoken(ran) == [("assistant", "Hello there, you")]
        assert ran.end["outcome"] == {"type": "success"}
        assert [e["type"] for e in ran.events].count("TEXT_MESSAGE_CONTENT") > 2

    @pytest.mark.anyio
    async def test_usage(self) -> None:
        self.has("usage")
        ran = await run(self.agent(f"Hello{END}"), "hello")
        [counted] = ran.end["usage"]
        assert counted["inputTokens"] > 5
        assert counted["outputTokens"] in (5, 6)  # with or without the one that ends it

    @pytest.mark.anyio
    async def test_reasoning(self) -> None:
        self.has("reasoning")
        ran = await run(self.agent(f"<think>Hm.</think>So.{END}"), "think")
        assert spoken(ran) == [("reasoning", "Hm."), ("assistant", "So.")]

    @pytest.mark.anyio
    async def test_tool(self) -> None:
        self.has("tool")
        agent = self.agent(f"{CALL}{END}", f"Cold.{END}", tools=[get_weather])
        ran = await run(agent, "weather?")
        assert called_in(ran) == [("get_weather", {"city": "Oslo"})]
        assert spoken(ran) == [("tool", "3"), ("assistant", "Cold.")]

    @pytest.mark.anyio
    async def test_approval(self) -> None:
        self.has("tool")
        options = {"tools": [get_weather], "approve": ["get_weather"]}
        ran = await run(self.agent(f"{CALL}{END}", **options), "weather?")
        [asked] = ran.end["outcome"]["interrupts"]
        answer = {"interruptId": asked["id"], "status": "resolved", "payload": {"approved": True}}
        messages = ran.document["messages"]
        again = await run(self.agent(f"Cold.{END}", **options), messages, resume=[answer])
        assert spoken(again) == [("tool", "3"), ("assistant", "Cold.")]

    @pytest.mark.anyio
    async def test_limit(self) -> None:
        agent = self.agent(*["word " * 200])
        ran = await run(agent, "hello", warned=True)
        assert "limit" in json.dumps(ran.warnings)

    @pytest.mark.anyio
    async def test_error(self) -> None:
        ran = await run(wrap(self.model(), params={"no_such_word": 1}), "hello")
        assert ran.end["type"] == "RUN_ERROR"
        assert "no_such_word" in ran.end["message"]

    @pytest.mark.anyio
    async def test_stop_ends_the_generation(self) -> None:
        """The next answer of the same model begins at once: it has one at a time."""
        model = self.model()
        endless = wrap(model, params=self.saying("word " * 100_000, longest=50_000))
        events: list[dict[str, Any]] = []

        async def send(event: dict[str, Any]) -> None:
            events.append(event)

        request = request_of("hello")
        task = asyncio.create_task(drive(endless, request, Emitter(request, send)))
        await reached(lambda: any(e["type"] == "TEXT_MESSAGE_CONTENT" for e in events))
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert events[-1]["outcome"] == {"type": "cancelled"}
        ran = await run(wrap(model, params=self.saying(f"Next{END}")), "and now?")
        assert spoken(ran) == [("assistant", "Next")]

    @pytest.mark.anyio
    async def test_two_at_once_take_turns(self) -> None:
        model = self.model()
        agents = [wrap(model, params=self.saying(f"{word} said{END}")) for word in ("One", "Two")]
        ran = await asyncio.gather(*(run(each, "hello") for each in agents))
        assert [spoken(each) for each in ran] == [
            [("assistant", "One said")],
            [("assistant", "Two said")],
        ]

    def test_other_loops(self) -> None:
        model = self.model()
        for _ in range(2):
            ran = asyncio.run(run(wrap(model, params=self.saying(f"Hello{END}")), "hello"))
            assert spoken(ran) == [("assistant", "Hello")]
