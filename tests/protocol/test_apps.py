"""MCP Apps as a conversation names them, and the pages that servers give: read with care."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from agui_notebook.protocol import AppPage, McpApp, read_apps, read_page, words_of_app

MIME = "text/html;profile=mcp-app"
TOLD: dict[str, Any] = {
    "resourceUri": "ui://weather/map",
    "serverId": "weather",
    "serverHash": "h",
    "toolInput": {"city": "Oslo"},
    "result": {"content": [{"type": "text", "text": "4 °C"}, {"type": "image"}, 7]},
}


def activity(content: Any, kind: str = "mcp-apps") -> dict[str, Any]:
    return {"id": "a", "role": "activity", "activityType": kind, "content": content}


def test_an_activity_names_a_page_its_server_and_what_its_tool_was_given_and_gave() -> None:
    (app,) = read_apps([{"id": "u", "role": "user", "content": "hi"}, activity(TOLD)])
    assert app == McpApp(
        "message:a", "ui://weather/map", "weather", {"city": "Oslo"}, TOLD["result"]
    )
    assert words_of_app(app) == "4 °C"


def test_a_server_may_be_named_by_its_hash_or_not_at_all() -> None:
    bare = {"resourceUri": "ui://x", "toolInput": [1], "result": "done"}
    named = read_apps([activity({**bare, "serverHash": "h", "serverId": 7}), activity(bare)])
    assert named == [
        McpApp("message:a", "ui://x", "h", {}, {}),
        McpApp("message:a", "ui://x", "", {}, {}),
    ]
    assert words_of_app(named[0]) == "ui://x"


@pytest.mark.parametrize(
    "content",
    [
        None,
        [],
        {},
        {"resourceUri": 1},
        {"resourceUri": "https://evil.test/"},
        {"resourceUri": "javascript:alert(1)"},
        {"resourceUri": "ui://" + "x" * 500},
    ],
)
def test_what_names_no_page_is_no_app(content: Any) -> None:
    assert read_apps([activity(content), activity(TOLD, "plan")]) == []


@pytest.mark.parametrize(
    "given", [{"text": "<p>é"}, {"blob": base64.b64encode("<p>é".encode()).decode()}]
)
def test_a_page_comes_as_text_or_as_bytes(given: dict[str, str]) -> None:
    other = {"mimeType": "text/plain", "text": "no"}
    page = {"mimeType": "Text/HTML; profile=mcp-app", **given}
    assert read_page([7, other, page], 100) == AppPage("<p>é", {"connect": [], "load": []})


@pytest.mark.parametrize(
    ("contents", "complaint"),
    [
        ([], "no page of an app"),
        ([{"mimeType": "text/html", "text": "<p>"}], "no page of an app"),
        ([{"text": "<p>"}], "no page of an app"),
        ([{"mimeType": MIME, "text": "x" * 101}], "101 characters, more than the 100 shown"),
        ([{"mimeType": MIME, "blob": "!"}], "is no text"),
        ([{"mimeType": MIME, "blob": 7}], "is no text"),
        ([{"mimeType": MIME, "blob": "/w=="}], "is no text"),
    ],
)
def test_what_is_no_page_is_said_in_words(contents: list[Any], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        read_page(contents, 100)


@pytest.mark.parametrize(
    "origin",
    [
        "*",
        "https://*",
        "http://plain.test",
        "data:",
        "'unsafe-eval'",
        "https://a.test; script-src *",
        "https://a.test 'self'",
        "https://a.test/path",
        "https://a.test\n",
        'https://a.test"><script>',
        "https://localhost",
        7,
        None,
    ],
)
def test_what_is_no_origin_never_reaches_a_policy(origin: Any) -> None:
    meta = {"ui": {"csp": {"connectDomains": [origin, "https://ok.test"], "frameDomains": ["x"]}}}
    page = read_page([{"mimeType": MIME, "text": "", "_meta": meta}], 10)
    assert page.wants == {"connect": ["https://ok.test"], "load": []}


def test_origins_are_told_once_and_not_without_end() -> None:
    many = [f"https://{n}.test:443" for n in range(30)]
    csp = {"resourceDomains": ["wss://*.a.test", "wss://*.a.test", *many], "connectDomains": 5}
    page = read_page([{"mimeType": MIME, "text": "", "_meta": {"ui": {"csp": csp}}}], 10)
    assert page.wants == {"connect": [], "load": ["wss://*.a.test", *many[:19]]}
