"""Webhooks of an app: registered with its own token, ending after thirty days, signed with its own secret."""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import requests

from tests.integrations.jira.apps import App, app_of
from tests.integrations.jira.conftest import RunningJira
from tests.integrations.jira.receiver import Receiver, receiving


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as open_for:
        yield open_for


@pytest.fixture
def app(jira: RunningJira) -> App:
    return app_of(jira)


def wanted(receiver: Receiver, *hooks: dict[str, Any]) -> dict[str, Any]:
    usual = {"events": ["jira:issue_updated"], "jqlFilter": "project = PAY"}
    return {"url": receiver.url or "https://bot.acme.example/hook", "webhooks": [usual | hook for hook in hooks]}


def register(app: App, receiver: Receiver, *hooks: dict[str, Any]) -> list[dict[str, Any]]:
    answer = app.call("POST", "/webhook", wanted(receiver, *hooks))
    assert answer.status_code == 200, answer.text
    results: list[dict[str, Any]] = answer.json()["webhookRegistrationResult"]
    return results


def test_are_for_apps_alone(jira: RunningJira) -> None:
    for method, path in (("GET", ""), ("POST", ""), ("DELETE", ""), ("PUT", "/refresh")):
        answer = jira.call(method, f"/webhook{path}", {} if method != "GET" else None)
        assert answer.status_code == 403
        assert answer.json()["errorMessages"] == ["The caller must be an app to use this operation."]


def test_each_has_its_own_result_in_the_order_asked(app: App) -> None:
    results = register(
        app,
        Receiver(),
        {},
        {"jqlFilter": "watchCount = 1"},
        {"jqlFilter": "summary ~ late"},
        {"jqlFilter": "project = PAY order by key"},
        {"jqlFilter": ""},
        {"events": ["jira:version_released"]},
        {"events": ["issue_property_set"], "issuePropertyKeysFilter": ["mark"]},
    )

    assert [set(result) for result in results] == [{"createdWebhookId"}, *[{"errors"}] * 5, {"createdWebhookId"}]
    assert results[1]["errors"] == ["The clause watchCount is unsupported"]
    listed = app.call("GET", "/webhook").json()
    assert [hook["id"] for hook in listed["values"]] == [results[0]["createdWebhookId"], results[6]["createdWebhookId"]]
    assert listed["values"][1]["issuePropertyKeysFilter"] == ["mark"]
    assert listed["isLast"]


def test_there_are_five_at_most_under_one_address(app: App) -> None:
    results = register(app, Receiver(), *[{}] * 6)

    assert [set(result) for result in results] == [*[{"createdWebhookId"}] * 5, {"errors"}]
    (elsewhere,) = register(app, Receiver("https://elsewhere.acme.example"), {})
    assert "single URL" in elsewhere["errors"][0]


def test_are_told_with_the_apps_own_signature(app: App, receiver: Receiver, jira: RunningJira) -> None:
    register(app, receiver, {})
    jira.change("PAY-101", summary="Renamed")
    (letter,) = receiver.wait_for(1)
    scheme, _, token = letter.headers["authorization"].partition(" ")

    head, claims, signature = token.split(".")
    made = hmac.new(app.client_secret.encode(), f"{head}.{claims}".encode(), hashlib.sha256).digest()
    assert (scheme, signature) == ("Bearer", base64.urlsafe_b64encode(made).rstrip(b"=").decode())
    assert json.loads(base64.urlsafe_b64decode(head + "=="))["alg"] == "HS256"
    assert "x-hub-signature" not in letter.headers


def test_hear_of_the_fields_and_properties_they_named(app: App, receiver: Receiver, jira: RunningJira) -> None:
    register(
        app,
        receiver,
        {"fieldIdsFilter": ["status"]},
        {"events": ["issue_property_set"], "issuePropertyKeysFilter": ["mark"]},
    )
    jira.change("PAY-102", summary="Renamed")
    jira.call("PUT", "/issue/PAY-101/properties/other", 1)
    jira.call("PUT", "/issue/PAY-101/properties/mark", 1)
    jira.change("PAY-102", status="Done")
    letters = receiver.wait_for(2)

    assert sorted(letter.json["webhookEvent"] for letter in letters) == ["issue_property_set", "jira:issue_updated"]
    assert len(requests.get(f"{jira.url}/_standin/webhooks", timeout=10).json()) == 2


def test_end_after_thirty_days_unless_refreshed(app: App, receiver: Receiver, jira: RunningJira) -> None:
    first, second = (result["createdWebhookId"] for result in register(app, receiver, {}, {}))
    jira.standin.clock.move(timedelta(days=29))
    ends = app.call("PUT", "/webhook/refresh", {"webhookIds": [second, 999]}).json()["expirationDate"]
    jira.standin.clock.move(timedelta(days=2))
    left = app.call("GET", "/webhook").json()["values"]

    assert [(hook["id"], hook["expirationDate"]) for hook in left] == [(second, ends)]
    jira.change("PAY-101", summary="Renamed")
    receiver.wait_for(1)
    assert {one["hook"] for one in requests.get(f"{jira.url}/_standin/webhooks", timeout=10).json()} == {second}
    app.call("PUT", "/webhook/refresh", {"webhookIds": [first]})
    assert len(app.call("GET", "/webhook").json()["values"]) == 1


def test_are_deleted_by_id_and_ids_that_are_none_are_passed_over(app: App) -> None:
    ids = [result["createdWebhookId"] for result in register(app, Receiver(), {}, {})]

    assert app.call("DELETE", "/webhook", {"webhookIds": [ids[0], 999]}).status_code == 202
    assert [hook["id"] for hook in app.call("GET", "/webhook").json()["values"]] == ids[1:]
    assert app.call("DELETE", "/webhook", {}).status_code == 400


def test_a_private_app_is_told_nothing(app: App, receiver: Receiver, jira: RunningJira) -> None:
    register(app, receiver, {})
    jira.switch(private_app=True)
    jira.change("PAY-101", summary="Renamed")
    jira.switch(private_app=False)
    jira.change("PAY-101", summary="Renamed again")

    (letter,) = receiver.wait_for(1)
    assert letter.json["issue"]["fields"]["summary"] == "Renamed again"


@pytest.mark.parametrize("body", [{}, {"url": 1, "webhooks": []}, {"url": "https://a.example"}, {"webhooks": []}])
def test_other_bodies_are_refused(app: App, body: dict[str, Any]) -> None:
    assert app.call("POST", "/webhook", body).status_code == 400


def test_a_data_center_has_none(data_center: RunningJira) -> None:
    assert data_center.call("GET", "/webhook").status_code == 404
