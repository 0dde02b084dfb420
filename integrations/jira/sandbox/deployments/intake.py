"""What a pipeline tells of its deployments: each judged by itself, none of it believed before it is looked at."""

import re
from datetime import datetime
from typing import Any

from starlette.responses import Response

from integrations.jira.sandbox.call import Call
from integrations.jira.sandbox.caller import app_calls
from integrations.jira.sandbox.deployments.models import Deployment, Key
from integrations.jira.sandbox.door import Behaviour, On
from integrations.jira.sandbox.errors import Refused, answer

# Atlassian's Jira Software OpenAPI, DeploymentData
STATES = frozenset({"unknown", "pending", "in_progress", "cancelled", "failed", "rolled_back", "successful"})
KINDS = frozenset({"unmapped", "development", "testing", "staging", "production"})
TEXTS = {"displayName": 255, "url": 2000, "description": 255, "lastUpdated": 64, "state": 32}
NUMBERS = ("deploymentSequenceNumber", "updateSequenceNumber")
BY_KEYS, MOST_VALUES = frozenset({"issueKeys", "issueIdOrKeys"}), 500
ISSUE_KEY = re.compile(r"\w{1,255}-\d{1,255}")
GATING = [{"command": "initiate_deployment_gating"}]
SITE = "/rest/deployments/0.1/bulk"
CLOUD = "/jira/deployments/0.1/cloud/{cloud_id}/bulk"


def refuse(call: Call) -> Response:
    """On the site itself neither a password nor an API token will do: only Connect and Forge apps are let in."""
    status = 403 if call.caller.account else 401
    raise _errors(status, "This resource is for apps that provide deployment information.")


def submit(call: Call) -> Response:
    """202: taken. What was rejected, and which issues nobody knows, stands in the answer."""
    if call.part("cloud_id") != call.site.cloud_id:
        raise _errors(404, "There is no such cloud.")
    if "write:deployment-info:jira" not in (call.caller.scopes or ()):
        raise _errors(403, "The app lacks the permission to provide deployment information.")
    sent = call.members().get("deployments")
    if not isinstance(sent, list) or not sent or any(not isinstance(one, dict) for one in sent):
        raise _errors(400, "The deployments are missing.")
    accepted, rejected, unknown = [], [], set()
    for facts in sent:
        keys, missing = _issues(call, facts)
        unknown |= missing
        complaints = _complaints(facts, keys, missing)
        if complaints:
            rejected.append({"key": _key_json(facts), "errors": [{"message": one} for one in complaints]})
        else:
            _keep(call, facts, keys)
            accepted.append(_key_json(facts))
    result = {"acceptedDeployments": accepted, "rejectedDeployments": rejected, "unknownIssueKeys": sorted(unknown)}
    return answer(202, result | {"unknownAssociations": []})


def _errors(status: int, sentence: str) -> Refused:
    """A list of messages, not Jira's usual collection."""
    return Refused(status, [{"message": sentence}])


def _complaints(facts: dict[str, Any], keys: tuple[str, ...], missing: set[str]) -> list[str]:
    found = [f"{name} is required" for name in NUMBERS if type(facts.get(name)) is not int]
    for name, longest in TEXTS.items():
        text = facts.get(name)
        if not isinstance(text, str):
            found.append(f"{name} is required")
        elif len(text) > longest:
            found.append(f"{name} must be at most {longest} characters")
    if isinstance(facts.get("lastUpdated"), str) and not _is_moment(facts["lastUpdated"]):
        found.append("lastUpdated must be a date-time")
    found += [f"{part} is required" for part in ("pipeline", "environment") if not _named(facts.get(part))]
    if _named(facts.get("pipeline")) and not isinstance(facts["pipeline"].get("url"), str):
        found.append("pipeline.url is required")
    if facts.get("state") not in STATES:
        found.append(f"state must be one of {', '.join(sorted(STATES))}")
    if _named(facts.get("environment")) and facts["environment"].get("type") not in KINDS:
        found.append(f"environment.type must be one of {', '.join(sorted(KINDS))}")
    if len(_values(facts)) > MOST_VALUES:
        found.append(f"at most {MOST_VALUES} associations are allowed")
    if missing and not keys and not _services(facts):
        found.append("none of the issues is known")
    return found


def _is_moment(text: str) -> bool:
    try:
        return "T" in text and datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False


def _named(part: Any) -> bool:
    return isinstance(part, dict) and isinstance(part.get("id"), str) and isinstance(part.get("displayName"), str)


def _associations(facts: dict[str, Any]) -> list[dict[str, Any]]:
    given = facts.get("associations")
    return [one for one in given if isinstance(one, dict)] if isinstance(given, list) else []


def _values(facts: dict[str, Any]) -> list[str]:
    return [str(v) for one in _associations(facts) for v in one.get("values") or [] if isinstance(v, str)]


def _services(facts: dict[str, Any]) -> bool:
    return any(one.get("associationType") == "serviceIdOrKeys" and one.get("values") for one in _associations(facts))


def _issues(call: Call, facts: dict[str, Any]) -> tuple[tuple[str, ...], set[str]]:
    """Those that are there, and those that are not; rights are not asked, it is the site that stores them."""
    named = [str(key) for key in facts.get("issueKeys") or [] if isinstance(key, str)]
    for one in _associations(facts):
        if one.get("associationType") in BY_KEYS:
            named += [str(value) for value in one.get("values") or []]
    known = {key: call.store.find(key) for key in named if ISSUE_KEY.fullmatch(key) or key.isdigit()}
    found = tuple(dict.fromkeys(issue.key for issue in known.values() if issue))
    return found, {key for key in named if not known.get(key)}


def _keep(call: Call, facts: dict[str, Any], keys: tuple[str, ...]) -> None:
    """Replaced only by what carries a higher number; an older one is taken and forgotten."""
    key = key_of(facts)
    before = call.site.deployments.by_key.get(key)
    if before and before.facts["updateSequenceNumber"] >= facts["updateSequenceNumber"]:
        return
    is_gated = facts.get("commands") == GATING
    if is_gated:
        is_valid = _services(facts) and facts["state"] == "pending"
        gate = "awaiting" if is_valid else "invalid"
    else:
        gate = before.gate if before else ""
    call.site.deployments.by_key[key] = Deployment(
        key, facts, keys, gate, before.request if before else "", call.store.clock.now()
    )


def key_of(facts: dict[str, Any]) -> Key:
    return str(facts["pipeline"]["id"]), str(facts["environment"]["id"]), int(facts["deploymentSequenceNumber"])


def _key_json(facts: dict[str, Any]) -> dict[str, Any]:
    pipeline, environment = facts.get("pipeline"), facts.get("environment")
    return {
        "pipelineId": pipeline.get("id", "") if isinstance(pipeline, dict) else "",
        "environmentId": environment.get("id", "") if isinstance(environment, dict) else "",
        "deploymentSequenceNumber": facts.get("deploymentSequenceNumber", 0),
    }


BEHAVIOURS = (
    Behaviour("POST", SITE, refuse, On.CLOUD),
    Behaviour("POST", CLOUD, submit, On.CLOUD, login=app_calls),
)
