"""Asking a stand-in of the same process, through its ASGI door and without a socket."""

import json
from dataclasses import dataclass
from typing import Any

from starlette.types import ASGIApp, Message, Scope


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    body: Any


async def ask(app: ASGIApp, method: str, path: str, body: Any = None, *, query: str = "") -> Answer:
    """One JSON request to ``app``; nothing leaves the process."""
    raw = b"" if body is None else json.dumps(body).encode()
    messages: list[Message] = []
    to_send: list[Message] = [{"type": "http.request", "body": raw, "more_body": False}]

    async def receive() -> Message:
        return to_send.pop() if to_send else {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        messages.append(message)

    await app(_scope(method, path, query, len(raw)), receive, send)
    text = b"".join(m.get("body", b"") for m in messages if m["type"] == "http.response.body")
    return Answer(messages[0]["status"], _read(text))


def _scope(method: str, path: str, query: str, length: int) -> Scope:
    headers = [(b"host", b"127.0.0.1"), (b"content-type", b"application/json"), (b"content-length", b"%d" % length)]
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "scheme": "http",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": query.encode(),
        "headers": headers,
        "client": ("127.0.0.1", 0),
        "server": None,  # a stand-in that hands out its own address must not learn it from here
    }


def _read(text: bytes) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return {"error": text.decode(errors="replace")}
