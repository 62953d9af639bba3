"""What answers a run: agents, their emitter, and adapters that wrap others. Knows no server."""
