"""What a file's first bytes say it is: one table for what is attached and for what models are sent.

Names and declared types are others' business.
"""

from __future__ import annotations

import re

HEAD = 16  # bytes that are enough
_BEGINNINGS = (
    (rb"\x89PNG", "image/png"),
    (rb"\xff\xd8\xff", "image/jpeg"),
    (rb"GIF8", "image/gif"),
    (rb"RIFF....WEBP", "image/webp"),
    (rb"RIFF....WAVE", "audio/wav"),
    (rb"RIFF....AVI ", "video/x-msvideo"),
    (rb"ID3|\xff[\xf2\xf3\xfb]", "audio/mpeg"),
    (rb"OggS", "audio/ogg"),
    (rb"fLaC", "audio/flac"),
    (rb"....ftyp", "video/mp4"),
    (rb"\x1aE\xdf\xa3", "video/webm"),
    (rb"%PDF", "application/pdf"),
)


def type_of(head: bytes) -> str | None:
    """The MIME type of a file that begins with ``head``, or None.

    >>> type_of(b"%PDF-1.7")
    'application/pdf'
    """
    known = (mime for begins, mime in _BEGINNINGS if re.match(begins, head, re.DOTALL))
    return next(known, None)
