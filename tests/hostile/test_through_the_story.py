"""Every hostile string in every input at once, through the whole story: what people see and systems keep is text."""

import json
import re
from dataclasses import replace
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest

from bot.api.schemas import change_out
from bot.change.model import Change, Outcome, Progress, Status, Verdict
from bot.change.one_line import one_line
from bot.slack import digests
from bot.slack.lists import one
from bot.story.digest import compose
from integrations.jira.fields import link_body, story_of
from integrations.jira.wiki import LONGEST, clean, cut, wiki_of
from integrations.servicenow.fields import LONGEST_TEXT, columns_of, journal, user_of
from integrations.slack.client import _sentence
from integrations.slack.people import member_of
from tests.builders import ADA, GRACE, LINUS
from tests.hostile.words import HOSTILE
from tests.integrations.jira.test_wiki import rendered
from tests.slack.reading import all_text, is_accepted
from tests.slack.test_text import harmless
from tests.story.conftest import ledger_file, migrated  # noqa: F401  # fixtures
from tests.story.world import A_MOMENT, COMMITS, SERVICE, STORIES, TAGS, World, sha

STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066\u2067\ud800-\udfff]")
"""Controls, line ends nobody sees, marks that turn the reading direction, halves of characters."""
DESCRIBED = ["Commit", "Last good version", "Commits", "Who is affected", "Pipeline"]
"""The lines of a change's description, after its title."""


WORDS = list(HOSTILE.values())
WORLDS = 9
HANDS = [WORDS[start::WORLDS] for start in range(WORLDS)]
"""Seven words or so for each world: in turn they are names, stories, commits, reasons and versions."""


def filled_with(words: list[str], database: Path) -> World:
    """What git, Jira, Slack's profiles and ServiceNow's people say, as our clients read it."""
    world, word = World(database), cycle(words)
    told = (replace(c, subject=f"{c.subject} {next(word)}", body=next(word), author_name=next(word)) for c in COMMITS)
    world.git.add(SERVICE.repository, tuple(told), TAGS)
    issues = {story.key: issue_of(story.key, next(word)) for story in STORIES}
    world.jira._stories = {key: story_of(issue, asked=key, site=next(word)) for key, issue in issues.items()}
    for key, member in world.slack.members.items():
        profile = {"real_name": next(word), "email": member.email}
        world.slack.members[key] = member_of({"id": key, "team_id": member.team, "profile": profile}, member.team)
    for key, user in world.servicenow.users.items():
        row = {"sys_id": user.sys_id, "name": next(word), "email": user.email, "active": "true"}
        world.servicenow.users[key] = user_of(row)
    return world


def issue_of(key: str, word: str) -> dict[str, Any]:
    fields = {"summary": word, "status": {"name": word}, "issuetype": {"name": word}, "labels": [word]}
    return {"id": word, "key": key, "fields": fields}


def announced(world: World, version: str, why: str, page: str) -> Change:
    """A pipeline asks for a deploy, in these words, as the doors hear them (``test_doors``)."""
    answer = world.hears_pipeline(
        Status.REQUESTED, one_line(version[:200]), sha=sha("d"), why=one_line(why[:1000]), requested_by=LINUS.email,
        url=f"https://ci.example/{'-'.join(page[:100].split())}",
    )  # fmt: skip
    assert not answer.is_refusal, answer.sentence
    return world.reads.change_by_id(answer.change_id)


@pytest.mark.parametrize("words", HANDS, ids=lambda words: list(HOSTILE)[WORDS.index(words[0])])
def test_nothing_stops_or_bends_the_story(ledger_file: Path, words: list[str]) -> None:  # noqa: F811
    world = filled_with(words, ledger_file)

    number = announced(world, *words[:3]).number
    world.presses(ADA, Verdict.APPROVED, number, reason=one_line(words[3][:500]))
    world.approves(GRACE, number)
    assert world.change(number).progress is Progress.CLEARED
    world.hears_pipeline(Status.FAILED, one_line(words[0][:200]), sha=sha("d"), why=one_line(words[4][:1000]))
    world.wait(A_MOMENT)

    assert world.change(number).outcome is Outcome.FAILED
    check_slack(world)
    check_servicenow(world, number)
    check_jira(world, number)
    check_ledger(world, number)
    check_digest(world)


@pytest.mark.parametrize("words", HANDS[::3], ids=lambda words: list(HOSTILE)[WORDS.index(words[0])])
def test_a_rejection_in_these_words_ends_it(ledger_file: Path, words: list[str]) -> None:  # noqa: F811
    world = filled_with(words, ledger_file)

    number = announced(world, *words[:3]).number
    world.presses(ADA, Verdict.REJECTED, number, reason=one_line(words[3][:500]))

    assert world.change(number).outcome is Outcome.REJECTED
    check_slack(world)
    check_jira(world, number)
    check_ledger(world, number)


# ---------------------------------------------------------------------------------------------------------------- sinks


def check_slack(world: World) -> None:
    """Every message, and every one that stood there before: taken by Slack, calling nobody but those who are asked."""
    posted = world.slack.messages.values()
    messages = [message for one in posted for message in (one.message, *one.earlier)]
    assert len(messages) > 1
    for message in messages:
        assert is_accepted(message)
        assert harmless(all_text(message)), all_text(message)
        assert not STEERING.search(all_text(message))
    for _, whisper in world.slack.whispers:
        assert harmless(_sentence(whisper))


def check_servicenow(world: World, number: str) -> None:
    """What would be written: short enough, on the lines that it was meant for, and nothing that steers."""
    change = world.change(number)
    assert change.plan
    columns = columns_of(change.plan, change, requested_by="u", ci="c", group="g")
    for name, value in columns.items():
        assert len(value.encode("utf-16-le")) // 2 <= LONGEST_TEXT
        assert not STEERING.search(value), name
    assert "\n" not in columns["short_description"] + columns["correlation_display"]
    assert [line.partition(":")[0] for line in columns["description"].splitlines()[1:]] == DESCRIBED
    for note in world.servicenow.numbered(number).notes:
        assert not re.search(r"\[/?code\]", journal(note), re.IGNORECASE)


def check_jira(world: World, number: str) -> None:
    """A comment of one line of ours; in markup it reads as it was meant. Links have one line, and a whole address."""
    comments = [comment.text for per_issue in world.jira.comments.values() for comment in per_issue]
    assert comments
    for text in comments:
        assert text.startswith(number) and "\n" not in text
        assert rendered(wiki_of(text)) == cut(clean(text), LONGEST).replace("\u200b", "")
    for per_issue in world.jira.links.values():
        for link in per_issue.values():
            shown = link_body(link)["object"]
            assert shown["url"] == world.servicenow.page(world.change(number).sys_id)
            assert not STEERING.search(shown["title"] + shown["summary"]) and "\n" not in shown["title"]


def check_ledger(world: World, number: str) -> None:
    """It holds, every body is JSON again, and it is shown on one line each."""
    count, broken = world.reads.verify()
    assert count > 5 and broken is None
    history = world.reads.history(number)
    page = one(world.change(number), history, now=world.clock(), page="https://sn.example/")
    assert is_accepted(page) and harmless(all_text(page))
    json.dumps(change_out(world.change(number), history).model_dump(mode="json"), ensure_ascii=False).encode()


def check_digest(world: World) -> None:
    facts, _ = compose(world.tools, world.policy.digests[0], show=digests.message)
    assert is_accepted(message := digests.message(facts, marker="", page=str, page_of_query=str))
    assert harmless(all_text(message))
    assert not STEERING.search(digests.plain_text(facts))
