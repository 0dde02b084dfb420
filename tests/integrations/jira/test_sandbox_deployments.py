"""Deployments told to Jira: who may, what a 202 does not say, which issues nobody knows, what the gate answers."""

from typing import Any

import pytest
import requests

from tests.integrations.jira.apps import App, app_of
from tests.integrations.jira.conftest import RunningJira

SERVICE = {"associationType": "serviceIdOrKeys", "values": ["ari:cloud:graph::service/1"]}


def deployment(*keys: str, **more: Any) -> dict[str, Any]:
    told = {
        "deploymentSequenceNumber": 100,
        "updateSequenceNumber": 1,
        "displayName": "Deployment #100",
        "url": "https://ci.acme.example/100",
        "description": "release 2.4.1",
        "lastUpdated": "2026-11-23T07:00:00Z",
        "state": "pending",
        "pipeline": {"id": "payments", "displayName": "Payments", "url": "https://ci.acme.example"},
        "environment": {"id": "production", "displayName": "Production", "type": "production"},
        "associations": [{"associationType": "issueIdOrKeys", "values": list(keys)}],
    }
    return told | more


@pytest.fixture
def app(jira: RunningJira) -> App:
    return app_of(jira)


def submit(app: App, *deployments: dict[str, Any]) -> dict[str, Any]:
    answer = app.ask("POST", f"/jira/deployments/0.1/cloud/{app.cloud_id}/bulk", {"deployments": list(deployments)})
    assert answer.status_code == 202, answer.text
    said: dict[str, Any] = answer.json()
    return said


def one(app: App, number: int = 100) -> str:
    place = f"pipelines/payments/environments/production/deployments/{number}"
    return f"/jira/deployments/0.1/cloud/{app.cloud_id}/{place}"


def test_an_api_token_is_not_enough(jira: RunningJira) -> None:
    address = f"{jira.url}/rest/deployments/0.1/bulk"
    body = {"deployments": [deployment("PAY-101")]}

    assert requests.post(address, json=body, auth=jira.basic, timeout=10).status_code == 403
    assert requests.post(address, json=body, timeout=10).status_code == 401
    assert "deployments" not in jira.standin.state()


def test_an_app_needs_the_permission_the_cloud_and_a_good_token(jira: RunningJira, app: App) -> None:
    body = {"deployments": [deployment("PAY-101")]}
    address = f"/jira/deployments/0.1/cloud/{app.cloud_id}/bulk"

    assert app.ask("POST", address.replace(app.cloud_id, "other"), body).status_code == 404
    assert app.ask("POST", address, body, Authorization="Bearer wrong").status_code == 401
    assert app.ask("POST", address, {"deployments": []}).json() == [{"message": "The deployments are missing."}]
    jira.switch(app_scopes=["read:jira-work"])
    assert app.ask("POST", address, body).status_code == 403


def test_taken_is_not_known(app: App, jira: RunningJira) -> None:
    said = submit(app, deployment("PAY-101", "NOPE-9", "old-7"))

    key = {"pipelineId": "payments", "environmentId": "production", "deploymentSequenceNumber": 100}
    assert (said["acceptedDeployments"], said["rejectedDeployments"]) == ([key], [])
    assert said["unknownIssueKeys"] == ["NOPE-9"]
    (kept,) = jira.standin.state()["deployments"]
    assert (kept["state"], kept["issues"], kept["gate"]) == ("pending", ["PAY-101", "PAY-140"], "")


def test_each_is_judged_by_itself(app: App) -> None:
    good, bad = deployment("PAY-101"), deployment("PAY-101", state="fine", deploymentSequenceNumber=101)
    alone = deployment("NOPE-9", deploymentSequenceNumber=102)
    long = deployment("PAY-101", description="x" * 256, deploymentSequenceNumber=103)
    many = deployment(*[f"PAY-{n}" for n in range(1, 502)], deploymentSequenceNumber=104)
    said = submit(app, good, bad, alone, long, many, {})

    assert [one["deploymentSequenceNumber"] for one in said["acceptedDeployments"]] == [100]
    assert [one["key"]["deploymentSequenceNumber"] for one in said["rejectedDeployments"]] == [101, 102, 103, 104, 0]
    assert all(set(error) == {"message"} for one in said["rejectedDeployments"] for error in one["errors"])


def test_only_a_higher_number_replaces(app: App) -> None:
    submit(app, deployment("PAY-101", updateSequenceNumber=5, state="in_progress"))
    submit(app, deployment("PAY-101", updateSequenceNumber=4, state="pending"))
    assert app.ask("GET", one(app)).json()["state"] == "in_progress"
    submit(app, deployment("PAY-101", updateSequenceNumber=6, state="successful"))

    assert app.ask("GET", one(app)).json()["state"] == "successful"
    assert app.ask("GET", one(app, 999)).status_code == 404


def test_the_gate_waits_until_somebody_decides(app: App, jira: RunningJira) -> None:
    asked = deployment("PAY-101", commands=[{"command": "initiate_deployment_gating"}])
    asked["associations"].append(SERVICE)
    submit(app, asked)
    assert app.ask("GET", one(app) + "/gating-status").json()["gatingStatus"] == "awaiting"
    decision = {"pipeline": "payments", "environment": "production", "number": 100}

    for gate in ("allowed", "prevented"):
        facts = decision | {"gate": gate, "request": "CAB-7"}
        requests.post(f"{jira.url}/_standin/deployments/gate", json=facts, timeout=10).raise_for_status()
        said = app.ask("GET", one(app) + "/gating-status").json()
        assert (said["gatingStatus"], said["details"][0]["issueKey"]) == (gate, "CAB-7")


def test_a_gate_needs_a_service_and_to_be_asked_for(app: App) -> None:
    submit(app, deployment("PAY-101", commands=[{"command": "initiate_deployment_gating"}]))
    submit(app, deployment("PAY-101", deploymentSequenceNumber=101))

    assert app.ask("GET", one(app) + "/gating-status").json()["gatingStatus"] == "invalid"
    assert app.ask("GET", one(app, 101) + "/gating-status").json()["gatingStatus"] == "invalid"


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        ({"pipeline": {"id": "payments", "displayName": "Payments"}}, "pipeline.url is required"),
        ({"lastUpdated": "yesterday"}, "lastUpdated must be a date-time"),
        ({"lastUpdated": "2026-11-23"}, "lastUpdated must be a date-time"),
        ({"updateSequenceNumber": True}, "updateSequenceNumber is required"),
    ],
)
def test_each_part_is_looked_at(app: App, wrong: dict[str, Any], complaint: str) -> None:
    (rejected,) = submit(app, deployment("PAY-101", **wrong))["rejectedDeployments"]

    assert rejected["errors"] == [{"message": complaint}]
