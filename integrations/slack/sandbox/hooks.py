"""The addresses Slack hands out: response URLs and upload URLs."""

import json
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from integrations.slack.sandbox.errors import SlackError

if TYPE_CHECKING:
    from integrations.slack.sandbox.workspace import Workspace


class Hooks:
    def __init__(self, workspace: "Workspace") -> None:
        self._workspace = workspace

    async def respond(self, request: Request) -> Response:
        """404 once it is used up or too old, 400 for a message that is none."""
        try:
            sent = json.loads(await request.body())
        except ValueError:
            return PlainTextResponse("invalid_payload", status_code=400)
        if not isinstance(sent, dict):
            return PlainTextResponse("invalid_payload", status_code=400)
        try:
            self._workspace.response_urls.use(request.url.path, sent)
        except SlackError as refusal:
            gone = refusal.error in ("expired_url", "used_url")
            return JSONResponse(refusal.as_json(), status_code=404 if gone else 400)
        return PlainTextResponse("ok")

    async def upload(self, request: Request) -> Response:
        """Raw bytes or a form's file; needs no token, the address is the secret."""
        file = self._workspace.files.by_ticket(request.path_params["ticket"])
        if not file:
            return PlainTextResponse("not_found", status_code=404)
        content = await request.body()
        if request.headers.get("content-type", "").startswith("multipart/form-data"):
            form = await request.form()
            parts = [await part.read() for part in form.values() if not isinstance(part, str)]
            content = parts[0] if parts else b""
        if len(content) != file.length:
            return PlainTextResponse("length mismatch", status_code=400)
        file.content = content
        return PlainTextResponse(f"OK - {len(content)}")
