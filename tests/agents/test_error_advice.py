"""Advice that fits the fault: the error bodies of the providers' own documents.

What a request to the agent itself meets with is tested with the wire.
"""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from agui_notebook.agents.models.provider_errors import provider_error
from agui_notebook.protocol import error_advice as advice
from agui_notebook.protocol.error_advice import Advice, advise

Body = dict[str, Any]
FAULTS = [
    json.loads(row)
    for row in Path(__file__).with_name("provider_faults.jsonl").read_text("utf-8").splitlines()
]


class Raised(Exception):
    """What an SDK raises."""

    def __init__(self, url: str, status: int, body: Body) -> None:
        super().__init__(f"Error code: {status} - {body}")
        self.request = SimpleNamespace(url=url)
        self.status_code, self.body = status, body


@pytest.mark.parametrize(
    "fault", FAULTS, ids=lambda fault: f"{fault['url'].split('/')[2]} {fault['advice']}"
)
def test_each_fault_of_a_provider_gets_the_advice_that_fits(fault: Body) -> None:
    failed = provider_error(Raised(fault["url"], fault["status"], fault["body"]))
    fitting = getattr(advice, fault["advice"])
    assert advise(str(failed), [failed.code or ""]) == fitting
    assert fault["url"].split("/")[2] in str(failed)
    assert not any(word in fitting.text for word in ("token=", "agent's URL"))


def test_where_the_same_again_cannot_help_no_retry_is_offered() -> None:
    hopeless = {advise("", [], status) for status in (400, 401, 402, 403, 404, 413, 422)}
    assert not any(one.again for one in hopeless)
    assert all(advise("", [], status).again for status in (408, 429, 500, 503, 529))


@pytest.mark.parametrize(
    ("message", "codes", "fitting"),
    [
        ("Error code: 401 - {'error': 'no'}", ["Exception"], advice.KEY),
        ("openai at 127.0.0.1:9: Connection error.", ["APIConnectionError"], advice.DOWN),
        ("division by zero", ["ZeroDivisionError"], advice.UNKNOWN),
        ("It is 404 km to Oslo", [], advice.UNKNOWN),
        ("The model server said: overloaded", [], advice.BUSY),
        ("http://m/v1 answered HTTP 404; check model=", ["HTTPStatusError"], Advice("", False)),
    ],
)
def test_without_a_known_code_the_words_tell(
    message: str, codes: list[str], fitting: Advice
) -> None:
    assert advise(message, codes) == fitting
