"""The API against its own description: whatever a client makes of it is answered as the description says, and well."""

from datetime import timedelta

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import Case, GenerationMode
from starlette.types import ASGIApp

from bot.api import app as api
from bot.api import pipeline
from bot.api.tokens import Tokens
from bot.change.model import Verdict
from tests.story.conftest import ledger_file, migrated, world  # fixtures
from tests.story.world import World

__all__ = ["ledger_file", "migrated", "world"]
TOKEN = "of-the-test"


@pytest.fixture
def application(world: World) -> ASGIApp:
    """The real door, desk and ledger, with one change that is cleared."""
    number = world.asks().number
    for approver in ("ada", "grace"):
        world.servicenow.decide(number, f"sys-{approver}", Verdict.APPROVED)
        world.wait(timedelta(minutes=1))
    routes = pipeline.routes(
        world.desk, world.reads, lambda: world.policy, Tokens({TOKEN: ["*"]}), world.clock, patience=timedelta(hours=1)
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
        max_examples=100,
        deadline=None,
        derandomize=True,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def holds(case: Case) -> None:
        case.call_and_validate(headers={"Authorization": f"Bearer {TOKEN}"})

    holds()
