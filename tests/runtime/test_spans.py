"""OpenTelemetry's spans of runs and tools, with its real SDK, over a real socket."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from support.servers import FINISHED, STARTED, Request, serve_frames

from agui_notebook import RunFailed, connect, serve

CALL = [
    {"type": "TOOL_CALL_START", "toolCallId": "c1", "toolCallName": "double"},
    {"type": "TOOL_CALL_ARGS", "toolCallId": "c1", "delta": '{"number": 21}'},
    {"type": "TOOL_CALL_END", "toolCallId": "c1"},
]
USED = [
    {"model": "m-1", "inputTokens": 40, "outputTokens": 5},
    {"model": "m-1", "inputTokens": 2, "outputTokens": 1},
]


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> Iterator[InMemorySpanExporter]:
    """What this process traced; the provider is only this test's."""
    exporter, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(trace, "get_tracer", provider.get_tracer)
    yield exporter
    provider.shutdown()


def told(span: ReadableSpan) -> dict[str, Any]:
    return {"name": span.name, "kind": span.kind.name, **(span.attributes or {})}


def by_name(kept: InMemorySpanExporter) -> dict[str, ReadableSpan]:
    return {span.name: span for span in kept.get_finished_spans()}


def work(number: int) -> int:
    with trace.get_tracer("mine").start_as_current_span("work"):
        return number * 2


def double(number: int) -> int:
    """Doubles."""
    return work(number)


async def double_later(number: int) -> int:
    await asyncio.sleep(0)
    return work(number)


def reply(request: Request) -> list[dict[str, Any]]:
    asked = request.body["messages"][-1]["role"] == "user"
    return [STARTED, *(CALL if asked else []), {**FINISHED, "usage": USED}]


@pytest.mark.parametrize("tool", [double, double_later])
def test_runs_and_their_tools_are_spans_of_the_callers_trace(
    kept: InMemorySpanExporter, tool: Any
) -> None:
    tool.__name__ = "double"
    mine = trace.get_tracer("mine").start_as_current_span("mine")
    with serve_frames(reply) as server, connect(server.url, tools=[tool]) as session, mine:
        result = session.ask("go")
    sent = [request.headers["traceparent"] for request in server.requests]
    asked = [request.body for request in server.requests]
    first, second = [span for span in kept.get_finished_spans() if span.name == "invoke_agent"]
    found = by_name(kept)
    assert result.outcome == "success"
    assert told(first) == {
        "name": "invoke_agent",
        "kind": "CLIENT",
        "gen_ai.operation.name": "invoke_agent",
        "gen_ai.conversation.id": asked[0]["threadId"],
        "agui.run.id": asked[0]["runId"],
        "server.address": "127.0.0.1",
        "gen_ai.response.model": "m-1",
        "gen_ai.usage.input_tokens": 42,
        "gen_ai.usage.output_tokens": 6,
        "gen_ai.response.finish_reasons": ("success",),
    }
    assert told(found["execute_tool double"]) == {
        "name": "execute_tool double",
        "kind": "INTERNAL",
        "gen_ai.operation.name": "execute_tool",
        "gen_ai.tool.name": "double",
        "gen_ai.tool.call.id": "c1",
        "gen_ai.tool.type": "function",
    }
    below = {name: span.parent and span.parent.span_id for name, span in found.items()}
    ids = {name: span.context.span_id for name, span in found.items()}
    assert below["mine"] is None
    assert first.parent is not None
    assert second.parent is not None
    assert first.parent.span_id == second.parent.span_id == ids["mine"]
    assert below["execute_tool double"] == first.context.span_id
    assert below["work"] == ids["execute_tool double"]
    assert [trace_of(header) for header in sent] == [
        (span.context.trace_id, span.context.span_id) for span in (first, second)
    ]


def trace_of(header: str) -> tuple[int, int]:
    _, whole, span, _ = header.split("-")
    return int(whole, 16), int(span, 16)


def test_an_agent_served_here_belongs_to_its_callers_trace(kept: InMemorySpanExporter) -> None:
    def agent(text: str) -> str:
        return str(work(21))

    with serve(agent) as server, connect(server.url, token=server.token) as session:
        assert session.ask("go").text == "42"
    found = by_name(kept)
    [run] = [span for name, span in found.items() if name.startswith("invoke_agent")]
    assert found["work"].parent is not None
    assert found["work"].parent.span_id == run.context.span_id


def test_a_failure_is_marked_by_its_kind_and_its_words_stay_out(kept: InMemorySpanExporter) -> None:
    failed = {"type": "RUN_ERROR", "message": "my secret words", "code": "quota"}
    with serve_frames([STARTED, failed]) as server, pytest.raises(RunFailed):
        connect(server.url).ask("private question")
    [span] = kept.get_finished_spans()
    assert (span.status.status_code.name, told(span)["error.type"]) == ("ERROR", "quota")
    assert "secret" not in span.to_json()
    assert "private" not in span.to_json()


def test_nothing_of_it_is_loaded_where_nobody_traces() -> None:
    code = (
        "import sys, agui_notebook as agui\n"
        "with agui.serve(str.upper) as s, agui.connect(s.url, token=s.token) as c:\n"
        "    assert c.ask('a').text == 'A'\n"
        "assert not [name for name in sys.modules if 'opentelemetry' in name]\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
