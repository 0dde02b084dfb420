"""The door of the Web API: who calls, what they may, how often; then the method."""

import secrets
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from integrations.slack.sandbox.arguments import Arguments, read_arguments
from integrations.slack.sandbox.errors import Json, SlackError
from integrations.slack.sandbox.methods import METHODS, Method
from integrations.slack.sandbox.methods.places import bucket_of

if TYPE_CHECKING:
    from integrations.slack.sandbox.workspace import Workspace

POSTING = ("chat.postMessage",)
STRANGER = ("not_authed", "invalid_auth", "account_inactive", "token_revoked")
"""Whoever is refused so learns of no scopes."""


class TooOften(Exception):
    """Come back after that many seconds."""

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds


class WebApi:
    def __init__(self, workspace: "Workspace") -> None:
        self._workspace = workspace

    async def answer(self, request: Request) -> Response:
        """Business errors are 200 with ``ok: false``; only the rate limit has a status of its own."""
        name = request.path_params["method"]
        method = METHODS.get(name)
        try:
            body, headers = self._call(request, name, method, await self._read(request, method)), self._headers(method)
        except SlackError as refusal:
            body = refusal.as_json()
            headers = self._headers(None if refusal.error in STRANGER else method)
        except TooOften as limit:
            wait = {"retry-after": str(limit.seconds)}
            return JSONResponse({"ok": False, "error": "ratelimited"}, status_code=429, headers=wait)
        return JSONResponse(self._warned(request, body), headers=headers)

    async def _read(self, request: Request, method: Method | None) -> Arguments:
        return await read_arguments(request, takes_json=method is None or method.takes_json)

    def _call(self, request: Request, name: str, method: Method | None, args: Arguments) -> Json:
        if not method:
            raise SlackError("unknown_method", req_method=name)
        self._check_token(request, method, args)
        if method.token == "bot":
            self._workspace.require_scope(*method.scopes)
            self._workspace.require_one_of(*method.kinds)
        elif method.token == "app":
            self._workspace.require_app_scope(*method.scopes)
        self._check_rate(name, method, args)
        return {"ok": True, **method.answer(self._workspace, args)}

    def _check_token(self, request: Request, method: Method, args: Arguments) -> None:
        """In the header, or in the body; never in the query string."""
        if method.token == "none":
            return
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        in_query = "token" in request.query_params
        token = token.strip() if scheme.lower() == "bearer" else "" if in_query else args.text("token")
        if not token:
            raise SlackError("not_authed")
        known = self._workspace.secrets
        bot = secrets.compare_digest(token.encode(), known.slack_bot_token.encode())
        app = secrets.compare_digest(token.encode(), known.slack_app_token.encode())
        if not bot and not app:
            raise SlackError("invalid_auth")
        if not self._workspace.switches["installed"]:
            raise SlackError("account_inactive")
        if bot and self._workspace.switches["token_revoked"]:
            raise SlackError("token_revoked")
        if bot != (method.token == "bot"):
            raise SlackError("not_allowed_token_type")

    def _check_rate(self, name: str, method: Method, args: Arguments) -> None:
        rates = self._workspace.rates
        if seconds := rates.check_method(name, method.tier):
            raise TooOften(seconds)
        if name in POSTING and (seconds := rates.check_message(bucket_of(self._workspace, args.text("channel")))):
            raise TooOften(seconds)

    def _headers(self, method: Method | None) -> dict[str, str]:
        headers = {"x-slack-req-id": secrets.token_hex(16)}
        if not method:
            return headers
        granted = self._workspace.switches["app_scopes"] if method.token == "app" else self._workspace.scopes
        headers["x-oauth-scopes"] = ",".join(granted)
        accepted = (*method.scopes, *method.kinds)
        return headers | ({"x-accepted-oauth-scopes": ",".join(accepted)} if accepted else {})

    def _warned(self, request: Request, body: Json) -> Json:
        """JSON without a charset, or a form with one, is answered with a warning."""
        kind = request.headers.get("content-type", "")
        has_charset = "charset" in kind
        warning = ""
        if kind.startswith("application/json") and not has_charset:
            warning = "missing_charset"
        elif kind.startswith("application/x-www-form-urlencoded") and has_charset:
            warning = "superfluous_charset"
        if not warning or not body["ok"]:
            return body
        metadata = body.get("response_metadata", {})
        warnings = [*metadata.get("warnings", []), warning]
        return body | {"warning": ",".join(warnings), "response_metadata": metadata | {"warnings": warnings}}
