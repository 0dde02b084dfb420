"""What other tools say: one deploy is one change, whoever tells of it, and what is missing is asked for."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.change.announcement import Announcement, Answer, Completion, Heard, Speaker, Told
from bot.change.gate import gate
from bot.change.model import Kind, Outcome, Person, Progress, Status, Transport, Verdict
from bot.change.reading import Reading
from bot.desk.proving import hear_proven
from bot.ports import Outage
from bot.slack import questions
from bot.story.question import send_question, settle_question
from tests.story.world import ADA, GRACE, LINUS, MARGARET, World, sha

SAYS = Reading(
    "a format", Status.STARTED, service="payments", environment="production", version="2.4.1", actor=LINUS.email
)
CHANNEL, TS = "C0PAYMENTS", "1772452800.000100"


@pytest.fixture
def tells(world: World) -> Callable[..., Answer]:
    """A tool posts, waiting at the gate unless said otherwise."""

    def tell(reading: Reading = SAYS, *, ts: str = TS, waits: bool = True, **facts: object) -> Answer:
        told = Told(reading, "Tool in Slack", channel=CHANNEL, message_ts=ts, waits_at_gate=waits, **facts)  # type: ignore[arg-type]
        by = Speaker(Transport.HTTP, app_id="A0TOOL", name="Tool")
        answer = world.desk.hear(Heard(by, world.clock(), f"{ts}:{hash(reading)}:{facts}", told))
        world.settle()
        return answer

    return tell


def as_webhook(world: World, reading: Reading) -> Answer:
    told = Told(reading, "GitHub's webhook")
    answer = world.desk.hear(Heard(Speaker(Transport.WEBHOOK, app_id="github"), world.clock(), str(reading), told))
    world.settle()
    return answer


def approved(world: World, number: str) -> None:
    world.approves(ADA, number)
    world.approves(GRACE, number)


def run_errands(world: World) -> None:
    while world.queue.errands:
        name, *words = world.queue.errands.pop(0)
        if name == "question":
            send_question(world.tools, words[0], words[1], show=questions.question)
        elif name == "settled":
            settle_question(world.tools, words[0], words[1], words[2], show=questions.settled)
        elif name == "completion":
            hear_proven(world.tools, world.desk.hear, *words)


# -------------------------------------------------------------------------------------------------------- opening


def test_a_start_of_a_pipeline_that_waits_at_the_gate_asks_for_the_change(
    world: World, tells: Callable[..., Answer]
) -> None:
    answer = tells()

    change = world.ledger.change(answer.change_id)
    assert change.number and change.requested_by.email == LINUS.email
    assert change.source == "Tool in Slack" and not change.findings and change.started_at is None


def test_a_start_that_waits_for_nobody_is_opened_and_the_managers_hear_of_it(
    world: World, tells: Callable[..., Answer]
) -> None:
    change = world.ledger.change(tells(waits=False).change_id)

    assert change.number
    assert [finding.kind for finding in change.findings] == ["deployed without a change"]
    assert not change.on_hold, "approvers may still answer for it"


def test_success_before_anybody_approved_holds_it(world: World, tells: Callable[..., Answer]) -> None:
    number = world.ledger.change(tells().change_id).number
    tells(replace(SAYS, status=Status.SUCCEEDED))

    assert world.change(number).on_hold
    assert "deployed without clearance" in [finding.kind for finding in world.change(number).findings]


def test_an_end_that_nobody_asked_for_opens_nothing(world: World, tells: Callable[..., Answer]) -> None:
    answer = tells(replace(SAYS, status=Status.SUCCEEDED))

    assert not answer.change_id and "without a change" in answer.sentence


def test_what_is_not_the_policy_s_is_left_alone(world: World, tells: Callable[..., Answer]) -> None:
    answer = tells(replace(SAYS, service="billing"))

    assert answer.sentence.startswith("Not heard") and not world.reads.queue()


# ---------------------------------------------------------------------------------------------------- edits and threads


def test_an_edit_moves_the_change_on(world: World, tells: Callable[..., Answer]) -> None:
    number = world.ledger.change(tells().change_id).number
    approved(world, number)
    tells(replace(SAYS, status=Status.SUCCEEDED))
    world.settle()

    assert world.change(number).outcome is Outcome.SUCCEEDED
    assert world.change(number).outcome_source == "Tool in Slack"


def test_a_reply_that_says_nothing_but_how_it_went_is_about_the_post_above(
    world: World, tells: Callable[..., Answer]
) -> None:
    number = world.ledger.change(tells().change_id).number
    approved(world, number)
    tells(Reading("a format", Status.FAILED, word="unstable"), ts="1772452900.000200", thread_ts=TS)

    assert world.change(number).outcome is Outcome.FAILED
    assert world.change(number).outcome_why == "unstable"


def test_a_reply_about_another_deploy_is_about_that_one(world: World, tells: Callable[..., Answer]) -> None:
    number = world.ledger.change(tells().change_id).number
    approved(world, number)
    tells(replace(SAYS, environment="staging", status=Status.FAILED), ts="1772452900.000200", thread_ts=TS)

    assert world.change(number).outcome is None


def test_a_late_start_does_not_move_it_backwards(world: World, tells: Callable[..., Answer]) -> None:
    number = world.ledger.change(tells().change_id).number
    approved(world, number)
    at = world.clock()
    tells(replace(SAYS, status=Status.SUCCEEDED))
    late = Told(SAYS, "Tool in Slack", channel=CHANNEL, message_ts="1772452850.000300")
    world.desk.hear(Heard(Speaker(Transport.HTTP, app_id="A0TOOL"), at, "late", late))
    world.settle()

    assert world.change(number).outcome is Outcome.SUCCEEDED
    assert len(world.servicenow.changes) == 1


@pytest.mark.parametrize("status", [Status.REQUESTED, Status.STARTED])
def test_what_was_said_before_it_was_called_off_asks_for_nothing_again(
    world: World, tells: Callable[..., Answer], status: Status
) -> None:
    number = world.ledger.change(tells().change_id).number
    said_at = world.clock() - timedelta(minutes=1)
    tells(replace(SAYS, status=Status.CANCELED))
    late = Told(replace(SAYS, status=status), "Tool in Slack", CHANNEL, "1772452850.000300", waits_at_gate=True)
    answer = world.desk.hear(Heard(Speaker(Transport.HTTP, app_id="A0TOOL"), said_at, "late", late))
    world.settle()

    assert answer.number == number and world.change(number).outcome is Outcome.CANCELED
    assert len(world.servicenow.changes) == 1 and not world.change(number).findings


def test_a_pipeline_that_waits_at_the_gate_asks_again_for_what_was_called_off_but_not_by_an_edit(
    world: World, tells: Callable[..., Answer]
) -> None:
    number = world.ledger.change(tells().change_id).number
    tells(replace(SAYS, status=Status.CANCELED))
    world.clock.move(timedelta(minutes=1))

    tells(replace(SAYS, url="https://ci.acme.example/7"))
    assert len(world.servicenow.changes) == 1
    again = world.ledger.change(tells(ts="1772452850.000300").change_id)
    assert again.number not in ("", number) and again.attempt == 2
    assert again.started_at is None and not again.findings


def test_an_end_without_a_version_is_of_the_one_that_is_going(world: World, tells: Callable[..., Answer]) -> None:
    number = world.asks(LINUS).number
    approved(world, number)
    tells(replace(SAYS, status=Status.SUCCEEDED, version="#142"))

    assert world.change(number).outcome is Outcome.SUCCEEDED


def test_a_configuration_s_commit_finds_the_change_by_its_place(world: World, tells: Callable[..., Answer]) -> None:
    number = world.asks(LINUS).number
    approved(world, number)
    gitops = replace(SAYS, status=Status.SUCCEEDED, version="", sha="e" * 40, is_gitops=True, actor="")
    tells(gitops)

    assert world.change(number).outcome is Outcome.SUCCEEDED


# --------------------------------------------------------------------------------------------------------- one change


def test_three_sources_make_one_change_and_each_is_in_its_history(world: World, tells: Callable[..., Answer]) -> None:
    number = world.asks(LINUS).number
    tells(replace(SAYS, actor=MARGARET.email))
    as_webhook(world, replace(SAYS, version="", sha=sha("d"), actor=ADA.email, status=Status.REQUESTED))

    assert len(world.servicenow.changes) == 1
    sentences = " | ".join(line.sentence for line in world.reads.history(number))
    assert "Tool in Slack said" in sentences and "GitHub's webhook said" in sentences and "Linus" in sentences


def test_whoever_a_source_names_may_not_approve(world: World, tells: Callable[..., Answer]) -> None:
    number = world.asks(LINUS).number
    tells(replace(SAYS, actor=ADA.email))
    world.presses(ADA, Verdict.APPROVED, number)

    assert "second pair of eyes" in world.told(ADA)
    assert not world.change(number).decisions


def test_what_was_said_of_an_alias_is_said_of_the_change(world: World, tells: Callable[..., Answer]) -> None:
    number = world.asks(LINUS).number
    first = tells(replace(SAYS, version="", sha=sha("d")[:7], actor=ADA.email), ts="1772452950.000100")
    tells(Reading("a format", Status.CANCELED), ts="1772452999.000100", thread_ts="1772452950.000100")

    assert len(world.servicenow.changes) == 1
    assert first.change_id and world.change(number).outcome is Outcome.CANCELED


def test_what_was_said_of_an_alias_is_in_the_history_of_the_change(world: World, tells: Callable[..., Answer]) -> None:
    """Git has not told yet that this version is that commit."""
    asked_for = world.hear(LINUS, Announcement("payments", "2.4.1")).change_id
    queued = Told(replace(SAYS, version="", sha=sha("d"), status=Status.REQUESTED), "GitHub's webhook")
    world.desk.hear(Heard(Speaker(Transport.WEBHOOK, app_id="github"), world.clock(), "queued", queued))
    tells(replace(SAYS, version="", sha=sha("d"), actor=ADA.email))

    assert len(world.servicenow.changes) == 1
    change = world.ledger.change(asked_for)
    lines = [line.sentence for line in world.reads.history(change.alias_of or change.number)]
    assert "Tool in Slack said: deploy started; asked by Ada Lovelace, by its word" in lines
    assert any("GitHub's webhook" in line and "Linus" in line for line in lines), lines


def test_whom_a_tool_names_is_not_said_to_have_reported_it(world: World, tells: Callable[..., Answer]) -> None:
    number = world.ledger.change(tells().change_id).number
    approved(world, number)
    tells(replace(SAYS, status=Status.SUCCEEDED))

    assert "Tool in Slack reported done" in [line.sentence for line in world.reads.history(number)]
    change = world.change(number)
    assert change.outcome_by and (change.outcome_by.name, change.outcome_source) == ("Tool", "Tool in Slack")


def test_a_rollback_is_a_change_of_its_own(world: World, tells: Callable[..., Answer]) -> None:
    deploy = world.asks(LINUS).number
    rollback = world.ledger.change(tells(replace(SAYS, kind=Kind.ROLLBACK, version="2.4.0")).change_id)

    assert rollback.kind is Kind.ROLLBACK and rollback.number != deploy


# ----------------------------------------------------------------------------------------------------------- questions


def completes(world: World, who: Person, *, ts: str = TS, **facts: str | bool) -> Answer:
    said = Completion(CHANNEL, ts, **facts)  # type: ignore[arg-type]
    by = Speaker(Transport.HTTP, slack_id=who.slack_id, slack_team=who.slack_team, name=who.name)
    once = f"completion:{facts}:{who.id}"
    answer = world.desk.hear(Heard(by, world.clock(), once, said))
    if answer.is_refusal:
        return answer
    run_errands(world)
    world.settle()
    return world.desk.hear(Heard(by, world.clock(), f"proven:{once}", said))  # what was answered then


def asked(world: World) -> list[str]:
    run_errands(world)
    return [post.message.text for post in world.slack.marked("question")]


def test_an_absent_actor_is_asked_for_once_and_nothing_is_opened(world: World, tells: Callable[..., Answer]) -> None:
    tells(replace(SAYS, actor=""))
    tells(replace(SAYS, actor="", word="again"))

    assert len(asked(world)) == 1 and "who asked for it" in asked(world)[0]
    assert not world.reads.queue()


def test_who_completes_it_for_themselves_is_its_proven_requester(world: World, tells: Callable[..., Answer]) -> None:
    tells(replace(SAYS, actor=""))
    asked(world)
    answer = completes(world, LINUS, requested_by=LINUS.slack_id)

    change = world.ledger.change(answer.change_id)
    assert change.source == "slack" and change.requested_by.slack_id == LINUS.slack_id
    assert "completed it" in asked(world)[0]


def test_who_names_somebody_else_may_not_approve_either(world: World, tells: Callable[..., Answer]) -> None:
    tells(replace(SAYS, actor=""))
    change = world.ledger.change(completes(world, GRACE, requested_by=LINUS.slack_id).change_id)

    assert change.source != "slack" and change.number, change.stopped_because
    approved(world, change.number)
    assert "second pair of eyes" in world.told(GRACE)


def test_what_the_tool_said_stays(world: World, tells: Callable[..., Answer]) -> None:
    tells(replace(SAYS, actor=""))
    answer = completes(world, LINUS, requested_by=LINUS.slack_id, service="checkout", environment="staging")

    change = world.ledger.change(answer.change_id)
    assert (change.service, change.environment) == ("payments", "production")


def test_it_is_completed_once(world: World, tells: Callable[..., Answer]) -> None:
    tells(replace(SAYS, actor=""))
    completes(world, LINUS, requested_by=LINUS.slack_id)

    again = completes(world, MARGARET, requested_by=MARGARET.slack_id)
    assert again.is_refusal and len(world.servicenow.changes) == 1


def test_what_is_still_missing_is_said(world: World, tells: Callable[..., Answer]) -> None:
    tells(Reading("a format", Status.STARTED))

    answer = completes(world, LINUS, requested_by=LINUS.slack_id, service="payments")
    assert answer.is_refusal and "which version" in answer.sentence


def test_a_stranger_cannot_say_where_an_outcome_belongs(world: World, tells: Callable[..., Answer]) -> None:
    number = world.asks(LINUS).number
    approved(world, number)
    tells(replace(SAYS, status=Status.SUCCEEDED, environment=""))

    stranger = replace(LINUS, id="somebody", slack_id="U0STRANGER", name="Somebody")
    assert completes(world, stranger, environment="production").is_refusal
    assert world.change(number).outcome is None
    assert not completes(world, LINUS, environment="production").is_refusal
    assert world.change(number).outcome is Outcome.SUCCEEDED


def test_a_guess_opens_nothing_until_somebody_says_so(world: World, tells: Callable[..., Answer]) -> None:
    tells(is_guess=True)
    assert "Is this a deploy of payments 2.4.1 to production?" in asked(world)[0]
    assert not world.reads.queue()

    assert completes(world, LINUS).change_id
    assert len(world.reads.queue()) == 1


def test_a_guess_that_is_denied_is_not_asked_again(world: World, tells: Callable[..., Answer]) -> None:
    tells(is_guess=True)
    asked(world)
    completes(world, LINUS, is_no_deploy=True)
    tells(replace(SAYS, status=Status.SUCCEEDED), is_guess=True)

    assert len(asked(world)) == 1 and "no deploy" in asked(world)[0]
    assert completes(world, ADA).is_refusal


def test_a_guess_without_a_place_asks_nothing(world: World, tells: Callable[..., Answer]) -> None:
    tells(replace(SAYS, environment=""), is_guess=True)

    assert asked(world) == []


def test_what_a_webhook_leaves_out_is_asked_for_once_in_the_service_s_channel(world: World) -> None:
    as_webhook(world, replace(SAYS, actor="", status=Status.REQUESTED))
    as_webhook(world, replace(SAYS, actor=""))

    assert len(asked(world)) == 1 and "who asked for it" in asked(world)[0]
    [post] = world.slack.marked("question")
    assert post.ref.startswith(f"{CHANNEL}/") and not post.thread
    place = post.message.blocks[-1]["elements"][0]["value"].partition(":")[2]  # type: ignore[index]
    answer = completes(world, LINUS, ts=place, requested_by=LINUS.slack_id)
    assert world.ledger.change(answer.change_id).number


def test_a_webhook_that_does_not_even_name_the_service_is_refused(world: World) -> None:
    answer = as_webhook(world, replace(SAYS, service=""))

    assert answer.is_refusal and "which service" in answer.sentence


def test_after_a_day_nobody_can_complete_it_any_more(world: World, tells: Callable[..., Answer]) -> None:
    tells(replace(SAYS, actor=""))
    world.clock.move(timedelta(days=1, minutes=1))

    assert "older than a day" in completes(world, LINUS, requested_by=LINUS.slack_id).sentence


def test_the_same_person_who_said_deploy_in_slack_is_its_requester_still(world: World) -> None:
    number = world.asks(LINUS).number
    as_webhook(world, replace(SAYS, status=Status.REQUESTED, actor="somebody-nobody-knows"))

    assert world.change(number).requested_by.slack_id == LINUS.slack_id


def test_asking_again_in_slack_names_the_second_asker_too(world: World) -> None:
    number = world.asks(LINUS).number
    world.hear(ADA, Announcement("payments", "2.4.1"))
    world.settle()
    world.presses(ADA, Verdict.APPROVED, number)

    assert "second pair of eyes" in world.told(ADA)


# -------------------------------------------------------------------------------------------- who completes and denies


@pytest.mark.parametrize("objection", ["a guest", "deactivated"])
@pytest.mark.parametrize("facts", [{"requested_by": LINUS.slack_id}, {"is_no_deploy": True}])
def test_nobody_but_a_proven_person_completes_or_denies(
    world: World, tells: Callable[..., Answer], objection: str, facts: dict[str, str | bool]
) -> None:
    """Although whom they name is a person like any other."""
    tells(replace(SAYS, actor=""))
    member = world.slack.members[GRACE.slack_id]
    world.slack.members[GRACE.slack_id] = replace(member, objection=objection)

    answer = completes(world, GRACE, **facts)

    assert answer.is_refusal and world.told(GRACE).endswith(f"your Slack account is {objection}.")
    assert not world.reads.queue() and not world.servicenow.changes
    assert not completes(world, LINUS, requested_by=LINUS.slack_id).is_refusal, "it can still be completed"


def test_nobody_but_a_proven_person_says_how_it_ended(world: World, tells: Callable[..., Answer]) -> None:
    number = world.asks(LINUS).number
    approved(world, number)
    tells(Reading("a format", Status.SUCCEEDED, service="payments"))
    world.slack.members[ADA.slack_id] = replace(world.slack.members[ADA.slack_id], objection="deactivated")

    assert completes(world, ADA, environment="production").is_refusal
    assert world.change(number).outcome is None
    assert not completes(world, LINUS, environment="production").is_refusal
    assert world.change(number).outcome is Outcome.SUCCEEDED


def test_a_completion_that_is_heard_again_when_it_was_proven_counts_once(
    world: World, tells: Callable[..., Answer]
) -> None:
    tells(replace(SAYS, actor=""))
    completes(world, LINUS, requested_by=LINUS.slack_id)
    completes(world, LINUS, requested_by=LINUS.slack_id)

    assert not [errand for errand in world.queue.errands if errand[0] == "completion"]
    assert len(world.servicenow.changes) == 1


# ------------------------------------------------------------------------------------- named after they had approved


def test_an_approval_of_whoever_is_named_afterwards_does_not_count(world: World, tells: Callable[..., Answer]) -> None:
    number = world.asks(LINUS).number
    approved(world, number)
    assert world.change(number).cleared_until

    tells(replace(SAYS, status=Status.REQUESTED, actor=GRACE.email))

    change = world.change(number)
    assert [decision.is_valid for decision in change.decisions] == [True, False]
    assert "own approval" in [finding.kind for finding in change.findings]
    found = gate(change, sha="", now=world.clock(), asked_at=world.clock(), patience=timedelta(minutes=10))
    assert not found.is_open and "a rule was broken" in found.reason


def test_it_is_held_where_it_has_not_gone_yet(world: World, tells: Callable[..., Answer]) -> None:
    number = world.asks(LINUS).number
    world.approves(ADA, number)

    tells(replace(SAYS, status=Status.REQUESTED, actor=ADA.email))

    assert world.change(number).on_hold and "voided" in world.entries(number)


def test_nobody_is_asked_where_all_who_may_approve_are_said_to_have_asked(
    world: World, tells: Callable[..., Answer]
) -> None:
    """Ada, by another source's word; linus asked for it himself, margaret wrote it."""
    world.servicenow.faults.down = Outage("ServiceNow", "503")
    answer = tells()
    tells(replace(SAYS, actor=ADA.email), ts="1772452990.000100")
    world.servicenow.faults.down = None
    world.wait(timedelta(minutes=10))

    change = world.ledger.change(answer.change_id)
    assert change.progress is Progress.STOPPED and "Nobody is left" in change.stopped_because


def test_what_ended_did_not_end_before_it_began(world: World, tells: Callable[..., Answer]) -> None:
    """Heard in another order than it was said."""
    number = world.asks(LINUS).number
    approved(world, number)
    at = world.clock()
    world.clock.move(timedelta(minutes=5))
    tells()
    early = Told(replace(SAYS, status=Status.SUCCEEDED), "Tool in Slack", CHANNEL, TS)
    world.desk.hear(Heard(Speaker(Transport.HTTP, app_id="A0TOOL"), at, "early", early))

    change = world.change(number)
    assert change.started_at and change.finished_at and change.started_at <= change.finished_at


def test_a_reply_that_names_another_known_version_is_about_that_one(world: World, tells: Callable[..., Answer]) -> None:
    number = world.asks(LINUS).number
    approved(world, number)
    tells()
    other = tells(replace(SAYS, version="2.4.0"), ts="1772452980.000100")

    tells(replace(SAYS, version="2.4.0", status=Status.FAILED), ts="1772452981.000100", thread_ts=TS)

    assert other.change_id and world.change(number).outcome is None


def test_whoever_starts_what_was_approved_has_not_asked_for_it(world: World, tells: Callable[..., Answer]) -> None:
    number = world.asks(LINUS).number
    approved(world, number)
    tells(replace(SAYS, actor=ADA.email))
    tells(replace(SAYS, status=Status.SUCCEEDED, actor=ADA.email))

    assert world.change(number).outcome is Outcome.SUCCEEDED
    assert not world.change(number).findings and ADA.sys_user not in world.change(number).excluded.askers
