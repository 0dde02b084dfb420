"""How a digest reads in Slack and on a console."""

import re
from dataclasses import replace
from datetime import timedelta

from bot.change.digest import Facts, facts_of
from bot.change.model import Change, Finding, Outcome, Progress, State
from bot.change.policy import Digest, Policy
from bot.ports import Message
from bot.slack.digests import message, plain_text
from tests.builders import NOW, at_authorize, change, cleared, release, row, scheduled
from tests.slack.reading import all_text, is_accepted

AUDIENCE = Digest(channel="C0CHANGES", time_zone="Europe/Berlin")
POLICY = Policy(services=(), team="T0ACME")
HOSTILE = "<!channel> *<https://evil.example|CHG1>* `x` :white_check_mark: \u202egnp.exe\nsecond line \x1b[31m"


def facts(*changes: Change, findings: tuple[Finding, ...] = ()) -> Facts:
    since, now = NOW - timedelta(days=1), NOW + timedelta(hours=3)
    return facts_of(AUDIENCE, POLICY, changes, findings, since=since, now=now)


def shown(of: Facts) -> Message:
    return message(
        of,
        marker="digest:C0CHANGES:2026-03-02",
        page=lambda sys_id: f"https://sn.example/change/{sys_id}",
        page_of_query=lambda query: f"https://sn.example/list?q={query}",
    )


def lines(of: Message) -> list[str]:
    texts = [block.get("text") or block["elements"][0] for block in of.blocks]
    return [line for text in texts for line in text["text"].splitlines()]


def many(of: Change, count: int, start: int = 0) -> list[Change]:
    return [
        replace(of, id=f"c-{start + n}", number=f"CHG{start + n:07d}", sys_id=f"{start + n:032x}") for n in range(count)
    ]


def busy() -> Facts:
    failed = change(state=State.REVIEW, progress=Progress.DONE, outcome=Outcome.FAILED, finished_at=NOW)
    return facts(*many(at_authorize(), 40), *many(scheduled(), 30, 100), *many(failed, 20, 200))


def test_counts_come_first_each_a_link_to_the_list_that_confirms_it() -> None:
    digest = shown(facts(change(), *many(cleared(), 2, 50)))

    counts = lines(digest)[1]
    assert re.search(r"<https://sn\.example/list\?q=[^|>]*stateIN-4,-3\|1> waiting for approval", counts)
    assert re.search(r"<https://sn\.example/list\?q=[^|>]*state=-1\|2> in implement", counts)


def test_each_waiting_change_says_whom_it_waits_for_and_since_when() -> None:
    digest = shown(facts(at_authorize(expires_at=NOW + timedelta(hours=8))))

    assert "• <https://sn.example/change/f6f6f6f6f6f6f6f6f6f6f6f6f6f6f6f6|CHG0030042> Deploy payments" in all_text(
        digest
    )
    assert "· CAB Approval · 3 h · expires 23:00" in all_text(digest)


def test_it_never_takes_more_than_twenty_lines() -> None:
    digest = shown(busy())

    assert len(lines(digest)) <= 20
    assert "and 36 more" in all_text(digest)
    assert is_accepted(digest)


def test_only_the_blocks_of_2019_are_used() -> None:
    assert {block["type"] for block in shown(busy()).blocks} <= {"section", "context", "divider", "actions"}


def test_nothing_to_say_takes_one_line_with_its_time() -> None:
    digest = shown(facts())

    assert lines(digest) == [
        "Changes: nothing waits, nothing is planned, nothing went wrong. "
        "As of Mon 02 Mar 2026 18:00 CET (Europe/Berlin), since Sun 01 Mar 2026 15:00"
    ]
    assert is_accepted(digest)


def test_the_time_is_the_audience_s() -> None:
    assert lines(shown(busy()))[-1].startswith("As of Mon 02 Mar 2026 18:00 CET (Europe/Berlin)")


def test_commits_without_a_story_are_one_line() -> None:
    digest = shown(facts(change(release=release(commits_without_story_count=3)), *many(change(), 6)))

    assert re.search(r"\*Commits without a story\* 9: <[^>]+> 3, .* 3 more changes", all_text(digest))


def test_other_people_s_words_format_nothing_and_call_nobody() -> None:
    nasty = change(
        service=HOSTILE,
        version=HOSTILE,
        rows=(row(group=HOSTILE),),
        stopped_because=HOSTILE,
        progress=Progress.STOPPED,
    )
    found = Finding("f", "own approval", HOSTILE, NOW)

    digest = shown(facts(nasty, findings=(found,)))

    text = all_text(digest)
    assert "<!channel>" not in text and "<https://evil" not in text
    assert "\u202e" not in text and "\x1b" not in text and "`x`" not in text
    assert not any(line.startswith("second line") for line in lines(digest))
    assert len(lines(digest)) <= 20
    assert is_accepted(digest)


def test_the_notification_says_the_numbers() -> None:
    assert shown(busy()).text.startswith("Changes: 40 waiting for approval, 30 scheduled, 0 in implement, 20 in review")


def test_equal_contents_have_equal_fingerprints() -> None:
    assert shown(busy()).fingerprint == shown(busy()).fingerprint
    assert shown(busy()).fingerprint != shown(facts()).fingerprint


def test_a_console_gets_the_same_without_markup_and_with_the_queries() -> None:
    text = plain_text(facts(at_authorize(), findings=(Finding("f", "own approval", HOSTILE, NOW),)))

    assert "1 waiting for approval · 0 scheduled" in text
    assert "waiting for approval: correlation_idSTARTSWITHcabbie-^stateIN-4,-3" in text
    assert "\x1b" not in text and "*Waiting" not in text and "<https://sn" not in text


def test_a_console_gets_one_line_when_there_is_nothing_to_say() -> None:
    assert plain_text(facts()).count("\n") == 0
