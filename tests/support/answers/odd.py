"""Answers of odd shapes, made from providers' documents and from what gateways do to them.

None of them was reported; those that were stand in reported.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .cases import LOST, NOT_RUN, Case
from .dialects import (
    ANTHROPIC,
    CHAT,
    GOOGLE,
    OLLAMA,
    RESPONSES,
    Chunk,
    block,
    candidate,
    chat,
    delta,
    function,
    item,
    message,
    on_item,
    part_json,
    piece,
    pieces,
    response,
    spoken,
    stopped,
    tool_use,
)

ALL, ONE, TWO = '{"path":"/c"}', '{"path":"/a"}', '{"path":"/b"}'
BOTH = ("/a", "/b")
OPEN = pieces(piece("", "purge", id="A"))
CALLED, DONE = delta({}, "tool_calls"), delta({}, "stop")
HI = delta({"content": "hi"})
TOKENS = {"prompt_tokens": 1, "completion_tokens": 1}
CALL = pieces(piece(ALL, "purge", id="A"))
NOT_JSON, NO_OBJECT = "The arguments are not JSON", "The arguments must be a JSON object"


def whole(about: Chunk, finish: str | None = "stop", **beside: Any) -> Chunk:
    """A chunk with a message in it, as if it did not stream."""
    return {"choices": [{"index": 0, "message": about, "finish_reason": finish, **beside}]}


def of_chat(name: str, *chunks: Chunk, **then: Any) -> Case:
    return Case(name, CHAT, [*chunks], **then)


def one(name: str, *chunks: Chunk, **then: Any) -> Case:
    return of_chat(name, *chunks, **{"ran": ("/c",), **then})


def said(name: str, *chunks: Chunk, **then: Any) -> Case:
    return of_chat(name, *chunks, **{"text": "hi", **then})


def unread(name: str, arguments: Any, why: str = NOT_JSON) -> Case:
    return of_chat(name, pieces(piece(arguments, "purge", id="A")), CALLED, told=(why,))


CHAT_ENDS = (
    said("Azure's filter results first", {"choices": [], "prompt_filter_results": []}, HI, DONE),
    said("tokens of nothing first, and cut", {"choices": [], "usage": None}, HI, code="incomplete"),
    said("tokens first, and cut", {"choices": [], "usage": TOKENS}, HI, code="incomplete"),
    said("no reason, and tokens last", HI, {"choices": [], "usage": TOKENS}),
    said("a choice without a delta", HI, {"choices": [{"index": 0, "finish_reason": "stop"}]}),
    said("a role and nothing else", delta({"role": "assistant", "content": ""}), HI, DONE),
    said("text behind the reason", delta({"content": "h"}), DONE, delta({"content": "i"})),
    said("a reason in capitals", HI, delta({}, "STOP")),
    said("Anthropic's word", HI, delta({}, "end_turn")),
    said("Google's word", HI, delta({}, "MAX_TOKENS"), warns=("MAX_TOKENS",)),
    said("a call meant and never made", HI, CALLED, warns=("no call of it arrived",)),
    of_chat(
        "a limit, then a stop", OPEN, delta({}, "length"), DONE, told=(NOT_RUN,), warns=("le",)
    ),
    of_chat(
        "a stop, then a limit", CALL, DONE, delta({}, "length"), told=(NOT_RUN,), warns=("le",)
    ),
    of_chat("a call without any end", CALL, code="incomplete"),
    one("a call that ends in stop", CALL, DONE),
    one("a call that ends in nothing but tokens", CALL, {"choices": [], "usage": TOKENS}),
    one("two reasons", CALL, CALLED, DONE),
    of_chat("an error that is text", {"error": "boom"}, said="boom"),
    of_chat(
        "an error that is a number", {"error": {"code": 429}}, said="429", code="429", sdk=False
    ),
    of_chat("what a framework's error holds", {"detail": "Not Found"}, said="Not Found"),
    of_chat(
        "an error as an object of its own",
        {"object": "error", "message": "too long", "type": "BadRequestError", "code": 400},
        said="too long",
        code="400",
    ),
    said("an error that is none", {**HI, "error": None}, {**DONE, "error": {}}),
)
CHAT_CALLS = (
    of_chat(
        "parallel calls without index, with empty ids",
        pieces(piece(ONE, "purge", id="", index=...)),
        pieces(piece(TWO, "purge", id="", index=...)),
        DONE,
        ran=BOTH,
    ),
    of_chat(
        "parallel calls of index 0 in one chunk",
        pieces(piece(ONE, "purge", id="x"), piece(TWO, "purge", id="y")),
        DONE,
        ran=BOTH,
    ),
    of_chat(
        "pieces that go to and fro by id, with the name again",
        pieces(piece('{"path"', "purge", id="A", index=...)),
        pieces(piece('{"path"', "purge", id="B", index=...)),
        pieces(piece(':"/a"}', id="A", index=...)),
        pieces(piece(':"/b"}', id="B", index=...)),
        CALLED,
        ran=BOTH,
    ),
    one(
        "a piece of its own in the same chunk",
        pieces(piece(None, "purge", id="A"), piece('{"path"')),
        pieces(piece(':"/c"}')),
        CALLED,
    ),
    one("no arguments at first", pieces(piece(None, "purge", id="A")), pieces(piece(ALL)), CALLED),
    one("an empty piece last", CALL, pieces(piece("")), CALLED),
    one("white space around it", pieces(piece(f"\n {ALL} \n", " purge ", id="A")), CALLED),
    one("an id that is a number", pieces(piece(ALL, "purge", id=7)), CALLED),
    one(
        "both ways of calling at once",
        delta(
            {
                "tool_calls": [piece(ALL, "purge", id="A")],
                "function_call": {"name": "purge", "arguments": ALL},
            }
        ),
        CALLED,
    ),
    one(
        "an index that is a whole float",
        pieces(piece("", "purge", id="A", index=1.0)),
        pieces(piece(ALL, index=1)),
        CALLED,
    ),
    of_chat(
        "the last piece twice",
        pieces(piece('{"path":', "purge", id="A")),
        pieces(piece('"/c"}')),
        pieces(piece('"/c"}')),
        CALLED,
        told=(LOST,),
    ),
    unread("a list for arguments", ["/c"], NO_OBJECT),
    unread("a number for arguments", 5, NO_OBJECT),
    unread("Python for arguments", "{'path': '/c'}"),
    unread("a fence around it", f"```json\n{ALL}\n```"),
    unread("a word for nothing", "None"),
    of_chat(
        "a tool nobody has",
        pieces(piece(ALL, "nope", id="A")),
        CALLED,
        told=("There is no tool named nope.",),
    ),
    said("no list of calls", delta({"content": "hi", "tool_calls": "x"}), DONE),
    said("a list of no calls", delta({"content": "hi", "tool_calls": [None]}), DONE),
)
CHAT_CONTENT = (
    said(
        "text as before there were chats",
        {"choices": [{"index": 0, "text": "hi", "finish_reason": "stop"}]},
    ),
    said("a message beside the delta", whole({"content": "hi"}, delta={"content": "hi"})),
    said("a message that grows", whole({"content": "h"}, None), whole({"content": "hi"})),
    said("another message at the end", HI, whole({"content": "HI"})),
    one(
        "a call in the message behind the text",
        HI,
        whole({"content": "hi", "tool_calls": [piece(ALL, "purge", id="A")]}, "tool_calls"),
        text="hi",
    ),
    one(
        "a call once more in the message",
        CALL,
        whole({"tool_calls": [piece(ALL, "purge", id="A")]}, "tool_calls"),
    ),
    of_chat(
        "a refusal in the message",
        whole({"refusal": "No."}),
        text="No.",
        refusal="refusal",
        warns=("refus",),
    ),
    said(
        "choices that are no list", {"choices": DONE["choices"][0] | {"delta": {"content": "hi"}}}
    ),
    said("thinking by another name", delta({"thinking": "hm"}), HI, DONE, thought="hm"),
    said("pictures", delta({"content": "hi", "images": [{}]}), DONE, warns=("images",)),
    said("sources", delta({"content": "hi", "annotations": [{}]}), DONE, warns=("annotations",)),
)


def of_anthropic(name: str, *chunks: Chunk, **then: Any) -> Case:
    return Case(name, ANTHROPIC, [message(), *chunks], **then)


USED, ENDED = stopped("tool_use"), stopped("end_turn")
SEARCH = {"type": "server_tool_use", "id": "s", "name": "w", "input": {}}
ANTHROPIC_CASES = (
    of_anthropic(
        "input before its block",
        block(0, {}, part_json(ALL))[1],
        *block(0, tool_use()),
        *USED,
        ran=("/c",),
    ),
    of_anthropic(
        "empty pieces around it",
        *block(0, tool_use(), part_json(""), part_json(ALL), part_json("")),
        *USED,
        ran=("/c",),
    ),
    of_anthropic(
        "no input at all",
        *block(0, {"type": "tool_use", "id": "A", "name": "purge"}),
        *USED,
        told=(LOST,),
    ),
    of_anthropic("input as text", *block(0, tool_use(given=ALL)), *USED, ran=("/c",)),
    of_anthropic(
        "input as an object in a piece",
        *block(0, tool_use(), {"type": "input_json_delta", "partial_json": {"path": "/c"}}),
        *USED,
        ran=("/c",),
    ),
    of_anthropic(
        "every block of index 0",
        *spoken("hi"),
        *block(0, tool_use("A"), part_json(ONE)),
        *block(0, tool_use("B"), part_json(TWO)),
        *USED,
        ran=BOTH,
        text="hi",
    ),
    of_anthropic(
        "a call where a search was",
        *block(0, SEARCH, part_json("{}")),
        *block(0, tool_use(), part_json(ALL)),
        *USED,
        ran=("/c",),
        text="ok",  # which it says when the call is answered
        warns=("server_tool_use",),
    ),
    of_anthropic(
        "text where a strange block was",
        *block(0, {"type": "hologram"}),
        *spoken("hi"),
        *ENDED,
        text="hi",
        warns=("hologram",),
    ),
    of_anthropic(
        "no indices",
        *(
            {k: v for k, v in each.items() if k != "index"}
            for each in block(0, tool_use(), part_json(ALL))
        ),
        *USED,
        ran=("/c",),
    ),
    of_anthropic(
        "another reason over a call", *block(0, tool_use(), part_json(ALL)), *ENDED, ran=("/c",)
    ),
    of_anthropic("an end and no reason", *spoken("hi"), ENDED[1], text="hi"),
    of_anthropic(
        "too much to do",
        *spoken("hi"),
        {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}},
        text="hi",
        code="overloaded_error",
        said="Overloaded",
        sdk=False,
    ),
    of_anthropic("an error without words", {"type": "error"}, said="failed", sdk=False),
    of_anthropic(
        "a call meant and never made",
        *spoken("hi"),
        *USED,
        text="hi",
        warns=("no call of it arrived",),
    ),
)


def of_responses(name: str, *chunks: Chunk, **then: Any) -> Case:
    return Case(name, RESPONSES, [*chunks], **then)


TEXT = RESPONSES.text("hi")
OUTPUT = [{"type": "message", "id": "m", "content": [{"type": "output_text", "text": "hi"}]}]
RESPONSES_CASES = (
    of_responses(
        "incomplete for no reason", *TEXT, response("incomplete"), text="hi", warns=("incomplete",)
    ),
    of_responses("failed for no reason", response("failed"), said="The response failed."),
    of_responses("cancelled", *TEXT, response("cancelled"), text="hi", code="cancelled"),
    of_responses("an end by another name", *TEXT, response(event="done"), text="hi"),
    of_responses("a message only in the response", response(output=OUTPUT), text="hi"),
    of_responses("a message once more in the response", *TEXT, response(output=OUTPUT), text="hi"),
    of_responses(
        "a text only in its part's end",
        on_item("content_part.done", 0, part={"type": "output_text", "text": "hi"}),
        response(),
        text="hi",
    ),
    of_responses(
        "a call that is incomplete in a response that is not",
        on_item("output_item.done", 0, item=item("{}", status="incomplete")),
        response(),
        told=(LOST,),
    ),
    of_responses(
        "calls only in the response",
        response(output=[item(ONE, "f1", "A"), item(TWO, "f2", "B")]),
        ran=BOTH,
    ),
    of_responses(
        "arguments as an object",
        on_item("output_item.done", 0, item=item("") | {"arguments": {"path": "/c"}}),
        response(),
        ran=("/c",),
    ),
    of_responses(
        "no id of the call",
        on_item("output_item.done", 0, item=item(ALL, call=None)),
        response(),
        ran=("/c",),
    ),
    of_responses(
        "a whole item and a limit",
        on_item("output_item.done", 0, item=item(ALL)),
        response("incomplete", incomplete_details={"reason": "max_output_tokens"}),
        told=(NOT_RUN,),
        warns=("max_output_tokens",),
    ),
    of_responses(
        "an event nobody knows", {"type": "response.hologram.delta"}, *TEXT, response(), text="hi"
    ),
    of_responses(
        "an error of plain members",
        *TEXT,
        {"type": "error", "code": "x", "message": "boom"},
        text="hi",
        code="x",
        said="boom",
    ),
)


def of_google(name: str, *chunks: Chunk, **then: Any) -> Case:
    return Case(name, GOOGLE, [*chunks], **then)


GOOGLE_CASES = (
    of_google(
        "two calls without ids in one chunk",
        candidate(
            function(name="purge", args={"path": "/a"}),
            function(name="purge", args={"path": "/b"}),
            finish="STOP",
        ),
        ran=BOTH,
    ),
    of_google(
        "two calls without ids in two chunks",
        candidate(function(name="purge", args={"path": "/a"})),
        candidate(function(name="purge", args={"path": "/b"}), finish="STOP"),
        ran=BOTH,
    ),
    of_google(
        "nothing but tokens first",
        {"usageMetadata": {"promptTokenCount": 1}},
        candidate({"text": "hi"}, finish="STOP"),
        text="hi",
    ),
    of_google("no content", {"candidates": [{"content": None, "finishReason": "STOP"}]}),
    of_google(
        "a reason that says nothing",
        candidate({"text": "hi"}),
        candidate(finish="FINISH_REASON_UNSPECIFIED"),
        text="hi",
        code="incomplete",
    ),
    *(
        of_google(
            f"ended by {word}",
            candidate({"text": "hi"}),
            candidate(finish=word),
            text="hi",
            code=word,
        )
        for word in ("LANGUAGE", "BLOCKLIST", "SPII", "OTHER", "TOO_MANY_TOOL_CALLS")
    ),
)
LAST = chat(done=True, done_reason="stop")
OLLAMA_CASES = (
    Case(
        "two calls of one index",
        OLLAMA,
        [
            *(
                chat("", {"function": {"index": 0, "name": "purge", "arguments": {"path": path}}})
                for path in BOTH
            ),
            LAST,
        ],
        ran=BOTH,
    ),
    Case(
        "arguments that are null",
        OLLAMA,
        [chat("", {"function": {"name": "purge", "arguments": None}}), LAST],
        told=(LOST,),
        sdk=False,
    ),
    Case("an end without a reason", OLLAMA, [chat("hi"), chat(done=True)], text="hi"),
    Case(
        "a chunk without a message",
        OLLAMA,
        [{"model": "m", "done": False}, chat("hi"), LAST],
        text="hi",
        sdk=False,
    ),
)

ODD: Sequence[Case] = (
    *CHAT_ENDS,
    *CHAT_CALLS,
    *CHAT_CONTENT,
    *ANTHROPIC_CASES,
    *RESPONSES_CASES,
    *GOOGLE_CASES,
    *OLLAMA_CASES,
)
