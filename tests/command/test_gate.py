"""``cabbie gate`` as a pipeline runs it: 0 only for a plain "open" from the very address it was given."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from bot.cli import app

OPEN = json.dumps({"open": True, "reason": "cleared"})


class Api(ThreadingHTTPServer):
    """Answers all it is asked in one way, and keeps who asked."""

    def __init__(self, status: int = 200, body: str = OPEN, **headers: str) -> None:
        super().__init__(("127.0.0.1", 0), Asked)
        self.answer = (status, body, headers)
        self.signed: list[str] = []
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Asked(BaseHTTPRequestHandler):
    server: Api

    def do_GET(self) -> None:
        status, body, headers = self.server.answer
        self.server.signed.append(self.headers.get("Authorization", ""))
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_: object) -> None:
        """Nothing: it is no server of anybody's."""


@pytest.fixture
def another() -> Iterator[Api]:
    api = Api()
    yield api
    api.shutdown()


def gate(api: Api, **environment: str) -> Result:
    words = ["gate", "payments", "2.4.1", "--api", api.url, "--token", "of-the-test"]
    try:
        return CliRunner().invoke(app, words, env=environment)
    finally:
        api.shutdown()


def test_open_is_nought() -> None:
    api = Api()

    assert gate(api).exit_code == 0
    assert api.signed == ["Bearer of-the-test"]


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, json.dumps({"open": False, "reason": "nobody approved"})),
        (401, json.dumps({"detail": "unknown token"})),
        (500, OPEN),
        (200, "<html>maintenance</html>"),
        (200, ""),
    ],
)
def test_anything_else_is_a_no(status: int, body: str) -> None:
    assert gate(Api(status, body)).exit_code == 1


def test_a_redirect_is_a_no_and_the_token_goes_nowhere(another: Api) -> None:
    assert gate(Api(307, OPEN, Location=f"{another.url}/api/v1/gate")).exit_code == 1
    assert another.signed == []


def test_no_netrc_takes_the_tokens_place(tmp_path: Path) -> None:
    (tmp_path / "netrc").write_text("default login somebody password of-the-machine\n")
    api = Api()

    gate(api, NETRC=str(tmp_path / "netrc"))

    assert api.signed == ["Bearer of-the-test"]
