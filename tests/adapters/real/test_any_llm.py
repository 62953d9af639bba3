"""any-llm's module and clients against the real package, with OpenAI's SDK underneath."""

from __future__ import annotations

import asyncio
import gc
from typing import Any, ClassVar

import any_llm
import pytest
from kind_cases import CHAT, KindCases, spoken
from models import Scripted
from support.runs import run

from agui_notebook.agents import wrap


class TestAnyLLM(KindCases):
    """See the cases."""

    packages: ClassVar = ("any-llm-sdk",)

    def client(self, url: str) -> Any:
        return any_llm.AnyLLM.create("openai", api_key="k", api_base=f"{url}/v1", max_retries=0)


@pytest.mark.anyio
async def test_the_module_itself_is_a_client(
    scripted: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "k")
    monkeypatch.setenv("OPENAI_BASE_URL", f"{scripted.url}/v1")
    scripted.frames = list(CHAT.answer)
    ran = await run(wrap(any_llm, model="openai:m"), "hello")
    assert spoken(ran) == [("assistant", "Cold.")]
    gc.collect()  # the package makes a client for every call and leaves it to the collector
    await asyncio.sleep(0.05)
