"""User messages: text, and images, audio, video and documents from a path, bytes or a URL.

Builds the wire's own message and part dicts; sending them is the session's business.
"""

from __future__ import annotations

import base64
import mimetypes
from collections.abc import Callable, Iterable, Mapping
from os import PathLike
from pathlib import Path
from urllib.parse import urlsplit

from ..errors import InvalidInput
from ..file_types import HEAD, type_of
from ..values import Json, JsonObject

Part = JsonObject


def user_message(content: Json, attach: Iterable[Json], mint: Callable[[], str]) -> JsonObject:
    """A user message of ``content`` (text, a part, a list of them, or a whole message).

    ``attach`` adds files: paths, URLs, bytes, or objects that can draw themselves as PNG.
    Raises InvalidInput for what cannot be sent.
    """
    if isinstance(content, Mapping) and "role" in content:
        if content["role"] != "user":
            raise InvalidInput("Only a message with role 'user' can be sent as a turn.")
        return _check({"id": mint(), **content})
    items = content if isinstance(content, list | tuple) else [content]
    parts = [part(item) for item in items] + [attachment(item) for item in attach]
    if not parts or parts == [{"type": "text", "text": ""}]:
        raise InvalidInput("There is nothing to send: the message is empty.")
    alone = parts[0]["text"] if len(parts) == 1 and parts[0].keys() == {"type", "text"} else None
    said = {"id": mint(), "role": "user", "content": parts if alone is None else alone}
    return _check(said)


def earlier_message(message: Json, mint: Callable[[], str]) -> JsonObject:
    """A message of the history a session begins with. Raises InvalidInput."""
    if not isinstance(message, Mapping):
        raise InvalidInput(
            f"{message!r} is no message: write {{'role': 'user', 'content': '...'}}."
        )
    return _check({"id": mint(), **message})


def attachments(given: Json) -> list[Json]:
    """What is to be attached; a single thing need not stand in a list."""
    alone = isinstance(given, str | bytes | bytearray | memoryview | PathLike | Mapping)
    return [given] if alone or not isinstance(given, Iterable) else list(given)


def part(item: Json) -> Part:
    """One content part: a string is text, a dict is a part already, all else is attached."""
    if isinstance(item, str):
        return {"type": "text", "text": item}
    if isinstance(item, Mapping):
        return dict(item)
    return attachment(item)


def attachment(source: Json, kind: str | None = None, mime: str | None = None) -> Part:
    """An image, audio, video or document part from a path, a URL, bytes, or a PNG-drawing object.

    ``kind`` and ``mime`` are found out when not given. Raises InvalidInput when that fails or the
    file cannot be read.
    """
    if isinstance(source, Mapping):
        return dict(source)
    if _is_url(source):
        found = mime or mimetypes.guess_type(urlsplit(source).path)[0]
        origin = {"type": "url", "value": source} | ({"mimeType": found} if found else {})
    else:
        data, guess = _read(source)
        found = mime or guess
        text = base64.b64encode(data).decode("ascii")
        origin = {"type": "data", "value": text, "mimeType": found or "application/octet-stream"}
    made = {"type": kind or _kind(found), "source": origin}
    name = _name(source)
    return {**made, "metadata": {"filename": name}} if name else made


def _name(source: Json) -> str:
    """What a file is called, by which models know a notebook or a log from other bytes."""
    is_path = isinstance(source, str | PathLike) and not _is_url(source)
    return Path(source).name if is_path else ""


def _is_url(source: Json) -> bool:
    return isinstance(source, str) and urlsplit(source).scheme in ("http", "https")


def _read(source: Json) -> tuple[bytes, str | None]:
    if isinstance(source, bytes | bytearray | memoryview):
        return bytes(source), type_of(bytes(source[:HEAD]))
    if isinstance(source, str | PathLike):
        return _read_file(Path(source).expanduser())
    draw = getattr(source, "_repr_png_", None)
    png = draw() if callable(draw) else None
    if isinstance(png, tuple):  # IPython allows (data, metadata)
        png = png[0]
    if isinstance(png, bytes):
        return png, "image/png"
    raise InvalidInput(
        f"Of type {type(source).__name__} nothing can be sent: give a text; as a file a path, a "
        "URL, bytes or a figure."
    )


def _read_file(path: Path) -> tuple[bytes, str | None]:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InvalidInput(f"{path} cannot be read ({error.strerror}).") from error
    return data, mimetypes.guess_type(path.name)[0] or type_of(data[:HEAD])


def _kind(mime: str | None) -> str:
    family = (mime or "").partition("/")[0]
    return family if family in ("image", "audio", "video") else "document"


def _check(message: JsonObject) -> JsonObject:
    from ..protocol.run_input import check_message  # with the first message: it knows all shapes

    return check_message(message)
