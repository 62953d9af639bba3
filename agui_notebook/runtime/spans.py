"""Spans of OpenTelemetry for runs and the tools they ask for, where this process traces.

Names and attributes are those of OpenTelemetry's conventions for generative AI. What was said,
arguments and results stand in none of them. Nothing is imported that the user did not: whoever
traces has loaded ``opentelemetry.trace``, and without it all of this does nothing.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from urllib.parse import urlsplit

from ..values import Foreign, Json, JsonObject, JsonView

SOURCE = "agui_notebook"
_TOKENS = {
    "inputTokens": "gen_ai.usage.input_tokens",
    "outputTokens": "gen_ai.usage.output_tokens",
}


@contextmanager
def run_span(request: JsonView, declared: JsonView, url: str) -> Iterator[Foreign]:
    """A run of the agent as the current span; None where nobody traces."""
    named = {**(declared.get("identity") or {})}.get("name")
    name = named if isinstance(named, str) and named else None
    at = urlsplit(url)
    facts = {
        "gen_ai.operation.name": "invoke_agent",
        "gen_ai.agent.name": name,
        "gen_ai.conversation.id": request["threadId"],
        "agui.run.id": request["runId"],
        "server.address": at.hostname,
    }
    with _span(" ".join(filter(None, ["invoke_agent", name])), "CLIENT", facts, None) as made:
        yield made


@contextmanager
def tool_span(name: str, call_id: str, parent: Foreign) -> Iterator[Foreign]:
    """A tool of this kernel as the current span, below the run that asked for it."""
    facts = {
        "gen_ai.operation.name": "execute_tool",
        "gen_ai.tool.name": name,
        "gen_ai.tool.call.id": call_id,
        "gen_ai.tool.type": "function",
    }
    with _span(f"execute_tool {name}", "INTERNAL", facts, parent) as made:
        yield made


def note_run(span: Foreign, run: JsonView) -> None:
    """Put down how a run ended: its models and tokens, and what kind of failure, if one."""
    if span is None:
        return
    usage = run.get("usage") or []
    models = list(dict.fromkeys(str(each["model"]) for each in usage if each.get("model")))
    facts: JsonObject = {"gen_ai.response.model": models[0] if models else None}
    for key, name in _TOKENS.items():
        counts = [each[key] for each in usage if isinstance(each.get(key), int)]
        facts[name] = sum(counts) if counts else None
    facts["gen_ai.response.finish_reasons"] = [str(run["status"])]
    _set(span, facts)
    if run["status"] in ("error", "incomplete"):
        note_failure(span, str((run.get("error") or {}).get("code") or run["status"]))


def note_failure(span: Foreign, kind: str) -> None:
    """Mark a span as failed by the kind of its error; its words may hold what was said."""
    if span is not None:
        trace = sys.modules["opentelemetry.trace"]
        _set(span, {"error.type": kind})
        span.set_status(trace.StatusCode.ERROR)


def trace_headers() -> dict[str, str]:
    """The headers that let whoever is asked go on with the current trace."""
    sent: dict[str, str] = {}
    if "opentelemetry.trace" in sys.modules:
        from opentelemetry import propagate

        propagate.inject(sent)
    return sent


@contextmanager
def callers_trace(headers: Mapping[bytes, bytes]) -> Iterator[None]:
    """What is done meanwhile belongs to the trace of whoever sent these headers."""
    if "opentelemetry.trace" not in sys.modules:
        yield
        return
    from opentelemetry import context, propagate

    told = {name.decode("latin-1"): value.decode("latin-1") for name, value in headers.items()}
    token = context.attach(propagate.extract(told))
    try:
        yield
    finally:
        context.detach(token)


def carry(call: Callable[[], Json]) -> Callable[[], Json]:
    """``call``, to be made on any thread, in the trace of here."""
    if "opentelemetry.trace" not in sys.modules:
        return call
    from opentelemetry import context

    here = context.get_current()

    def call_here() -> Json:
        token = context.attach(here)
        try:
            return call()
        finally:
            context.detach(token)

    return call_here


@contextmanager
def _span(name: str, kind: str, facts: JsonView, parent: Foreign) -> Iterator[Foreign]:
    trace: Foreign = sys.modules.get("opentelemetry.trace")
    if trace is None:
        yield None
        return
    below = None if parent is None else trace.set_span_in_context(parent)
    known = {key: value for key, value in facts.items() if value is not None}
    with trace.get_tracer(SOURCE).start_as_current_span(
        name,
        below,
        kind=getattr(trace.SpanKind, kind),
        attributes=known,
        record_exception=False,  # its words may hold what was said
        set_status_on_exception=False,
    ) as made:
        yield made


def _set(span: Foreign, facts: JsonView) -> None:
    for key, value in facts.items():
        if value is not None:
            span.set_attribute(key, value)
