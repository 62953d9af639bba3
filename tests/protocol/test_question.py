"""What an interrupt asks, in the one form that page, cell and terminal draw."""

from __future__ import annotations

import json
from typing import Any

import pytest

from agui_notebook.protocol import Question, ask, ask_all

FLAG = {"type": "boolean"}
CALL = {"id": "c1", "function": {"name": "send", "arguments": '{"to":"a","size":9007199254740993}'}}
TEXTS = {"to": {"type": "string"}, "size": {"type": "integer"}}


def wire(schema: Any = None, **more: Any) -> dict[str, Any]:
    made = {"id": "i", "reason": "r", "message": "Send it?", **more}
    return made if schema is None else {**made, "responseSchema": schema}


def obj(**members: Any) -> dict[str, Any]:
    return {"type": "object", "properties": members}


def read(text: str | None) -> Any:
    return None if text is None else json.loads(text)


def members(text: str | None) -> list[str] | None:
    return None if text is None else list(json.loads(text)["properties"])


def test_an_approval_of_agent_framework_asks_once_about_editable_arguments() -> None:
    schema = {
        **obj(
            approved=FLAG, accepted=FLAG, **TEXTS, editedArgs={**obj(**TEXTS), "required": ["to"]}
        ),
        "anyOf": [{"required": ["approved"]}, {"required": ["accepted"]}],
    }
    question = ask(wire(schema, toolCallId="c1"), CALL)
    [action] = question["actions"]
    assert question == {
        "id": "i",
        "kind": "approval",
        "text": "Send it?",
        "actions": [
            {
                "name": "send",
                "args": '{"to":"a","size":9007199254740993}',
                "edits": json.dumps({"type": "object", "properties": TEXTS, "required": ["to"]}),
            }
        ],
        "rest": None,
        "secret": False,
        "fingerprint": question["fingerprint"],
    }
    assert members(action["edits"]) == ["to", "size"]


def test_what_is_asked_besides_the_yes_keeps_being_asked() -> None:
    schema = {**obj(approved=FLAG, editedArgs={"type": "object"}, reason={"type": "string"})}
    question = ask(wire({**schema, "required": ["approved", "reason"]}, toolCallId="c1"), CALL)
    assert read(question["rest"]) == {
        "type": "object",
        "properties": {"reason": {"type": "string"}},
        "required": ["reason"],
    }
    assert read(question["actions"][0]["edits"]) == {"type": "object"}


@pytest.mark.parametrize(
    ("asked", "call", "kind"),
    [
        (wire(toolCallId="c1"), CALL, "approval"),
        (wire({"type": "object"}, toolCallId="c1"), CALL, "approval"),
        (wire(toolCallId="nobody has it"), None, "approval"),
        (wire(obj(approved=FLAG)), None, "approval"),
        (wire(obj(confirmed={"anyOf": [FLAG, {"type": "null"}]})), None, "approval"),
        (wire({"$ref": "#/$defs/A", "$defs": {"A": obj(approved=FLAG)}}), None, "approval"),
        (wire({"allOf": [obj(approved=FLAG), obj(note={"type": "string"})]}), None, "approval"),
        (wire(FLAG), None, "yes_no"),
        (wire(), None, "form"),
        (wire({"type": "string"}, toolCallId="c1"), CALL, "form"),
        (wire(obj(approved={"type": "string"})), None, "form"),
        (wire(obj(approved={"enum": ["yes", "no"]})), None, "form"),
    ],
)
def test_yes_or_no_is_told_from_a_form(asked: Any, call: Any, kind: str) -> None:
    question = ask(asked, call)
    assert question["kind"] == kind
    assert [each["name"] for each in question["actions"]] == (["send"] if call else [])


def middleware(*names: str, **more: Any) -> dict[str, Any]:
    """What LangChain's approval middleware stops with, as ag-ui-langgraph passes it on."""
    about = "Tool execution requires approval\n\nTool: x\nArgs: {}"
    actions = [{"name": name, "args": {"n": 2**60}, "description": about} for name in names]
    raw = {"action_requests": actions, **more}
    return {
        "id": "i",
        "reason": "langgraph:interrupt",
        "metadata": {"langgraph": {"raw": raw, "ns": None}},
    }


def test_an_approval_of_langchains_middleware_shows_its_actions() -> None:
    allowed = [{"action_name": "drop", "allowed_decisions": ["approve", "reject"]}]
    question = ask(middleware("send", "drop", review_configs=allowed))
    edits = obj(n={"type": "number"})
    assert (question["kind"], question["text"]) == ("approval", "Tool execution requires approval")
    assert [(a["name"], a["args"], read(a["edits"])) for a in question["actions"]] == [
        ("send", '{"n": 1152921504606846976}', edits),
        ("drop", '{"n": 1152921504606846976}', None),
    ]


def test_an_approval_of_one_call_by_langchains_middleware_shows_it() -> None:
    raw = {"type": "tool_approval", "tool_call_id": "c1", "name": "send", "args": {"to": "a"}}
    question = ask({"id": "i", "toolCallId": "c1", "metadata": {"langgraph": {"raw": raw}}}, CALL)
    assert question["kind"] == "approval"
    assert [(a["name"], a["args"]) for a in question["actions"]] == [("send", '{"to": "a"}')]


def test_a_question_for_a_password_says_so() -> None:
    secret = obj(token={"type": "string", "format": "password"})
    assert [ask(wire(schema))["secret"] for schema in (secret, obj(a=FLAG))] == [True, False]


def changed(**more: Any) -> Question:
    call = {"id": "c1", "function": {"name": "send", "arguments": "{}", **more}}
    return ask(wire(toolCallId="c1"), call)


def test_a_question_that_shows_anything_else_is_another_question() -> None:
    shown = [
        changed(),
        changed(arguments='{"to": "b"}'),
        changed(arguments="{ }"),
        changed(name="drop"),
        ask(wire(toolCallId="c1", message="Really?"), None),
        ask(wire(obj(approved=FLAG))),
    ]
    assert len({question["fingerprint"] for question in shown}) == len(shown)
    assert changed()["fingerprint"] == changed()["fingerprint"]


def test_questions_find_the_calls_they_name() -> None:
    messages = [{"id": "a", "role": "assistant", "toolCalls": [CALL]}]
    asked = ask_all([wire(toolCallId="c1"), wire(toolCallId="c2")], messages)
    assert [[a["name"] for a in question["actions"]] for question in asked] == [["send"], []]
