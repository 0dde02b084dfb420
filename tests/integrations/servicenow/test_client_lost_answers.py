"""What the client makes of answers that are lost, late, wrong or none at all."""

import socket
from collections.abc import Callable

import pytest

from bot.change.model import RowState, State, Verdict
from bot.ports import Failure, Outage, Unknown
from integrations.servicenow.client import ServiceNowChanges
from integrations.standin.world import World
from tests.integrations.servicenow.client_rig import (
    CREATE,
    LINUS,
    PATCH,
    READ,
    a_change,
    a_plan,
    a_server,
    approvals_of,
    asked,
    changes_of,
    diary,
    opened,
    row_of,
    spoil,
)
from tests.integrations.servicenow.conftest import Servicenow, until

ROW_PATCH = "PATCH /api/now/table/sysapproval_approver/{sys_id}"
LOST = {
    "reset before": {"action": "drop_before"},
    "reset after": {"action": "drop_after"},
    "cut off": {"action": "truncate"},
    "500 after": {"action": "answer_after", "status": 500, "body": {"error": {"message": "Transaction cancelled"}}},
    "502 page": {"action": "answer_after", "status": 502, "body": "<html>Bad Gateway</html>"},
    "half JSON": {
        "action": "answer_after",
        "status": 200,
        "headers": {"content-type": "application/json"},
        "body": "{",
    },
    "no result": {"action": "answer_after", "status": 200, "body": {"ok": True}},
    "a list": {"action": "answer_after", "status": 200, "body": [1]},
    "a login page": {"action": "answer_after", "status": 200, "body": "<html>Log in</html>"},
    "quota": {
        "action": "answer_after",
        "status": 200,
        "body": {"result": [], "error": {"message": "Transaction cancelled"}},
    },
    "too late": {"action": "delay_after", "seconds": 3.0},
}


def lost(snow: Servicenow, call: str, how: str) -> None:
    spoil(snow, call, **LOST[how])  # type: ignore[arg-type]


def brisk(snow: Servicenow) -> ServiceNowChanges:
    return changes_of(snow, timeouts=(1.5, 1.5))


@pytest.mark.parametrize("how", LOST)
def test_a_create_whose_answer_is_lost_is_unknown_and_found_by_its_key(snow: Servicenow, how: str) -> None:
    changes = brisk(snow)
    lost(snow, CREATE, how)

    with pytest.raises(Unknown):
        opened(changes)

    found = until(lambda: changes.find(a_change().correlation_id) or how == "reset before")
    assert how == "reset before" or changes.differences(found[0], a_plan(), a_change(), LINUS) == ()


@pytest.mark.parametrize("how", LOST)
def test_a_read_whose_answer_is_lost_is_an_outage(snow: Servicenow, how: str) -> None:
    changes = brisk(snow)
    sys_id = opened(changes).sys_id
    lost(snow, READ, how)

    with pytest.raises(Outage):
        changes.read(sys_id)

    assert changes.read(sys_id).state is State.NEW


@pytest.mark.parametrize("how", LOST)
def test_a_hop_whose_answer_is_lost_may_be_made_again(snow: Servicenow, how: str) -> None:
    changes = brisk(snow)
    sys_id = opened(changes).sys_id
    lost(snow, PATCH, how)

    with pytest.raises(Outage):
        changes.move(sys_id, State.ASSESS)


@pytest.mark.parametrize("how", LOST)
def test_a_note_whose_answer_is_lost_is_unknown(snow: Servicenow, how: str) -> None:
    changes = brisk(snow)
    sys_id = opened(changes).sys_id

    for column in ("work_notes", "comments"):
        lost(snow, PATCH, how)
        with pytest.raises(Unknown):
            changes.amend(sys_id, **{column: "Told once."})


@pytest.mark.parametrize("how", ["reset after", "500 after", "half JSON", "too late"])
def test_a_verdict_whose_answer_is_lost_is_unknown_and_written_once(snow: Servicenow, how: str) -> None:
    changes = brisk(snow)
    record = asked(changes)
    row = row_of(changes, record.sys_id, "ada").sys_id
    approvals = approvals_of(snow, timeouts=(1.5, 1.5))
    lost(snow, ROW_PATCH, how)

    with pytest.raises(Unknown):
        approvals.record(row, Verdict.APPROVED, "by Ada")

    until(lambda: row_of(changes, record.sys_id, "ada").state is RowState.APPROVED)
    with pytest.raises(Failure, match="is approved, not requested"):
        approvals.record(row, Verdict.APPROVED, "by Ada")
    assert len(diary(snow, ROW_PATCH)) == 1


def test_a_create_that_cannot_be_read_back_is_unknown(snow: Servicenow) -> None:
    spoil(snow, READ, "answer", status=503, body="")

    with pytest.raises(Unknown, match="was opened"):
        opened(changes_of(snow))


def test_a_hop_that_cannot_be_read_back_may_be_made_again_but_not_a_note(snow: Servicenow) -> None:
    changes = changes_of(snow)
    sys_id = opened(changes).sys_id

    spoil(snow, READ, "drop_before")
    with pytest.raises(Outage):
        changes.move(sys_id, State.ASSESS)
    spoil(snow, READ, "drop_before")
    with pytest.raises(Unknown):
        changes.amend(sys_id, work_notes="x")


def test_an_instance_that_is_not_there_has_opened_nothing() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
        changes = ServiceNowChanges(url, user="cabbie", password="x", timeouts=(1.5, 1.5))  # nobody listens

        with pytest.raises(Outage):
            changes.create(a_plan(), a_change(), LINUS)


def test_a_create_whose_connection_is_refused_is_an_outage(world: World) -> None:
    """The names are known from before; the instance goes away between two calls."""
    with a_server(world) as (snow, stop):
        changes = changes_of(snow)
        opened(changes)
        stop()

        with pytest.raises(Outage):
            opened(changes)


@pytest.mark.parametrize("call", [CREATE, PATCH, READ])
def test_a_hibernating_instance_is_an_outage(snow: Servicenow, call: str) -> None:
    changes = changes_of(snow)
    sys_id = opened(changes).sys_id
    spoil(snow, call, "answer", status=200, body="<html><title>Instance Hibernating page</title></html>", times=-1)
    asks: dict[str, Callable[[], object]] = {
        CREATE: lambda: opened(changes),
        PATCH: lambda: changes.amend(sys_id, work_notes="x"),
        READ: lambda: changes.read(sys_id),
    }

    with pytest.raises(Outage, match="hibernating"):
        asks[call]()


@pytest.mark.parametrize(("said", "seconds"), [("37", 37.0), ("0", 0.0), ("Fri, 01 Jan 1999 00:00:00 GMT", 0.0)])
@pytest.mark.parametrize("call", [CREATE, READ])
def test_too_many_requests_says_how_long_to_wait(snow: Servicenow, call: str, said: str, seconds: float) -> None:
    changes = changes_of(snow)
    sys_id = opened(changes).sys_id
    limit = {"error": {"message": "Rate limit exceeded", "detail": "…"}, "status": "failure"}
    spoil(snow, call, "answer", status=429, headers={"Retry-After": said}, body=limit)

    with pytest.raises(Outage) as caught:
        opened(changes) if call == CREATE else changes.read(sys_id)

    assert caught.value.retry_after is not None
    assert caught.value.retry_after.total_seconds() == seconds


def test_the_instances_own_limit_is_honoured(snow: Servicenow) -> None:
    changes = changes_of(snow)
    sys_id = opened(changes).sys_id
    snow.switch(rate_limit=1)

    with pytest.raises(Outage) as caught:
        for _ in range(3):
            changes.read(sys_id)

    assert caught.value.retry_after is not None


def test_a_redirect_is_not_followed_with_our_credentials(snow: Servicenow) -> None:
    changes = changes_of(snow)
    sys_id = opened(changes).sys_id
    spoil(snow, READ, "answer", status=302, headers={"Location": "/nav_to.do"}, body="")

    with pytest.raises(Outage, match="redirect"):
        changes.read(sys_id)

    assert not diary(snow, "nav_to")
