"""Linking: tickets and sign-ins have their time, one person has one account, and nothing readable is kept."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Barrier, Thread

import pytest

from bot.accounts import Seal, new_key, tickets
from bot.accounts.linking import AnotherBrowser, CodeRefused, Denied, NotBegunHere
from bot.accounts.tickets import StaleTicket
from bot.change.errors import NotAPerson, Refusal
from bot.change.linking import AccountNotActive, AccountTaken, AnotherAccount
from bot.change.model import Person
from bot.ports import BadCredentials, Outage
from tests.accounts.rig import BROWSER, Rig
from tests.builders import ADA, GRACE, LINUS, MARGARET, NOW


def person_in(rig: Rig, who: Person) -> Person:
    with rig.world.ledger.begin() as tx:
        return tx.person(slack_team=who.slack_team, slack_id=who.slack_id)


# -------------------------------------------------------------------------------------------------------------- tickets


def test_a_ticket_is_good_for_a_quarter_of_an_hour(rig: Rig) -> None:
    ticket = rig.ticket(ADA)
    rig.world.clock.move(timedelta(minutes=14, seconds=59))
    assert rig.linking.look_at(ticket).slack_id == ADA.slack_id

    rig.world.clock.move(timedelta(seconds=1))

    for use in (rig.linking.look_at, lambda ticket: rig.linking.begin(ticket, BROWSER)):
        with pytest.raises(StaleTicket):
            use(ticket)


def test_a_ticket_begins_one_sign_in_even_when_pressed_twice_at_once(rig: Rig) -> None:
    ticket, start, went = rig.ticket(ADA), Barrier(4), []

    def press() -> None:
        start.wait(timeout=10)
        try:
            went.append(rig.linking.begin(ticket, BROWSER))
        except StaleTicket:
            went.append("")

    threads = [Thread(target=press) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(map(bool, went)) == [False, False, False, True]


def test_a_ticket_of_another_workspace_or_of_another_seal_is_none(rig: Rig) -> None:
    foreign = tickets.issue(rig.seal, "T0RIVAL", ADA.slack_id, NOW)
    forged = tickets.issue(Seal([new_key()]), ADA.slack_team, ADA.slack_id, NOW)
    stolen = rig.seal.close('{"id": "x", "slack_team": "T0ACME", "slack_id": "U0ADA", "until": 9e12}', "verifier of x")
    for ticket in (foreign, forged, stolen, "", "ü", "\0", "a" * 5000):
        with pytest.raises(StaleTicket):
            rig.linking.begin(ticket, BROWSER)


def test_a_guest_links_nothing(rig: Rig) -> None:
    rig.world.slack.members[ADA.slack_id] = replace(rig.world.slack.members[ADA.slack_id], objection="a guest")

    with pytest.raises(NotAPerson, match="a guest"):
        rig.linking.look_at(rig.ticket(ADA))
    with pytest.raises(NotAPerson, match="a guest"):
        rig.link(ADA)


# ------------------------------------------------------------------------------------------------------------- and back


def test_a_sign_in_takes_a_quarter_of_an_hour_at_most(rig: Rig) -> None:
    state = rig.begin(ADA)
    rig.world.clock.move(timedelta(minutes=15))

    with pytest.raises(StaleTicket):
        rig.linking.finish(state=state, code=ADA.sys_user, error="", browser=BROWSER)


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"state": "another"}, NotBegunHere),
        ({"state": ""}, NotBegunHere),
        ({"state": "\ud800"}, NotBegunHere),
        ({"browser": "c" * 43}, AnotherBrowser),
        ({"browser": ""}, AnotherBrowser),
        ({"error": "access_denied"}, Denied),
        ({"code": ""}, Denied),
        ({"code": "unknown"}, CodeRefused),
    ],
)
def test_what_does_not_fit_links_nothing(rig: Rig, changed: dict[str, str], refusal: type[Refusal]) -> None:
    words = {"state": rig.begin(ADA), "code": ADA.sys_user, "error": "", "browser": BROWSER} | changed

    with pytest.raises(refusal):
        rig.linking.finish(**words)

    assert rig.offer.last_link(ADA.slack_id) is None


def test_a_sign_in_is_finished_once(rig: Rig) -> None:
    state = rig.begin(ADA)
    rig.linking.finish(state=state, code=ADA.sys_user, error="", browser=BROWSER)

    with pytest.raises(NotBegunHere):
        rig.linking.finish(state=state, code=ADA.sys_user, error="", browser=BROWSER)


def test_when_servicenow_is_away_nothing_is_linked_and_no_token_stays(rig: Rig) -> None:
    rig.accounts.faults.refuse("owner", Outage("ServiceNow", "503"))

    with pytest.raises(Outage):
        rig.link(ADA)

    assert (rig.offer.last_link(ADA.slack_id), rig.accounts.access, rig.accounts.refresh) == (None, {}, {})
    assert rig.link(ADA).owner.user_name == "ada"


def test_a_wrong_secret_of_the_application_is_the_admins_affair(rig: Rig) -> None:
    rig.accounts.faults.refuse("exchange", BadCredentials("ServiceNow", "it does not accept the application"))

    with pytest.raises(BadCredentials):
        rig.link(ADA)

    with rig.world.ledger.reading() as tx:
        found = tx.untold(("credentials refused",))
    assert ["Nobody can link" in finding.sentence for finding in found] == [True]


# -------------------------------------------------------------------------------------------------- whose account it is


def test_whoever_signs_in_is_bound_by_that(rig: Rig) -> None:
    rig.link(ADA)

    ada, link = person_in(rig, ADA), rig.offer.last_link(ADA.slack_id)
    assert (ada.sys_user, ada.bound_by) == (ADA.sys_user, "own sign-in")
    assert link is not None and (link.user_name, link.ended_at) == ("ada", None)
    assert link.lasts_until == NOW + timedelta(days=100)
    assert "Ada Lovelace (ada)" in rig.words(ADA)[0]


def test_one_servicenow_user_is_one_person_in_slack(rig: Rig) -> None:
    rig.link(ADA)

    with pytest.raises(AccountTaken):
        rig.link(LINUS, as_whom=ADA)

    assert rig.offer.last_link(LINUS.slack_id) is None
    assert len(rig.accounts.access) == len(rig.accounts.refresh) == 1


def test_the_email_of_another_in_slack_tells_whose_it_is(rig: Rig) -> None:
    """Nobody is bound yet; grace is lured into signing in behind linus's button."""
    with pytest.raises(AccountTaken):
        rig.link(LINUS, as_whom=GRACE)


def test_who_has_another_email_there_links_all_the_same(rig: Rig) -> None:
    users = rig.world.servicenow.users
    users[ADA.sys_user] = replace(users[ADA.sys_user], email="a.lovelace@elsewhere.example")

    assert rig.link(ADA).owner.user_name == "ada"


def test_one_person_is_one_servicenow_user_for_good(rig: Rig) -> None:
    rig.link(ADA)
    rig.offer.unlink(ADA.slack_id)
    users = rig.world.servicenow.users
    users["sys-second"] = replace(users[ADA.sys_user], sys_id="sys-second", email="")

    with pytest.raises(AnotherAccount):
        rig.link(ADA, as_whom=replace(ADA, sys_user="sys-second"))

    assert person_in(rig, ADA).sys_user == ADA.sys_user


@pytest.mark.parametrize("facts", [{"active": False}, {"locked_out": True}])
def test_an_account_that_cannot_sign_in_is_not_linked(rig: Rig, facts: dict[str, bool]) -> None:
    users = rig.world.servicenow.users
    users[ADA.sys_user] = replace(users[ADA.sys_user], **facts)

    with pytest.raises(AccountNotActive):
        rig.link(ADA)


def test_linked_again_the_former_tokens_are_ended(rig: Rig) -> None:
    rig.link(ADA)
    first = rig.offer.last_link(ADA.slack_id)
    rig.link(ADA)

    assert first is not None and ("revoke", first.id) in rig.world.queue.errands
    rig.hands.revoke(first.id)
    assert len(rig.accounts.access) == len(rig.accounts.refresh) == 1
    assert rig.hands.is_linked(person_in(rig, ADA))


def test_two_who_link_one_account_at_one_moment_are_one(rig: Rig) -> None:
    """Their e-mails are unknown to Slack, so that only the database keeps them apart."""
    for who in (ADA, MARGARET):
        rig.world.slack.members[who.slack_id] = replace(rig.world.slack.members[who.slack_id], email="")
    states, start, told = [rig.begin(ADA), rig.begin(MARGARET)], Barrier(2), []

    def finish(state: str) -> None:
        start.wait(timeout=10)
        try:
            rig.linking.finish(state=state, code=GRACE.sys_user, error="", browser=BROWSER)
            told.append("linked")
        except AccountTaken:
            told.append("taken")

    users = rig.world.servicenow.users
    users[GRACE.sys_user] = replace(users[GRACE.sys_user], email="")
    threads = [Thread(target=finish, args=[state]) for state in states]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(told) == ["linked", "taken"]


# ------------------------------------------------------------------------------------------------------------ unlinking


def test_unlinked_it_is_over_at_once_and_revoked_next(rig: Rig) -> None:
    rig.link(ADA)

    rig.offer.unlink(ADA.slack_id)

    link = rig.offer.last_link(ADA.slack_id)
    assert link is not None and link.ended_because == "you unlinked it"
    assert not rig.hands.is_linked(person_in(rig, ADA))
    rig.accounts.faults.refuse("revoke", Outage("ServiceNow", "503"))
    with pytest.raises(Outage):
        rig.hands.revoke(link.id)
    rig.hands.revoke(link.id)
    rig.hands.revoke(link.id)
    assert (rig.accounts.access, rig.accounts.refresh) == ({}, {})
    with rig.world.ledger.reading() as tx:
        assert tx.link(link.id).tokens.refresh == ""


def test_unlinking_twice_is_one(rig: Rig) -> None:
    rig.link(ADA)

    rig.offer.unlink(ADA.slack_id)
    rig.offer.unlink(ADA.slack_id)
    rig.offer.unlink(GRACE.slack_id)

    assert len([errand for errand in rig.world.queue.errands if errand[0] == "revoke"]) == 1


# --------------------------------------------------------------------------------------------------------- what is kept


def test_nothing_readable_is_kept(rig: Rig) -> None:
    state = rig.begin(ADA)
    rig.linking.finish(state=state, code=ADA.sys_user, error="", browser=BROWSER)

    path = rig.world.ledger.database.url.database
    kept = b"".join(Path(f"{path}{end}").read_bytes() for end in ("", "-wal"))

    for secret in (*rig.accounts.access, *rig.accounts.refresh, state, BROWSER):
        assert secret.encode() not in kept


def test_tokens_moved_into_another_persons_row_do_not_open_there(rig: Rig) -> None:
    rig.link(ADA)
    rig.link(GRACE)
    ada, grace = person_in(rig, ADA), person_in(rig, GRACE)
    with rig.world.ledger.begin() as tx:
        of_ada, of_grace = tx.living_link(ada), tx.living_link(grace)
        assert of_ada and of_grace
        tx.keep_tokens(of_grace, of_ada.tokens, renewed_at=NOW)

    with pytest.raises(BadCredentials, match="belongs elsewhere"):
        rig.hands.write(grace, "row", None, "")  # type: ignore[arg-type]  # it does not come so far


def test_keys_are_rotated_newest_first(rig: Rig) -> None:
    old, new = new_key(), new_key()
    before, both, after = Seal([old]), Seal([new, old]), Seal([new])
    sealed = before.close("a token", "access token of p1")

    renewed = both.renew(sealed)

    assert after.open(renewed, "access token of p1") == both.open(sealed, "access token of p1") == "a token"
    for spoilt, purpose in ((sealed, "access token of p1"), (renewed, "access token of p2"), ("", ""), ("x", "")):
        with pytest.raises(BadCredentials):
            after.open(spoilt, purpose)
    with pytest.raises(BadCredentials):
        after.renew(sealed)
