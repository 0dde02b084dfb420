"""The way in to every REST endpoint: who is it, may they ask so often, what do they send, and how a no is worded."""

import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from integrations.servicenow.sandbox.access.accounts import Accounts, Session
from integrations.servicenow.sandbox.access.cookies import Cookies
from integrations.servicenow.sandbox.access.limits import Limits, Verdict
from integrations.servicenow.sandbox.api.headers import Demand
from integrations.servicenow.sandbox.data import seed
from integrations.servicenow.sandbox.instance import Instance
from integrations.servicenow.sandbox.refusals import Refused, bad_request

_NUMBER = re.compile(r"[0-9]{1,18}")


@dataclass(frozen=True)
class Call:
    """One authenticated request."""

    request: Request
    session: Session
    content: bytes

    @property
    def query(self) -> dict[str, str]:
        return dict(self.request.query_params)

    @property
    def base(self) -> str:
        return str(self.request.base_url).rstrip("/")

    def number(self, name: str, otherwise: int) -> int:
        """A number of the query; what is none counts as not given."""
        given = self.query.get(name, "")
        return int(given) if _NUMBER.fullmatch(given) else otherwise

    def at(self, name: str) -> str:
        """A part of the path."""
        return str(self.request.path_params[name])

    def body(self) -> dict[str, Any]:
        """The JSON object sent; of several records the first counts.

        Raises: Refused when it is none."""
        try:
            sent = json.loads(self.content)
        except ValueError:
            raise bad_request("Exception while reading request", "The payload is not valid JSON.") from None
        first = sent[0] if isinstance(sent, list) and sent else sent
        if not isinstance(first, dict):
            raise bad_request("Exception while reading request", "The payload is not a JSON object.")
        return first


Handler = Callable[[Instance, Call], Response]
Endpoint = Callable[[Request], Awaitable[Response]]
Wording = Callable[[Refused, Instance], Response]


class Door:
    """Guards the endpoints of one instance."""

    def __init__(self, inst: Instance, accounts: Accounts) -> None:
        self._inst = inst
        self._accounts = accounts
        self._cookies = Cookies(inst, accounts)
        self._limits = Limits(inst)

    def guard(self, handle: Handler, word: Wording, demand: Demand) -> Endpoint:
        """The endpoint: authenticated, counted, with its headers, and refused in this API's own words."""

        async def endpoint(request: Request) -> Response:
            session = self._accounts.session_of(request.headers.get("authorization", ""))
            if session is None:
                return unauthenticated()
            session = self._cookies.caller(request, session)
            verdict = self._limits.ask(session, request.url.path)
            if verdict.refusal:
                return limited(verdict)
            seed.refresh(self._inst)
            answer = self._answer(Call(request, session, await request.body()), handle, word, demand)
            answer.headers.update(verdict.headers)
            self._cookies.hand_out(request, answer, session)
            return answer

        return endpoint

    def _answer(self, call: Call, handle: Handler, word: Wording, demand: Demand) -> Response:
        try:
            demand(call.request)
            if self._too_long(call.request, call.content):
                raise bad_request("The request is too long", "The payload exceeds glide.rest.max_content_length")
            return handle(self._inst, call)
        except Refused as refused:
            return word(refused, self._inst)

    def _too_long(self, request: Request, content: bytes) -> bool:
        """``glide.rest.max_content_length`` binds scripted APIs, of which sn_chg_rest is one."""
        is_scripted = request.url.path.startswith("/api/sn_chg_rest")
        return is_scripted and len(content) > self._inst.switches["content_megabytes"] * 1024 * 1024


def limited(verdict: Verdict) -> Response:
    return JSONResponse(failure("Rate limit exceeded", verdict.refusal), 429, verdict.headers)


def failure(message: str, detail: str | None) -> dict[str, Any]:
    return {"error": {"message": message, "detail": detail}, "status": "failure"}


def unauthenticated() -> Response:
    body = failure("User Not Authenticated", "Required to provide Auth information")
    return JSONResponse(body, 401, {"WWW-Authenticate": 'BASIC realm="Service-now"'})


def in_table_words(refused: Refused, _: Instance) -> Response:
    return JSONResponse(failure(refused.message, refused.detail), refused.status)


def in_change_words(refused: Refused, inst: Instance) -> Response:
    """sn_chg_rest puts the reason into the message and leaves the detail empty (seen in public code)."""
    if refused.message != "Operation Failed":
        return JSONResponse(failure(refused.message, ""), refused.status)
    message = f"Change Request record could not be updated. {refused.detail}"
    status = inst.switches["refusal_status"] if "Business Rule" in (refused.detail or "") else refused.status
    return JSONResponse(failure(message, ""), status)
