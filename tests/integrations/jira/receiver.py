"""Somebody who gets webhooks: keeps what came, and answers as told."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from time import monotonic
from typing import Any

PATIENCE_SECONDS = 20.0


@dataclass
class Letter:
    """One delivery."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        content: dict[str, Any] = json.loads(self.body)
        return content


@dataclass
class Receiver:
    """``answers`` are used up one by one, then it is 200. A zero hangs up without one."""

    url: str = ""
    answers: list[int] = field(default_factory=list)
    letters: list[Letter] = field(default_factory=list)
    came: threading.Condition = field(default_factory=threading.Condition)

    def take(self, letter: Letter) -> int:
        with self.came:
            self.letters.append(letter)
            self.came.notify_all()
            return self.answers.pop(0) if self.answers else 200

    def wait_for(self, count: int) -> list[Letter]:
        """At least so many, in the order they came."""
        with self.came:
            end = monotonic() + PATIENCE_SECONDS
            while len(self.letters) < count and self.came.wait(timeout=max(0.0, end - monotonic())):
                continue
            assert len(self.letters) >= count, f"{len(self.letters)} of {count} came"
            return list(self.letters)

    def events(self) -> list[str]:
        return [letter.json["webhookEvent"] for letter in self.letters]


@contextmanager
def receiving() -> Iterator[Receiver]:
    receiver = Receiver()

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            headers = {name.lower(): value for name, value in self.headers.items()}
            status = receiver.take(Letter(self.path, headers, body))
            if status:
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()
            else:
                self.close_connection = True

        def log_message(self, *_: Any) -> None:
            """The letters are the log."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    receiver.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=10)
