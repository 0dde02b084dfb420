"""Short stories of other tools' posts, where no other test tells one bug from another."""

from dataclasses import replace

from bot.change.announcement import Completion, Heard, Speaker, Told
from bot.change.model import Status, Transport
from bot.change.reading import Reading
from tests.builders import ADA, GRACE, LINUS
from tests.lifecycle.place import POLICY
from tests.slack.front import OURS, Front, a_policy
from tests.slack.test_posts import post
from tests.story.conftest import ledger_file, migrated, world  # fixtures
from tests.story.world import KATHERINE, World

__all__ = ["ledger_file", "migrated", "world"]


def test_its_own_posts_are_not_heard() -> None:
    """Not even where somebody names Cabbie's own app as one that announces."""
    front = Front(policy=a_policy(announcers=(OURS,)))

    assert front.event(post(app_id=OURS, bot_profile={"app_id": OURS})).status == 200

    assert front.desk.diary == []


def test_what_could_be_of_two_is_of_neither(world: World) -> None:  # the fixture
    first, second = world.asks(LINUS).number, world.asks(LINUS, "2.4.0", why="it is to run again").number
    for number in (first, second):
        world.approves(ADA, number)
        world.approves(GRACE, number)
    ended = Reading("a format", Status.FAILED, service="payments", environment="production", version="#142")

    told = Told(ended, "Tool in Slack", channel="C0PAYMENTS", message_ts="1772452800.000100")
    world.desk.hear(Heard(Speaker(Transport.HTTP, app_id="A0TOOL"), world.clock(), "one", told))
    world.desk.hear(Heard(Speaker(Transport.WEBHOOK, app_id="ci"), world.clock(), "two", replace(told, channel="")))

    assert (world.change(first).outcome, world.change(second).outcome) == (None, None)


STARTED = Reading("a format", Status.STARTED, service="payments", environment="production", version="2.4.1")
ENDED = replace(STARTED, status=Status.SUCCEEDED)
TS = "1772452800.000100"


def cleared(world: World) -> str:
    number = world.asks(LINUS).number
    world.approves(ADA, number)
    world.approves(GRACE, number)
    assert world.change(number).cleared_until
    return number


def tells(world: World, reading: Reading, *, once: str, **facts: object) -> None:
    at = facts.pop("at", world.clock())
    told = Told(reading, "Tool in Slack", "C0PAYMENTS", TS, **facts)  # type: ignore[arg-type]
    world.desk.hear(Heard(Speaker(Transport.HTTP, app_id="A0TOOL"), at, once, told))  # type: ignore[arg-type]
    world.settle()


def test_another_environments_run_ends_nothing(world: World) -> None:
    world.policy = POLICY
    number = cleared(world)
    tells(world, replace(STARTED, actor=LINUS.email), once="started")
    tells(world, replace(ENDED, environment="staging", status=Status.FAILED), once="elsewhere")

    assert world.change(number).outcome is None


def test_a_stranger_says_nothing_of_how_it_ended(world: World) -> None:
    number = cleared(world)
    tells(world, replace(ENDED, environment=""), once="ended")
    by = Speaker(Transport.HTTP, slack_id=KATHERINE.slack_id, slack_team=KATHERINE.slack_team, name=KATHERINE.name)
    said = Completion("C0PAYMENTS", TS, environment="production", is_proven=True)

    answer = world.desk.hear(Heard(by, world.clock(), "completed", said))

    assert answer.is_refusal and world.change(number).outcome is None
