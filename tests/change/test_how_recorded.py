"""How a verdict gets into ServiceNow: as policy says, with and without a link; and who may link which account."""

import pytest

from bot.change.approval import how_recorded
from bot.change.linking import AccountNotActive, AccountTaken, AnotherAccount, Owner, check_may_link
from bot.change.model import Person, Recorded
from bot.change.policy import ApprovalPolicy, WithoutLink
from tests.builders import ADA, GRACE, person

SELF, BEHALF, DEEP = Recorded.SELF, Recorded.ON_BEHALF, Recorded.DEEP_LINK
ADAS = Owner(ADA.sys_user, "ada", ADA.name, ADA.email, may_sign_in=True)
UNBOUND = person("ada", sys_user="")


@pytest.mark.parametrize(
    ("facts", "linked", "unlinked"),
    [
        ({"record": DEEP}, DEEP, DEEP),
        ({"record": BEHALF, "on_behalf_accepted_by": "K. J."}, BEHALF, BEHALF),
        ({"record": BEHALF}, DEEP, DEEP),
        ({"record": BEHALF, "on_behalf_accepted_by": "K. J.", "bind_by_email": False}, DEEP, DEEP),
        ({"record": SELF}, SELF, DEEP),
        ({"record": SELF, "without_link": WithoutLink.DEEP_LINK}, SELF, DEEP),
        ({"record": SELF, "without_link": WithoutLink.REFUSE}, SELF, None),
        ({"record": SELF, "without_link": WithoutLink.ON_BEHALF, "on_behalf_accepted_by": "K. J."}, SELF, BEHALF),
        ({"record": SELF, "without_link": WithoutLink.ON_BEHALF}, SELF, DEEP),
        ({"record": SELF, "bind_by_email": False}, SELF, DEEP),
    ],
)
def test_policy_says_how(facts: dict[str, object], linked: Recorded, unlinked: Recorded | None):
    policy = ApprovalPolicy(**facts)  # type: ignore[arg-type]

    assert how_recorded(policy, is_linked=True) is linked
    assert how_recorded(policy, is_linked=False) is unlinked


@pytest.mark.parametrize("who", [ADA, UNBOUND])
@pytest.mark.parametrize("slack_id_of_email", [ADA.slack_id, ""])
def test_ones_own_account_may_be_linked(who: Person, slack_id_of_email: str):
    check_may_link(who, ADAS, held_by=None, slack_id_of_email=slack_id_of_email)


def test_no_other_may():
    with pytest.raises(AnotherAccount):
        check_may_link(GRACE, ADAS, held_by=None, slack_id_of_email="")
    with pytest.raises(AccountTaken):
        check_may_link(UNBOUND, ADAS, held_by=GRACE, slack_id_of_email="")
    with pytest.raises(AccountTaken):
        check_may_link(UNBOUND, ADAS, held_by=None, slack_id_of_email=GRACE.slack_id)
    with pytest.raises(AccountNotActive):
        check_may_link(ADA, Owner("sys-ada", "ada", "", "", may_sign_in=False), held_by=None, slack_id_of_email="")
