"""Where apps get their tokens: auth.atlassian.com and the part of api.atlassian.com beside it."""

import json
from typing import Any
from urllib.parse import parse_qs

from starlette.responses import Response

from integrations.jira.sandbox.call import Call
from integrations.jira.sandbox.caller import anybody_calls, app_calls
from integrations.jira.sandbox.door import Behaviour, On
from integrations.jira.sandbox.errors import Refused, answer

JSON, FORM = "application/json", "application/x-www-form-urlencoded"
AUDIENCE = "api.atlassian.com"


def trade(call: Call) -> Response:
    """Client credentials for a token of a quarter of an hour; there is no refresh, one simply asks again."""
    sent = _sent(call)
    if sent.get("grant_type") != "client_credentials":
        raise _refused(400, "unsupported_grant_type", "Only client_credentials is open to this client.")
    if sent.get("audience", AUDIENCE) != AUDIENCE:
        raise _refused(403, "access_denied", f"Service not enabled within domain: {sent['audience']}")
    if not call.site.apps.is_known(sent.get("client_id"), sent.get("client_secret")):
        raise _refused(401, "access_denied", "Unauthorized")
    seconds = float(call.site.switches["app_token_seconds"])
    scope = " ".join(call.site.switches["app_scopes"])
    token = {"access_token": call.site.apps.token(seconds), "expires_in": int(seconds), "token_type": "Bearer"}
    return answer(200, token | {"scope": scope})


def _sent(call: Call) -> dict[str, Any]:
    if call.request.headers.get("Content-Type", "").startswith(FORM):
        return {name: values[-1] for name, values in parse_qs(call.raw.decode(errors="replace")).items()}
    try:
        sent = json.loads(call.raw)
    except ValueError:
        raise _refused(400, "invalid_request", "The body is neither JSON nor a form.") from None
    return sent if isinstance(sent, dict) else {}


def _refused(status: int, error: str, description: str) -> Refused:
    return Refused(status, {"error": error, "error_description": description})


def resources(call: Call) -> Response:
    """The sites that a token opens."""
    site = call.site
    facts = {"id": site.cloud_id, "url": call.origin, "name": "acme", "avatarUrl": f"{call.origin}/avatar.png"}
    return answer(200, [facts | {"scopes": list(site.switches["app_scopes"])}])


BEHAVIOURS = (
    Behaviour("POST", "/oauth/token", trade, On.CLOUD, login=anybody_calls, takes=(JSON, FORM)),
    Behaviour("GET", "/oauth/token/accessible-resources", resources, On.CLOUD, login=app_calls),
)
