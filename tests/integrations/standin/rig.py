"""The page and the three stand-ins, served as in the sandbox, and a bot's API that answers a little."""

import asyncio
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import requests

from integrations.standin.clock import Clock
from integrations.standin.page.app import Sandbox, build_page
from integrations.standin.pulse import Pulse
from integrations.standin.secrets import Secrets, invent
from integrations.standin.startover import StartOver
from integrations.standin.systems import NAMES, Systems
from integrations.standin.wire import Server
from integrations.standin.world import load_world, sys_id_of

HISTORY = [{"seq": 1, "at": "2026-11-23T16:00:00Z", "kind": "heard", "by": "pipeline", "sentence": "Heard of it."}]


class Bot(BaseHTTPRequestHandler):
    """A bot's API that knows one change, and asks for the page's token."""

    def do_GET(self) -> None:
        if self.path == "/readyz":
            self.send_response(200)
            self.end_headers()
            return
        number = self.path.rpartition("/")[2]
        is_allowed = self.headers["authorization"] == "Bearer page-token"
        status = 401 if not is_allowed else 200 if number == "CHG0030001" else 404
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps({"number": number, "state": "Assess", "history": HISTORY}).encode())

    def log_message(self, format: str, *args: Any) -> None:
        pass


class BotProcess:
    """The bot as a thing that is killed and started again at one address."""

    def __init__(self) -> None:
        self.port = 0
        self.start()
        self.url = f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), Bot)
        self.port = self._server.server_port
        threading.Thread(target=self._server.serve_forever).start()
        self.is_up = True

    def kill(self) -> None:
        if self.is_up:
            self.is_up = False
            self._server.shutdown()
            self._server.server_close()


@dataclass
class Rig:
    """The page and the three stand-ins, served as in the sandbox."""

    page: Server
    slack: Server
    servicenow: Server
    jira: Server
    secrets: Secrets
    standins: Systems

    def get(self, path: str, **options: Any) -> requests.Response:
        return requests.get(f"{self.page.url}{path}", timeout=15, **options)

    def post(self, path: str, body: Any) -> dict[str, Any]:
        answer: dict[str, Any] = requests.post(f"{self.page.url}{path}", json=body, timeout=15).json()
        return answer

    def pulse(self) -> dict[str, Any]:
        felt: dict[str, Any] = self.get("/page/pulse").json()
        return felt

    def slack_api(self, method: str, **fields: str) -> requests.Response:
        bearer = {"authorization": f"Bearer {self.secrets.slack_bot_token}"}
        return requests.post(f"{self.slack.url}/api/{method}", headers=bearer, data=fields, timeout=15)

    def systems(self) -> dict[str, Any]:
        shown: dict[str, Any] = self.get("/page/systems").json()
        return shown

    def open_change(self) -> None:
        """A normal change, waiting for the peers' approval."""
        grant = {
            "grant_type": "client_credentials",
            "client_id": self.secrets.servicenow_client_id,
            "client_secret": self.secrets.servicenow_client_secret,
        }
        token = requests.post(f"{self.servicenow.url}/oauth_token.do", data=grant, timeout=5).json()["access_token"]
        bearer = {"authorization": f"Bearer {token}", "accept": "application/json"}
        url = f"{self.servicenow.url}/api/sn_chg_rest/change/normal"
        group = sys_id_of("sys_user_group", "Payments Engineering")
        facts = {"short_description": "Deploy payments 2.4.1", "assignment_group": group, "requested_by": "linus"}
        made = requests.post(url, headers=bearer, json=facts, timeout=5).json()["result"]
        moved = {"state": "-4", "work_notes": "Please decide."}
        assert requests.patch(f"{url}/{made['sys_id']['value']}", headers=bearer, json=moved, timeout=5).ok


@contextmanager
def rigged(bot_url: str, directory: Path, tell: Callable[[dict[str, Any]], None] | None = None) -> Iterator[Rig]:
    """``tell``: what whoever starts the stand-ins is told; None when nobody looks after the bot."""
    secrets = invent()
    systems = Systems(load_world(), secrets, Clock(kept_in=directory / "clock"))
    systems["servicenow"].switches["flow_seconds"] = 0
    servers = {name: Server(systems.door(name)) for name in NAMES}
    systems.reach(slack_url=servers["slack"].url, bot_url=bot_url)
    pulse = Pulse(bot_url)
    sandbox = Sandbox(
        systems, pulse, StartOver(systems, pulse, tell), servers["servicenow"].url, "page-token", directory / "git"
    )
    page = Server(build_page(sandbox))
    thread = serve(page, *servers.values())
    try:
        yield Rig(page=page, **servers, secrets=secrets, standins=systems)
    finally:
        for server in (page, *servers.values()):
            server.stop()
        thread.join(timeout=10)


def serve(*servers: Server) -> threading.Thread:
    async def all_of_them() -> None:
        await asyncio.gather(*(server.serve() for server in servers))

    thread = threading.Thread(target=asyncio.run, args=(all_of_them(),))
    thread.start()
    return thread
