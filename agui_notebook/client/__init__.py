"""One conversation with one agent: transport, tools, session. Knows no notebook and no server."""
