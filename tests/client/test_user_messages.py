"""User messages: text and attachments from wherever they come."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest

from agui_notebook import InvalidInput
from agui_notebook.client import attachment, attachments, user_message

PNG = b"\x89PNG\r\n\x1a\n0000"


def message(content: Any, *attach: Any) -> dict[str, Any]:
    return user_message(content, attach, lambda: "u1")


def data(kind: str, mime: str, value: bytes) -> dict[str, Any]:
    text = base64.b64encode(value).decode()
    return {"type": kind, "source": {"type": "data", "value": text, "mimeType": mime}}


def test_text_alone_stays_a_string() -> None:
    assert message("hi") == {"id": "u1", "role": "user", "content": "hi"}


def test_text_and_a_file_become_parts(tmp_path: Path) -> None:
    (tmp_path / "cat.png").write_bytes(PNG)
    file = {**data("image", "image/png", PNG), "metadata": {"filename": "cat.png"}}
    expected = [{"type": "text", "text": "What is this?"}, file]
    picture = tmp_path / "cat.png"
    assert message("What is this?", str(picture))["content"] == expected
    assert message(["What is this?", picture])["content"] == expected


@pytest.mark.parametrize(
    ("source", "part"),
    [
        (PNG, data("image", "image/png", PNG)),
        (b"\xff\xd8\xff..", data("image", "image/jpeg", b"\xff\xd8\xff..")),
        (b"RIFF1234WAVE", data("audio", "audio/wav", b"RIFF1234WAVE")),
        (b"RIFF1234WEBP", data("image", "image/webp", b"RIFF1234WEBP")),
        (b"1234ftypisom", data("video", "video/mp4", b"1234ftypisom")),
        (b"%PDF-1.7", data("document", "application/pdf", b"%PDF-1.7")),
        (b"what?", data("document", "application/octet-stream", b"what?")),
        (
            "https://x.org/a/song.mp3?x=1",
            {
                "type": "audio",
                "source": {
                    "type": "url",
                    "value": "https://x.org/a/song.mp3?x=1",
                    "mimeType": "audio/mpeg",
                },
            },
        ),
        (
            "https://x.org/page",
            {"type": "document", "source": {"type": "url", "value": "https://x.org/page"}},
        ),
        ({"type": "image", "source": {}}, {"type": "image", "source": {}}),
    ],
)
def test_what_an_attachment_is_shows_in_its_beginning_or_its_name(source: Any, part: Any) -> None:
    assert attachment(source) == part


def test_a_single_attachment_need_not_stand_in_a_list(tmp_path: Path) -> None:
    file = tmp_path / "a.png"
    file.write_bytes(PNG)
    assert attachments(str(file)) == [str(file)]
    assert attachments(PNG) == [PNG]
    assert attachments((file, PNG)) == [file, PNG]


def test_kind_and_mime_may_be_told() -> None:
    made = attachment("https://x.org/page", kind="video", mime="video/webm")
    assert (made["type"], made["source"]["mimeType"]) == ("video", "video/webm")
    assert attachment(PNG, "document", "image/x-own") == data("document", "image/x-own", PNG)


def test_a_files_name_says_more_than_its_beginning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "drawing.ogg").write_bytes(PNG)
    named = {"metadata": {"filename": "drawing.ogg"}}
    assert attachment("~/drawing.ogg") == {**data("audio", "audio/ogg", PNG), **named}


def test_a_figure_draws_itself() -> None:
    class Figure:
        def _repr_png_(self) -> tuple[bytes, dict]:
            return PNG, {}

    assert message("Explain", Figure())["content"][1] == data("image", "image/png", PNG)


def test_a_whole_message_is_taken_as_it_is() -> None:
    given = {"role": "user", "content": "x", "name": "Ann", "id": "mine"}
    assert message(given) == given


@pytest.mark.parametrize(
    ("content", "attach", "complaint"),
    [
        ("", (), "empty"),
        ([], (), "empty"),
        ({"role": "assistant", "content": "x"}, (), "role 'user'"),
        ("x", (object(),), "Of type object nothing can be sent: give a text; as a file"),
        ("x", ("/nowhere/at/all.png",), "cannot be read"),
    ],
)
def test_what_cannot_be_sent_is_said_before_anything_is(
    content: Any, attach: tuple, complaint: str
) -> None:
    with pytest.raises(InvalidInput, match=complaint):
        message(content, *attach)
