"""Users and groups through the client."""

import pytest

from bot.ports import Declined, NotThere
from tests.integrations.servicenow.client_rig import changes_of
from tests.integrations.servicenow.conftest import Servicenow, person_id


@pytest.mark.parametrize("minds_case", [False, True])
@pytest.mark.parametrize("email", ["ada@acme.example", "Ada@ACME.example", " ada@acme.example "])
def test_a_person_is_found_by_e_mail_however_it_is_written(snow: Servicenow, email: str, minds_case: bool) -> None:
    snow.switch(case_sensitive_values=minds_case)

    (found,) = changes_of(snow).users_by_email(email)

    assert (found.sys_id, found.name, found.active, found.locked_out) == (person_id("ada"), "Ada Lovelace", True, False)


def test_an_address_of_two_is_told_as_two(snow: Servicenow) -> None:
    assert {user.name for user in changes_of(snow).users_by_email("twin@acme.example")} == {"Tina Twin", "Tom Twin"}


@pytest.mark.parametrize("email", ["otto@acme.example", "nobody@acme.example", "", " "])
def test_nobody_active_has_this_address(snow: Servicenow, email: str) -> None:
    assert changes_of(snow).users_by_email(email) == ()


def test_a_locked_user_is_found_and_said_to_be_locked(snow: Servicenow) -> None:
    snow.person("ada", locked_out="true")

    (found,) = changes_of(snow).users_by_email("ada@acme.example")

    assert found.locked_out


def test_an_account_that_nobody_signs_in_with_is_nobodys(snow: Servicenow) -> None:
    """A machine's: it may have an e-mail, and be in a group that approves."""
    machine = snow.result("GET", "/api/now/table/sys_user", sysparm_query="web_service_access_only=true")[0]

    assert changes_of(snow).user(machine["sys_id"]).active is False


def test_an_e_mail_that_may_not_be_read_is_nobodys(snow: Servicenow) -> None:
    snow.switch(hidden_fields={"sys_user": ["email"]})

    assert changes_of(snow).users_by_email("ada@acme.example") == ()


def test_a_user_is_read_by_id(snow: Servicenow) -> None:
    changes = changes_of(snow)

    assert changes.user(person_id("otto")).active is False
    with pytest.raises(NotThere):
        changes.user("0" * 32)


def test_the_active_members_of_a_group(snow: Servicenow) -> None:
    changes = changes_of(snow)

    assert {user.name for user in changes.group_members("CAB Approval")} == {"Grace Hopper", "Barbara Liskov"}
    assert "Otto Gone" not in {user.name for user in changes.group_members("Platform Engineering")}
    with pytest.raises(Declined, match="no active group called “Nobody”"):
        changes.group_members("Nobody")
