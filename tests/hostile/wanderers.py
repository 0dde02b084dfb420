"""Two small servers: one that sends everybody on to another, and that other one, which nobody should reach."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Place:
    """status: of each answer. onward: where it sends those who ask."""

    status: int = 200
    onward: str = ""
    url: str = ""
    heard: list[str] = field(default_factory=list)
    """``POST /path`` of each request."""
    credentials: list[str] = field(default_factory=list)
    bodies: list[str] = field(default_factory=list)


@contextmanager
def listening(place: Place) -> Iterator[Place]:
    class Door(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            place.heard.append(f"{self.command} {self.path}")
            place.credentials += [value for name, value in self.headers.items() if name.lower() == "authorization"]
            place.bodies.append(
                self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode("utf-8", "replace")
            )
            self.send_response(place.status)
            if place.onward:
                self.send_header("Location", f"{place.onward}{self.path}")
            self.send_header("Content-Length", "2")
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(b"{}")

        def __getattr__(self, name: str) -> Any:
            """``do_GET`` and its like."""
            if name.startswith("do_"):
                return self.answer
            raise AttributeError(name)

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    place.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=lambda: server.serve_forever(0.02), daemon=True).start()
    try:
        yield place
    finally:
        server.shutdown()
        server.server_close()
