"""The API against its own description: whatever a client makes of it is answered as the description says, and well."""

import os
import re
from datetime import timedelta
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import Case, GenerationMode
from starlette.testclient import TestClient
from starlette.types import ASGIApp

from bot.api import app as api
from bot.api import pipeline
from bot.api.limits import LARGEST_BODY
from bot.api.tokens import Tokens
from bot.change.model import Verdict
from tests.story.conftest import ledger_file, migrated, world  # fixtures
from tests.story.world import World

__all__ = ["ledger_file", "migrated", "world"]
TOKEN, NARROW = "of-the-test", "of-another-service"
"""The second speaks for another service."""
EXAMPLES = int(os.environ.get("CABBIE_API_EXAMPLES", "100"))


@pytest.fixture
def application(world: World) -> ASGIApp:
    """The real door, desk and ledger, with one change that is cleared."""
    number = world.asks().number
    for approver in ("ada", "grace"):
        world.servicenow.decide(number, f"sys-{approver}", Verdict.APPROVED)
        world.wait(timedelta(minutes=1))
    routes = pipeline.routes(
        world.desk,
        world.reads,
        lambda: world.policy,
        Tokens({TOKEN: ["*"], NARROW: ["search"]}),
        world.clock,
        patience=timedelta(hours=1),
    )
    return api.build(health=api.Health(is_ready=lambda: (True, ""), version="1"), slack=None, routers=[routes])


@pytest.fixture
def description(application: ASGIApp) -> schemathesis.BaseSchema:
    return schemathesis.openapi.from_asgi("/openapi.json", application)


OPERATIONS = {"POST /api/v1/announcements", "GET /api/v1/changes/{number}", "GET /api/v1/gate"}


def test_every_operation_is_tried(description: schemathesis.BaseSchema) -> None:
    assert {operation.ok().label for operation in description.get_all_operations()} == OPERATIONS


@pytest.mark.parametrize("label", sorted(OPERATIONS))
def test_every_answer_is_as_described(description: schemathesis.BaseSchema, label: str) -> None:
    """Right requests and wrong ones; with our token, without one and with another."""
    verb, _, path = label.partition(" ")

    @given(case=description[path][verb].as_strategy() | description[path][verb].as_strategy(GenerationMode.NEGATIVE))
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def holds(case: Case) -> None:
        case.call_and_validate(headers={"Authorization": f"Bearer {TOKEN}"})

    holds()


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer of-somebody"}, {"Authorization": "Basic eDp5"}])
@pytest.mark.parametrize("label", sorted(OPERATIONS))
def test_nobody_is_answered_without_our_token(
    description: schemathesis.BaseSchema, label: str, headers: dict[str, str]
) -> None:
    verb, _, path = label.partition(" ")

    @given(case=description[path][verb].as_strategy())
    @settings(
        max_examples=EXAMPLES // 20,
        deadline=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def is_refused(case: Case) -> None:
        case.headers.pop("Authorization", None)
        assert case.call_and_validate(headers=headers).status_code == 401

    is_refused()


JSON = {"Content-Type": "application/json"}
CHANGE, GATE, POST = sorted(OPERATIONS)
SAID = {"service": "payments", "version": "2.4.1", "requested_by": "linus@acme.example"}
ANSWERS: list[tuple[str, int, str, dict[str, Any]]] = [
    (POST, 202, TOKEN, {"json": SAID}),
    (POST, 400, TOKEN, {"content": b'{"service": "\xff"}', "headers": JSON}),
    (POST, 401, "", {"json": SAID}),
    (POST, 403, NARROW, {"json": SAID}),
    (POST, 409, TOKEN, {"json": SAID | {"service": "paymnts"}}),
    (POST, 413, TOKEN, {"content": b" " * (LARGEST_BODY + 1), "headers": JSON}),
    (POST, 422, TOKEN, {"json": SAID | {"status": "over"}}),
    (CHANGE, 200, TOKEN, {}),
    (CHANGE, 401, "", {}),
    (CHANGE, 404, NARROW, {}),
    (CHANGE, 422, TOKEN, {"number": "C" * 1001}),
    (GATE, 200, TOKEN, {"params": {"service": "payments", "version": "2.4.1"}}),
    (GATE, 401, "", {"params": {"service": "payments"}}),
    (GATE, 403, NARROW, {"params": {"service": "payments"}}),
    (GATE, 404, TOKEN, {"params": {"service": "paymnts"}}),
    (GATE, 422, TOKEN, {"params": {"service": "payments", "wait": "3600"}}),
]


def test_every_documented_answer_is_given_as_described(
    application: ASGIApp, description: schemathesis.BaseSchema
) -> None:
    client = TestClient(application)
    number = client.get("/api/v1/gate", headers=bearer(TOKEN), params=SAID).json()["number"]

    for label, status, token, request in ANSWERS:
        verb, _, path = label.partition(" ")
        sent = {"headers": bearer(token) | request.get("headers", {})} | {
            name: value for name, value in request.items() if name not in ("headers", "number")
        }
        answer = client.request(verb, path.format(number=request.get("number", number)), **sent)
        assert (label, answer.status_code) == (label, status), answer.text
        description[path][verb].validate_response(answer)


def test_every_documented_status_is_asked_for(description: schemathesis.BaseSchema) -> None:
    documented = {
        (operation.ok().label, int(status))
        for operation in description.get_all_operations()
        for status in operation.ok().definition.raw["responses"]
    }

    assert {(label, status) for label, status, _, _ in ANSWERS} == documented


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"} if token else {}


@pytest.mark.parametrize("name", ["service", "version"])
def test_what_says_nothing_is_described_as_not_understood(
    application: ASGIApp, description: schemathesis.BaseSchema, name: str
) -> None:
    """A control character alone: the description has to say so too, or a client that obeys it is refused."""
    described = description.raw_schema["components"]["schemas"]["AnnouncementIn"]
    patterns = {"service": described["properties"]["service"]["pattern"]} | {
        key: each["pattern"] for word in described["anyOf"] for key, each in word["properties"].items()
    }
    body = {"service": "payments", "version": "2.4.1"} | {name: "\x1e"}

    answer = TestClient(application).post("/api/v1/announcements", headers=bearer(TOKEN), json=body)

    assert answer.status_code == 422
    assert not re.search(patterns[name], body[name])
