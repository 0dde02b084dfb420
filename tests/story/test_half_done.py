"""Nothing is left half done: what was opened is closed, what was heard is not forgotten."""

from datetime import timedelta

from bot.change.announcement import Announcement, Heard, Report, ReportWord, Speaker
from bot.change.model import Outcome, Progress, State, Status, Transport
from bot.ports import Unknown
from tests.builders import ADA, GRACE, LINUS
from tests.story.world import World, until


def test_canceled_while_the_answer_to_opening_it_was_lost(world: World) -> None:
    world.servicenow.faults.lose_answer("create", Unknown("ServiceNow", "the answer was lost"))
    answer = world.hear(LINUS, Announcement("payments", "2.4.1"))
    for _ in range(2):  # listen, open
        world.advance(answer.change_id)

    world.hears_pipeline(Status.CANCELED)
    until(world, lambda: world.ledger.change(answer.change_id).progress is Progress.DONE)

    (held,) = world.servicenow.changes.values()
    assert held.state is State.CANCELED
    assert world.ledger.change(answer.change_id).outcome is Outcome.CANCELED


def test_canceled_while_the_request_to_open_it_was_lost(world: World) -> None:
    world.servicenow.faults.refuse("create", Unknown("ServiceNow", "the answer was lost"))
    answer = world.hear(LINUS, Announcement("payments", "2.4.1"))
    for _ in range(2):
        world.advance(answer.change_id)

    world.hears_pipeline(Status.CANCELED)
    world.wait(timedelta(minutes=5))

    assert world.servicenow.changes == {}
    assert world.ledger.change(answer.change_id).progress is Progress.DONE


def test_a_review_task_whose_answer_was_lost_and_that_shows_late_is_there_once(world: World) -> None:
    number = world.asks().number
    world.approves(ADA, number)
    world.approves(GRACE, number)
    world.servicenow.faults.refuse("create_task", Unknown("ServiceNow", "the answer was lost"))
    world.reports(LINUS, ReportWord.FAILED, number, "errors above 5 %")

    world.wait(timedelta(seconds=40))
    change = world.change(number)
    late = {"number": "CTASK9", "assignment_group": "x", "correlation_id": f"{change.correlation_id}-review"}
    world.servicenow.numbered(number).tasks.append(late)
    world.wait(timedelta(minutes=5))

    assert [task["number"] for task in world.servicenow.numbered(number).tasks] == ["CTASK9"]
    assert world.change(number).progress is Progress.DONE


def test_an_end_told_by_a_clock_that_is_behind_is_not_before_the_start(world: World) -> None:
    number = world.asks().number
    world.approves(ADA, number)
    world.approves(GRACE, number)
    late = world.clock() - timedelta(minutes=10)  # Slack's clock, ten minutes behind ours
    by = Speaker(Transport.HTTP, slack_id=LINUS.slack_id, slack_team=LINUS.slack_team, name=LINUS.name)

    world.desk.hear(Heard(by, late, "told-late", Report(number, ReportWord.DONE, "")))
    world.settle()
    world.wait(timedelta(minutes=2))

    held = world.servicenow.numbered(number)
    assert held.state is State.CLOSED
    assert held.fields["work_start"] <= held.fields["work_end"]
