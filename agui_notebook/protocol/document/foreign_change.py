"""Changes of a document that others wrote (a store, a file): each is checked before it is made.

A document's readers, here and in the browser, rely on its shape; what arrives by events has been
checked on its way (enforce.py), what a file says has not. Pure.
"""

from __future__ import annotations

from ...values import Json
from ..enforce import GONE, Check, Judge, ObjectCheck, check
from .operations import Append, Operation, Set, apply
from .shape import Document

DAMAGED = "a change that does not fit"
_TIMES = "startedAt:count endedAt:count"
# rows as in schema.py, of what only our documents hold
_STEP = ObjectCheck(f"stepName:str! status:str! {_TIMES} subagentRunId:str")
_ANSWER = ObjectCheck("interruptId:str! asked:str! said:str! declined:bool!")
_SUBAGENT = ObjectCheck(
    "subagentRunId:str! name:str description:str parentSubagentRunId:str parentToolCallId:str"
    f" parentMessageId:str status:str! result:any message:str {_TIMES}"
)
_RUN = ObjectCheck(
    f"runId:str! kept:str after:any! status:str! {_TIMES} error:object usage:[TokenUsage]"
    " result:any pendingToolCallIds:[str] interrupts:[Interrupt] resume:[ResumeEntry]"
    " answers:[object] steps:[object] subagents:[object]"
)
_PARTS = {"steps": _STEP, "answers": _ANSWER, "subagents": _SUBAGENT}


def _run(value: Json, path: str, judge: Judge) -> Json:
    run = _RUN(value, path, judge)
    for name, part in _PARTS.items():
        if name in run:
            run[name] = [part(each, path, judge) for each in run[name]]
    if not isinstance(run["after"], str | None):
        raise ValueError(DAMAGED)
    return run


def _output(value: Json, path: str, judge: Judge) -> Json:
    """What a tool showed: one mimebundle, or several in their order."""
    if isinstance(value, list):
        return [check("object")(each, path, judge) for each in value]
    return check("object")(value, path, judge)


_ELEMENTS: dict[str, Check] = {
    "messages": check("Message"),
    "interrupts": check("Interrupt"),
    "runs": _run,
    "warnings": ObjectCheck("message:str! at:any runId:str"),
    "items": ObjectCheck(f"status:str {_TIMES} by:str"),
    "outputs": _output,
}
_BY_KEY = ("items", "outputs")


def element(name: str, value: Json) -> Json:
    """An element of the document's member ``name``, without what nobody described.

    Raises ValueError where it is none.
    """
    judge = Judge(False, lambda _: None, quiet_nulls=True)
    judge.subject = name
    found = _ELEMENTS[name](value, "", judge)
    if found is GONE:
        raise ValueError(DAMAGED)
    return found


def elements(name: str, value: Json) -> Json:
    """A whole member of the document: a list, or an object, of such elements, or a plain value."""
    if name == "state":
        return value
    if name == "threadId" and isinstance(value, str):
        return value
    if name in _BY_KEY and isinstance(value, dict):
        return {key: element(name, each) for key, each in value.items()}
    if name in _ELEMENTS and name not in _BY_KEY and isinstance(value, list):
        return [element(name, each) for each in value]
    raise ValueError(DAMAGED)


def make(document: Document, operation: Operation) -> Operation | None:
    """Carry out a change of somebody else's; returns it as it was made, None for nothing.

    What is asked is never taken from others, since it follows from the interrupts. Raises
    ValueError, and changes nothing, where the document would not be one any more.
    """
    name = operation.path[0] if operation.path else ""
    if name == "questions":
        return None
    if name != "state" and len(operation.path) > 1:
        operation = _of_an_element(document, operation)
    elif len(operation.path) == 1:
        operation = Set(operation.path, elements(str(name), operation[1]))
    if isinstance(operation, Append) and not isinstance(_at(document, operation), str):
        raise ValueError(DAMAGED)
    apply(document, operation)
    return operation


def _of_an_element(document: Json, operation: Operation) -> Operation:
    """A change of one element, or of one field of it: the element as it will be is checked."""
    (name, place, *field), value = operation
    if name not in _ELEMENTS or len(field) > 1 or type(place) is not _key_type(str(name)):
        raise ValueError(DAMAGED)
    if isinstance(place, int) and not 0 <= place <= len(document[name]):
        raise ValueError(DAMAGED)
    if not field:
        return Set((name, place), element(str(name), value))
    if isinstance(operation, Append):
        return operation if isinstance(value, str) else _refuse()
    checked = element(str(name), {**_outline(document, operation), field[0]: value})
    return Set(operation.path, checked[field[0]])


def _outline(document: Json, operation: Operation) -> Json:
    """An element without what its lists and objects hold: what the field's check needs of it."""
    held = document[operation.path[0]][operation.path[1]]
    if not isinstance(held, dict):
        raise ValueError(DAMAGED)
    return {key: type(v)() if isinstance(v, list | dict) else v for key, v in held.items()}


def _key_type(name: str) -> type:
    return str if name in _BY_KEY else int


def _refuse() -> Operation:
    raise ValueError(DAMAGED)


def _at(document: Json, operation: Operation) -> Json:
    for step in operation.path:
        document = document[step]
    return document
