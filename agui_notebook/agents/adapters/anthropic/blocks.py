"""The content of a message of Anthropic's as it came, block by block: a paused turn goes back so.

Nothing of it is shown from here; messages.py reads the same events for that.
"""

from __future__ import annotations

from collections.abc import Hashable

from ....values import JsonObject, JsonView
from ...models.call_arguments import read_object
from ...models.loose_json import text

# the member of its block that a delta continues, which has the same name in both
GROWS = {
    "text_delta": "text",
    "thinking_delta": "thinking",
    "signature_delta": "signature",
    "compaction_delta": "content",
}


class Blocks:
    """The blocks so far, by their index."""

    def __init__(self) -> None:
        self._blocks: dict[Hashable, JsonObject] = {}
        self._inputs: dict[Hashable, str] = {}

    def open(self, index: Hashable, block: JsonView) -> None:
        """Begin a block."""
        self._blocks[index] = dict(block)

    def go_on(self, index: Hashable, delta: JsonView) -> None:
        """Continue a block; a delta of an unknown kind adds nothing."""
        block, kind = self._blocks.get(index), text(delta.get("type"))
        if block is None:
            return
        if kind == "input_json_delta":
            said = text(delta.get("partial_json"))
            self._inputs[index] = self._inputs.get(index, "") + said
        elif kind == "citations_delta":
            block["citations"] = [*(block.get("citations") or ()), delta.get("citation")]
        elif name := GROWS.get(kind):
            block[name] = text(block.get(name)) + text(delta.get(name))

    def all(self) -> list[JsonObject]:
        """The blocks as the interface takes them back: it refuses an empty text."""
        for index, said in self._inputs.items():
            self._blocks[index]["input"] = read_object(said) or {}
        return [block for block in self._blocks.values() if block.get("text", "-").strip()]
