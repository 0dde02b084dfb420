"""How much a request may carry: read no further, whoever sends it, whether it says its length or not."""

from contextlib import suppress

from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LARGEST_BODY = 2_000_000
"""More than the announcement of a thousand commits."""


class BodyLimit:
    """Around the whole application: a body is read before anybody asks who sent it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif _says_too_much(scope):
            await _refuse(scope, receive, send)
        else:
            await self._count(scope, receive, send)

    async def _count(self, scope: Scope, receive: Receive, send: Send) -> None:
        read = 0

        async def counted() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            return message if read <= LARGEST_BODY else {"type": "http.disconnect"}

        async def answering(message: Message) -> None:
            if read <= LARGEST_BODY:
                await send(message)

        with suppress(ClientDisconnect):
            await self._app(scope, counted, answering)
        if read > LARGEST_BODY:
            await _refuse(scope, receive, send)


def _says_too_much(scope: Scope) -> bool:
    length: bytes = dict(scope["headers"]).get(b"content-length", b"0")
    return not length.isdigit() or int(length) > LARGEST_BODY


async def _refuse(scope: Scope, receive: Receive, send: Send) -> None:
    problem = {"type": "about:blank", "title": "Too large", "status": 413, "detail": f"At most {LARGEST_BODY} bytes."}
    await JSONResponse(problem, 413, media_type="application/problem+json")(scope, receive, send)
