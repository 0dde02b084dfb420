"""What was sent again because its answer was lost, and came after all: the oldest stays, the others say so."""

from datetime import timedelta

from bot.change.announcement import ReportWord
from bot.change.model import RowState, State
from bot.ports import Outage, Unknown
from bot.story.twice import NOTE
from tests.builders import ADA, GRACE, LINUS
from tests.story.world import World, until

LOST = Unknown("Slack", "no answer came in time")
LATER = timedelta(minutes=10)


def test_a_card_that_comes_late_has_no_buttons_any_more(world: World) -> None:
    world.slack.faults.refuse("post", LOST)
    number = world.asks().number
    until(world, lambda: bool(world.slack.marked("card")))
    (card,) = world.slack.marked("card")

    world.slack.post("C0PAYMENTS", card.message)
    world.wait(LATER)

    ours, late = world.slack.marked("card")
    assert (late.message.text, late.message.blocks) == (NOTE, ())
    assert ours.ref == card.ref and ours.message.blocks
    world.approves(ADA, number)
    until(world, lambda: world.change(number).state is State.AUTHORIZE)


def test_of_two_cards_the_older_one_stays_although_ours_is_newer(world: World) -> None:
    """It arrived between our last look and our second try."""
    world.slack.faults.refuse("post", LOST)
    number = world.asks().number
    until(world, lambda: bool(world.slack.marked("card")))
    (ours,) = world.slack.marked("card")
    older = f"C0PAYMENTS/{1_600_000_000}.000100"
    world.slack.messages[older] = type(ours)(older, ours.message)

    world.wait(LATER)

    assert world.slack.messages[ours.ref].message.text == NOTE
    assert world.slack.messages[older].message.blocks
    assert world.change(number).projection("card").ref == older


def test_a_comment_that_comes_late_says_that_the_other_one_counts(world: World) -> None:
    number = _approved(world, comment=Unknown("Jira", "no answer came in time"))
    until(world, lambda: len(world.jira.comments["PAY-101"]) == 1)
    (ours,) = world.jira.comments["PAY-101"]

    world.jira.comment("PAY-101", ours.text, ours.marker)
    world.wait(LATER)

    assert [comment.text for comment in world.jira.comments["PAY-101"]] == [ours.text, NOTE]
    assert number in ours.text


def test_an_edit_that_comes_late_does_not_stay(world: World) -> None:
    number = _approved(world)
    (card,) = world.slack.marked("card")
    before = card.message
    world.slack.faults.refuse("edit", Outage("Slack", "no answer came in time"))
    world.reports(LINUS, ReportWord.DONE, number)
    until(world, lambda: "Deployed" in card.message.text)

    world.slack.edit(card.ref, before)  # it has the buttons of a deploy that is under way
    world.wait(LATER)

    assert "Deployed" in world.slack.messages[card.ref].message.text


def test_a_link_that_comes_late_does_not_stay(world: World) -> None:
    world.jira.faults.refuse("link", Outage("Jira", "no answer came in time"))
    number = _approved(world)
    (link,) = world.jira.links["PAY-101"].values()

    world.jira.link("PAY-101", type(link)(**{**vars(link), "summary": "waiting for approval", "icon": "waiting"}))
    world.wait(LATER)

    (shown,) = world.jira.links["PAY-101"].values()
    assert (shown.summary, number in shown.title) == ("approved", True)


def test_a_wait_of_half_an_hour_is_told_at_once(world: World) -> None:
    world.servicenow.faults.refuse("group_members", Outage("ServiceNow", "it asks us to wait", "1847"))
    asked = world.asks()

    assert any("asks me to wait; I go on at" in text for text in world.dms(LINUS))
    world.wait(timedelta(minutes=35))
    assert world.ledger.change(asked.id).state is State.ASSESS
    assert world.ledger.change(asked.id).trouble == ""


def test_a_verdict_whose_answer_was_lost_counts_in_the_stage_it_was_given_in(world: World) -> None:
    number = world.asks().number
    world.approves(ADA, number)
    until(world, lambda: world.change(number).state is State.AUTHORIZE)
    world.approvals.faults.lose_answer("record", Unknown("ServiceNow", "no answer came in time"))

    world.approves(GRACE, number)
    until(world, lambda: len(world.change(number).decisions) == 2)

    assert [d.stage for d in world.change(number).decisions] == [State.ASSESS, State.AUTHORIZE]
    held = world.servicenow.numbered(number)
    assert [row.state for row in held.rows].count(RowState.APPROVED) == 2


def _approved(world: World, **lost: Exception) -> str:
    number = world.asks().number
    for call, failure in lost.items():
        world.jira.faults.refuse(call, failure)
    world.approves(ADA, number)
    until(world, lambda: world.change(number).state is State.AUTHORIZE)
    world.approves(GRACE, number)
    until(world, lambda: world.change(number).state is State.IMPLEMENT)
    return number
