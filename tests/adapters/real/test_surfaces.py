"""A server built with the A2UI toolkit: it reads what we announce, and we draw what it makes."""

from __future__ import annotations

import json
from typing import Any

import ag_ui_a2ui_toolkit as toolkit
import pytest
from hosts import hosted
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import StreamingResponse
from starlette.routing import Route

from agui_notebook import Session, connect
from agui_notebook.protocol import action_messages, context_entries, read_surfaces, read_tree
from agui_notebook.tools import read_partial

Json = dict[str, Any]
CARD: Json = {"id": "root", "component": "Card", "child": "price"}
GOOD = [CARD, {"id": "price", "component": "FlightCard", "price": {"path": "/price"}}]
BAD = [CARD]  # its child is missing: the toolkit asks the model again
OWN: dict[str, Json] = {
    "FlightCard": {"properties": {"price": {"type": "string"}}, "required": ["price"]}
}


class Toolkit:
    """A server whose "model" first describes a surface wrongly, then well."""

    def __init__(self) -> None:
        self.requests: list[Json] = []
        self.prompts: list[str] = []

    async def answer(self, request: Request) -> StreamingResponse:
        body = await request.json()
        self.requests.append(body)
        return StreamingResponse(iter(self._frames(body)), media_type="text/event-stream")

    def _frames(self, body: Json) -> list[str]:
        ids = {"threadId": body["threadId"], "runId": body["runId"]}
        call = {"toolCallId": f"c{len(self.requests)}"}
        result = {**call, "messageId": f"m{len(self.requests)}", "content": self._envelope(body)}
        events = [
            {"type": "RUN_STARTED", **ids},
            {"type": "TOOL_CALL_START", **call, "toolCallName": toolkit.GENERATE_A2UI_TOOL_NAME},
            {"type": "TOOL_CALL_END", **call},
            {"type": "TOOL_CALL_RESULT", **result},
            {"type": "RUN_FINISHED", **ids},
        ]
        return [f"data: {json.dumps(event)}\n\n" for event in events]

    def _envelope(self, body: Json) -> str:
        schema, rest = toolkit.split_a2ui_schema_context(body["context"])
        state = {"ag-ui": {"a2ui_schema": schema, "context": rest}}
        _, catalogue = toolkit.resolve_a2ui_catalog(state)
        updates = len(self.requests) > 1
        prepared = toolkit.prepare_a2ui_request(
            intent="update" if updates else "create",
            target_surface_id="trip",
            changes=None,
            messages=body["messages"],
            state=state,
        )
        assert "error" not in prepared, "the surface is found in the messages we send back"
        self.prompts.append(prepared["prompt"])

        def model(prompt: str, attempt: int) -> Json:
            price = "90" if updates else "80"
            described = BAD if attempt == 1 else GOOD
            return {"surfaceId": "trip", "components": described, "data": {"price": price}}

        def envelope(args: Json) -> str:
            operations = toolkit.assemble_ops(
                intent="update" if updates else "create",
                surface_id="trip",
                catalog_id=catalogue,
                components=args["components"],
                data=args["data"],
            )
            return toolkit.wrap_as_operations_envelope(operations)

        done = toolkit.run_a2ui_generation_with_recovery(
            base_prompt=prepared["prompt"],
            invoke_subagent=model,
            build_envelope=envelope,
            catalog=json.loads(schema),
        )
        assert done["ok"]
        assert len(done["attempts"]) == 2
        return str(done["envelope"])


def surfaces(session: Session) -> list[tuple[str, list[str], Any]]:
    found = read_surfaces(session.document, read_partial)
    return [(one.id, read_tree(one, OWN).problems, one.data) for one in found]


@pytest.mark.anyio
async def test_the_toolkit_reads_our_catalogue_and_finds_its_surface_in_what_we_send_back() -> None:
    server = Toolkit()
    app = Starlette(routes=[Route("/", server.answer, methods=["POST"])])
    with hosted(app) as url, connect(url, context=context_entries(OWN)) as session:
        await session.run("a flight")
        assert surfaces(session) == [("trip", [], {"price": "80"})]
        action = {"name": "dearer", "surfaceId": "trip", "sourceComponentId": "price"}
        for message in action_messages({**action, "context": {}}, ("e1", "e2", "e3")):
            session.thread.add_message(message)
        await session.run(forwarded_props={"a2uiAction": {"userAction": action}})
        assert surfaces(session) == [("trip", [], {"price": "90"})], "changed where it stands"
    assert "FlightCard" in server.prompts[0]
    assert "## Available Components" in server.prompts[0]
    assert [m["role"] for m in server.requests[1]["messages"]][-2:] == ["assistant", "tool"]
