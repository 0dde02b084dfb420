"""Who may ask the page: a browser on this machine, from the page itself."""

from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
HEADERS = {
    "content-security-policy": (
        "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cache-control": "no-store",
}


class Guard:
    """Refuses other hosts (DNS rebinding) and other sites' forms; sends the strict headers."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        refusal = _refusal(scope["method"], Headers(scope=scope))
        if refusal:
            await JSONResponse({"error": refusal}, status_code=403)(scope, receive, with_headers)
            return
        await self._app(scope, receive, with_headers)


def _refusal(method: str, headers: Headers) -> str:
    host = headers.get("host", "")
    if urlsplit(f"//{host}").hostname not in LOOPBACK:
        return "The sandbox answers on this machine only."
    origin = headers.get("origin")
    if origin and urlsplit(origin).netloc != host:
        return "Another site may not act here."
    # A foreign form can send neither this content type nor an Origin of ours.
    if method == "POST" and not headers.get("content-type", "").startswith("application/json"):
        return "Send JSON."
    return ""
