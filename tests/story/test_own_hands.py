"""Verdicts by the person's own hand: once, whatever is lost or killed; renewed by one; never another way in silence."""

from dataclasses import replace
from threading import Barrier, Thread

import pytest

from bot.change.announcement import Press
from bot.change.model import Finding, Recorded, RowState, State, Verdict
from bot.change.policy import WithoutLink
from bot.ports import BadCredentials, LinkEnded, Outage, Unknown
from tests.accounts.rig import Rig, rig_of
from tests.builders import ADA, GRACE
from tests.doubles.faults import Killed
from tests.doubles.own_accounts import LIVES
from tests.story.world import World, until, with_approval

LOST = (Unknown("ServiceNow", "the connection broke"), Outage("ServiceNow", "503"), Killed())


@pytest.fixture(params=[False, True], ids=["keeps", "rotates"])
def rig(world: World, request: pytest.FixtureRequest) -> Rig:
    """ada has linked her account. Refresh tokens stay, or are good for one renewal."""
    world.policy = with_approval(record=Recorded.SELF)
    found = rig_of(world, rotates=request.param)
    found.link(ADA)
    return found


def fall_back(rig: Rig, to: WithoutLink) -> None:
    rig.world.policy = with_approval(record=Recorded.SELF, without_link=to)


def row_of_ada(rig: Rig, number: str) -> tuple[RowState, str]:
    row = next(row for row in rig.world.servicenow.numbered(number).rows if row.approver.sys_id == ADA.sys_user)
    return row.state, row.updated_by


def decided(rig: Rig, number: str) -> list[tuple[str, Recorded]]:
    return [(decision.name, decision.recorded) for decision in rig.world.change(number).decisions]


BY_ADA = (RowState.APPROVED, "ada")
OF_ADA = [(ADA.name, Recorded.SELF)]


def test_it_is_written_as_them_and_believed_as_theirs(rig: Rig) -> None:
    number = rig.world.asks().number

    rig.world.approves(ADA, number)

    assert (row_of_ada(rig, number), decided(rig, number)) == (BY_ADA, OF_ADA)
    assert rig.world.told(ADA) == f"Recorded in ServiceNow as you: you approved {number}."
    assert rig.world.change(number).state is State.AUTHORIZE


@pytest.mark.parametrize("fault", LOST)
@pytest.mark.parametrize("is_done", [False, True])
def test_written_once_whatever_is_lost(rig: Rig, fault: BaseException, is_done: bool) -> None:
    number = rig.world.asks().number
    plan = rig.accounts.faults.lose_answer if is_done else rig.accounts.faults.refuse
    plan("write", *[fault] * 3)

    rig.world.approves(ADA, number)
    until(rig.world, lambda: bool(decided(rig, number)))

    assert (row_of_ada(rig, number), decided(rig, number)) == (BY_ADA, OF_ADA)
    assert len([line for line in rig.world.diary if "by their own hand" in line]) == 1


@pytest.mark.parametrize("fault", [Outage("ServiceNow", "503"), Killed()])
def test_renewed_before_it_is_due_whatever_is_lost_before(rig: Rig, fault: BaseException) -> None:
    number = rig.world.asks().number
    rig.world.clock.move(LIVES)
    rig.accounts.faults.refuse("renew", *[fault] * 2)

    rig.world.approves(ADA, number)
    until(rig.world, lambda: bool(decided(rig, number)))

    assert (row_of_ada(rig, number), decided(rig, number), rig.accounts.renewed) == (BY_ADA, OF_ADA, 1)


@pytest.mark.parametrize("fault", [Outage("ServiceNow", "503"), Killed()])
def test_a_renewal_whose_answer_is_lost_costs_the_link_where_tokens_rotate(rig: Rig, fault: BaseException) -> None:
    number = rig.world.asks().number
    rig.world.clock.move(LIVES)
    rig.accounts.faults.lose_answer("renew", fault)

    rig.world.approves(ADA, number)
    until(rig.world, lambda: any(user == ADA.slack_id for user, _ in rig.world.slack.whispers))

    if rig.accounts.rotates:
        assert (row_of_ada(rig, number)[0], decided(rig, number)) == (RowState.REQUESTED, [])
        assert "has ended" in rig.world.told(ADA)
        assert any("has ended" in sentence for sentence in rig.words(ADA))
    else:
        assert (row_of_ada(rig, number), decided(rig, number)) == (BY_ADA, OF_ADA)


def test_a_dead_token_is_renewed_and_the_new_one_written_down_first(rig: Rig) -> None:
    number = rig.world.asks().number
    rig.accounts.access.clear()
    rig.accounts.faults.lose_answer("write", Killed())

    rig.world.approves(ADA, number)
    until(rig.world, lambda: bool(decided(rig, number)))

    assert (row_of_ada(rig, number), decided(rig, number), rig.accounts.renewed) == (BY_ADA, OF_ADA, 1)
    assert rig.hands.is_linked(rig.world.change(number).decisions[0].by)


def test_one_renews_for_all(rig: Rig) -> None:
    """Four replicas at one moment."""
    number = rig.world.asks().number
    rig.world.clock.move(LIVES)
    with rig.world.ledger.begin() as tx:
        ada = tx.person(slack_team="T0ACME", slack_id=ADA.slack_id)
    row = next(row.sys_id for row in rig.world.change(number).rows if row.approver == ADA.sys_user)
    start, told = Barrier(4), []

    def write() -> None:
        start.wait(timeout=10)
        try:
            rig.hands.write(ada, row, Verdict.APPROVED, "")
            told.append("written")
        except Exception as failure:
            told.append(type(failure).__name__)

    threads = [Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert rig.accounts.renewed == 1
    assert told.count("written") == 1
    assert set(told) <= {"written", "Outage", "Declined"}


# -------------------------------------------------------------------------------------------------------------- without


@pytest.mark.parametrize(
    ("way", "words", "found"),
    [
        (WithoutLink.DEEP_LINK, "in ServiceNow itself", []),
        (WithoutLink.REFUSE, "in their own name", []),
        (WithoutLink.ON_BEHALF, "on your behalf", [(ADA.name, Recorded.ON_BEHALF)]),
    ],
)
@pytest.mark.parametrize("how", ["revoked", "unlinked", "never"])
def test_without_a_link_the_policy_says_what_becomes_of_it(
    rig: Rig, way: WithoutLink, words: str, found: list[object], how: str
) -> None:
    fall_back(rig, way)
    if how == "revoked":
        rig.accounts.revoke_all()
    else:
        rig.offer.unlink(ADA.slack_id)
    who = GRACE if how == "never" else ADA
    number = rig.world.asks().number
    if how == "never":
        rig.link(ADA)
        rig.world.approves(ADA, number)

    rig.world.approves(who, number)

    said = rig.world.told(who)
    assert words in said
    assert ("is not linked" if how == "never" else "has ended") in said
    expected = [(who.name, recorded) for _, recorded in found]  # type: ignore[misc,attr-defined]
    assert [one for one in decided(rig, number) if one[1] is not Recorded.SELF] == expected
    assert any("ServiceNow does not accept it" in sentence for sentence in rig.words(ADA)) is (how == "revoked")


def test_without_an_approval_account_nothing_is_recorded_on_behalf(rig: Rig) -> None:
    fall_back(rig, WithoutLink.ON_BEHALF)
    rig.world.tools = replace(rig.world.tools, approvals=None)
    rig.offer.unlink(ADA.slack_id)
    number = rig.world.asks().number

    rig.world.approves(ADA, number)

    assert "in ServiceNow itself" in rig.world.told(ADA)
    rig.link(ADA)
    rig.world.approves(ADA, number)
    assert decided(rig, number) == OF_ADA


def test_where_no_email_proves_anybody_the_own_sign_in_does(rig: Rig) -> None:
    rig.world.policy = with_approval(record=Recorded.SELF, bind_by_email=False)
    number = rig.world.asks().number

    rig.world.approves(ADA, number)
    rig.world.approves(GRACE, number)

    assert decided(rig, number) == OF_ADA
    assert "link your ServiceNow account" in rig.world.told(GRACE)


# ----------------------------------------------------------------------------------------------------- whose hand it is


def test_revoked_after_the_write_was_sent_it_is_theirs_all_the_same(rig: Rig) -> None:
    number = rig.world.asks().number
    rig.accounts.faults.lose_answer("write", Killed())
    rig.world.hear(ADA, Press(number, Verdict.APPROVED, channel="C0PAYMENTS"))
    rig.world.advance(rig.world.change(number).id)  # judged
    rig.world.advance(rig.world.change(number).id)  # written, and killed
    assert (row_of_ada(rig, number), decided(rig, number)) == (BY_ADA, [])
    rig.accounts.revoke_all()
    until(rig.world, lambda: bool(decided(rig, number)))

    assert (row_of_ada(rig, number), decided(rig, number)) == (BY_ADA, OF_ADA)


def test_what_another_hand_wrote_is_not_shown_as_theirs(rig: Rig) -> None:
    number = rig.world.asks().number
    rig.accounts.writes_as = "integration.user"

    rig.world.approves(ADA, number)

    assert "written by integration.user instead of you" in rig.world.told(ADA)
    assert decided(rig, number) == [(ADA.name, Recorded.IN_SERVICENOW)]


def test_unlinked_while_it_is_renewed_the_new_tokens_are_ended_too(rig: Rig) -> None:
    number = rig.world.asks().number
    rig.world.clock.move(LIVES)
    renew = rig.accounts.renew

    def unlinked_meanwhile(refresh: str) -> object:
        tokens = renew(refresh)
        rig.offer.unlink(ADA.slack_id)
        return tokens

    rig.accounts.renew = unlinked_meanwhile  # type: ignore[method-assign,assignment]
    rig.world.approves(ADA, number)

    assert decided(rig, number) == []
    assert "you unlinked it" in rig.world.told(ADA)
    assert not any(whose == ADA.sys_user for whose in rig.accounts.refresh.values())


def test_a_lost_key_is_an_admins_affair_and_no_reason_for_another_way(rig: Rig) -> None:
    fall_back(rig, WithoutLink.ON_BEHALF)
    number = rig.world.asks().number
    with rig.world.ledger.begin() as tx:
        ada = tx.person(slack_team="T0ACME", slack_id=ADA.slack_id)
        kept = tx.living_link(ada)
        assert kept is not None
        tx.keep_tokens(kept, replace(kept.tokens, access="of another key"), renewed_at=kept.link.renewed_at)

    rig.world.approves(ADA, number)

    assert decided(rig, number) == []
    assert any("CABBIE_TOKEN_KEYS" in finding.sentence for finding in _found(rig))
    with pytest.raises(BadCredentials):
        rig.hands.write(ada, "row", Verdict.APPROVED, "")


def test_somebody_who_was_never_linked_writes_nothing(rig: Rig) -> None:
    with rig.world.ledger.begin() as tx:
        grace = tx.person(slack_team="T0ACME", slack_id=GRACE.slack_id)
    with pytest.raises(LinkEnded):
        rig.hands.write(grace, "row", Verdict.APPROVED, "")


def _found(rig: Rig) -> tuple[Finding, ...]:
    with rig.world.ledger.reading() as tx:
        return tx.untold(("credentials refused",))
