"""A Slack stand-in on a free port, and an app of ours that talks to it with Slack's own libraries."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeVar

import pytest
import requests
from slack_bolt import App, BoltRequest
from slack_sdk import WebClient

from integrations.slack.sandbox import Workspace, build
from integrations.standin.secrets import Secrets, invent
from integrations.standin.wire import Server
from integrations.standin.world import load_world

T = TypeVar("T")
Json = dict[str, Any]


def until(look: Callable[[], T], seconds: float = 5.0) -> T:
    """Look until something is there."""
    end = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < end, "it never came"
        threading.Event().wait(0.01)
    return found


class Slack:
    """The stand-in, as a test steers it."""

    def __init__(self, workspace: Workspace, secrets: Secrets, url: str) -> None:
        self.workspace, self.secrets, self.url = workspace, secrets, url
        self.client = WebClient(secrets.slack_bot_token, base_url=f"{url}/api/", retry_handlers=[])

    def control(self, path: str, body: Json | None = None) -> Any:
        address = f"{self.url}/_standin/{path}"
        answer = requests.get(address, timeout=15) if body is None else requests.post(address, json=body, timeout=15)
        return answer.json()

    def person(self, user: str, deed: str, **sent: Any) -> Any:
        return self.control(f"people/{user}/{deed}", sent)

    def screen(self, user: str) -> Json:
        return self.control(f"people/{user}/screen")

    def seen(self, user: str, channel: str) -> list[Json]:
        """The messages this person sees there."""
        screen = self.screen(user)
        return next(c["messages"] for c in [*screen["channels"], *screen["dms"]] if c["id"] == channel)

    def switch(self, **switches: Any) -> None:
        assert "error" not in self.control("switches", switches)

    def deliveries(self, kind: str = "") -> list[Json]:
        return [d for d in self.control("deliveries") if kind in ("", d["type"])]


class HttpApp:
    """Bolt behind a plain HTTP server, its answers as Bolt gives them."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.heard: list[tuple[dict[str, str], str]] = []
        outer = self

        class Door(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"])).decode()
                headers = {name.lower(): value for name, value in self.headers.items()}
                outer.heard.append((headers, body))
                answer = outer.app.dispatch(BoltRequest(body=body, headers=dict(headers)))
                self.send_response(answer.status)
                for name, values in answer.headers.items():
                    self.send_header(name, values[0])
                self.end_headers()
                self.wfile.write(answer.body.encode())

            def log_message(self, *_: Any) -> None:
                """Keep quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
        self.url = f"http://127.0.0.1:{self._server.server_port}/slack/events"
        threading.Thread(target=lambda: self._server.serve_forever(0.02), daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture(autouse=True)
def _no_slack_settings_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET", "SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET"):
        monkeypatch.delenv(name, raising=False)
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.delenv(name, raising=False)  # slack_sdk ignores NO_PROXY
    monkeypatch.setenv("SKIP_SLACK_SDK_WARNING", "1")


BEYOND_OURS = ["files:write", "links:read", "links:write", "reactions:write", "usergroups:read"]
"""Scopes that the stand-in knows and Cabbie's manifest does not ask for."""


@pytest.fixture
def slack() -> Iterator[Slack]:
    secrets = invent()
    workspace = build(load_world(), secrets)
    workspace.standin.switches["scopes"] += BEYOND_OURS
    server = Server(workspace.standin.app)
    thread = threading.Thread(target=lambda: asyncio.run(server.serve()), daemon=True)
    thread.start()
    yield Slack(workspace, secrets, server.url)
    server.stop()
    thread.join(10)


@pytest.fixture
def bolt(slack: Slack) -> App:
    """Our app, not connected yet."""
    return App(
        client=slack.client,
        signing_secret=slack.secrets.slack_signing_secret,
        process_before_response=True,
        listener_executor=ThreadPoolExecutor(8),
    )


@pytest.fixture
def http_app(slack: Slack, bolt: App) -> Iterator[HttpApp]:
    """The same app, reached by HTTP."""
    door = HttpApp(bolt)
    slack.control("delivery", {"url": door.url})
    yield door
    door.stop()


def section(text: str, **more: Any) -> Json:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}, **more}


def buttons(*action_ids: str, block_id: str = "decide") -> Json:
    elements = [
        {"type": "button", "action_id": a, "text": {"type": "plain_text", "text": a}, "value": "CHG0030042"}
        for a in action_ids
    ]
    return {"type": "actions", "block_id": block_id, "elements": elements}
