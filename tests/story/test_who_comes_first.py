"""People are asked before the stories are told: a card does not wait behind a hundred and twenty links."""

from bot.ports import Outage
from tests.story.world import World, until


def _place_of(world: World, words: str) -> int:
    return next(place for place, line in enumerate(world.diary) if words in line)


def test_the_card_is_out_before_the_first_story_is_linked(world: World) -> None:
    world.asks()

    assert len(world.jira.links) == 2
    assert _place_of(world, "posted card") < _place_of(world, "linked")


def test_while_the_card_cannot_be_posted_the_stories_are_linked_all_the_same(world: World) -> None:
    world.slack.faults.refuse("post", *[Outage("Slack", "503")] * 50)

    world.asks()
    until(world, lambda: len(world.jira.links) == 2)

    assert not world.slack.marked("card")
