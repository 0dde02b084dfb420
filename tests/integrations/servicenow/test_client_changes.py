"""Change requests through the client, over the wire: find, open, compare, move."""

from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from bot.change.model import State
from bot.ports import Declined, NotThere
from tests.integrations.servicenow.client_rig import (
    CHANGE_API,
    CREATE,
    LINUS,
    a_change,
    a_plan,
    asked,
    changes_of,
    diary,
    opened,
    spoil,
    until_state,
)
from tests.integrations.servicenow.conftest import Servicenow


def test_a_change_is_opened_in_new_and_holds_all_we_wrote(snow: Servicenow) -> None:
    changes = changes_of(snow)

    record = opened(changes)

    assert (record.state, record.approval, record.on_hold) == (State.NEW, "not requested", False)
    assert record.number.startswith("CHG")
    assert record.correlation_id == a_change().correlation_id
    assert record.fields["requested_by"] == LINUS
    assert changes.differences(record, a_plan(), a_change(), LINUS) == ()
    assert changes.read(record.sys_id) == record


def test_no_state_is_sent_on_create_and_no_sysparm_reaches_the_change_api(snow: Servicenow) -> None:
    changes = changes_of(snow)

    record = opened(changes)
    changes.next_states(record.sys_id)
    changes.move(record.sys_id, State.ASSESS)

    created = diary(snow, CREATE)[0]
    assert '"state"' not in created["body"]
    assert '"chg_model": "normal"' in created["body"]
    assert all(entry["query"] == "" for entry in diary(snow, CHANGE_API))


def test_a_change_is_found_by_its_key_oldest_first(snow: Servicenow) -> None:
    changes = changes_of(snow)
    first, second = opened(changes), opened(changes)
    opened(changes, key="0f" * 32)

    found = changes.find(a_change().correlation_id)

    assert [record.number for record in found] == [first.number, second.number]
    assert changes.find("cabbie-unheard-of") == ()


def test_a_duplicate_canceled_away_is_not_found_but_a_canceled_original_is(snow: Servicenow) -> None:
    changes = changes_of(snow)
    first, second = opened(changes), opened(changes)
    changes.move(second.sys_id, State.CANCELED, work_notes="A duplicate.")

    assert [record.number for record in changes.find(a_change().correlation_id)] == [first.number]

    changes.move(first.sys_id, State.CANCELED, work_notes="Not needed.")

    assert [record.state for record in changes.find(a_change().correlation_id)] == [State.CANCELED]


def test_an_instance_that_hides_the_key_is_not_taken_for_one_without_the_change(snow: Servicenow) -> None:
    changes = changes_of(snow)
    opened(changes)
    snow.switch(hidden_fields={"change_request": ["correlation_id"]})

    with pytest.raises(Declined, match="correlation_id"):
        changes.find(a_change().correlation_id)


def test_names_are_resolved_once_in_ten_minutes(snow: Servicenow) -> None:
    changes = changes_of(snow)

    opened(changes)
    opened(changes, key="0f" * 32)

    assert len(diary(snow, "GET /api/now/table/cmdb_ci")) == 1
    assert len(diary(snow, "GET /api/now/table/sys_user_group")) == 1


@pytest.mark.parametrize("wrong", [{"configuration_item": "Nothing"}, {"assignment_group": "Nobody"}])
def test_a_name_that_servicenow_does_not_know_is_declined_before_anything_is_opened(
    snow: Servicenow, wrong: dict[str, Any]
) -> None:
    with pytest.raises(Declined, match="there is no"):
        opened(changes_of(snow), **wrong)

    assert not diary(snow, CREATE)


def test_a_name_that_two_items_have_is_declined(snow: Servicenow) -> None:
    for _ in range(2):
        _admin_makes(snow, "cmdb_ci_service", name="Twin", operational_status="1")

    with pytest.raises(Declined, match="more than one"):
        opened(changes_of(snow), configuration_item="Twin")


def test_a_retired_namesake_does_not_count(snow: Servicenow) -> None:
    _admin_makes(snow, "cmdb_ci_service", name="Payments API", operational_status="6")

    assert opened(changes_of(snow)).state is State.NEW


def _admin_makes(snow: Servicenow, table: str, **facts: str) -> None:
    snow.person("katherine", roles=["admin"])
    snow.result("POST", f"/api/now/table/{table}", facts, by="katherine")


def test_what_an_instance_cuts_silently_shows_as_a_difference(snow: Servicenow) -> None:
    snow.switch(short_description_length=20)
    changes = changes_of(snow)

    record = opened(changes)

    assert changes.differences(record, a_plan(), a_change(), LINUS) == ("short_description",)


def test_everything_somebody_changed_shows_as_a_difference(snow: Servicenow) -> None:
    changes = changes_of(snow)
    record = opened(changes)

    changed = changes.amend(record.sys_id, backout_plan="Pray.", start_date="2027-01-01 00:00:00", correlation_id="x")

    found = changes.differences(changed, a_plan(), a_change(), LINUS)
    assert found == ("backout_plan", "start_date", "correlation_id")


def test_a_column_we_may_not_read_is_not_believed_to_hold_our_words(snow: Servicenow) -> None:
    snow.switch(hidden_fields={"change_request": ["justification"]})
    changes = changes_of(snow)

    record = opened(changes)

    assert "justification" not in record.fields
    assert changes.differences(record, a_plan(), a_change(), LINUS) == ("justification",)


def test_a_field_of_ours_that_was_really_ignored_is_declined_by_name(snow: Servicenow) -> None:
    changes = changes_of(snow)
    record = opened(changes)
    answer = {"result": {"sys_id": record.sys_id, "__meta": {"ignoredFields": ["justification", "sysparm_view"]}}}

    spoil(snow, CREATE, "answer", status=200, body=answer)
    with pytest.raises(Declined, match=f"{record.number} was opened without justification"):
        opened(changes, justification="Another one.")

    spoil(snow, CREATE, "answer", status=200, body=answer)
    assert opened(changes).number == record.number, "listed as ignored, and written all the same"


def test_a_column_that_nobody_may_write_is_declined_by_name(snow: Servicenow) -> None:
    changes = changes_of(snow)
    record = opened(changes)

    with pytest.raises(Declined, match="number"):
        changes.amend(record.sys_id, number="CHG1", description="Better.")


def test_the_next_states_are_those_whose_conditions_are_met(snow: Servicenow) -> None:
    changes = changes_of(snow)
    record = opened(changes)

    assert changes.next_states(record.sys_id) == {State.ASSESS, State.CANCELED}

    changes.amend(record.sys_id, on_hold="true", on_hold_reason="Wait.")
    assert changes.next_states(record.sys_id) == {State.CANCELED}


@pytest.mark.parametrize(
    "result",
    [
        {
            "state_transitions": [
                [{"to_state": "-4", "transition_available": False}, {"to_state": -4, "transition_available": True}]
            ]
        },
        {"state_transitions": [{"to_state": "-4.0", "transition_available": "true"}]},
        [{"state_transitions": [[{"to_state": {"value": -4}, "transition_available": True}], [{"to_state": "0"}]]}],
        {"state_transitions": [[{"to_state": v, "transition_available": True}] for v in ("-4", "authorize", "77", "")]},
    ],
)
def test_any_alternative_suffices_in_any_shape(snow: Servicenow, result: Any) -> None:
    changes = changes_of(snow)
    record = opened(changes)
    spoil(snow, f"GET {CHANGE_API}/*/nextstates", "answer", status=200, body={"result": result})

    assert changes.next_states(record.sys_id) == {State.ASSESS}


def test_available_states_alone_prove_nothing(snow: Servicenow) -> None:
    changes = changes_of(snow)
    record = opened(changes)
    body = {"result": {"available_states": ["-4", "4"], "state_transitions": []}}
    spoil(snow, f"GET {CHANGE_API}/*/nextstates", "answer", status=200, body=body)

    assert changes.next_states(record.sys_id) == frozenset()


def test_a_change_walks_hop_by_hop_and_is_read_back(snow: Servicenow) -> None:
    changes = changes_of(snow)
    record = asked(changes)
    snow.approve(record.sys_id, "ada")
    until_state(changes, record.sys_id, State.AUTHORIZE)
    snow.until_asked(record.sys_id, "grace")
    snow.approve(record.sys_id, "grace")
    until_state(changes, record.sys_id, State.SCHEDULED)

    assert changes.move(record.sys_id, State.IMPLEMENT).state is State.IMPLEMENT
    assert changes.move(record.sys_id, State.REVIEW, work_notes="[code]<b>Went</b>[/code]").state is State.REVIEW
    closed = changes.move(record.sys_id, State.CLOSED, close_code="successful", close_notes="All well.")

    assert closed.state is State.CLOSED
    assert (closed.fields["close_code"], closed.fields["close_notes"]) == ("successful", "All well.")
    assert closed.mod_count > record.mod_count


@pytest.mark.parametrize("status", [403, 400, 500])
def test_a_hop_that_a_rule_refuses_is_declined_with_the_rules_name_whatever_the_status(
    snow: Servicenow, status: int
) -> None:
    snow.switch(refusal_status=status)
    changes = changes_of(snow)
    record = opened(changes)

    with pytest.raises(Declined, match="Change Model: Check State Transition") as caught:
        changes.move(record.sys_id, State.CLOSED, work_notes="x")

    assert "^" not in caught.value.what
    assert changes.read(record.sys_id).state is State.NEW


def test_a_mandatory_field_is_named(snow: Servicenow) -> None:
    changes = changes_of(snow)
    record = asked(changes, risk_impact="")
    snow.approve(record.sys_id, "ada")
    until_state(changes, record.sys_id, State.AUTHORIZE)
    snow.until_asked(record.sys_id, "grace")
    snow.approve(record.sys_id, "grace")
    until_state(changes, record.sys_id, State.SCHEDULED)
    changes.move(record.sys_id, State.IMPLEMENT)
    changes.move(record.sys_id, State.REVIEW)

    with pytest.raises(Declined, match="Close"):
        changes.move(record.sys_id, State.CLOSED)


def test_an_account_without_rights_is_told_so(snow: Servicenow) -> None:
    secrets = snow.secrets
    record = opened(changes_of(snow))
    powerless = changes_of(
        snow,
        client_id=secrets.servicenow_approval_client_id,
        client_secret=secrets.servicenow_approval_client_secret,
    )

    with pytest.raises(Declined, match="ServiceNow does not let the change account change change_request"):
        powerless.move(record.sys_id, State.ASSESS)
    with pytest.raises(Declined, match="ServiceNow does not let the change account create change_request"):
        opened(powerless)


def test_a_hidden_change_is_not_there(snow: Servicenow) -> None:
    changes = changes_of(snow)
    record = opened(changes)
    snow.switch(hidden_records=[record.sys_id])

    with pytest.raises(NotThere):
        changes.read(record.sys_id)
    with pytest.raises(NotThere):
        changes.next_states(record.sys_id)
    with pytest.raises(NotThere):
        changes.move(record.sys_id, State.ASSESS)


@pytest.mark.parametrize("sys_id", ["", "x/../../y", "a^ORactive=true", "0" * 33])
def test_what_is_no_sys_id_never_reaches_the_wire(snow: Servicenow, sys_id: str) -> None:
    changes = changes_of(snow)

    for ask in (changes.read, changes.next_states, changes.tasks, changes.user, changes.page):
        with pytest.raises(NotThere):
            ask(sys_id)
    assert diary(snow) == []


def test_a_task_is_created_once_by_its_key(snow: Servicenow) -> None:
    changes = changes_of(snow)
    record = opened(changes)
    facts = {"short_description": "Find out why", "description": "It failed.", "group": "Payments Engineering"}

    number = changes.create_task(record.sys_id, correlation_id="cabbie-1-review", **facts)
    again = changes.create_task(record.sys_id, correlation_id="cabbie-1-review", **facts)

    assert number == again
    assert changes.tasks(record.sys_id) == (
        {
            "number": number,
            "short_description": "Find out why",
            "state": "1",
            "assignment_group": "Payments Engineering",
            "correlation_id": "cabbie-1-review",
        },
    )


def test_the_deep_links_open_the_change_and_the_list(snow: Servicenow) -> None:
    changes = changes_of(snow)
    record = opened(changes)
    opened(changes, key="0f" * 32)

    form = requests.get(changes.page(record.sys_id), timeout=5)
    listed = requests.get(changes.page_of_query(f"correlation_id={record.correlation_id}^active=true"), timeout=5)

    assert record.number in form.text
    assert "1 records" in listed.text
    assert changes.host == urlsplit(snow.url).netloc
