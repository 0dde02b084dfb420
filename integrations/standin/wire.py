"""One stand-in as an ASGI application: routes, diary and faults around them, and the control door.

A stand-in subclasses nothing. It makes a ``Standin``, gives it Starlette routes and a state, and serves it:

    standin = Standin("jira", routes=[...], coverage=COVERAGE, state=store.as_json)
    server = Server(standin.app, port=0)

Tests and the page steer it through ``/_standin/…`` on the same port (loopback only, never part of a vendor's API).
"""

import asyncio
import contextlib
import json
import socket
import struct
from collections.abc import Callable, Sequence
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.routing import BaseRoute, Match, Mount, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from integrations.standin.clock import Clock
from integrations.standin.control import ControlDoor
from integrations.standin.diary import HEADERS, Diary, Entry
from integrations.standin.faults import Fault, Faults
from integrations.standin.lag import Lag

CONTROL = "/_standin"
Namer = Callable[[str, str, bytes], str]
"""(method, path, body) → the call's name in the diary."""

_transports: dict[tuple[Any, Any], asyncio.Transport] = {}
"""By both ends of the connection: one client port may speak to two of our servers at once."""
_servers: dict[int, "Server"] = {}
"""Those that serve, by port."""


class Dropped(Exception):
    """The connection was reset on purpose."""


class _DroppableProtocol(H11Protocol):
    """Plain h11, but a fault can find the transport and reset it (ASGI itself has no word for that)."""

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        if self.client:
            _transports[(self.client, self.server)] = transport

    def connection_lost(self, exc: Exception | None) -> None:
        if self.client:
            _transports.pop((self.client, self.server), None)
        super().connection_lost(exc)


class Standin:
    """A vendor's wire on a loopback port."""

    def __init__(
        self,
        system: str,
        *,
        routes: Sequence[BaseRoute],
        coverage: dict[str, str],
        state: Callable[[], Any],
        control: Sequence[BaseRoute] = (),
        switches: dict[str, Any] | None = None,
        namer: Namer | None = None,
        is_effect: Callable[[str], bool] | None = None,
        absent: dict[str, str] | None = None,
        clock: Clock | None = None,
    ) -> None:
        """
        coverage: ``{"POST /api/now/table/{table}": "partial: no business rules"}``, held equal to the routes by a test.
        absent: what the vendor has and this has not, and why.
        state: everything the system holds, as JSON, for comparing end states.
        control: further routes below ``/_standin`` (people's clicks, seeds).
        switches: behaviours that differ between instances, changed by ``POST /_standin/switches``.
        namer: the diary's name of a call where the route's path does not tell (Slack: ``chat.postMessage``).
        is_effect: tells reads from writes where the verb does not (Slack posts everything).
        clock: what it takes for now; in a sandbox all share one.
        """
        self.system = system
        self.coverage = coverage
        self.absent = absent or {}
        self.clock = clock or Clock()
        self.state = state
        self.switches: dict[str, Any] = switches if switches is not None else {}
        self.diary = Diary()
        self.faults = Faults()
        self._lag = Lag()
        self.routes = list(routes)
        self._namer = namer
        self._is_effect = is_effect or (lambda call: not call.startswith(("GET ", "HEAD ", "OPTIONS ")))
        self._inner = Starlette(routes=[Mount(CONTROL, routes=[*control, *ControlDoor(self).routes()]), *routes])
        self.app: ASGIApp = self._call

    def name_of(self, method: str, path: str, body: bytes = b"") -> str:
        """The diary's name of a call, e.g. ``GET /rest/api/2/issue/{key}``."""
        if self._namer:
            return self._namer(method, path, body)
        scope = {"type": "http", "path": path, "method": method, "root_path": "", "headers": []}
        for route in self.routes:
            match, _ = route.matches(scope)
            if match is Match.FULL and isinstance(route, Route):
                return f"{method} {route.path}"
        return f"{method} {path}"

    async def _call(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(CONTROL):
            await self._inner(scope, receive, send)
            return
        body = await _read(receive)
        call = self.name_of(scope["method"], scope["path"], body)
        entry = self.diary.open(
            system=self.system,
            call=call,
            method=scope["method"],
            path=scope["path"],
            query=scope["query_string"].decode(),
            body=body.decode(errors="replace"),
            is_effect=self._is_effect(call),
            headers=_named(scope["headers"]),
        )
        try:
            await self._answer(entry, self.faults.take(call, entry.body), scope, body, send)
        except Dropped:
            entry.status = None
            self.diary.close(entry)
            await reset_connection(scope)
        finally:
            self.diary.close(entry)

    async def _answer(self, entry: Entry, fault: Fault | None, scope: Scope, body: bytes, send: Send) -> None:
        action = fault.action if fault else ""
        entry.fault = action
        if fault and action in ("delay", "pause_before", "drop_before", "refuse", "answer"):
            if action == "delay":
                await asyncio.sleep(fault.seconds)
            elif action == "refuse":
                _servers[scope["server"][1]].refuse(fault.seconds)
                raise Dropped
            elif action == "pause_before":
                if await self.faults.pause(entry.call, action):
                    raise Dropped
            elif action == "drop_before":
                raise Dropped
            else:
                await self._send(_given(fault), entry, send)
                return
        if fault and action == "lag":
            messages = await self._lag.write(self._run, scope, body, seconds=fault.seconds)
        elif entry.is_effect:
            messages = await self._run(scope, body)
        else:
            messages = await self._lag.read(self._run, scope, body)
        if fault and action == "delay_after":
            await asyncio.sleep(fault.seconds)
        elif fault and action == "pause_after":
            if await self.faults.pause(entry.call, action):
                raise Dropped
        elif fault and action == "answer_after":
            messages = _given(fault)
        elif action == "drop_after":
            raise Dropped
        elif action == "truncate":
            await send(messages[0])
            body = _joined(messages)
            await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
            await asyncio.sleep(0.05)
            raise Dropped
        await self._send(messages, entry, send)

    async def _send(self, messages: list[Message], entry: Entry, send: Send) -> None:
        kind = _named(messages[0].get("headers", [])).get("content-type", "")
        self.diary.answered(entry, messages[0]["status"], _joined(messages).decode(errors="replace"), kind)
        self.diary.close(entry)  # whoever has the answer may look it up
        for message in messages:
            await send(message)

    async def _run(self, scope: Scope, body: bytes) -> list[Message]:
        """The stand-in's own answer, held back so that a fault may still spoil it."""
        messages: list[Message] = []
        sent = False

        async def receive() -> Message:
            nonlocal sent
            if sent:
                return {"type": "http.disconnect"}
            sent = True
            return {"type": "http.request", "body": body, "more_body": False}

        async def hold(message: Message) -> None:
            messages.append(message)

        await self._inner(scope, receive, hold)
        return messages


class Server:
    """One ASGI application on one loopback port; port 0 takes a free one."""

    def __init__(self, app: ASGIApp, *, port: int = 0, host: str = "127.0.0.1") -> None:
        self._host = host
        self._holder = _bound(host, port)
        """Never listens: the port stays ours while nobody is let in."""
        self.port: int = self._holder.getsockname()[1]
        self._socket = _bound(host, self.port)
        self._socket.listen(128)  # whoever asks between now and serve() waits instead of being refused
        self.url = f"http://{host}:{self.port}"
        config = uvicorn.Config(
            app,
            interface="asgi3",  # uvicorn takes a bound method for asgi2
            http=_DroppableProtocol,
            ws="websockets-sansio",
            log_level="warning",
            access_log=False,
            lifespan="off",
            proxy_headers=False,  # they would rename the client, and a fault must find its connection
            timeout_graceful_shutdown=1,  # a long-poll or a socket left open must not hold up the end
        )
        self._server = uvicorn.Server(config)
        # Several servers share one loop, and the caller ends them: uvicorn must not take the signals for itself.
        self._server.capture_signals = contextlib.nullcontext  # type: ignore[method-assign,assignment]

    async def serve(self) -> None:
        _servers[self.port] = self
        await self._server.serve(sockets=[self._socket])
        _servers.pop(self.port, None)
        self._holder.close()

    def stop(self) -> None:
        self._server.should_exit = True

    def refuse(self, seconds: float) -> None:
        """Nobody can connect for so long, and whoever was connected is cut off."""
        for listener in self._server.servers:
            listener.close()
        self._server.servers.clear()
        for (_, server), transport in list(_transports.items()):
            if server and server[1] == self.port:
                _reset(transport)
        loop = asyncio.get_running_loop()
        loop.call_later(seconds, lambda: loop.create_task(self._let_in()))

    async def _let_in(self) -> None:
        """As uvicorn does at its start."""
        if self._server.should_exit or self._server.servers:
            return
        self._socket = _bound(self._host, self.port)
        config, state = self._server.config, self._server.lifespan.state

        def protocol() -> asyncio.Protocol:
            return _DroppableProtocol(config=config, server_state=self._server.server_state, app_state=state)

        listener = await asyncio.get_running_loop().create_server(protocol, sock=self._socket, backlog=128)
        self._server.servers.append(listener)


def _bound(host: str, port: int) -> socket.socket:
    # asyncio sets TCP_NODELAY only where the protocol is named; without it each kept-alive answer waits 40 ms
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    bound.bind((host, port))
    return bound


async def _read(receive: Receive) -> bytes:
    body: bytes = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            return body


def _joined(messages: list[Message]) -> bytes:
    return b"".join(m.get("body", b"") for m in messages if m["type"] == "http.response.body")


def _given(fault: Fault) -> list[Message]:
    """The answer a fault's rule spells out."""
    is_text = isinstance(fault.body, str)
    body = fault.body.encode() if is_text else json.dumps(fault.body).encode()
    headers = {"content-type": "text/html" if is_text else "application/json", "content-length": str(len(body))}
    headers |= {name.lower(): value for name, value in fault.headers.items()}
    raw_headers = [(name.encode(), value.encode()) for name, value in headers.items()]
    return [
        {"type": "http.response.start", "status": fault.status, "headers": raw_headers},
        {"type": "http.response.body", "body": body},
    ]


def _named(headers: list[tuple[bytes, bytes]]) -> dict[str, str]:
    """The headers that the diary keeps."""
    return {name: value.decode("latin-1") for raw, value in headers if (name := raw.decode("latin-1")) in HEADERS}


async def reset_connection(scope: Scope) -> None:
    """A TCP reset, not a polite close: what a dying proxy does."""
    transport = _transports.get((tuple(scope["client"]), tuple(scope["server"])))
    if transport:
        _reset(transport)
    await asyncio.sleep(0.01)  # let uvicorn notice, or it logs the answer we owe it


def _reset(transport: asyncio.Transport) -> None:
    transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
