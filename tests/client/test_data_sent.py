"""State, context, properties and answers: Python values are sent as the JSON they mean.

The conversion itself is held by tests/tools/test_as_json.py; here is what leaves, and what is
refused before anything does.
"""

from __future__ import annotations

import dataclasses
import datetime
import decimal
import enum
from typing import Any

import numpy as np
import pandas as pd
import pydantic
import pytest
from support.servers import answer, serve_frames

from agui_notebook import InvalidInput, connect, serve


class Colour(enum.Enum):
    RED = "red"


@dataclasses.dataclass
class Place:
    name: str
    when: datetime.date


class Trip(pydantic.BaseModel):
    to: str
    on: datetime.date


DAY = datetime.date(2026, 1, 2)
VALUES: dict[str, tuple[Any, Any]] = {
    "a dataclass": (Place("Oslo", DAY), {"name": "Oslo", "when": "2026-01-02"}),
    "a pydantic model": (Trip(to="Oslo", on=DAY), {"to": "Oslo", "on": "2026-01-02"}),
    "an enumeration": ([Colour.RED], ["red"]),
    "a time": ({"at": datetime.datetime(2026, 1, 2, 3)}, {"at": "2026-01-02T03:00:00"}),
    "a decimal": ({"price": decimal.Decimal("1.50")}, {"price": "1.50"}),
    "numpy": ({"n": np.int64(3), "x": np.array([1, 2])}, {"n": 3, "x": [1, 2]}),
    "a table": ({"t": pd.DataFrame({"a": [1, 2]})}, {"t": [{"a": 1}, {"a": 2}]}),
    "keys": ({DAY: {1: (2, 3)}}, {"2026-01-02": {"1": [2, 3]}}),
    "half a character": ({"caf\udce9": "\ud83d"}, {"caf\ufffd": "\ufffd"}),
}


@pytest.mark.parametrize("kind", VALUES)
def test_data_goes_out_as_json_in_every_place(kind: str) -> None:
    value, expected = VALUES[kind]
    with serve_frames(answer("done")) as server:
        session = connect(server.url, state=value, forwarded_props={"p": value})
        assert session.state == expected
        session.set_state({"s": value})
        session.ask("hi")
        [request] = server.requests
        assert (request.body["state"], request.body["forwardedProps"]) == (
            {"s": expected},
            {"p": expected},
        )


NO_NUMBERS: list[tuple[Any, str]] = [
    (float("nan"), r"The state must be JSON: nan is no JSON number\."),
    ({"a": [1, {"b": float("inf")}]}, r"inf is no JSON number, at /a/1/b\."),
    ({"a": np.float32("nan")}, r"nan is no JSON number, at /a\."),
    ({"t": pd.DataFrame({"a": [1.0, float("-inf")]})}, r"-inf is no JSON number, at /t/1/a\."),
    ({"f": [object()]}, r"a object is no JSON value, at /f/0\."),
    ({"s": {"deep": str}}, r"a type is no JSON value, at /s/deep\."),
]


@pytest.mark.parametrize(("value", "told"), NO_NUMBERS)
def test_a_state_that_json_cannot_say_is_told_at_once_with_its_place(value: Any, told: str) -> None:
    with serve_frames(answer("done")) as server:
        session = connect(server.url, state={"kept": 1})
        with pytest.raises(InvalidInput, match=told):
            session.set_state(value)
        assert (session.state, server.requests) == ({"kept": 1}, [])
        assert session.ask("hi").text == "done"
        with pytest.raises(InvalidInput, match=told):
            connect(server.url, state=value)


def test_a_circle_in_a_state_is_told_at_once() -> None:
    circle: list[Any] = []
    circle.append(circle)
    with serve_frames(answer("done")) as server:
        with pytest.raises(InvalidInput, match="contains itself"):
            connect(server.url).set_state({"a": circle})
        assert connect(server.url).ask("hi").text == "done"


def test_an_agent_of_ours_that_sends_nan_as_state_is_told_the_place_and_runs_again() -> None:
    sent: list[Any] = [{"rate": [1.0, float("nan")]}, {"rate": [1.0]}]

    def agent(text: str) -> Any:
        yield {"type": "STATE_SNAPSHOT", "snapshot": sent.pop(0)}

    with serve(agent, name="nan-state") as server:
        session = connect(server.url, token=server.token)
        error = str(session.ask("hi", check=False).error)
        assert "nan is no JSON number, at /snapshot/rate/1" in error
        session.ask("again")
        assert session.state == {"rate": [1.0]}


def test_context_is_told_as_a_model_reads_it() -> None:
    with serve_frames(answer("done")) as server:
        connect(server.url, context={"plan": {"when": DAY, "sure": True}, "who": "me"}).ask("hi")
        assert server.requests[0].body["context"] == [
            {"description": "plan", "value": '{"when": "2026-01-02", "sure": true}'},
            {"description": "who", "value": "me"},
        ]
