"""A recorded agent over HTTP, for code that wants an address. Only 127.0.0.1, no token."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from .. import foreign_json
from ..errors import InvalidInput
from ..protocol import run_input
from ..runtime.ids import mint
from ..server.security import LOOPBACK, Guard
from ..values import JsonObject
from ..wire.sse_writer import HEADERS, frame

GUARD = Guard(hosts=LOOPBACK)  # no page of a browser asks what was recorded
Respond = Callable[[JsonObject], Iterable[JsonObject]]


def serve_http(answer: Respond) -> tuple[str, Callable[[], None]]:
    """Serve ``answer`` until the returned function is called; the address comes first."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _listener(answer))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()

    def stop() -> None:
        server.shutdown()
        server.server_close()
        thread.join()

    return f"http://127.0.0.1:{server.server_address[1]}/", stop


def _listener(answer: Respond) -> type[BaseHTTPRequestHandler]:
    class Listener(BaseHTTPRequestHandler):
        """One request; the connection ends with the answer."""

        def do_POST(self) -> None:
            sent = {k.lower().encode(): v.encode("latin-1") for k, v in self.headers.items()}
            refusal = GUARD.stranger(sent) or GUARD.unreadable(sent)
            if refusal is not None:
                self.send_error(refusal.status, explain=refusal.detail)
                return
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            try:
                request = run_input.read(foreign_json.read_bytes(body, whole_characters=True), mint)
            except (ValueError, InvalidInput) as error:
                self.send_error(400, str(error)[:200])
                return
            self.send_response(200)
            for name, value in HEADERS:
                self.send_header(name.decode(), value.decode())
            self.end_headers()
            for event in answer(dict(request)):
                self.wfile.write(frame(event))

        def log_message(self, *_: object) -> None:
            """A test's output is its own."""

    return Listener
