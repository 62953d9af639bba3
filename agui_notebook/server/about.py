"""What the server says about itself: a page for people, a document for programs. No secrets."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from ..agents.agent import Agent
from ..values import JsonObject

HTML_HEADERS = [
    (b"content-type", b"text/html; charset=utf-8"),
    (
        b"content-security-policy",
        b"default-src 'none'; style-src 'unsafe-inline'; "
        b"frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    ),
    (b"x-frame-options", b"DENY"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
]

PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{name}</title>
<meta name="viewport" content="width=device-width">
<style>
:root {{ color-scheme: light dark }}
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 44rem; margin: 3rem auto }}
body, pre {{ padding: 1rem }}
pre {{ overflow-x: auto; border: 1px solid #8886; border-radius: 6px; font-size: .85rem }}
</style></head><body>
<h1>{name}</h1>
<p>{description}</p>
<p>This is an AG-UI agent, served by agui_notebook. A browser's address line sends GET;
an agent is asked with POST, and answers with a stream of server-sent events.</p>
<h2>In a notebook</h2>
<pre>import agui_notebook as agui

session = agui.connect("{url}"{flag})
await session.run("What is 2 + 2?")</pre>
<h2>In a terminal</h2>
<pre>curl -N {url} \\
  -H "Content-Type: application/json" \\{header}
  -d '{{"messages": [{{"role": "user", "content": "What is 2 + 2?"}}]}}'</pre>
{others}</body></html>
"""


def person(agent: Agent, url: str, others: Mapping[str, Agent], *, token: bool) -> bytes:
    """The page that a browser shows at ``url``."""
    flag = ', token="TOKEN"' if token else ""
    header = '\n  -H "Authorization: Bearer TOKEN" \\' if token else ""
    page = PAGE.format(
        name=escape(agent.name),
        description=escape(agent.description),
        url=escape(url),
        flag=flag,
        header=escape(header),
        others=_others(others),
    )
    return page.encode()


def _others(others: Mapping[str, Agent]) -> str:
    if len(others) < 2:
        return ""
    rows = "".join(
        f'<li><a href="{escape(path)}">{escape(path)}</a> {escape(agent.name)}</li>'
        for path, agent in others.items()
    )
    return f"<h2>Agents on this server</h2><ul>{rows}</ul>\n"


def program(agent: Agent, url: str, others: Mapping[str, Agent]) -> JsonObject:
    """The same for ``GET`` without a browser."""
    return {
        "name": agent.name,
        "description": agent.description,
        "url": url,
        "agents": {path: other.name for path, other in others.items()},
        "howTo": "POST an AG-UI RunAgentInput here as application/json; the answer is "
        "text/event-stream.",
    }


def capabilities(agent: Agent) -> JsonObject:
    """AgentCapabilities (P-CAP-06): what every agent here can, and what this one declares."""
    declared = getattr(agent, "capabilities", {})
    identity = {"name": agent.name, "type": "agui_notebook"}
    if agent.description:
        identity["description"] = agent.description
    own = {"suggestions": list(agent.suggestions)} if agent.suggestions else {}
    document = {"identity": identity, "transport": {"streaming": True}, **declared}
    if own:
        document["custom"] = {**document.get("custom", {}), "agui_notebook": own}
    return document
