"""What the site says about itself and about the caller."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from starlette.responses import Response

from integrations.jira.sandbox.call import Call
from integrations.jira.sandbox.caller import out_of_scope
from integrations.jira.sandbox.door import API, Behaviour, On
from integrations.jira.sandbox.errors import Refused, answer, refused
from integrations.jira.sandbox.fields import all_fields
from integrations.jira.sandbox.shapes import stamp, user
from integrations.jira.sandbox.site import group_id

BUILT = "2026-10-01T00:00:00.000+0000"
COMMIT = "0" * 40
VERSIONS: dict[bool, dict[str, Any]] = {
    True: {
        "deploymentType": "Cloud",
        "version": "1001.0.0-SNAPSHOT",
        "versionNumbers": [1001, 0, 0],
        "buildNumber": 100300,
        "defaultLocale": {"locale": "en_US"},
        "serverTimeZone": "Etc/UTC",
    },
    False: {
        "deploymentType": "Server",
        "version": "10.3.5",
        "versionNumbers": [10, 3, 5],
        "buildNumber": 10030005,
        "databaseBuildNumber": 10030005,
    },
}


def server_info(call: Call) -> Response:
    """Open to everybody, so it proves no credentials. ``baseUrl`` is the site, also behind the gateway."""
    facts = VERSIONS[call.site.is_cloud] | {
        "baseUrl": call.origin,
        "buildDate": BUILT,
        "serverTime": stamp(datetime.now(UTC)),
        "scmInfo": COMMIT,
        "serverTitle": "Jira",
    }
    return answer(200, facts | ({"displayUrl": call.origin} if call.site.is_cloud else {}))


def myself(call: Call) -> Response:
    """The only call that proves credentials."""
    call.need_login()
    none = {"size": 0, "items": []}
    held = call.held("group")
    groups = {"size": len(held), "items": [_group(call, name) for name in held if "groups" in call.listed("expand")]}
    facts = {"locale": "en_US", "groups": groups, "applicationRoles": none, "expand": "groups,applicationRoles"}
    return answer(200, user(call, call.site.account, with_email=True) | facts)


def _group(call: Call, name: str) -> dict[str, Any]:
    shown = {"name": name, "self": call.url(f"/group?groupname={quote(name)}")}
    return shown | ({"groupId": group_id(name)} if call.site.is_cloud else {})


def fields(call: Call) -> Response:
    return answer(200, all_fields(call))


def tenant_info(call: Call) -> Response:
    return answer(200, {"cloudId": call.site.cloud_id})


def application_links(call: Call) -> Response:
    """For administrators alone; the ``jira`` library asks here before each remote link."""
    if "cloud_id" in call.request.path_params:
        raise out_of_scope()
    if call.caller.account is None:
        raise Refused(401, {"message": "Client must be authenticated to access this resource.", "status-code": 401})
    if not call.site.switches["is_admin"]:
        raise refused(403, "You do not have permission to administer application links.")
    return answer(200, {"list": []})


BEHAVIOURS = (
    Behaviour("GET", API + "/serverInfo", server_info),
    Behaviour("GET", API + "/myself", myself),
    Behaviour("GET", API + "/field", fields),
    Behaviour("GET", "/_edge/tenant_info", tenant_info, On.CLOUD),
    Behaviour("GET", "/rest/applinks/latest/listApplicationlinks", application_links),
)
