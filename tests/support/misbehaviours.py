"""What servers do wrong, each with the row that the network panel has of it.

Only answers and what is right; nothing is sent or judged here.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from .servers import CUT, FINISHED, STARTED, Reply, called, said

CONTENT = {"type": "TEXT_MESSAGE_CONTENT", "messageId": "m1", "delta": "!"}
START, _, END = said("hi")
STEP = {"type": "STEP_FINISHED", "stepName": "plan"}
DELTA = {"type": "STATE_DELTA", "delta": [{"op": "replace", "path": "/none", "value": 1}]}


class Misbehaviour(NamedTuple):
    """An answer, what its row says, and what the chat shows of it."""

    answer: Any
    verdict: str  # of a request: failed
    why: str
    fails: bool = False  # an error card in the chat


def _http(status: int, text: bytes, kind: str = "text/plain") -> Reply:
    return Reply([text], status, {"content-type": kind})


MISBEHAVIOURS = {
    "no JSON": Misbehaviour([STARTED, b"data: {oops\n\n"], "refused", "cannot be read", True),
    "no object": Misbehaviour([STARTED, b"data: [1]\n\n"], "refused", "not a JSON object", True),
    "no type": Misbehaviour([STARTED, {"delta": "x"}], "refused", "no event type", True),
    "a type that is no text": Misbehaviour(
        [STARTED, {"type": 7}], "refused", "no event type", True
    ),
    "fields of another type": Misbehaviour(
        [STARTED, {**CONTENT, "delta": {"a": 1}}, FINISHED], "mended", "malformed '/delta'"
    ),
    "a patch that does not apply": Misbehaviour(
        [STARTED, DELTA, FINISHED], "mended", "nothing is there"
    ),
    "unknown event": Misbehaviour(
        [STARTED, {"type": "NEWS"}, FINISHED], "passed over", "unrecognised"
    ),
    "named frame": Misbehaviour(
        [STARTED, b"event: ping\ndata: 1\n\n", FINISHED], "passed over", "named 'ping'"
    ),
    "comment": Misbehaviour([STARTED, b": still here\n\n", FINISHED], "passed over", "A comment"),
    "content after its end": Misbehaviour(
        [STARTED, *said("hi"), CONTENT, FINISHED], "mended", "after its end"
    ),
    "text never begun": Misbehaviour(
        [STARTED, CONTENT, FINISHED], "mended", "m1 without starting it"
    ),
    "text begun twice": Misbehaviour(
        [STARTED, START, START, END, FINISHED], "passed over", "started text message m1 twice"
    ),
    "text open at the end": Misbehaviour(
        [STARTED, START, CONTENT, FINISHED], "mended", "left text message m1 open"
    ),
    "a step that ends unbegun": Misbehaviour(
        [STARTED, STEP, FINISHED], "passed over", "was not open"
    ),
    "arguments after their end": Misbehaviour(
        [STARTED, *called("look"), called("look")[1], FINISHED],
        "mended",
        "arguments for tool call c1 after its end",
    ),
    "no run start": Misbehaviour([*said("hi"), FINISHED], "mended", "before RUN_STARTED"),
    "second run start": Misbehaviour(
        [STARTED, *said("hi"), STARTED, FINISHED], "passed over", "again within a run"
    ),
    "behind the end of the run": Misbehaviour(
        [STARTED, *said("hi"), FINISHED, CONTENT], "mended", "behind RUN_FINISHED"
    ),
    "an error of the agent's own": Misbehaviour(
        [STARTED, {"type": "RUN_ERROR", "message": "no model"}], "taken", "", True
    ),
    "cut within a frame": Misbehaviour(
        [STARTED, b'data: {"type": "TEX', CUT], "passed over", "cut off", True
    ),
    "cut between frames": Misbehaviour([STARTED, *said("hi"), CUT], "failed", "was lost", True),
    "no end of the run": Misbehaviour(
        [STARTED, *said("hi")], "failed", "without a terminal event", True
    ),
    "HTML page": Misbehaviour(
        _http(200, b"<html>\n\n<p>Login</p>", "text/html"), "refused", "No event of a", True
    ),
    "JSON with 200": Misbehaviour(
        _http(200, b'{"error": "no quota"}', "application/json"), "failed", "no quota", True
    ),
    "nothing at all": Misbehaviour([], "failed", "it is empty", True),
    "HTTP 401": Misbehaviour(
        _http(401, b'{"detail":"no"}', "application/json"), "refused", "HTTP 401", True
    ),
    "HTTP 404": Misbehaviour(_http(404, b"not here"), "refused", "HTTP 404", True),
    "HTTP 500": Misbehaviour(_http(500, b"boom"), "refused", "HTTP 500", True),
}
