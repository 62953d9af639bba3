"""Reads the page of an app from an MCP server of the user's choice, by the package ``mcp``."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from ..errors import AGUIError, InvalidInput
from ..protocol.surfaces.apps import AppPage, McpApp, read_page
from ..runtime.user_code import one_line
from ..values import Foreign, Json

LARGEST = 2_000_000  # characters of a page
PATIENCE = 30.0  # seconds for a server to give it
ANY = "*"


def read_servers(given: Json) -> dict[str, Foreign]:
    """Servers by the ids that agents call them; one alone is whatever they call it.

    Raises InvalidInput.
    """
    if isinstance(given, Mapping):
        if not given or not all(isinstance(name, str) and name for name in given):
            raise InvalidInput("apps= names servers, as in apps={'weather': 'http://.../mcp'}.")
        return dict(given)
    return {ANY: given}


async def fetch_page(servers: Mapping[str, Foreign], app: McpApp) -> AppPage:
    """The page of an app. Raises AGUIError, in one sentence."""
    server = servers.get(app.server, servers.get(ANY))
    if server is None:
        raise AGUIError(
            f"The agent shows an app of the server {app.server!r}, which was not given: "
            f"chat(..., apps={{{app.server!r}: address}})."
        )
    try:
        contents = await asyncio.wait_for(_read(server, app.uri), PATIENCE)
        return read_page(contents, LARGEST)
    except AGUIError:
        raise
    except (ValueError, TypeError) as error:
        raise AGUIError(f"The app {app.uri} is not shown: {error}.") from error
    except Exception as error:
        raise AGUIError(f"The app {app.uri} was not read: {one_line(_first(error))}") from error


def _first(error: BaseException) -> BaseException:
    """What went wrong itself, where it came in a group."""
    while inner := getattr(error, "exceptions", ()):
        error = inner[0]
    return error


async def _read(server: Foreign, uri: str) -> Json:
    """The contents of a resource, as they are on the wire."""
    if hasattr(server, "read_resource") and not hasattr(server, "streamable_http_app"):
        # a client of the user's, which is open, and no server of this process
        return _plain(await server.read_resource(uri))
    async with _client(server) as client:
        return _plain(await client.read_resource(uri))


def _client(server: Foreign) -> Foreign:
    try:
        from mcp.client.client import Client
    except ImportError as error:
        raise AGUIError(
            "The agent's app is read by the package mcp: pip install 'agui_notebook[mcp]'."
        ) from error
    return Client(server)


def _plain(result: Foreign) -> Json:
    """What a client gave, as JSON: a model of the package, or plain dicts already."""
    dump = getattr(result, "model_dump", None)
    told = result if dump is None else dump(mode="json", by_alias=True)
    return told["contents"]
