"""Apps in a chat: whose pages are read, what stands there, a sentence where nothing does."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import pytest
from support.open_chats import open_chat, scripted_page, until
from support.scripted import Event

from agui_notebook import ChatWidget, InvalidInput

APP = "application/vnd.agui-notebook.app+json"
MIME = "text/html;profile=mcp-app"
PAGE = {"mimeType": MIME, "text": "<p>map", "_meta": {"ui": {"csp": {"connectDomains": []}}}}
TOLD: dict[str, Any] = {
    "resourceUri": "ui://weather/map",
    "serverId": "weather",
    "toolInput": {"city": "Oslo"},
    "result": {"content": [{"type": "text", "text": "4 degrees"}]},
}


class Reader:
    """A client of an MCP server, which is open."""

    def __init__(self, *contents: Any) -> None:
        self.contents, self.asked = contents, []  # type: tuple[Any, ...], list[str]

    async def read_resource(self, uri: str) -> dict[str, Any]:
        self.asked.append(uri)
        return {"contents": list(self.contents)}


@pytest.fixture(autouse=True)
def page(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with scripted_page(monkeypatch):
        yield


def opened(apps: Any, **content: Any) -> ChatWidget:
    snapshot: Event = {"type": "ACTIVITY_SNAPSHOT", "messageId": "a", "activityType": "mcp-apps"}
    widget = open_chat(lambda _: [{**snapshot, "content": {**TOLD, **content}}], apps=apps)
    widget.ask("hi")
    return widget


def shown(widget: ChatWidget) -> Any:
    outputs = widget.session.document["outputs"]
    return until(lambda: next(iter(outputs.values()), None))


def test_the_page_of_an_app_stands_where_the_agent_named_it() -> None:
    reader = Reader(PAGE)
    widget = opened({"weather": reader})
    place = f"message:{widget.messages[-1]['id']}"
    assert shown(widget) == {
        APP: {
            "id": place,
            "uri": "ui://weather/map",
            "html": "<p>map",
            "wants": {"connect": [], "load": []},
            "given": {"city": "Oslo"},
            "result": TOLD["result"],
        },
        "text/plain": "4 degrees",
    }
    assert reader.asked == ["ui://weather/map"]


def test_one_server_alone_is_whatever_the_agent_calls_it() -> None:
    assert APP in shown(opened(Reader(PAGE), serverId="any"))


def test_a_page_of_a_server_that_was_not_given_is_not_read() -> None:
    reader = Reader(PAGE)
    assert shown(opened({"other": reader})) == {
        "text/plain": "The agent shows an app of the server 'weather', which was not given: "
        "chat(..., apps={'weather': address}).\n4 degrees"
    }
    assert reader.asked == []


@pytest.mark.parametrize(
    ("contents", "said"),
    [
        ([], "The app ui://weather/map is not shown: its resource is no page of an app"),
        ([{**PAGE, "text": "x" * 2_000_001}], "2,000,001 characters, more than the 2,000,000"),
    ],
)
def test_a_page_that_cannot_be_shown_is_a_sentence(contents: list[Any], said: str) -> None:
    output = shown(opened({"weather": Reader(*contents)}))
    assert said in output["text/plain"]
    assert list(output) == ["text/plain"]


def test_a_server_that_fails_is_a_sentence() -> None:
    class Broken:
        async def read_resource(self, uri: str) -> Any:
            raise OSError("gone")

    assert shown(opened({"weather": Broken()}))["text/plain"].startswith(
        "The app ui://weather/map was not read: "
    )


def test_what_a_tool_gave_has_its_bounds() -> None:
    output = shown(opened({"weather": Reader(PAGE)}, result={"text": "x" * 2_000_000}))
    assert "more than the 2,000,000 shown" in output["text/plain"]


def test_without_the_package_its_name_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "mcp.client.client", None)
    said = shown(opened({"weather": "http://127.0.0.1:9/mcp"}))["text/plain"]
    assert said.startswith("The agent's app is read by the package mcp: pip install")


def test_without_servers_an_app_is_a_row_like_any_activity() -> None:
    widget = opened(None)
    assert widget.session.document["outputs"] == {}


@pytest.mark.parametrize("given", [{}, {"": "x"}, {1: "x"}])
def test_servers_have_names(given: Any) -> None:
    with pytest.raises(InvalidInput, match="apps= names servers"):
        opened(given or {"": 1})
