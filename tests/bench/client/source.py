"""The agent of the benchmark: streams N deltas into one message, as fast as the socket takes them.

Run as a program it prints its port and serves until its standard input closes. The path says what
to send: ``/<deltas>/<framing>``; framing ``events`` sends one HTTP chunk per event, as servers do,
``blocks`` fills chunks of 64 KiB, so that nothing but the client's own work is left.
"""

from __future__ import annotations

import asyncio
import json
import sys
from functools import lru_cache

BLOCK = 65_536


def frame(event: dict[str, object]) -> bytes:
    """One SSE frame."""
    return b"data: " + json.dumps(event, separators=(",", ":")).encode() + b"\n\n"


@lru_cache
def frames(deltas: int) -> tuple[bytes, ...]:
    """What stands between RUN_STARTED and RUN_FINISHED."""
    mid = "msg-7f3a-4c1e"
    start = {"type": "TEXT_MESSAGE_START", "messageId": mid, "role": "assistant"}
    body = (
        {"type": "TEXT_MESSAGE_CONTENT", "messageId": mid, "delta": f"w{n % 1000:03d} "}
        for n in range(deltas)
    )
    end = {"type": "TEXT_MESSAGE_END", "messageId": mid}
    return tuple(frame(event) for event in (start, *body, end))


@lru_cache
def chunked(deltas: int, framing: str) -> bytes:
    """The same as HTTP chunks, made before the clock runs."""
    whole = frames(deltas)
    if framing == "blocks":
        joined = b"".join(whole)
        whole = tuple(joined[n : n + BLOCK] for n in range(0, len(joined), BLOCK))
    return b"".join(chunk(piece) for piece in whole)


def chunk(data: bytes) -> bytes:
    """One HTTP chunk."""
    return b"%x\r\n%s\r\n" % (len(data), data)


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer one connection's requests."""
    try:
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            length = next(
                int(line.partition(":")[2])
                for line in head.split("\r\n")
                if line.lower().startswith("content-length")
            )
            request = json.loads(await reader.readexactly(length))
            _, deltas, framing = head.split()[1].split("/")
            names = (("threadId", "thread_id"), ("runId", "run_id"))  # Microsoft's says snake_case
            ids = {name: request.get(name) or request[other] for name, other in names}
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n")
            writer.write(b"transfer-encoding: chunked\r\n\r\n")
            writer.write(chunk(frame({"type": "RUN_STARTED", **ids})))
            writer.write(chunked(int(deltas), framing))
            writer.write(chunk(frame({"type": "RUN_FINISHED", **ids})) + b"0\r\n\r\n")
            await writer.drain()
    except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
        writer.close()


async def main() -> None:
    """Serve until standard input closes."""
    server = await asyncio.start_server(serve, "127.0.0.1", 0, limit=2**26)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main())
