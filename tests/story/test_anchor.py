"""The ledger's head is left outside whenever it has moved; who cannot leave it for an hour says so."""

from datetime import timedelta

from bot.ports import Outage
from bot.story.anchor import anchor_ledger
from tests.story.world import World


def say(world: World, sentence: str) -> None:
    with world.ledger.begin() as tx:
        tx.enter("test", sentence=sentence)


def alarms(world: World) -> list[str]:
    with world.ledger.reading() as tx:
        return [finding.sentence for finding in tx.untold(["ledger not anchored"])]


def test_the_head_is_left_once_for_each_time_the_chain_has_grown(world: World) -> None:
    tools, anchor = world.tools, world.anchor
    say(world, "one")
    anchor_ledger(tools)
    anchor_ledger(tools)
    say(world, "two")

    anchor_ledger(tools)

    assert [later.seq - earlier.seq for earlier, later in zip(anchor.left, anchor.left[1:], strict=False)] == [1]
    assert len({head.fingerprint for head in anchor.left}) == 2


def test_what_nobody_took_is_left_the_next_time(world: World) -> None:
    tools, anchor = world.tools, world.anchor
    say(world, "one")
    anchor.down = Outage("the anchor", "503")
    anchor_ledger(tools)
    anchor.down = None

    anchor_ledger(tools)

    assert len(anchor.left) == 1
    assert alarms(world) == []


def test_after_an_hour_without_an_anchor_managers_are_told_once(world: World) -> None:
    tools, anchor = world.tools, world.anchor
    say(world, "one")
    anchor.down = Outage("the anchor", "503")
    anchor_ledger(tools)
    world.clock.move(timedelta(hours=1))

    anchor_ledger(tools)
    anchor_ledger(tools)

    [told] = alarms(world)
    assert "Nobody outside has taken the ledger's head since" in told and "503" in told
