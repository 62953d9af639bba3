"""An Agent Framework chat client that plays a script, and needs no model server."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any

from agent_framework import (
    BaseChatClient,
    ChatMiddlewareLayer,
    ChatResponse,
    ChatResponseUpdate,
    Content,
    FunctionInvocationLayer,
)
from agent_framework.observability import ChatTelemetryLayer

Script = Callable[[Any], AsyncIterator[list[Content]]]


class Offline(FunctionInvocationLayer, ChatMiddlewareLayer, ChatTelemetryLayer, BaseChatClient):  # type: ignore[misc]
    """The order of the bases matters: without the first, no tool is ever run."""

    def __init__(self, script: Script) -> None:
        super().__init__(middleware=[])
        self._script = script

    def _inner_get_response(self, *, messages: Any, stream: bool, options: Any, **more: Any) -> Any:
        async def updates() -> AsyncIterator[ChatResponseUpdate]:
            async for contents in self._script(messages):
                yield ChatResponseUpdate(
                    role="assistant", contents=contents, message_id="m", response_id="r"
                )

        async def whole() -> ChatResponse:
            return ChatResponse.from_updates([update async for update in updates()])

        return self._build_response_stream(updates()) if stream else whole()


async def weather(messages: Any) -> AsyncIterator[list[Content]]:
    """Thinks, asks for the weather in Oslo, then tells what it was told."""
    results = [c for m in messages for c in m.contents if c.type == "function_result"]
    said = "".join(c.text or "" for m in messages for c in m.contents if c.type == "text")
    if "weather" not in said:
        yield [Content.from_text("Hello ")]
        yield [Content.from_text("there")]
    elif results:
        yield [Content.from_text(f"It is {results[-1].result}.")]
    else:
        yield [Content.from_text_reasoning(text="Which city?")]
        call = {"call_id": f"call-{len(messages)}", "arguments": '{"city": "Oslo"}'}
        yield [Content.from_function_call(name="get_weather", **call)]
