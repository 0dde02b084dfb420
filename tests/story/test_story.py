"""The whole way of a deploy, without engine or network: enter at the desk, look at what the systems hold."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.change.announcement import ReportWord
from bot.change.model import Commit, Outcome, Progress, Recorded, RowState, State, Status, Verdict, Want
from bot.change.policy import WindowPolicy
from bot.ports import BadCredentials, Outage
from tests.builders import ADA, BARBARA, GRACE, LINUS, MARGARET
from tests.doubles.records import CAB
from tests.story.world import (
    COMMITS,
    KATHERINE,
    POLICY,
    SERVICE,
    TAGS,
    TEAM,
    World,
    sha,
    until,
    with_approval,
)

NORMAL = [State.NEW, State.ASSESS, State.AUTHORIZE, State.SCHEDULED, State.IMPLEMENT]


def opened(world: World) -> str:
    """linus has asked; the number."""
    return world.asks().number


def cleared(world: World) -> str:
    """ada and grace have approved; the number."""
    number = opened(world)
    world.approves(ADA, number)
    world.approves(GRACE, number)
    assert world.change(number).progress is Progress.CLEARED
    return number


# ----------------------------------------------------------------------------------------------------------- main story


def test_a_deploy_goes_from_the_request_to_closed(world: World) -> None:
    number = cleared(world)
    change = world.change(number)
    assert change.cleared_until == change.plan.window.end

    world.reports(LINUS, ReportWord.START, number)
    world.reports(LINUS, ReportWord.DONE, number)

    held = world.servicenow.numbered(number)
    assert held.states == [*NORMAL, State.REVIEW, State.CLOSED]
    assert held.fields["close_code"] == "successful"
    assert [row.approver.name for row in held.rows if row.state is RowState.APPROVED] == [ADA.name, GRACE.name]
    assert world.change(number).progress is Progress.DONE
    assert world.reads.verify()[1] is None


def test_everything_is_said_once(world: World) -> None:
    number = cleared(world)

    world.reports(LINUS, ReportWord.DONE, number)
    world.wait(timedelta(hours=1))

    assert len(world.servicenow.changes) == 1
    assert len(world.slack.marked("card")) == 1
    assert all(len(links) == 1 for links in world.jira.links.values())
    assert {key: len(comments) for key, comments in world.jira.comments.items()} == {"PAY-101": 1, "PAY-103": 1}
    said = [posted.message.marker for posted in world.slack.messages.values()]
    assert sorted(said) == sorted(set(said))


def test_the_card_follows_the_change(world: World) -> None:
    number = opened(world)
    card = world.slack.marked("card")[0]
    assert "Waiting for the team's approval" in card.message.text

    world.approves(ADA, number)
    world.approves(GRACE, number)
    assert "Cleared to deploy" in card.message.text

    world.reports(LINUS, ReportWord.DONE, number)
    assert "Deployed" in card.message.text


def test_the_stories_end_with_a_resolved_link_and_the_names_of_who_approved(world: World) -> None:
    number = cleared(world)

    world.reports(LINUS, ReportWord.DONE, number)

    (link,) = world.jira.links["PAY-101"].values()
    assert (link.icon, link.resolved) == ("done", True)
    (comment,) = world.jira.comments["PAY-101"]
    assert ADA.name in comment.text and GRACE.name in comment.text


def test_servicenow_learns_where_the_conversation_is(world: World) -> None:
    number = opened(world)

    description = world.servicenow.numbered(number).fields["description"]

    assert world.slack.permalink(world.slack.marked("card")[0].ref) in description


def test_one_approval_of_two_clears_nothing(world: World) -> None:
    world.servicenow.quorum[CAB] = 2
    number = opened(world)

    world.approves(ADA, number)
    world.approves(GRACE, number)
    assert world.change(number).state is State.AUTHORIZE

    world.approves(BARBARA, number)
    assert world.change(number).progress is Progress.CLEARED


def test_the_ledger_says_who_decided_how(world: World) -> None:
    number = cleared(world)

    decisions = world.change(number).decisions

    assert [(d.name, d.recorded, d.is_valid) for d in decisions] == [
        (ADA.name, Recorded.ON_BEHALF, True),
        (GRACE.name, Recorded.ON_BEHALF, True),
    ]
    assert world.entries(number).count("decided") == 2


# ----------------------------------------------------------------------------------------------------------------- noes


def test_a_rejection_ends_it_everywhere(world: World) -> None:
    number = opened(world)
    world.approves(ADA, number)

    world.presses(GRACE, Verdict.REJECTED, number, reason="not before the sale")
    world.wait(timedelta(minutes=1))

    change = world.change(number)
    assert (change.outcome, change.state, change.progress) == (Outcome.REJECTED, State.CANCELED, Progress.DONE)
    assert "not before the sale" in world.servicenow.numbered(number).notes[-1]
    assert "not before the sale" in world.jira.comments["PAY-101"][0].text
    assert any("not before the sale" in text for text in world.dms(LINUS))
    assert State.IMPLEMENT not in world.servicenow.numbered(number).states


def test_silence_is_never_a_yes(world: World) -> None:
    number = opened(world)

    world.wait(timedelta(hours=8, minutes=2))

    change = world.change(number)
    assert (change.outcome, change.state, change.progress) == (Outcome.EXPIRED, State.CANCELED, Progress.DONE)
    assert any("Expired" in text for text in world.dms(LINUS))


def test_after_an_end_a_new_request_is_another_attempt(world: World) -> None:
    first = opened(world)
    world.reports(LINUS, ReportWord.CANCEL, first, "wrong version")
    assert world.change(first).state is State.CANCELED

    second = world.asks()

    assert (second.attempt, second.progress) == (2, Progress.WAITING)
    assert second.number != first


def test_a_card_of_other_contents_decides_nothing(world: World) -> None:
    number = opened(world)

    world.presses(ADA, Verdict.APPROVED, number, card="f" * 40)

    assert "has changed since that card was shown" in world.told(ADA)
    assert world.change(number).decisions == ()


def test_the_card_that_was_shown_decides(world: World) -> None:
    number = opened(world)

    world.presses(ADA, Verdict.APPROVED, number, card=world.change(number).fingerprint[:40])

    assert [d.name for d in world.change(number).decisions] == [ADA.name]


def test_who_asked_may_not_approve(world: World) -> None:
    number = opened(world)

    world.approves(LINUS, number)

    assert "you requested it" in world.told(LINUS)
    assert world.servicenow.numbered(number).state is State.ASSESS


def test_who_wrote_part_of_it_may_not_approve(world: World) -> None:
    number = opened(world)

    world.approves(MARGARET, number)

    assert "you wrote part of" in world.told(MARGARET)
    assert world.servicenow.numbered(number).state is State.ASSESS


def test_who_is_not_asked_may_not_approve(world: World) -> None:
    number = opened(world)

    world.approves(KATHERINE, number)

    assert "not among those whom ServiceNow asks" in world.told(KATHERINE)
    assert "refused" in world.entries(number)


def test_whom_slack_objects_to_may_not_approve(world: World) -> None:
    number = opened(world)
    world.slack.members[ADA.slack_id] = replace(world.slack.members[ADA.slack_id], objection="a guest")

    world.approves(ADA, number)

    assert "a guest" in world.told(ADA)
    assert world.change(number).decisions == ()


def test_a_requester_who_approves_in_servicenow_shuts_the_gate(world: World) -> None:
    number = opened(world)

    world.servicenow.decide(number, LINUS.sys_user, Verdict.APPROVED)
    world.wait(timedelta(minutes=1))

    change = world.change(number)
    assert change.on_hold and world.servicenow.numbered(number).on_hold
    assert [finding.kind for finding in change.findings] == ["own approval"]
    assert [(d.name, d.is_valid) for d in change.decisions] == [(LINUS.name, False)]
    world.wait(timedelta(hours=1))
    assert State.IMPLEMENT not in world.servicenow.numbered(number).states


def test_an_approval_given_in_servicenow_counts(world: World) -> None:
    number = opened(world)

    world.servicenow.decide(number, ADA.sys_user, Verdict.APPROVED)
    world.wait(timedelta(minutes=1))
    world.servicenow.decide(number, BARBARA.sys_user, Verdict.APPROVED)
    world.wait(timedelta(minutes=1))

    change = world.change(number)
    assert change.progress is Progress.CLEARED
    assert [d.recorded for d in change.decisions] == [Recorded.IN_SERVICENOW, Recorded.IN_SERVICENOW]
    assert [d.stage for d in change.decisions] == [State.ASSESS, State.AUTHORIZE]


def test_nobody_left_stops_before_anybody_is_asked(world: World) -> None:
    world.servicenow.groups[TEAM] = [LINUS.sys_user, MARGARET.sys_user]

    change = world.asks()

    assert change.progress is Progress.STOPPED
    assert "Nobody is left who may approve" in change.stopped_because
    assert world.servicenow.numbered(change.number).state is State.NEW
    assert any("Nobody is left" in text for text in world.dms(LINUS))


def test_an_author_nobody_can_tell_stops_it(world: World) -> None:
    world.servicenow.users.pop(MARGARET.sys_user)
    world.servicenow.groups[TEAM].remove(MARGARET.sys_user)

    change = world.asks()

    assert change.progress is Progress.STOPPED
    assert MARGARET.email in change.stopped_because


def test_a_version_that_nobody_has_pushed_ends_it_before_anything_is_opened(world: World) -> None:
    change = world.asks(version="9.9.9")

    assert (change.progress, world.servicenow.changes) == (Progress.DONE, {})
    assert any("9.9.9" in text for text in world.dms(LINUS))


def test_once_it_is_pushed_the_same_version_can_be_asked_for(world: World) -> None:
    world.asks(version="9.9.9")
    world.git.tags[SERVICE.repository]["v9.9.9"] = sha("d")

    change = world.asks(version="9.9.9")

    assert change.progress is Progress.WAITING


def test_what_servicenow_does_not_keep_stops_it(world: World) -> None:
    world.servicenow.forgets.add("justification")

    change = world.asks()

    assert change.progress is Progress.STOPPED
    assert "justification" in change.stopped_because


# ------------------------------------------------------------------------------------------------------ second thoughts


def test_held_and_released_it_goes_on(world: World) -> None:
    number = opened(world)

    world.presses(ADA, Verdict.HELD, number, reason="the acquirer is down")
    assert world.servicenow.numbered(number).on_hold
    world.wait(timedelta(minutes=5))
    assert world.change(number).on_hold

    world.presses(ADA, Verdict.RELEASED, number)
    world.approves(ADA, number)
    world.approves(GRACE, number)
    assert world.change(number).progress is Progress.CLEARED


def test_held_while_scheduled_it_is_not_cleared(world: World) -> None:
    world.policy = replace(POLICY, window=WindowPolicy(timedelta(hours=1), timedelta(hours=4)))
    number = opened(world)
    world.approves(ADA, number)
    world.approves(GRACE, number)
    assert world.change(number).state is State.SCHEDULED

    world.presses(GRACE, Verdict.HELD, number, reason="wait")
    world.wait(timedelta(hours=1, minutes=1))
    assert world.change(number).state is State.SCHEDULED

    world.presses(GRACE, Verdict.RELEASED, number)
    until(world, lambda: world.change(number).progress is Progress.CLEARED)


def test_an_approval_can_be_withdrawn_while_its_stage_is_open(world: World) -> None:
    world.servicenow.quorum[CAB] = 2
    number = opened(world)
    world.approves(ADA, number)
    world.approves(GRACE, number)

    world.presses(GRACE, Verdict.WITHDRAWN, number)
    world.approves(BARBARA, number)
    assert world.change(number).state is State.AUTHORIZE

    world.approves(GRACE, number)
    assert world.change(number).progress is Progress.CLEARED


def test_nothing_is_left_to_withdraw_once_the_stage_is_decided(world: World) -> None:
    number = opened(world)
    world.approves(ADA, number)

    world.presses(ADA, Verdict.WITHDRAWN, number)

    assert "use Hold to stop it" in world.told(ADA)
    held = world.servicenow.numbered(number)
    assert [row.state for row in held.rows if row.approver.sys_id == ADA.sys_user] == [RowState.APPROVED]


def test_approving_twice_counts_once(world: World) -> None:
    world.servicenow.quorum[TEAM] = 2
    number = opened(world)

    world.approves(ADA, number)
    world.approves(ADA, number)

    assert "already" in world.told(ADA)
    assert len(world.change(number).decisions) == 1
    assert world.servicenow.numbered(number).state is State.ASSESS


def test_the_requester_cancels(world: World) -> None:
    number = opened(world)

    world.reports(LINUS, ReportWord.CANCEL, number, "found a bug")

    change = world.change(number)
    assert (change.want, change.outcome, change.state) == (Want.CANCEL, Outcome.CANCELED, State.CANCELED)
    assert "found a bug" in world.servicenow.numbered(number).notes[-1]


def test_canceled_in_servicenow_it_ends_here_too(world: World) -> None:
    number = opened(world)

    world.servicenow.cancel(number)
    world.wait(timedelta(minutes=1))

    change = world.change(number)
    assert (change.outcome, change.progress) == (Outcome.CANCELED, Progress.DONE)
    assert "Canceled" in world.slack.marked("card")[0].message.text


# ----------------------------------------------------------------------------------------------------------- the deploy


@pytest.mark.parametrize(
    ("word", "outcome"), [(ReportWord.FAILED, Outcome.FAILED), (ReportWord.ROLLED_BACK, Outcome.ROLLED_BACK)]
)
def test_what_went_wrong_stays_in_review_with_an_owner(world: World, word: ReportWord, outcome: Outcome) -> None:
    number = cleared(world)

    world.reports(LINUS, word, number, "errors above 5 %")

    held, change = world.servicenow.numbered(number), world.change(number)
    assert (change.outcome, held.state) == (outcome, State.REVIEW)
    assert [(task["assignment_group"], task["correlation_id"]) for task in held.tasks] == [
        (TEAM, f"{change.correlation_id}-review")
    ]
    assert [finding.kind for finding in change.findings] == ["went wrong"]
    world.wait(timedelta(hours=1))
    assert len(held.tasks) == 1


def test_a_pipeline_reports_as_people_do(world: World) -> None:
    number = cleared(world)

    world.hears_pipeline(Status.STARTED)
    world.hears_pipeline(Status.SUCCEEDED)
    world.wait(timedelta(minutes=1))

    assert world.change(number).outcome is Outcome.SUCCEEDED
    assert world.servicenow.numbered(number).state is State.CLOSED


def test_a_deploy_without_clearance_is_found_and_put_on_hold(world: World) -> None:
    number = opened(world)

    world.hears_pipeline(Status.STARTED)
    world.wait(timedelta(minutes=1))

    change = world.change(number)
    assert [finding.kind for finding in change.findings] == ["deployed without clearance"]
    assert change.on_hold


def test_a_deploy_without_a_change_is_found(world: World) -> None:
    world.hears_pipeline(Status.SUCCEEDED, version="2.4.1")

    (finding,) = world.reads.findings(world.clock() - timedelta(hours=1))
    assert finding.kind == "deployed without a change"


def test_a_moved_tag_is_another_change(world: World) -> None:
    world.policy = replace(POLICY, window=WindowPolicy(timedelta(hours=1), timedelta(hours=4)))
    number = opened(world)
    world.approves(ADA, number)
    world.approves(GRACE, number)

    world.git.tags[SERVICE.repository]["v2.4.1"] = sha("c")
    world.wait(timedelta(hours=1, minutes=2))

    old = world.change(number)
    assert (old.outcome, old.state) == (Outcome.CANCELED, State.CANCELED)
    (new,) = world.reads.queue()
    assert new.release.sha == sha("c") and new.state is State.ASSESS


def test_the_next_deploy_brings_only_what_is_new(world: World) -> None:
    number = cleared(world)
    world.reports(LINUS, ReportWord.DONE, number)
    newest = Commit(sha("e"), "OPS-7 pool", author_email=MARGARET.email)
    world.git.add(SERVICE.repository, [*COMMITS, newest], TAGS | {"v2.5.0": newest.sha})

    change = world.asks(version="2.5.0")

    assert (change.release.base_sha, change.release.commits) == (sha("d"), 1)
    assert number in change.release.base_source


def test_a_closed_window_shuts_the_gate_of_what_was_never_cleared(world: World) -> None:
    world.policy = replace(POLICY, window=WindowPolicy(timedelta(hours=1), timedelta(hours=2)))
    number = opened(world)
    world.approves(ADA, number)
    world.approves(GRACE, number)
    world.presses(GRACE, Verdict.HELD, number, reason="wait")

    world.wait(timedelta(hours=3, minutes=5))

    assert world.change(number).outcome is Outcome.EXPIRED
    assert world.servicenow.numbered(number).state is State.CANCELED


# ---------------------------------------------------------------------------------------------------------- asked twice


def test_the_same_version_asked_for_again_is_the_same_change(world: World) -> None:
    first = world.asks()

    second = world.asks(who=ADA)

    assert second.id == first.id
    assert len(world.servicenow.changes) == 1


def test_the_same_commit_under_another_name_is_the_same_change(world: World) -> None:
    first = world.asks()

    second = world.asks(who=ADA, version=sha("d")[:10])

    assert second.id != first.id
    assert (second.alias_of, second.progress) == (first.number, Progress.DONE)
    assert len(world.servicenow.changes) == 1
    assert "alias" in world.entries(first.number)


# -------------------------------------------------------------------------------------------------------------- outages


def test_an_outage_of_jira_does_not_stop_an_approval(world: World) -> None:
    number = opened(world)
    world.jira.faults.down = Outage("Jira", "503 from the gateway")

    world.approves(ADA, number)
    world.approves(GRACE, number)
    assert world.change(number).progress is Progress.CLEARED

    world.jira.faults.down = None
    until(world, lambda: len(world.jira.comments) == 2)
    until(world, lambda: not world.change(number).trouble)
    assert {link.icon for links in world.jira.links.values() for link in links.values()} == {"approved"}


def test_an_outage_of_slack_is_caught_up(world: World) -> None:
    world.slack.faults.refuse("post", *[Outage("Slack", "503")] * 3)

    number = opened(world)
    until(world, lambda: bool(world.slack.marked("card")))

    assert len(world.slack.marked("card")) == 1
    assert world.change(number).progress is Progress.WAITING


def test_an_outage_of_servicenow_is_waited_for(world: World) -> None:
    world.servicenow.faults.down = Outage("ServiceNow", "hibernating")
    change = world.asks()
    assert change.number == ""

    world.servicenow.faults.down = None
    until(world, lambda: bool(world.reads.queue()[0].number))

    assert len(world.servicenow.changes) == 1


def test_bad_credentials_are_said_on_the_card_and_tried_again(world: World) -> None:
    number = opened(world)
    world.jira.faults.down = BadCredentials("Jira", "401")

    world.approves(ADA, number)
    world.approves(GRACE, number)

    assert "credentials" in world.change(number).trouble
    world.jira.faults.down = None
    until(world, lambda: len(world.jira.comments) == 2)


def test_a_deleted_card_comes_back(world: World) -> None:
    number = opened(world)
    world.slack.messages.clear()

    world.approves(ADA, number)
    world.wait(timedelta(minutes=1))

    assert len(world.slack.marked("card")) == 1
    assert world.change(number).state is State.AUTHORIZE


def test_without_an_account_for_approvals_the_card_leads_to_servicenow(world: World) -> None:
    world.policy = with_approval(record=Recorded.DEEP_LINK)
    number = opened(world)

    world.approves(ADA, number)

    assert world.servicenow.page(world.change(number).sys_id) in world.told(ADA)
    assert world.change(number).decisions == ()
