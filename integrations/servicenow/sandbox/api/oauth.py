"""Access tokens: ``POST /oauth_token.do``."""

from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from integrations.servicenow.sandbox.access.accounts import Accounts


class TokenEndpoint:
    """The client credentials grant."""

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts

    async def answer(self, request: Request) -> Response:
        kind = request.headers.get("content-type", "").partition(";")[0].strip()
        if kind != "application/x-www-form-urlencoded":  # JSON is not understood: OAuth API request parameters
            return _no(400, "invalid_request", "The request body must be form-urlencoded")
        form = dict(parse_qsl((await request.body()).decode()))
        if form.get("grant_type") != "client_credentials":
            return _no(401, "unsupported_grant_type", "grant_type is not supported")
        token = self._accounts.grant(form.get("client_id", ""), form.get("client_secret", ""))
        if token is None:
            return _no(401, "server_error", "access_denied")
        return JSONResponse(
            {
                "access_token": token.text,
                "scope": "useraccount",
                "token_type": "Bearer",
                "expires_in": int(self._accounts.seconds_left(token)),
            }
        )


def _no(status: int, error: str, description: str) -> Response:
    return JSONResponse({"error": error, "error_description": description}, status)
