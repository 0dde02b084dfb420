"""Tokens: ``POST /oauth_token.do`` gives them, ``/oauth_revoke_token.do`` ends them."""

from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from integrations.servicenow.sandbox.access.accounts import Accounts, Token
from integrations.servicenow.sandbox.access.grants import Form, Grants, NoGrant
from integrations.servicenow.sandbox.instance import Instance


class TokenEndpoint:
    """Client credentials for machine users; code, refresh token and password for the application people sign in to."""

    def __init__(self, inst: Instance, accounts: Accounts, grants: Grants) -> None:
        self._inst = inst
        self._accounts = accounts
        self._grants = grants
        self._of_people = {
            "authorization_code": grants.of_code,
            "refresh_token": grants.of_refresh_token,
            "password": grants.of_password,
        }

    async def answer(self, request: Request) -> Response:
        kind = request.headers.get("content-type", "").partition(";")[0].strip()
        if kind != "application/x-www-form-urlencoded":  # JSON is not understood: OAuth API request parameters
            return _no(400, "invalid_request", "The request body must be form-urlencoded")
        form = dict(parse_qsl((await request.body()).decode(errors="replace")))
        grant_type = form.get("grant_type", "")
        if grant_type == "client_credentials":
            return self._of_machine(form)
        if grant_type not in self._of_people:
            return _no(401, "unsupported_grant_type", "grant_type is not supported")
        try:
            pair = self._of_people[grant_type](form)
        except NoGrant as no:
            return self._refusal(no)
        return self._given(pair.access, refresh_token=pair.refresh)

    async def revoke(self, request: Request) -> Response:
        """Without authentication: whoever holds a token may end it (docs: Revoke an OAuth token)."""
        form = dict(parse_qsl((await request.body()).decode(errors="replace")))
        self._grants.revoke(request.query_params.get("token") or form.get("token", ""))
        return PlainTextResponse("")

    def _of_machine(self, form: Form) -> Response:
        token = self._accounts.grant(form.get("client_id", ""), form.get("client_secret", ""))
        return _no(401, "server_error", "access_denied") if token is None else self._given(token)

    def _given(self, token: Token, **more: str) -> Response:
        about = {"scope": "useraccount", "token_type": "Bearer", "expires_in": int(self._accounts.seconds_left(token))}
        return JSONResponse({"access_token": token.text, **more, **about})

    def _refusal(self, no: NoGrant) -> Response:
        if self._inst.switches["oauth_refusals"] == "access denied":
            return _no(401, "server_error", "access_denied")
        return _no(400 if no.error == "invalid_grant" else 401, no.error, no.description)


def _no(status: int, error: str, description: str) -> Response:
    return JSONResponse({"error": error, "error_description": description}, status)
