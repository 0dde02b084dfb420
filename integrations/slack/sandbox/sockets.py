"""Socket Mode: up to ten websockets per app, each delivery to one of them, its ack on any of them."""

import asyncio
import json
import random
import secrets
import time
import uuid
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from starlette.websockets import WebSocket, WebSocketDisconnect

from integrations.slack.sandbox.errors import Json
from integrations.slack.sandbox.http_delivery import Answer

if TYPE_CHECKING:
    from integrations.slack.sandbox.workspace import Workspace

REASONS = ("warning", "refresh_requested", "link_disabled", "too_many_websockets")
MOST_SOCKETS = 10  # per app, not per token: docs.slack.dev/apis/events-api/using-socket-mode
HOST = "applink-standin"


@dataclass
class Link:
    """One connection. A ghost is one that Slack still believes in: what goes there is never seen again."""

    websocket: WebSocket | None
    id: str = field(default_factory=lambda: uuid.uuid4().hex[:8])


class Sockets:
    def __init__(self, workspace: "Workspace") -> None:
        self._workspace = workspace
        self._tickets: dict[str, float] = {}
        self._links: list[Link] = []
        self._acks: dict[str, asyncio.Future[Any]] = {}

    @property
    def takes_deliveries(self) -> bool:
        """A socket-mode app's Request URL is ignored even while no socket is open."""
        mode = self._workspace.switches["socket_mode"]
        return bool(self._links) if mode == "any" else bool(mode)

    def as_json(self) -> list[Json]:
        return [{"id": link.id, "is_ghost": link.websocket is None} for link in self._links]

    def ticket_url(self) -> str:
        """A websocket address good for one connection."""
        ticket = str(uuid.uuid4())
        self._tickets[ticket] = time.monotonic()
        app_id = secrets.token_hex(4)
        address = self._workspace.address.replace("http://", "ws://")
        return f"{address}/link/?ticket={ticket}&app_id={app_id}"

    async def serve(self, websocket: WebSocket) -> None:
        """One connection from its hello to its end."""
        minted = self._tickets.pop(websocket.query_params.get("ticket", ""), None)
        if minted is None or time.monotonic() - minted > self._workspace.switches["ticket_seconds"]:
            await websocket.close(4401, "invalid ticket")
            return
        await websocket.accept()
        if len(self._links) >= MOST_SOCKETS:
            await websocket.send_json(self._disconnect("too_many_websockets"))
            await websocket.close()
            return
        link = Link(websocket)
        self._links.append(link)
        try:
            await websocket.send_json(self._hello())
            if websocket.query_params.get("debug_reconnects") == "true":
                self._workspace.courier.background(self._reconnect_later(link))
            while True:
                self._take(await websocket.receive_text())
        except (WebSocketDisconnect, RuntimeError):
            pass  # the app is gone, or we closed the socket under the reader
        finally:
            self._forget(link)

    def send(
        self, kind: str, payload: Json, *, accepts_response: bool, **retry: Any
    ) -> tuple[str, Coroutine[Any, Any, Answer]]:
        """Hand the payload to one connection; gives the envelope's id and the wait for its ack."""
        envelope_id = str(uuid.uuid4())
        frame = {"envelope_id": envelope_id, "type": kind, "accepts_response_payload": accepts_response} | retry
        return envelope_id, self._send(envelope_id, frame | {"payload": payload})

    async def _send(self, envelope_id: str, frame: Json) -> Answer:
        waiting: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._acks[envelope_id] = waiting
        try:
            async with asyncio.timeout(self._workspace.switches["ack_seconds"]):
                await self._write(frame)
                return Answer(200, await waiting)
        except TimeoutError:
            return Answer(error="timeout")
        finally:
            self._acks.pop(envelope_id, None)

    async def _write(self, frame: Json) -> None:
        while self._links:
            link = random.choice(self._links)
            if link.websocket is None:
                return
            try:
                await link.websocket.send_json(frame)
                return
            except (WebSocketDisconnect, RuntimeError):
                self._forget(link)  # it died without a word: the next one gets it

    def _take(self, text: str) -> None:
        """An ack, from whichever socket of the app."""
        try:
            frame = json.loads(text)
        except ValueError:
            return  # Slack ignores what it cannot read
        waiting = self._acks.get(str(frame.get("envelope_id"))) if isinstance(frame, dict) else None
        if waiting and not waiting.done():
            waiting.set_result(frame.get("payload"))

    def haunt(self, ghosts: int) -> None:
        """Set how many half-open connections Slack still counts."""
        self._links = [link for link in self._links if link.websocket]
        self._links += [Link(None) for _ in range(ghosts)]

    async def disconnect(self, reason: str) -> int:
        """Tell every connection to go; says how many. A warning alone closes nothing."""
        links = [link for link in self._links if link.websocket]
        for link in links:
            await self._say_goodbye(link, reason)
        return len(links)

    async def _say_goodbye(self, link: Link, reason: str) -> None:
        websocket = link.websocket
        if not websocket:
            return
        await websocket.send_json(self._disconnect(reason))
        if reason == "refresh_requested":
            self._workspace.courier.background(self._close_later(link))
        elif reason != "warning":
            self._forget(link)
            await websocket.close()

    async def _close_later(self, link: Link) -> None:
        await asyncio.sleep(self._workspace.switches["disconnect_grace_seconds"])
        if link in self._links and link.websocket:
            self._forget(link)
            await link.websocket.close()

    async def _reconnect_later(self, link: Link) -> None:
        """A warning first, the goodbye some ten seconds later."""
        switches = self._workspace.switches
        grace = switches["disconnect_grace_seconds"]
        await asyncio.sleep(max(switches["debug_reconnect_seconds"] - grace, 0))
        if link in self._links:
            await self._say_goodbye(link, "warning")
        await asyncio.sleep(min(grace, switches["debug_reconnect_seconds"]))
        if link in self._links:
            await self._say_goodbye(link, "refresh_requested")

    def _forget(self, link: Link) -> None:
        if link in self._links:
            self._links.remove(link)

    def _hello(self) -> Json:
        return {
            "type": "hello",
            "num_connections": len(self._links),
            "debug_info": {"host": HOST, "build_number": 10, "approximate_connection_time": 18060},
            "connection_info": {"app_id": self._workspace.us.app_id},
        }

    def _disconnect(self, reason: str) -> Json:
        frame: Json = {"type": "disconnect", "reason": reason, "debug_info": {"host": HOST}}
        if reason == "too_many_websockets":
            frame |= {"num_connections": len(self._links), "connection_info": {"app_id": self._workspace.us.app_id}}
        return frame
