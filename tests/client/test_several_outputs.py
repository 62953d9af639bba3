"""Several things that one tool showed: in the document, in every rendering, in the store."""

from __future__ import annotations

from typing import Any

from support.servers import FINISHED, STARTED, answer, called, serve_frames

from agui_notebook import connect
from agui_notebook.client.threads.log import LARGEST_OUTPUT, LEFT_OUT, trim
from agui_notebook.jupyter.display import answer_bundles
from agui_notebook.render.html import html

PICTURES = [{"image/png": "aQ==", "text/plain": "one"}, {"image/png": "ag==", "text/plain": "two"}]


def shown_twice(call: Any) -> Any:
    return call(), PICTURES


def test_what_a_tool_showed_is_kept_in_order_and_written_in_order() -> None:
    def draw() -> str:
        """Draw."""
        return "drawn"

    with serve_frames([STARTED, *called("draw"), FINISHED], answer("done", mid="end")) as server:
        session = connect(server.url, tools=[draw])
        session.options.perform = shown_twice
        session.ask("hi")
        assert session.document["outputs"] == {"c1": PICTURES}
        page = html(session.document)
        assert page.index("base64,aQ==") < page.index("base64,ag==")
        below = answer_bundles(session.document, "agent")
        assert [bundle for bundle in below if bundle in PICTURES] == PICTURES
        told = [m["content"] for m in server.requests[1].body["messages"] if m["role"] == "tool"]
        assert told == ["drawn"]


def test_each_of_several_outputs_is_left_out_of_the_store_when_it_is_too_large() -> None:
    outputs = [{"text/plain": "x" * (LARGEST_OUTPUT + 1)}, {"text/plain": "small"}]
    line = {"at": 1, "change": [["set", ["outputs", "c"], outputs]]}
    [[_, _, kept]] = trim(line)["change"]
    assert kept == [{"text/plain": LEFT_OUT}, {"text/plain": "small"}]
