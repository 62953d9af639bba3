"""Files and pictures on their way to a model: by what its interface takes, or left out aloud."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from agui_notebook.agents import Prompt, turns
from agui_notebook.agents.adapters import google_genai, ollama
from agui_notebook.agents.adapters.anthropic import messages
from agui_notebook.agents.adapters.openai import responses
from agui_notebook.agents.models import chat_completions

DIALECTS: dict[str, Any] = {
    "chat": chat_completions.request_of,
    "responses": responses.request_of,
    "anthropic": messages.request_of,
    "google": google_genai.request_of,
    "ollama": ollama.request_of,
}
PNG = base64.b64encode(b"\x89PNG....").decode()
OMITTED = "left out: this model's interface does not take it"


def part(kind: str, data: bytes | str, mime: str = "", name: str = "") -> dict[str, Any]:
    value = data if isinstance(data, str) else base64.b64encode(data).decode()
    source = {"type": "data", "value": value, **({"mimeType": mime} if mime else {})}
    return {"type": kind, "source": source, **({"metadata": {"filename": name}} if name else {})}


def sent(dialect: str, *parts: dict[str, Any], result: bool = False) -> str:
    """The request as JSON text, bytes as base64; as the user's message or a tool's result."""
    user = {"id": "u", "role": "user", "content": "look" if result else list(parts)}
    function = {"name": "plot", "arguments": "{}"}
    call = {"id": "c", "type": "function", "function": function}
    asked = {"id": "a", "role": "assistant", "toolCalls": [call]}
    told = {"id": "t", "role": "tool", "toolCallId": "c", "content": list(parts)}
    history = [user, asked, told] if result else [user]
    request = DIALECTS[dialect](Prompt("", turns(history), [], "m", {}))  # type: ignore[arg-type]
    return json.dumps(request, default=lambda data: base64.b64encode(data).decode())


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize(
    ("name", "mime"),
    [
        ("a.csv", "application/vnd.ms-excel"),  # as Windows calls it
        ("a.txt", "text/plain"),
        ("a.json", "application/json"),
        ("a.py", ""),
        ("a.ipynb", "application/octet-stream"),
        ("a.md", ""),
        ("a.yaml", ""),
        ("a.yml", "application/octet-stream"),
        ("a.log", ""),
        ("a.toml", "application/octet-stream"),
        ("", "text/csv; charset=utf-8"),
        ("", "application/geo+json"),
    ],
)
def test_a_file_that_is_text_goes_as_text(dialect: str, name: str, mime: str) -> None:
    request = sent(dialect, part("document", b"one,two", mime, name))
    assert "one,two" in request
    assert "left out" not in request
    assert name in request


def test_text_of_an_older_windows_is_read() -> None:
    assert "caf\\u00e9" in sent("chat", part("document", "café".encode("cp1252"), "text/plain"))


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig"])
def test_text_of_a_spreadsheet_or_a_shell_on_windows_is_read(encoding: str) -> None:
    request = sent("chat", part("document", "café,1".encode(encoding), "text/csv", "a.csv"))
    assert "caf\\u00e9,1" in request
    assert "ufeff" not in request


def test_a_file_of_no_known_type_is_text_if_it_reads_as_such() -> None:
    unknown = "application/octet-stream"
    assert "all: build" in sent("chat", part("document", b"all: build", unknown, "Makefile"))
    assert OMITTED in sent("chat", part("document", b"all\x00", unknown, "core"))
    assert OMITTED in sent("chat", part("document", b"\xff\xfa\x81", unknown, "data"))


def test_what_is_no_text_whatever_its_name_says_is_left_out() -> None:
    assert OMITTED in sent("chat", part("document", b"\x00\x01\xff", "text/plain", "a.txt"))


@pytest.mark.parametrize(
    ("dialect", "as_what"),
    [
        ("chat", '"file_data": "data:application/pdf;base64,'),
        ("responses", '"type": "input_file"'),
        ("anthropic", '"type": "document"'),
        ("google", '"mime_type": "application/pdf"'),
        ("ollama", OMITTED),
    ],
)
def test_a_pdf_goes_as_a_document_where_there_are_any(dialect: str, as_what: str) -> None:
    assert as_what in sent(dialect, part("document", b"%PDF-1.7", "application/pdf", "a.pdf"))


@pytest.mark.parametrize("dialect", ["chat", "anthropic", "google", "ollama"])
def test_a_document_of_another_kind_is_said_to_be_left_out(dialect: str) -> None:
    word = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    assert OMITTED in sent(dialect, part("document", b"PK\x03\x04\x00", word, "a.docx"))


@pytest.mark.parametrize(
    ("mime", "data", "expected"),
    [
        ("audio/mpeg", b"x", '"format": "mp3"'),
        ("audio/x-wav", b"x", '"format": "wav"'),
        ("", b"ID3....", '"format": "mp3"'),
        ("", b"RIFF0000WAVE", '"format": "wav"'),
        ("audio/ogg", b"OggS", OMITTED),
        ("", b"OggS", OMITTED),
    ],
)
def test_sound_goes_by_its_real_format(mime: str, data: bytes, expected: str) -> None:
    assert expected in sent("chat", part("audio", data, mime))


def test_sound_of_any_format_reaches_a_model_that_takes_it() -> None:
    assert '"mime_type": "audio/ogg"' in sent("google", part("audio", b"OggS", "audio/ogg"))


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_picture_in_a_result_reaches_the_model(dialect: str) -> None:
    assert PNG in sent(dialect, part("image", PNG, "image/png"), result=True)


def test_a_picture_in_a_result_follows_it_where_results_are_text() -> None:
    picture = part("image", PNG, "image/png")
    messages = json.loads(sent("chat", {"type": "text", "text": "done"}, picture, result=True))
    *_, result, follows = messages["messages"]
    assert result == {
        "role": "tool",
        "tool_call_id": "c",
        "content": "done[image: it follows]",
    }
    assert follows == {
        "role": "user",
        "content": [
            {"type": "text", "text": "What the tool gave:"},
            {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PNG}"}},
        ],
    }


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("result", [False, True], ids=["the user's", "a tool's"])
def test_a_picture_no_model_takes_is_said_to_be_left_out(dialect: str, result: bool) -> None:
    request = sent(dialect, part("image", b"II*\x00", "image/tiff"), result=result)
    assert f"[image {OMITTED}]" in request


def test_a_model_that_does_not_see_is_told_that_a_picture_is_missing() -> None:
    user = {"id": "u", "role": "user", "content": [part("image", PNG, "image/png")]}
    prompt = Prompt("", turns([user]), [], "m", {})
    [message] = chat_completions.messages_of(prompt, sees=False)
    assert message["content"] == [{"type": "text", "text": f"[image {OMITTED}]"}]


def linked(value: str, kind: str = "image", sort: str = "url") -> dict[str, Any]:
    """A part that names where its content lies."""
    return {"type": kind, "source": {"type": sort, "value": value}}


@pytest.mark.parametrize("dialect", [each for each in DIALECTS if each != "ollama"])
def test_a_data_url_is_the_data_that_it_holds(dialect: str) -> None:
    request = sent(dialect, linked(f"data:image/png;base64,{PNG}"))
    assert request == sent(dialect, part("image", PNG, "image/png"))


def test_text_in_a_data_url_is_text() -> None:
    assert "a b" in sent("chat", linked("data:text/plain,a%20b", "document"))


def test_a_picture_at_a_url_has_the_type_that_its_name_tells() -> None:
    assert "image/webp" in sent("google", linked("https://example.org/a.webp?size=2"))


def test_a_file_that_anthropic_keeps_goes_by_its_id() -> None:
    source = {"type": "file", "file_id": "file_1"}
    request = sent("anthropic", linked("file_1", "document", "file"))
    assert json.dumps({"type": "document", "source": source}) in request
