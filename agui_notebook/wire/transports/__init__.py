"""Ways for httpx to reach an agent without a socket. Knows no frames."""
