"""MCP Apps: pages that tools of MCP servers come with, as a conversation names them. Pure.

An agent's word is taken for which page is meant and for what its tool was given and gave; the page
itself comes from a server of the user's choice (jupyter/apps), and runs shut in (js/src/apps).
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from ...values import Json, JsonObject, JsonView
from ..document.shape import item_key

ACTIVITY = "mcp-apps"
MIME = "text/html;profile=mcp-app"
LONGEST_URI = 500  # characters
MOST_ORIGINS = 20
_ORIGIN = re.compile(r"(?:https|wss)://(?:\*\.)?[a-z0-9-]+(?:\.[a-z0-9-]+)+(?::\d{1,5})?", re.I)
_WANTS = {"connect": "connectDomains", "load": "resourceDomains"}


class McpApp(NamedTuple):
    """One page of one tool call; ``place`` is where it stands, ``server`` what it is of or ""."""

    place: str
    uri: str
    server: str
    given: JsonObject
    result: JsonObject


class AppPage(NamedTuple):
    """The page; ``wants`` are origins it asks to ``connect`` to and to ``load`` from."""

    html: str
    wants: dict[str, list[str]]


def read_apps(messages: Iterable[JsonView]) -> list[McpApp]:
    """The apps of a conversation, in order; an activity that names no page is none.

    >>> told = {"resourceUri": "ui://weather/map", "serverId": "weather", "toolInput": {}}
    >>> message = {"id": "a", "role": "activity", "activityType": "mcp-apps", "content": told}
    >>> read_apps([message])[0].uri
    'ui://weather/map'
    """
    found = (_read_app(each) for each in messages if each.get("activityType") == ACTIVITY)
    return [app for app in found if app is not None]


def _read_app(message: JsonView) -> McpApp | None:
    told = _object(message.get("content"))
    uri = told.get("resourceUri")
    if not isinstance(uri, str) or not uri.startswith("ui://") or len(uri) > LONGEST_URI:
        return None
    names = (told[name] for name in ("serverId", "serverHash") if isinstance(told.get(name), str))
    given, result = _object(told.get("toolInput")), _object(told.get("result"))
    return McpApp(item_key("message", message["id"]), uri, next(names, ""), given, result)


def read_page(contents: Json, largest: int) -> AppPage:
    """The page among the contents of a resource. Raises ValueError, in words for the user."""
    entries = [each for each in contents if isinstance(each, Mapping)]
    page = next((each for each in entries if _is_page(each.get("mimeType"))), None)
    if page is None:
        raise ValueError("its resource is no page of an app (text/html;profile=mcp-app)")
    html = _text(page)
    if len(html) > largest:
        raise ValueError(f"its page has {len(html):,} characters, more than the {largest:,} shown")
    return AppPage(html, _wants(page))


def _is_page(mime: Json) -> bool:
    return isinstance(mime, str) and mime.replace(" ", "").lower() == MIME


def _text(page: JsonView) -> str:
    if isinstance(page.get("text"), str):
        return str(page["text"])
    try:
        return base64.b64decode(page.get("blob") or "", validate=True).decode("utf-8")
    except (TypeError, binascii.Error, UnicodeDecodeError):
        raise ValueError("its page is no text") from None


def _wants(page: JsonView) -> dict[str, list[str]]:
    """Origins and nothing else: what is put into a policy must not be able to say more there."""
    ui = _object(_object(page.get("_meta")).get("ui"))
    asked = _object(ui.get("csp"))
    return {word: _origins(asked.get(name)) for word, name in _WANTS.items()}


def _origins(given: Json) -> list[str]:
    listed = given if isinstance(given, list) else []
    fit = (each for each in listed if isinstance(each, str) and _ORIGIN.fullmatch(each))
    return list(dict.fromkeys(fit))[:MOST_ORIGINS]


def _object(given: Json) -> JsonObject:
    return dict(given) if isinstance(given, Mapping) else {}


def words_of_app(app: McpApp) -> str:
    """What its tool gave, for whoever cannot be shown the page."""
    listed = app.result.get("content")
    parts = listed if isinstance(listed, list) else []
    texts = [each.get("text") for each in parts if isinstance(each, Mapping)]
    return "\n".join(text for text in texts if isinstance(text, str)) or app.uri
