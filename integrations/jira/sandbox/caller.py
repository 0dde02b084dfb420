"""Who is calling: the account, an app, nobody, or somebody who is turned away at the door."""

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
DENIED = {
    "X-Seraph-LoginReason": "AUTHENTICATION_DENIED",
    "X-Authentication-Denied-Reason": "CAPTCHA_CHALLENGE; login-url={}/login.jsp",
}
LOG_IN = "Client must be authenticated to access this resource."


@dataclass(frozen=True)
class Caller:
    """Whose rights count, and what the answer says about the login."""

    account: Human | None = None
    headers: dict[str, str] = field(default_factory=dict)
    is_app: bool = False
    """It came with an access token of an OAuth 2.0 app."""
    scopes: frozenset[str] | None = None
    """What its token is for; None: everything that the account may do."""
    sees_all: bool = False
    """It is the site itself, telling others what happened."""


def who_calls(request: Request, site: Site) -> Caller:
    """Read the credentials as this kind of Jira reads them.

    Raises:
        Refused: 401 or 403 where they are not even processed as anonymous.
    """
    scheme, _, credential = request.headers.get("Authorization", "").partition(" ")
    if not site.is_cloud:
        return _data_center(site, request, scheme.lower(), credential)
    if "cloud_id" in request.path_params:
        return _gateway(request, site, scheme.lower(), credential)
    return _cloud(site, scheme.lower(), credential)


def _cloud(site: Site, scheme: str, credential: str) -> Caller:
    # measured on two live Cloud sites by brekkylab/backlot (tests/test_atlassian.py), 2026-09
    if scheme == "bearer":
        raise Refused(403, {"error": "Failed to parse Connect Session Auth Token"})
    if scheme != "basic":
        return Caller()
    if not _is_basic(site, credential):
        return Caller(headers=FAILED)
    if site.switches["token_scopes"]:
        # a scoped token is good behind the gateway alone (sooperset/mcp-atlassian#968); the body is unverified
        raise Refused(401, LOG_IN, headers=FAILED, media=HTML)
    return Caller(site.account)


def _gateway(request: Request, site: Site, scheme: str, credential: str) -> Caller:
    """api.atlassian.com/ex/jira/{cloudId}: nobody is anonymous here."""
    if request.path_params["cloud_id"] != site.cloud_id:
        body = {"timestamp": _now(), "status": 404, "error": "Not Found", "message": "No message available"}
        headers = {"X-Failure-Category": "FAILURE_CLIENT_TCS"}
        raise Refused(404, body | {"path": request.url.path}, headers=headers, media="application/json")
    if scheme == "bearer" and site.apps.is_good(credential):
        return Caller(site.account, is_app=True, scopes=frozenset(site.switches["app_scopes"]))
    is_token = scheme == "bearer" and _is_ours(site, credential, site.secrets.jira_api_token)
    if is_token or (scheme == "basic" and _is_basic(site, credential)):
        return Caller(site.account, scopes=frozenset(site.switches["token_scopes"]) or None)
    raise out_of_scope()


def app_calls(request: Request, site: Site) -> Caller:
    """api.atlassian.com beside the REST interface: for apps alone. Raises: Refused."""
    scheme, _, credential = request.headers.get("Authorization", "").partition(" ")
    if not site.is_cloud or scheme.lower() != "bearer" or not site.apps.is_good(credential):
        raise Refused(401, {"code": 401, "message": "Unauthorized"})
    return Caller(site.account, is_app=True, scopes=frozenset(site.switches["app_scopes"]))


def anybody_calls(_: Request, __: Site) -> Caller:
    """Where no credentials are looked at."""
    return Caller()


def out_of_scope() -> Refused:
    """The gateway's refusal of a token, or of a path that no scope opens."""
    return Refused(401, {"code": 401, "message": "Unauthorized; scope does not match"})


def _data_center(site: Site, request: Request, scheme: str, credential: str) -> Caller:
    if not scheme:
        return Caller(headers={"X-AUSERNAME": "anonymous"})
    user = _user_name(credential) if scheme == "basic" else site.account.key
    is_suspect = site.switches["captcha"] and user == site.account.key
    if is_suspect or site.failed_logins.get(user, 0) >= int(site.switches["captcha_after"]):
        raise _denied(request)
    if scheme == "bearer" and _is_ours(site, credential, site.secrets.jira_token):
        return Caller(site.account, {"X-AUSERNAME": site.account.key, "X-Seraph-LoginReason": "OK"})
    if scheme == "basic":  # no password is known here, so every one is wrong
        site.failed_logins[user] = site.failed_logins.get(user, 0) + 1
    page = "<html><head><title>Unauthorized (401)</title></head><body><h1>Unauthorized (401)</h1></body></html>"
    raise Refused(401, page, headers=FAILED | {"WWW-Authenticate": 'OAuth realm="jira"'}, media=HTML)


def _denied(request: Request) -> Refused:
    """A person has to log in by hand and read distorted letters; until then not even the right password helps."""
    origin = f"{request.url.scheme}://{request.url.netloc}"
    page = "<html><head><title>Forbidden (403)</title></head><body><h1>Forbidden (403)</h1></body></html>"
    return Refused(403, page, headers={name: text.format(origin) for name, text in DENIED.items()}, media=HTML)


def _user_name(credential: str) -> str:
    try:
        return base64.b64decode(credential, validate=True).decode().partition(":")[0].lower()
    except (binascii.Error, UnicodeDecodeError):
        return ""


def _is_basic(site: Site, credential: str) -> bool:
    try:
        email, _, token = base64.b64decode(credential, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return False
    is_email = _is_same(email.lower(), site.secrets.jira_email.lower())
    return is_email and _is_ours(site, token, site.secrets.jira_api_token)


def _is_ours(site: Site, given: str, wanted: str) -> bool:
    ends = str(site.switches["token_expires_at"])
    is_over = bool(ends) and datetime.fromisoformat(ends) <= datetime.now(UTC)
    return _is_same(given, wanted) and not is_over


def _is_same(given: str, wanted: str) -> bool:
    return hmac.compare_digest(given.encode(), wanted.encode())


def _now() -> str:
    return datetime.now(UTC).isoformat().replace("+00:00", "Z")
