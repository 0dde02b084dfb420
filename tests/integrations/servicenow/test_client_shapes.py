"""The same behaviour from instances that answer in other shapes."""

from typing import Any

import pytest

from bot.change.model import RowState, State, Verdict
from tests.integrations.servicenow.client_rig import (
    CREATE,
    LINUS,
    PATCH,
    a_change,
    a_plan,
    approvals_of,
    asked,
    changes_of,
    opened,
    row_of,
    spoil,
    until_state,
)
from tests.integrations.servicenow.conftest import Servicenow

SWITCHES: list[dict[str, Any]] = [
    {"array_results": True},
    {"array_results": False},
    {"bare_sys_id": True},
    {"string_values": True},
    {"array_results": True, "bare_sys_id": True, "string_values": True},
    {"flow_seconds": 0},
    {"returns_no_rows": True},
    {"case_sensitive_values": True},
    {"approver_role": "approval_user"},
    {"sysparms_are_fields": False},
]


@pytest.mark.parametrize("switches", SWITCHES, ids=str)
def test_a_change_is_opened_decided_and_moved_on(snow: Servicenow, switches: dict[str, Any]) -> None:
    snow.switch(**switches)
    changes, approvals = changes_of(snow), approvals_of(snow)

    record = asked(changes)
    assert changes.differences(record, a_plan(), a_change(), LINUS) == ()
    assert State.CANCELED in changes.next_states(record.sys_id)
    written = approvals.record(row_of(changes, record.sys_id, "ada").sys_id, Verdict.APPROVED, "Yes.")
    assert written.state is RowState.APPROVED
    until_state(changes, record.sys_id, State.AUTHORIZE)
    canceled = changes.move(record.sys_id, State.CANCELED, work_notes="Not needed.")
    assert canceled.state is State.CANCELED
    assert changes.find(record.correlation_id)[0].number == record.number


@pytest.mark.parametrize("is_list", [False, True])
@pytest.mark.parametrize("is_bare", [False, True])
def test_the_answer_to_a_create_or_a_patch_comes_in_four_shapes(snow: Servicenow, is_list: bool, is_bare: bool) -> None:
    changes = changes_of(snow)
    record = opened(changes)
    row = {"sys_id": record.sys_id if is_bare else {"value": record.sys_id, "display_value": record.sys_id}}
    answer = {"result": [row] if is_list else row}

    spoil(snow, CREATE, "answer", status=200, body=answer)
    assert opened(changes).number == record.number
    spoil(snow, PATCH, "answer", status=200, body=answer)
    assert changes.amend(record.sys_id, description=a_plan().description).number == record.number
