"""Reading the ledger from a bot that is not there, or is something else."""

import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from integrations.standin.page.ledger import read


class Stranger(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        status = 500 if self.path.endswith("BROKEN") else 200
        self.send_response(status)
        self.end_headers()
        self.wfile.write(b"<h1>It works!</h1>")

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture(scope="module")
def stranger() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Stranger)
    threading.Thread(target=server.serve_forever).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_a_bot_that_does_not_answer_is_said_plainly() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"

        assert read(url, "token", "CHG0030001") == {"problem": f"Cabbie does not answer at {url}."}


def test_an_answer_that_is_not_json_is_said_plainly(stranger: str) -> None:
    assert read(stranger, "token", "CHG0030001") == {"problem": f"What answers at {stranger} is not Cabbie."}


def test_an_error_is_said_plainly(stranger: str) -> None:
    assert read(stranger, "token", "BROKEN") == {"problem": "Cabbie answered 500 for BROKEN."}
