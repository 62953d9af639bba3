"""Hugging Face's inference clients against the real package."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar

from huggingface_hub import AsyncInferenceClient, InferenceClient
from kind_cases import CHAT, STOP, KindCases, chunk
from models import sse


class TestAsync(KindCases):
    """See the cases."""

    packages: ClassVar = ("huggingface-hub",)
    words = replace(
        CHAT,
        thought=sse(chunk(role="assistant", reasoning="Hm."), chunk(content="So.")) + STOP,
    )
    lacks: ClassVar = {"a cut stream is an error": "the package does not tell"}

    options: ClassVar = {}

    def client(self, url: str) -> Any:
        return AsyncInferenceClient(base_url=f"{url}/v1", api_key="k")


class TestSync(TestAsync):
    """See the cases."""

    def client(self, url: str) -> Any:
        return InferenceClient(base_url=f"{url}/v1", api_key="k")
