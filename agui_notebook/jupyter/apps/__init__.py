"""MCP Apps in a chat: pages are read from the servers that the user names."""
