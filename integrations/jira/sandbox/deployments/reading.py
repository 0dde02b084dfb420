"""What Jira knows of one deployment, and whether its gate lets it go."""

from typing import Any

from starlette.responses import Response

from integrations.jira.sandbox.call import Call
from integrations.jira.sandbox.caller import app_calls
from integrations.jira.sandbox.deployments.models import Deployment
from integrations.jira.sandbox.door import Behaviour, On
from integrations.jira.sandbox.errors import Refused, answer

ONE = "/jira/deployments/0.1/cloud/{cloud_id}/pipelines/{pipeline}/environments/{environment}/deployments/{number}"


def read(call: Call) -> Response:
    return answer(200, _found(call).facts)


def gate(call: Call) -> Response:
    """``awaiting`` until a person or a rule decides the change request; ``invalid`` where no gate was asked for."""
    found = _found(call)
    pipeline, environment, number = found.key
    shown: dict[str, Any] = {
        "deploymentSequenceNumber": number,
        "pipelineId": pipeline,
        "environmentId": environment,
        "updatedTimestamp": f"{found.decided:%Y-%m-%dT%H:%M:%S}.000Z",
        "gatingStatus": found.gate or "invalid",
        "details": [],
    }
    if found.request:
        link = f"{call.origin}/servicedesk/customer/portal/1/{found.request}"
        shown["details"] = [{"type": "issue", "issueKey": found.request, "issueLink": link}]
    return answer(200, shown)


def _found(call: Call) -> Deployment:
    if "read:deployment-info:jira" not in (call.caller.scopes or ()):
        raise Refused(403, [{"message": "The app lacks the permission to read deployment information."}])
    number = call.number("number")
    key = (call.part("pipeline"), call.part("environment"), -1 if number is None else number)
    found = call.site.deployments.by_key.get(key)
    if not found or call.part("cloud_id") != call.site.cloud_id:
        raise Refused(404, [{"message": "No data found for the given deployment."}])
    return found


BEHAVIOURS = (
    Behaviour("GET", ONE, read, On.CLOUD, login=app_calls),
    Behaviour("GET", ONE + "/gating-status", gate, On.CLOUD, login=app_calls),
)
