"""Measures our server beside three others in one run: ``python tests/bench/server/run.py``.

Writes results/server.json and prints a table. What is compared is ratios; absolute times are
those of the machine.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psutil

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
LANES = {
    "ours": "frameworks",
    "agent-framework-ag-ui": "agent-framework",
    "pydantic-ai": "frameworks",
    "ag-ui-langgraph": "frameworks",
}
EVENTS = 5_000  # deltas of one long answer
STREAMS = 100


def body(text: str, n: int = 0) -> bytes:
    request = {
        "threadId": f"t{n}-{time.monotonic_ns()}",
        "runId": f"r{n}",
        "state": {},
        "messages": [{"id": "u1", "role": "user", "content": text}],
        "tools": [],
        "context": [],
        "forwardedProps": {},
    }
    return json.dumps(request).encode()


class Answer:
    """One request over a bare socket, so that the client costs next to nothing."""

    def __init__(self, port: int, text: str, n: int = 0) -> None:
        self._port, self._body = port, body(text, n)
        self.frames, self.first, self.tail = 0, 0.0, b""
        self.begun = asyncio.Event()

    async def read(self) -> Answer:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        head = (
            f"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            f"Accept: text/event-stream\r\nContent-Length: {len(self._body)}\r\n"
            "Connection: close\r\n\r\n"
        )
        began = time.perf_counter()
        writer.write(head.encode() + self._body)
        while chunk := await reader.read(1 << 16):
            if not self.frames and b"data: " in chunk:
                self.first = time.perf_counter() - began
            self.frames += chunk.count(b"data: ")
            self.tail = (self.tail + chunk)[-400:]
            if self.frames > 3:
                self.begun.set()
        writer.close()
        assert b"RUN_FINISHED" in self.tail, self.tail
        return self


class Server:
    """One endpoint in its own process."""

    def __init__(self, kind: str) -> None:
        with socket.socket() as sock:
            sock.bind(("127.0.0.1", 0))
            self.port = int(sock.getsockname()[1])
        python = ROOT / ".lanes" / LANES[kind] / "bin" / "python"
        command = [str(python), str(HERE / "endpoints.py"), kind, str(self.port)]
        began = time.perf_counter()
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        self._popen = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
        self.process = psutil.Process(self._popen.pid)
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                break
            except OSError:
                time.sleep(0.01)
                assert self._popen.poll() is None
        self.start = time.perf_counter() - began

    def cpu(self) -> float:
        times = self.process.cpu_times()
        return float(times.user + times.system)

    def memory(self) -> int:
        return int(self.process.memory_info().rss)

    def close(self) -> None:
        self._popen.terminate()
        self._popen.wait(30)


async def measure(kind: str) -> dict[str, float]:
    server = Server(kind)
    try:
        for _ in range(3):
            await Answer(server.port, "50").read()
        return {
            "memory_per_stream_kb": await memory_per_stream(
                server
            ),  # first: freed memory is reused
            "cpu_per_event_us": await cpu_per_event(server),
            **await first_byte(server),
            **await side_by_side(server),
            "process_start_s": server.start,
        }
    finally:
        server.close()


async def cpu_per_event(server: Server) -> float:
    costs = []
    for _ in range(3):
        before = server.cpu()
        answer = await Answer(server.port, str(EVENTS)).read()
        costs.append((server.cpu() - before) / answer.frames)
    return min(costs) * 1e6


async def first_byte(server: Server) -> dict[str, float]:
    answers = [await Answer(server.port, "1").read() for _ in range(50)]
    times = [answer.first * 1e3 for answer in answers]
    return {"first_byte_best_ms": min(times), "first_byte_median_ms": statistics.median(times)}


async def side_by_side(server: Server) -> dict[str, float]:
    before, began = server.cpu(), time.perf_counter()
    answers = await asyncio.gather(
        *(Answer(server.port, "50 0.02", n).read() for n in range(STREAMS))
    )
    events = sum(answer.frames for answer in answers)
    return {
        "streams_100_s": time.perf_counter() - began,
        "streams_100_cpu_per_event_us": (server.cpu() - before) / events * 1e6,
        "streams_100_first_byte_worst_ms": max(answer.first for answer in answers) * 1e3,
    }


async def memory_per_stream(server: Server) -> float:
    before = server.memory()
    answers = [Answer(server.port, "40 0.2", n) for n in range(STREAMS)]
    tasks = [asyncio.create_task(answer.read()) for answer in answers]
    await asyncio.gather(*(answer.begun.wait() for answer in answers))
    held = server.memory() - before
    await asyncio.gather(*tasks)
    return held / STREAMS / 1024


def serve_start() -> float:
    """Milliseconds from ``serve(...)`` to an answering server, once imported; best of five."""
    code = """
import time
from agui_notebook.server.local import serve
from agui_notebook.agents.demo import agent
times = []
for n in range(6):
    began = time.perf_counter()
    serve(agent, name=str(n))
    times.append(time.perf_counter() - began)
print(min(times[1:]) * 1e3)
"""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment
    )
    return float(done.stdout)


def table(results: dict[str, dict[str, float]]) -> str:
    """Markdown: each measure, and how many times ours the others are."""
    kinds, base = list(results), results["ours"]
    rows = ["| measure | " + " | ".join(kinds) + " |", "| --- |" + " ---: |" * len(kinds)]
    for name, unit in base.items():
        measured = [results[kind][name] for kind in kinds]
        cells = [f"{value:.3g} ({value / unit:.1f}x)" for value in measured]
        rows.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(rows)


def main() -> None:
    results: dict[str, Any] = {kind: asyncio.run(measure(kind)) for kind in LANES}
    shown = table(results)
    results["serve_start_ms"] = serve_start()
    (HERE / "results").mkdir(exist_ok=True)
    (HERE / "results" / "server.json").write_text(json.dumps(results, indent=1))
    print(shown)
    print(f"\nserve(...) until it answers, once imported: {results['serve_start_ms']:.1f} ms")


if __name__ == "__main__":
    main()
