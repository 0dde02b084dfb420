"""Every hostile string through what tools post and people add to it: asked, filled in, shown and kept as text."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import cycle
from pathlib import Path

import pytest

from bot.change.announcement import Answer, Completion, Heard, Question, Speaker, Told
from bot.change.model import Outcome, Status, Transport
from bot.change.one_line import one_line
from bot.change.reading import Reading
from bot.desk.proving import hear_proven
from bot.slack import questions
from bot.slack.completing import LONGEST, completion_form
from bot.story.question import send_question, settle_question
from tests.hostile.test_through_the_story import (
    HANDS,
    STEERING,
    check_jira,
    check_ledger,
    check_servicenow,
    check_slack,
)
from tests.hostile.words import HOSTILE
from tests.slack.reading import all_text, is_accepted, is_accepted_view
from tests.slack.test_text import harmless
from tests.story.conftest import ledger_file, migrated  # noqa: F401  # fixtures
from tests.story.world import ADA, GRACE, LINUS, POLICY, World, sha

every_word = pytest.mark.parametrize("word", HOSTILE.values(), ids=HOSTILE.keys())
CHANNEL, TS = "C0PAYMENTS", "1772452800.000100"
MISSING = ("service", "environment", "version", "requested_by")


def reading_of(words: Iterator[str], **facts: object) -> Reading:
    """As it is read: one line each."""
    line = (one_line(word)[:500] for word in words)
    said = Reading("a format", Status.STARTED, actor=next(line), word=next(line), url=next(line), ref=next(line),
                   version=next(line), previous_version=next(line), issue_keys=(next(line),))  # fmt: skip
    return replace(said, **facts)  # type: ignore[arg-type]


@every_word
def test_what_is_asked_below_it_is_text(word: str) -> None:
    reading = reading_of(cycle([word]), service=one_line(word)[:500], environment=one_line(word)[:500])
    for is_guess in (True, False):
        told = Told(reading, one_line(word)[:200] or "a tool", CHANNEL, TS, is_guess=is_guess)
        question = Question(told, () if is_guess else MISSING)

        shown = questions.question(question, "a marker")
        assert is_accepted(shown) and harmless(all_text(shown)) and not STEERING.search(all_text(shown))
        form = completion_form(POLICY, question)
        assert is_accepted_view(form), form


def hears(world: World, told: Told, once: str) -> Answer:
    answer = world.desk.hear(Heard(Speaker(Transport.HTTP, app_id="A0TOOL", name="Tool"), world.clock(), once, told))
    world.settle()
    return answer


def run_errands(world: World) -> None:
    while world.queue.errands:
        name, *words = world.queue.errands.pop(0)
        if name == "question":
            send_question(world.tools, words[0], words[1], show=questions.question)
        elif name == "settled":
            settle_question(world.tools, words[0], words[1], words[2], show=questions.settled)
        elif name == "completion":
            hear_proven(world.tools, world.desk.hear, *words)
            world.settle()


def check_what_was_settled(world: World) -> None:
    """It names whoever answered and the channel, and calls nobody else."""
    [posted] = world.slack.marked("question")
    del world.slack.messages[posted.ref]
    for message in (posted.message, *posted.earlier):
        others = re.sub(f"<@{LINUS.slack_id}>|<#C[A-Z0-9]+>", "", all_text(message))
        assert is_accepted(message) and harmless(others) and not STEERING.search(others), others


@pytest.mark.parametrize("words", HANDS, ids=lambda words: list(HOSTILE)[list(HOSTILE.values()).index(words[0])])
def test_nothing_stops_or_bends_what_comes_of_it(ledger_file: Path, words: list[str]) -> None:  # noqa: F811
    world, word = World(ledger_file), cycle(words)
    reading = reading_of(word, sha=sha("d"), actor="", version="")
    told = Told(reading, one_line(next(word))[:200], CHANNEL, TS, waits_at_gate=True)
    hears(world, told, "posted")
    by = Speaker(Transport.HTTP, slack_id=LINUS.slack_id, slack_team=LINUS.slack_team, name=next(word)[:80])
    for number, version in enumerate(words):
        whole = Completion(CHANNEL, TS, "payments", one_line(version)[:LONGEST], "production", LINUS.slack_id)
        for said in (replace(whole, service=whole.version), replace(whole, environment=whole.version), whole):
            world.desk.hear(Heard(by, world.clock(), f"completed {number} {said.service} {said.environment}", said))
        run_errands(world)
    [change] = [one for one in world.reads.queue() if one.number]
    world.approves(ADA, change.number)
    world.approves(GRACE, change.number)
    failed = replace(reading, status=Status.FAILED, word=one_line(next(word))[:500])
    hears(world, replace(told, reading=failed, thread_ts=TS, message_ts="1772452900.000100"), "failed")

    assert world.change(change.number).outcome is Outcome.FAILED
    check_what_was_settled(world)
    check_slack(world)
    check_servicenow(world, change.number)
    check_jira(world, change.number)
    check_ledger(world, change.number)
    json.dumps([line.sentence for line in world.reads.history(change.number)], ensure_ascii=False).encode()
