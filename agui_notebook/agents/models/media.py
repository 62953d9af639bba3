"""What a message holds besides plain text, and what of it an interface takes. Wire dicts in.

Files that are text (tables, code, notebooks, notes) are text for every model; what is left are
pictures, sound, video and documents. How an interface spells them is its adapter's business.
"""

from __future__ import annotations

import base64
import binascii
import codecs
import mimetypes
import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple
from urllib.parse import unquote_to_bytes, urlsplit

from ...file_types import type_of
from ...late_pattern import late
from ...protocol.document.shape import Message
from ...values import JsonView

PICTURES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
PDF = "application/pdf"
UNKNOWN = "application/octet-stream"
DEFAULT_MIME = {
    "image": "image/png",
    "audio": "audio/wav",
    "video": "video/mp4",
    "document": PDF,
}
SOURCES = ("data", "url", "file")
ALIASES = {
    "image/jpg": "image/jpeg",
    "audio/mp3": "audio/mpeg",
    **dict.fromkeys(("audio/x-wav", "audio/wave", "audio/vnd.wave"), "audio/wav"),
}
# files that are text though their type may not say so, by the end of their name
ENDINGS = """
    txt text md markdown rst csv tsv json jsonl ndjson geojson ipynb py pyi r jl js ts css html htm
    xml svg yaml yml toml ini cfg conf log sql sh bat tex bib c h cpp hpp java go rs diff
"""
TYPES = """
    json x-ndjson jsonl xml javascript x-javascript x-python x-sh yaml x-yaml toml sql x-tex csv
"""  # of application/


class Media(NamedTuple):
    """A part that is no text: ``kind`` image, audio, video or document; one of data, url, file.

    ``data`` is base64 text; ``file`` is an id that the provider gave; ``name`` a file's name.
    """

    kind: str
    mime: str
    data: str | None
    url: str | None
    file: str | None
    name: str = ""

    @property
    def any_url(self) -> str | None:
        """The URL, or the data as a data URL, or None for a provider's file."""
        return f"data:{self.mime};base64,{self.data}" if self.data is not None else self.url


def parts_of(message: Message) -> Iterator[str | Media]:
    """What a message holds, in order: texts and media. Parts of other kinds are left out."""
    content = message.get("content") or ""
    if isinstance(content, str):
        yield content
        return
    for part in content:
        if part.get("type") == "text":
            yield part["text"]
        elif media := _media(part):
            text = text_of_file(media)
            yield media if text is None else f"[{media.name or 'file'}]\n{text}"


def omission_note(media: Media) -> str:
    """What stands in a prompt for a part its model cannot take (P-INPUT-05)."""
    return f"[{media.kind} left out: this model's interface does not take it]"


def plain_text(message: Message) -> str:
    """All of a message as text, for what takes nothing else; what is left out is said."""
    parts = parts_of(message)
    return "".join(part if isinstance(part, str) else omission_note(part) for part in parts)


def text_of_file(media: Media) -> str | None:
    """The text of a file that is text, or None. UTF-8, or what Windows wrote before it.

    Of a file whose type nobody knows it is text if it can be read as nothing else.

    >>> text_of_file(Media("document", "text/csv", "YSxiCjEsMg==", None, None))
    'a,b\\n1,2'
    """
    is_text = _is_text(media)
    if media.data is None or not (is_text or media.mime == UNKNOWN):
        return None
    try:
        data = base64.b64decode(media.data)
        if data[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
            return data.decode("utf-16")
        return None if b"\0" in data else data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace") if is_text and b"\0" not in data else None
    except (binascii.Error, ValueError):
        return None


def _is_text(media: Media) -> bool:
    ending = media.name.rpartition(".")[2].lower() if "." in media.name else ""
    family, _, kind = media.mime.partition("/")
    told = family == "application" and kind in TYPES.split()
    other = family == "text" or kind.endswith(("+json", "+xml"))
    return told or other or ending in ENDINGS.split()


def _media(part: JsonView) -> Media | None:
    source = part.get("source") or {}
    if part.get("type") not in DEFAULT_MIME or source.get("type") not in SOURCES:
        return None
    source = _open_source(source)
    at = {key: source["value"] if key == source["type"] else None for key in SOURCES}
    about = part.get("metadata")
    name = about.get("filename") if isinstance(about, Mapping) else None
    name = name if isinstance(name, str) else ""
    told = (source.get("mimeType") or "").partition(";")[0].strip().lower()
    if told in ("", UNKNOWN):
        told = _guess(name) or _guess(at["url"]) or _sniff(at["data"]) or told
    mime = ALIASES.get(told, told) or DEFAULT_MIME[part["type"]]
    return Media(part["type"], mime, **at, name=name)


def _open_source(source: JsonView) -> JsonView:
    """A data: URL as the data that it is; anything else as it stands."""
    found = DATA_URL.match(source["value"]) if source["type"] == "url" else None
    if found is None:
        return source
    data = found["data"]
    if not found["base64"]:
        data = base64.b64encode(unquote_to_bytes(data)).decode()
    return {"type": "data", "value": data, "mimeType": found["mime"] or source.get("mimeType")}


DATA_URL = late(
    r"data:(?P<mime>[^;,]*)(?:;(?!base64)[^;,]*)*(?P<base64>;base64)?,(?P<data>.*)",
    re.DOTALL | re.IGNORECASE,
)


def _guess(name: str | None) -> str | None:
    """The type that the end of a name or of a URL's path tells."""
    return mimetypes.guess_type(urlsplit(name).path)[0] if name else None


def _sniff(data: str | None) -> str:
    """The type that a file's first bytes show, or nothing."""
    try:
        head = base64.b64decode((data or "")[:32])
    except (binascii.Error, ValueError):
        return ""
    return type_of(head) or ""
