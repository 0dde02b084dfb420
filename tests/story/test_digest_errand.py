"""The digest as an errand: exactly one message per occasion, whatever is lost and whoever is killed."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.change.announcement import ReportWord
from bot.ledger.tables import BodyRow, EntryRow
from bot.ports import BadCredentials, Declined, Outage, Unknown
from bot.slack.digests import message
from bot.story.digest import compose, send_digest
from bot.story.tools import Tools
from bot.story.twice import NOTE
from tests.builders import ADA, GRACE, LINUS
from tests.doubles.faults import Killed
from tests.story.world import POLICY, World

CHANNEL, SLOT = "C0CHANGES", "2026-03-02"
(DIGEST,) = POLICY.digests


def send(world: World, slot: str = SLOT, channel: str = CHANNEL) -> None:
    send_digest(world.tools, channel, slot, show=message)


def sent(world: World) -> list[str]:
    return [posted.message.text for posted in world.slack.marked("digest")]


def written_down(world: World) -> list[str]:
    """Where the ledger's entries say that a digest stands."""
    with world.ledger.reading() as tx:
        bodies = tx.session.scalars(select(BodyRow.body).join(EntryRow).where(EntryRow.kind == "digest"))
        return [json.loads(body)["ref"] for body in bodies]


def test_it_is_sent_once_however_often_it_is_asked_for(world: World) -> None:
    for _ in range(3):
        send(world)

    assert len(sent(world)) == 1
    assert world.slack.marked("digest")[0].message.marker == f"digest:{CHANNEL}:{SLOT}"
    assert written_down(world) == [world.slack.marked("digest")[0].ref]


def test_the_clock_s_occasion_is_the_same(world: World) -> None:
    with world.ledger.begin() as tx:
        assert tx.take_occasion("digest", CHANNEL, SLOT)

    send(world)

    with world.ledger.begin() as tx:
        assert not tx.take_occasion("digest", CHANNEL, SLOT)
    assert len(sent(world)) == 1


def test_the_next_day_has_its_own(world: World) -> None:
    send(world)
    world.clock.move(timedelta(days=1))

    send(world, "2026-03-03")

    assert len(sent(world)) == 2


@pytest.mark.parametrize("lost", [Unknown("Slack", "timeout"), Killed()])
def test_a_lost_answer_is_looked_for(world: World, lost: BaseException) -> None:
    world.slack.faults.lose_answer("post", lost)
    with pytest.raises(type(lost)):
        send(world)

    send(world)

    assert len(sent(world)) == 1
    assert written_down(world) == [world.slack.marked("digest")[0].ref]


def test_what_cannot_be_seen_yet_is_waited_for(world: World) -> None:
    world.slack.faults.lose_answer("post", Unknown("Slack", "timeout"))
    with pytest.raises(Unknown):
        send(world)
    hidden = dict(world.slack.messages)
    world.slack.messages.clear()

    with pytest.raises(Unknown):
        send(world)
    world.slack.messages.update(hidden)
    send(world)

    assert len(sent(world)) == 1


def test_killed_before_it_was_sent_it_is_sent_a_little_later(world: World) -> None:
    world.slack.faults.refuse("post", Killed())
    with pytest.raises(Killed):
        send(world)
    with pytest.raises(Unknown):
        send(world)

    world.clock.move(world.tools.patience.message)
    with pytest.raises(Outage) as again:  # the first one may come after all: looked for once more
        send(world)
    assert again.value.retry_after == 2 * world.tools.patience.record
    send(world)

    assert len(sent(world)) == 1
    assert len(written_down(world)) == 1


def test_one_that_comes_late_says_that_the_other_one_counts(world: World) -> None:
    world.slack.faults.refuse("post", Unknown("Slack", "no answer came in time"))
    with pytest.raises(Unknown):
        send(world)
    world.clock.move(world.tools.patience.message)
    with pytest.raises(Outage):
        send(world)
    (ours,) = world.slack.marked("digest")

    world.slack.post(CHANNEL, ours.message)
    send(world)

    first, late = sent(world)
    assert (first, late) == (ours.message.text, NOTE)
    assert written_down(world) == [ours.ref]


@pytest.mark.parametrize(
    "failure", [Outage("Slack", "503"), BadCredentials("Slack", "invalid_auth"), Declined("Slack", "?")]
)
def test_what_was_certainly_not_sent_can_be_sent_at_once(world: World, failure: Exception) -> None:
    world.slack.faults.refuse("post", failure)
    with pytest.raises(type(failure)):
        send(world)

    send(world)

    assert len(sent(world)) == 1


def test_a_channel_that_refuses_for_a_day_is_given_up(world: World) -> None:
    world.slack.faults.refuse("post", *[Declined("Slack", "is_archived")] * 2)
    with pytest.raises(Declined):
        send(world)
    world.clock.move(timedelta(days=1))

    send(world)
    send(world)

    assert sent(world) == []
    with world.ledger.reading() as tx:
        [body] = tx.session.scalars(select(BodyRow.body).join(EntryRow).where(EntryRow.kind == "digest"))
    assert "Gave up sending" in body and "is_archived" in body


def test_two_replicas_at_one_moment_send_one(world: World, ledger_file: Path) -> None:
    replicas = [replace(World(ledger_file).tools, room=world.tools.room) for _ in range(4)]

    def is_done(tools: Tools) -> bool:
        try:
            send_digest(tools, CHANNEL, SLOT, show=message)
        except Unknown:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(is_done, replicas))

    assert all(is_done(tools) for tools in replicas)
    assert len(sent(world)) == len(written_down(world)) == 1


def test_an_audience_that_left_the_policy_is_told_nothing(world: World) -> None:
    send(world, channel="C0GONE")
    send(world, channel="C0GONE")

    assert sent(world) == []


def test_it_says_what_waits_and_what_went_wrong_since_the_last_one(world: World) -> None:
    send(world)
    world.clock.move(timedelta(minutes=1))
    failed = world.asks().number
    world.approves(ADA, failed)
    world.approves(GRACE, failed)
    world.reports(LINUS, ReportWord.FAILED, failed, "errors above 5 %")

    facts, shown = compose(world.tools, DIGEST, show=message)

    assert [(wrong.how, wrong.number) for wrong in facts.wrong] == [("failed", failed)]
    assert {count.what: count.number for count in facts.counts}["in review"] == 1
    assert world.servicenow.page_of_query("x").partition("?")[0] in str(shown.blocks)


def test_nothing_that_went_wrong_is_told_twice_or_never(world: World) -> None:
    """The next one begins exactly where the last one ended, however late that one was sent."""
    world.clock.move(timedelta(hours=3))
    send(world)
    told_until = world.clock()
    world.clock.move(timedelta(days=1))

    facts, _ = compose(world.tools, DIGEST, show=message)

    assert facts.since == told_until


def test_the_number_waiting_is_servicenow_s(world: World) -> None:
    world.asks()

    facts, _ = compose(world.tools, DIGEST, show=message)

    waiting = [held for held in world.servicenow.changes.values() if held.state in ("assess", "authorize")]
    assert facts.counts[0].number == len(waiting) == 1
    assert [wait.for_whom for wait in facts.waits] == [("Payments Engineering",)]


def test_composing_asks_no_vendor(world: World) -> None:
    world.asks()
    for faults in (world.servicenow.faults, world.jira.faults, world.slack.faults, world.git.faults):
        faults.down = Outage("all", "down")

    compose(world.tools, DIGEST, show=message)
