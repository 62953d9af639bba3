"""Every raw client behind the in-kernel server, after a cell has used it on another loop."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import anthropic
import ollama
import openai
import pytest
from google import genai
from models import Aimock, Hold, Scripted
from test_openai_chat import CHAT

from agui_notebook import LocalServer, connect, serve


def clients(url: str) -> dict[str, Any]:
    chat = {"base_url": f"{url}/v1", "api_key": "k"}
    google = {"base_url": url, "api_version": "v1beta"}
    return {
        "openai": openai.AsyncOpenAI(**chat),
        "openai, sync": openai.OpenAI(**chat),
        "responses": openai.AsyncOpenAI(**chat).responses,
        "anthropic": anthropic.AsyncAnthropic(base_url=url, api_key="k"),
        "google": genai.Client(api_key="k", http_options=google),
        "ollama": ollama.AsyncClient(url),
        "ollama, sync": ollama.Client(url),
        "url": f"{url}/v1",
    }


async def used_in_a_cell(client: Any) -> None:
    """Opens a connection on this loop, which stays open in the client's pool."""
    if isinstance(client, openai.AsyncOpenAI):
        messages = [{"role": "user", "content": "hello"}]
        await client.chat.completions.create(model="m", messages=messages)
    elif isinstance(client, anthropic.AsyncAnthropic):
        messages = [{"role": "user", "content": "hello"}]
        await client.messages.create(model="m", max_tokens=9, messages=messages)
    elif isinstance(client, ollama.AsyncClient):
        await client.chat("m", [{"role": "user", "content": "hello"}])
    elif isinstance(client, genai.Client):
        await client.aio.models.generate_content(model="m", contents="hello")


@pytest.mark.anyio
@pytest.mark.parametrize("kind", clients("http://127.0.0.1:1"))
async def test_one_line_serves_a_client_that_a_cell_has_used(kind: str, aimock: Aimock) -> None:
    client = clients(aimock.url)[kind]
    await used_in_a_cell(client)
    server: LocalServer = serve(client, model="m")
    try:
        with connect(server.url, token=server.token, strict=True) as session:
            for _ in range(2):
                result = await session.run("hello")
                assert (result.text, result.warnings) == ("Hello from the model", [])
        await used_in_a_cell(client)  # the cell's own connections still work
    finally:
        server.stop()


@pytest.mark.anyio
@pytest.mark.parametrize("kind", ["openai", "openai, sync", "url"])
async def test_stop_in_the_chat_stops_the_model_within_a_second(
    kind: str, scripted: Scripted
) -> None:
    scripted.frames = [*CHAT.hello, Hold()]
    server: LocalServer = serve(clients(scripted.url)[kind], model="m")
    try:
        with connect(server.url, token=server.token) as session:
            speaking = threading.Event()
            session.observe_events(
                lambda seen: seen["event"]["type"] == "TEXT_MESSAGE_CONTENT" and speaking.set()
            )
            waiting = asyncio.create_task(session.run("hello", check=False))
            assert await asyncio.to_thread(speaking.wait, 10)
            session.stop()
            assert await asyncio.to_thread(scripted.gone.wait, 1.0)
            assert (await waiting).outcome == "cancelled"
    finally:
        server.stop()
