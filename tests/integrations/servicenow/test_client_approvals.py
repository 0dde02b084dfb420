"""Approver rows through the client: who was asked, and one verdict written by the account that may do nothing else."""

import pytest
from requests.auth import AuthBase

from bot.change.model import RowState, State, Verdict
from bot.ports import Declined, NotThere, Unknown
from integrations.servicenow import approvals as reading
from integrations.servicenow.connection import Connection
from integrations.servicenow.session import sign_in
from tests.integrations.servicenow.client_rig import (
    TIMEOUTS,
    approvals_of,
    asked,
    changes_of,
    diary,
    opened,
    row_of,
    spoil,
    until_state,
)
from tests.integrations.servicenow.conftest import Servicenow, person_id, until

LIST = "GET /api/now/table/sysapproval_approver"
WRITE = "PATCH /api/now/table/sysapproval_approver/{sys_id}"


def test_every_row_says_who_was_asked_and_as_what(snow: Servicenow) -> None:
    changes = changes_of(snow)
    record = asked(changes)
    quiet = opened(changes, key="0f" * 32)

    found = changes.approvals([record.sys_id, quiet.sys_id])

    assert found[quiet.sys_id] == ()
    people = {(row.approver, row.approver_name, row.approver_email) for row in found[record.sys_id]}
    assert (person_id("ada"), "Ada Lovelace", "ada@acme.example") in people
    assert {row.group for row in found[record.sys_id]} == {"Payments Engineering"}
    assert {row.state for row in found[record.sys_id]} == {RowState.REQUESTED}


def test_a_hundred_changes_are_asked_about_at_once(snow: Servicenow) -> None:
    changes = changes_of(snow)
    record = asked(changes)
    before = len(diary(snow, LIST))

    found = changes.approvals([*(f"{n:032x}" for n in range(149)), record.sys_id, record.sys_id])

    assert len(diary(snow, LIST)) == before + 2
    assert len(found) == 150
    assert len(found[record.sys_id]) == 3
    assert changes.approvals([]) == {}


def connection(snow: Servicenow, page: int) -> Connection:
    secrets = snow.secrets
    signs_in: AuthBase = sign_in(
        snow.url,
        client_id=secrets.servicenow_client_id,
        client_secret=secrets.servicenow_client_secret,
        user="",
        password="",
        account="change account",
        timeouts=TIMEOUTS,
        clock=changes_of(snow)._clock,
    )
    return Connection(snow.url, signs_in, account="change account", timeouts=TIMEOUTS, page=page)


def test_pages_are_read_to_the_end_even_where_rows_are_hidden(snow: Servicenow) -> None:
    record = asked(changes_of(snow))
    rows = reading.rows_of(connection(snow, 500), [record.sys_id])[record.sys_id]

    assert reading.rows_of(connection(snow, 1), [record.sys_id])[record.sys_id] == rows

    snow.switch(hidden_records=[rows[0].sys_id])  # the first page is empty now, and two follow
    assert reading.rows_of(connection(snow, 1), [record.sys_id])[record.sys_id] == rows[1:]


def test_a_verdict_is_written_into_that_row_and_read_back(snow: Servicenow) -> None:
    changes, approvals = changes_of(snow), approvals_of(snow)
    record = asked(changes)
    row = row_of(changes, record.sys_id, "ada")

    written = approvals.record(row.sys_id, Verdict.APPROVED, "recorded by Cabbie for Ada Lovelace")

    assert (written.sys_id, written.state, written.updated_by) == (row.sys_id, RowState.APPROVED, "cabbie.approval")
    assert written.mod_count > row.mod_count
    assert until_state(changes, record.sys_id, State.AUTHORIZE)


def test_a_rejection_takes_the_change_back_to_new(snow: Servicenow) -> None:
    changes, approvals = changes_of(snow), approvals_of(snow)
    record = asked(changes)

    written = approvals.record(row_of(changes, record.sys_id, "ada").sys_id, Verdict.REJECTED, "Not on a Friday.")

    assert written.state is RowState.REJECTED
    assert until_state(changes, record.sys_id, State.NEW).approval == "rejected"


def test_an_approval_is_withdrawn_while_others_are_awaited(snow: Servicenow) -> None:
    snow.switch(quorum={"Payments Engineering": "all"})
    changes, approvals = changes_of(snow), approvals_of(snow)
    record = asked(changes)
    row = row_of(changes, record.sys_id, "ada").sys_id
    approvals.record(row, Verdict.APPROVED, "Yes.")

    assert approvals.record(row, Verdict.WITHDRAWN, "On second thoughts.").state is RowState.REQUESTED
    with pytest.raises(Declined, match="is requested, not approved"):
        approvals.record(row, Verdict.WITHDRAWN, "Again.")


def test_a_row_that_is_no_longer_requested_is_left_alone(snow: Servicenow) -> None:
    changes, approvals = changes_of(snow), approvals_of(snow)
    record = asked(changes)
    row = row_of(changes, record.sys_id, "ada").sys_id
    snow.approve(record.sys_id, "margaret")
    until(lambda: row_of(changes, record.sys_id, "ada").state is RowState.NOT_REQUIRED)

    with pytest.raises(Declined, match="is not_required, not requested"):
        approvals.record(row, Verdict.APPROVED, "Too late.")

    assert not diary(snow, WRITE)


def test_an_answer_of_200_alone_is_not_believed(snow: Servicenow) -> None:
    changes, approvals = changes_of(snow), approvals_of(snow)
    row = row_of(changes, asked(changes).sys_id, "ada").sys_id
    spoil(snow, WRITE, "answer", status=200, body={"result": {"sys_id": row, "state": "approved"}})

    with pytest.raises(Unknown, match="does not show yet"):
        approvals.record(row, Verdict.APPROVED, "Yes.")


def test_the_change_account_cannot_record_verdicts(snow: Servicenow) -> None:
    changes = changes_of(snow)
    row = row_of(changes, asked(changes).sys_id, "ada").sys_id
    secrets = snow.secrets
    wrong_one = approvals_of(
        snow, client_id=secrets.servicenow_client_id, client_secret=secrets.servicenow_client_secret
    )

    with pytest.raises(Declined, match="ServiceNow does not let the approval account change sysapproval_approver"):
        wrong_one.record(row, Verdict.APPROVED, "Mine.")


@pytest.mark.parametrize("row", ["", "0" * 32, "x^ORstate=requested"])
def test_a_row_that_is_not_there(snow: Servicenow, row: str) -> None:
    with pytest.raises(NotThere):
        approvals_of(snow).record(row, Verdict.APPROVED, "Yes.")


@pytest.mark.parametrize("verdict", [Verdict.HELD, Verdict.RELEASED])
def test_only_verdicts_become_states_of_a_row(snow: Servicenow, verdict: Verdict) -> None:
    with pytest.raises(ValueError, match=str(verdict)):
        approvals_of(snow).record("0" * 32, verdict, "")
