"""Socket Mode: one supervised connection, opened again after an outage and not hammered after a refusal.

slack_sdk opens a new connection whatever the reason Slack gives for ending the old one. With ``link_disabled`` and
``too_many_websockets`` that becomes a loop (slack_sdk/socket_mode/client.py), so those two stop it here.
"""

import json
import threading
import time
from collections.abc import Sequence
from typing import Any

import structlog
from slack_bolt import App, BoltRequest
from slack_bolt.adapter.socket_mode.internals import build_headers, send_response
from slack_sdk import WebClient
from slack_sdk.socket_mode.builtin import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest

from bot import metrics
from bot.change.model import Transport
from bot.slack.quiet import quiet_logger
from bot.slack.speakers import TRANSPORT

BANISHING = ("link_disabled", "too_many_websockets")
PAUSES = (1.0, 5.0, 30.0, 120.0, 600.0)
"""Seconds before trying again."""
LOOK_EVERY = 1.0
"""Seconds between two looks whether a socket is open."""
LOST = "lost"

log = structlog.get_logger(__name__)


class SocketDoor:
    """``start`` returns at once; ``stop`` lets what is being answered finish."""

    def __init__(self, app: App, *, app_token: str, web: WebClient, pauses: Sequence[float] = PAUSES) -> None:
        self._app = app
        self._app_token = app_token
        self._web = web
        self._pauses = pauses
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._supervise, name="socket-mode", daemon=True)
        self._client: _Client | None = None
        self._seen_open = 0.0
        metrics.expect(metrics.SOCKET_ENDS, [*BANISHING, LOST])

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        if self._client is not None:
            self._client.ended.set()
        self._thread.join(timeout=20)

    @property
    def is_connected(self) -> bool:
        return self._client is not None and self._client.is_connected()

    @property
    def closed_for(self) -> float:
        """Seconds since a socket was last seen open; 0 while one is, infinite before the first."""
        if self.is_connected:
            self._seen_open = time.monotonic()
            return 0.0
        return time.monotonic() - self._seen_open if self._seen_open else float("inf")

    @property
    def connections(self) -> int:
        """How many sockets of this app Slack counts: more than there are replicas means lost clicks."""
        return self._client.counted if self._client is not None else 0

    def _supervise(self) -> None:
        tries = 0
        while not self._stopping.is_set():
            reason = self._live()
            if self._stopping.is_set():
                return
            metrics.SOCKET_ENDS.labels(reason if reason in BANISHING else LOST).inc()
            tries = 1 if reason == "lost" else tries + 1
            pause = self._pauses[min(tries, len(self._pauses)) - 1]
            log.error("slack.socket_ended", reason=reason, again_in_seconds=pause)
            self._stopping.wait(pause)

    def _live(self) -> str:
        """One client's life; why it ended."""
        client = _Client(self._app, self._app_token, self._web)
        self._client = client
        try:
            client.connect()
            log.info("slack.socket_open")
            while not client.ended.wait(LOOK_EVERY):
                _ = self.closed_for  # slack_sdk reconnects by itself, and tells nobody
            return client.banished_for or "stopped"
        except Exception as error:  # whatever keeps it from opening, the supervisor tries again
            return type(error).__name__
        finally:
            _close(client)


class _Client(SocketModeClient):
    def __init__(self, app: App, app_token: str, web: WebClient) -> None:
        self.ended = threading.Event()
        self.banished_for = ""
        self.counted = 0
        self._app = app
        super().__init__(app_token=app_token, web_client=web, logger=quiet_logger(), ping_interval=10)
        self.proxy = web.proxy  # it would read HTTPS_PROXY and never NO_PROXY
        self.socket_mode_request_listeners.append(self._answer)

    def enqueue_message(self, message: str) -> None:
        """Every frame passes here first."""
        frame = _read(message)
        if frame.get("type") == "hello":
            self.counted = int(frame.get("num_connections") or 0)
        if frame.get("type") == "disconnect" and frame.get("reason") in BANISHING:
            self.banished_for = str(frame["reason"])
            self.auto_reconnect_enabled = False
            self.ended.set()
            return
        super().enqueue_message(message)

    def _answer(self, _: Any, request: SocketModeRequest) -> None:
        bolt_request = BoltRequest(
            mode="socket_mode",
            body=request.payload,
            headers=build_headers(request),
            context={TRANSPORT: Transport.SOCKET.value},
        )
        send_response(self, request, self._app.dispatch(bolt_request), 0)


def _read(message: str) -> dict[str, Any]:
    try:
        frame = json.loads(message)
    except ValueError:
        return {}
    return frame if isinstance(frame, dict) else {}


def _close(client: _Client) -> None:
    try:
        client.close()
    except AttributeError as error:  # slack_sdk's close races its own reconnecting
        log.warning("slack.socket_close", why=str(error))
