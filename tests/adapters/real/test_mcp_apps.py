"""Pages of MCP Apps from real servers of the package mcp: in this process, and over HTTP."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator

import pytest
import uvicorn
from mcp.server.mcpserver import MCPServer

from agui_notebook import AGUIError
from agui_notebook.client import fetch_page
from agui_notebook.protocol import AppPage, McpApp

MAP = McpApp("message:a", "ui://weather/map", "weather", {}, {})
PAGE = AppPage("<p>map", {"connect": ["https://api.test"], "load": []})


def weather() -> MCPServer:
    server = MCPServer("weather")
    meta = {"ui": {"csp": {"connectDomains": ["https://api.test", "*"]}}}

    @server.resource(MAP.uri, mime_type="text/html;profile=mcp-app", meta=meta)
    def page() -> str:
        return PAGE.html

    return server


@pytest.fixture
def address() -> Iterator[str]:
    with socket.socket() as place:
        place.bind(("127.0.0.1", 0))
        app = weather().streamable_http_app()
        serving = uvicorn.Server(uvicorn.Config(app, log_level="error"))
        thread = threading.Thread(target=serving.run, kwargs={"sockets": [place]})
        thread.start()
        yield f"http://127.0.0.1:{place.getsockname()[1]}/mcp"
        serving.should_exit = True
        thread.join(10)


def test_a_page_is_read_over_http(address: str) -> None:
    assert asyncio.run(fetch_page({"weather": address}, MAP)) == PAGE


def test_a_page_is_read_from_a_server_of_this_process() -> None:
    assert asyncio.run(fetch_page({"*": weather()}, MAP)) == PAGE


def test_a_page_that_is_not_there_is_a_sentence(address: str) -> None:
    with pytest.raises(AGUIError, match=r"The app ui://weather/none was not read: "):
        asyncio.run(fetch_page({"weather": address}, MAP._replace(uri="ui://weather/none")))


def test_a_server_that_is_not_there_is_a_sentence() -> None:
    with pytest.raises(AGUIError, match=r"The app ui://weather/map was not read: "):
        asyncio.run(fetch_page({"weather": "http://127.0.0.1:9/mcp"}, MAP))
