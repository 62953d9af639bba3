"""aisuite's client against the real package, with OpenAI's SDK underneath."""

from __future__ import annotations

from typing import Any, ClassVar

import aisuite
from kind_cases import KindCases


class TestAisuite(KindCases):
    """See the cases."""

    packages: ClassVar = ("aisuite",)
    options: ClassVar = {"model": "openai:m"}

    def client(self, url: str) -> Any:
        about = {"api_key": "k", "base_url": f"{url}/v1", "max_retries": 0}
        return aisuite.Client({"openai": about})
