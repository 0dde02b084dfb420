"""What the client's contract tests share: a change and its plan, both accounts' clients, faults."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import requests

from bot.change.model import Change, Kind, Level, Person, Plan, Risk, RowState, State, Window
from bot.ports import Record
from integrations.servicenow.client import ServiceNowApprovals, ServiceNowChanges
from integrations.servicenow.sandbox import build
from integrations.standin.secrets import invent
from integrations.standin.wire import Server
from integrations.standin.world import World
from tests.integrations.servicenow.conftest import Servicenow, person_id, until

MORNING = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
LINUS = person_id("linus")
CHANGE_API = "/api/sn_chg_rest/v1/change"
CREATE = f"POST {CHANGE_API}"
PATCH = f"PATCH {CHANGE_API}/{{sys_id}}"
READ = "GET /api/now/table/change_request"
TIMEOUTS = (1.0, 2.0)


def a_plan(**facts: Any) -> Plan:
    plan = Plan(
        short_description="Deploy payments 2.4.1 to production",
        description="Four stories, one defect.\nPAY-101 Retry card payments once",
        justification="Card payments fail when the acquirer times out.",
        affected="Everybody who pays by card.",
        implementation="The pipeline deploys 2.4.1.",
        test="Its tests passed.",
        backout="Roll back to 2.4.0.",
        risk=Risk(Level.MODERATE, ("touches payments",)),
        risk_impact="A failure shows at the till.",
        impact=2,
        window=Window(MORNING, MORNING + timedelta(hours=4)),
        configuration_item="Payments API",
        assignment_group="Payments Engineering",
    )
    return replace(plan, **facts)


def a_change(key: str = "5e" * 32, **facts: Any) -> Change:
    change = Change(
        id="c1",
        service="payments",
        environment="production",
        kind=Kind.DEPLOY,
        version="2.4.1",
        requested_by=Person(id="p1", name="Linus Torres"),
        requested_at=MORNING,
        key=key,
    )
    return replace(change, **facts)


def changes_of(snow: Servicenow, **options: Any) -> ServiceNowChanges:
    secrets = snow.secrets
    return ServiceNowChanges(
        snow.url,
        **{
            "client_id": secrets.servicenow_client_id,
            "client_secret": secrets.servicenow_client_secret,
            "timeouts": TIMEOUTS,
            **options,
        },
    )


def approvals_of(snow: Servicenow, **options: Any) -> ServiceNowApprovals:
    secrets = snow.secrets
    return ServiceNowApprovals(
        snow.url,
        **{
            "client_id": secrets.servicenow_approval_client_id,
            "client_secret": secrets.servicenow_approval_client_secret,
            "timeouts": TIMEOUTS,
            **options,
        },
    )


def opened(changes: ServiceNowChanges, key: str = "5e" * 32, **plan: Any) -> Record:
    return changes.create(a_plan(**plan), a_change(key), LINUS)


def asked(changes: ServiceNowChanges, key: str = "5e" * 32, **plan: Any) -> Record:
    """A change whose approvers ServiceNow has asked."""
    record = opened(changes, key, **plan)
    changes.move(record.sys_id, State.ASSESS)
    until(lambda: any(row.state is RowState.REQUESTED for row in changes.approvals([record.sys_id])[record.sys_id]))
    return changes.read(record.sys_id)


def row_of(changes: ServiceNowChanges, sys_id: str, key: str) -> Any:
    return next(row for row in changes.approvals([sys_id])[sys_id] if row.approver == person_id(key))


@contextmanager
def a_server(world: World) -> Iterator[tuple[Servicenow, Callable[[], None]]]:
    """An instance that a test may stop before its end."""
    secrets = invent()
    standin = build(world, secrets)
    server = Server(standin.app)
    thread = threading.Thread(target=lambda: asyncio.run(server.serve()), daemon=True)
    thread.start()

    def stop() -> None:
        server.stop()
        thread.join(timeout=5)

    yield Servicenow(standin, server.url, secrets), stop
    stop()


def spoil(snow: Servicenow, call: str, action: str, **facts: Any) -> None:
    answer = requests.post(f"{snow.url}/_standin/faults", json={"call": call, "action": action, **facts}, timeout=5)
    assert answer.ok, answer.text


def diary(snow: Servicenow, call: str = "") -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = requests.get(f"{snow.url}/_standin/diary", timeout=5).json()
    return [entry for entry in entries if call in entry["call"]]


def until_state(changes: ServiceNowChanges, sys_id: str, state: State) -> Record:
    found: Record = until(lambda: _in_state(changes.read(sys_id), state))
    return found


def _in_state(record: Record, state: State) -> Record | None:
    return record if record.state is state else None
