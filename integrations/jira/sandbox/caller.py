"""Who is calling: the account, nobody, or somebody who is turned away at the door."""

import base64
import binascii
import hmac
from dataclasses import dataclass, field
from datetime import UTC, datetime

from starlette.requests import Request

from integrations.jira.sandbox.errors import HTML, Refused
from integrations.jira.sandbox.site import Site
from integrations.standin.world import Human

FAILED = {"X-Seraph-LoginReason": "AUTHENTICATED_FAILED"}


@dataclass(frozen=True)
class Caller:
    """Whose rights count, and what the answer says about the login."""

    account: Human | None = None
    headers: dict[str, str] = field(default_factory=dict)


def who_calls(request: Request, site: Site) -> Caller:
    """Read the credentials as this kind of Jira reads them.

    Raises:
        Refused: 401 or 403 where they are not even processed as anonymous.
    """
    scheme, _, credential = request.headers.get("Authorization", "").partition(" ")
    if not site.is_cloud:
        return _data_center(site, scheme.lower(), credential)
    if "cloud_id" in request.path_params:
        return _gateway(request, site, scheme.lower(), credential)
    return _cloud(site, scheme.lower(), credential)


def _cloud(site: Site, scheme: str, credential: str) -> Caller:
    # measured on two live Cloud sites by brekkylab/backlot (tests/test_atlassian.py), 2026-09
    if scheme == "bearer":
        raise Refused(403, {"error": "Failed to parse Connect Session Auth Token"})
    if scheme != "basic":
        return Caller()
    return Caller(site.account) if _is_basic(site, credential) else Caller(headers=FAILED)


def _gateway(request: Request, site: Site, scheme: str, credential: str) -> Caller:
    """api.atlassian.com/ex/jira/{cloudId}: nobody is anonymous here."""
    if request.path_params["cloud_id"] != site.cloud_id:
        body = {"timestamp": _now(), "status": 404, "error": "Not Found", "message": "No message available"}
        headers = {"X-Failure-Category": "FAILURE_CLIENT_TCS"}
        raise Refused(404, body | {"path": request.url.path}, headers=headers, media="application/json")
    is_token = scheme == "bearer" and _is_same(credential, site.secrets.jira_api_token)
    if is_token or (scheme == "basic" and _is_basic(site, credential)):
        return Caller(site.account)
    raise out_of_scope()


def out_of_scope() -> Refused:
    """The gateway's refusal of a token, or of a path that no scope opens."""
    return Refused(401, {"code": 401, "message": "Unauthorized; scope does not match"})


def _data_center(site: Site, scheme: str, credential: str) -> Caller:
    if not scheme:
        return Caller()
    if scheme == "bearer" and _is_same(credential, site.secrets.jira_token):
        return Caller(site.account, {"X-AUSERNAME": site.account.key, "X-Seraph-LoginReason": "OK"})
    page = "<html><head><title>Unauthorized (401)</title></head><body><h1>Unauthorized (401)</h1></body></html>"
    raise Refused(401, page, headers=FAILED | {"WWW-Authenticate": 'OAuth realm="jira"'}, media=HTML)


def _is_basic(site: Site, credential: str) -> bool:
    try:
        email, _, token = base64.b64decode(credential, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return False
    return _is_same(email.lower(), site.secrets.jira_email.lower()) and _is_same(token, site.secrets.jira_api_token)


def _is_same(given: str, wanted: str) -> bool:
    return hmac.compare_digest(given.encode(), wanted.encode())


def _now() -> str:
    return datetime.now(UTC).isoformat().replace("+00:00", "Z")
