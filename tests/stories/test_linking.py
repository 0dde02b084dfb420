"""Linking: stories and change know each other, one comment per decision; and a system that is away holds nobody up."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.stories.telling import (
    ask_and_wait,
    clear,
    entries,
    findings,
    gate,
    has_button,
    release,
    shown,
    thread,
    told,
)
from tests.stories.town import Town


@pytest.fixture(scope="module")
def acme(town_of_deploys: Town) -> Town:
    return town_of_deploys


@pytest.fixture
def jira_refuses(acme: Town) -> Iterator[None]:
    yield
    acme.standins.post("jira", "switches", can_link=True, can_comment=True)


@pytest.fixture
def outage(acme: Town) -> Iterator[None]:
    yield
    for system in ("jira", "slack"):
        acme.standins.delete(system, "faults")


def link(acme: Town, key: str, number: str) -> dict[str, Any] | None:
    """What a story shows of a change."""
    links = [x for x in acme.issue(key).get("remote_links", []) if number in x["object"]["title"]]
    assert len(links) <= 1, "one link per story and change"
    return links[0]["object"] if links else None


def until_link(acme: Town, key: str, number: str, title: str) -> dict[str, Any]:
    return acme.until(
        lambda: (x := link(acme, key, number)) and x["status"]["icon"]["title"] == title and x, f"{key} shows {title}"
    )


def comments(acme: Town, key: str, number: str) -> list[str]:
    return [c["body"] for c in acme.issue(key).get("comments", []) if number in c["body"]]


def test_a_storys_link_follows_the_change(acme: Town) -> None:
    number = ask_and_wait(acme, "linus", f"payments {release(acme, 'PAY-101, PAY-103: both')}")
    for key in ("PAY-101", "PAY-103"):
        waiting = until_link(acme, key, number, "waiting")
        assert waiting["status"]["resolved"] is False
        assert acme.change(number)["sys_id"] in waiting["url"]

    clear(acme, number)
    until_link(acme, "PAY-101", number, "approved")

    acme.until(lambda: has_button(acme, "deploy.succeeded", number), "Succeeded")
    acme.press("linus", "deploy.succeeded", number=number)
    for key in ("PAY-101", "PAY-103"):
        done = until_link(acme, key, number, "done")
        assert done["status"]["resolved"] is True
        acme.until(lambda key=key: comments(acme, key, number), "a comment")
        assert len(comments(acme, key, number)) == 1


def test_a_refused_changes_link_says_so(acme: Town) -> None:
    number = ask_and_wait(acme, "linus", f"payments {release(acme, 'PAY-102: reason')}")
    acme.press("ada", "change.reject", number=number)
    acme.fill("ada", reason="No test covers the new reason.")

    refused = until_link(acme, "PAY-102", number, "failed")

    assert refused["status"]["resolved"] is True
    said = acme.until(lambda: comments(acme, "PAY-102", number), "a comment")
    assert "No test covers the new reason." in said[0]


def test_both_directions_are_checked(acme: Town) -> None:
    number = ask_and_wait(acme, "linus", f"payments {release(acme)}")
    until_link(acme, "PAY-101", number, "waiting")

    card = acme.card(number=number)
    permalink = f"/archives/C0PAYMENTS/p{card['ts'].replace('.', '')}"
    change = acme.until(lambda: (c := acme.change(number)) and permalink in c["description"] and c, "the permalink")
    assert "PAY-101 Retry card payments once" in change["justification"]
    acme.until(lambda: entries(acme, number, "linked"), "said in the ledger")
    read_back = acme.standins.diary("jira", r"^GET .*/remotelink")
    assert any(change["sys_id"] in entry["answer"] for entry in read_back)


@pytest.mark.usefixtures("jira_refuses")
def test_a_link_that_jira_refuses_is_a_finding_and_the_rest_goes_on(acme: Town) -> None:
    acme.standins.post("jira", "switches", can_link=False)

    number = clear(acme, ask_and_wait(acme, "linus", f"payments {release(acme)}"))

    assert link(acme, "PAY-101", number) is None
    found = [s for s in findings(acme, "not linked") if number in s and "PAY-101" in s]
    assert len(found) == 1 and f"PAY-101 could not be linked with {number}" in found[0]
    acme.until(lambda: comments(acme, "PAY-101", number), "the comment all the same")
    assert number in acme.bot.run("digest").stdout


@pytest.mark.usefixtures("jira_refuses")
def test_a_comment_that_jira_refuses_is_a_finding_and_the_rest_goes_on(acme: Town) -> None:
    acme.standins.post("jira", "switches", can_comment=False)

    number = clear(acme, ask_and_wait(acme, "linus", f"payments {release(acme)}"))

    until_link(acme, "PAY-101", number, "approved")
    found = acme.until(lambda: [s for s in findings(acme, "not linked") if number in s and "PAY-101" in s], "a finding")
    assert len(found) == 1 and f"PAY-101 could not be told the decision on {number}" in found[0]


def digests(acme: Town) -> list[str]:
    return [m["text"] for m in acme.messages("changes", "katherine") if "digest:C0CHANGES" in str(m["metadata"])]


def test_the_digest_comes_by_itself(acme: Town) -> None:
    told_of = acme.until(lambda: digests(acme), "a digest")

    assert len(told_of) == 1
    acme.bot.kill()  # the next stories are told by another process; it sends no second one
    acme.bot.start()


@pytest.mark.usefixtures("outage")
def test_an_approval_does_not_wait_for_jira_and_jira_catches_up(acme: Town) -> None:
    version = release(acme)
    number = ask_and_wait(acme, "linus", f"payments {version}")
    until_link(acme, "PAY-101", number, "waiting")
    acme.standins.fault("jira", "*", "answer", times=-1, status=503, body="away")

    clear(acme, number)

    assert gate(acme, version=version)["open"]
    assert comments(acme, "PAY-101", number) == []
    acme.until_card("jira", number=number)
    acme.standins.delete("jira", "faults")
    until_link(acme, "PAY-101", number, "approved")
    acme.until(lambda: comments(acme, "PAY-101", number), "the comment")
    assert len(comments(acme, "PAY-101", number)) == 1
    acme.until(lambda: "does not answer" not in shown(acme, number), "the card is content again")


@pytest.mark.usefixtures("outage")
def test_an_approval_does_not_wait_for_slack_and_slack_catches_up(acme: Town) -> None:
    version = release(acme)
    number = ask_and_wait(acme, "linus", f"payments {version}")
    acme.standins.fault("slack", "*", "answer", times=-1, status=503, body="away")

    acme.approve_in_servicenow("ada", number)
    acme.until_state("authorize", number)
    acme.until(lambda: [r for r in acme.change(number)["approvals"] if r["approver"] == "grace"], "the CAB is asked")
    acme.approve_in_servicenow("grace", number)
    acme.until_state("implement", number)

    acme.until(lambda: gate(acme, version=version)["open"], "the gate opens")
    acme.until(lambda: comments(acme, "PAY-101", number), "the story is told")
    assert "Cleared" not in shown(acme, number)
    acme.standins.delete("slack", "faults")
    acme.until_card("cleared until", number=number)
    acme.until(lambda: [d for d in acme.dms("linus") if number in d and "cleared" in d], "linus is told")
    acme.until(lambda: len(decisions(acme, number)) == 2, "both decisions are said")
    assert len([c for c in acme.cards() if number in c["text"]]) == 1


def decisions(acme: Town, number: str) -> list[str]:
    return [m["text"] for m in thread(acme, number) if "given in ServiceNow" in m["text"]]


@pytest.mark.usefixtures("outage")
def test_a_verdict_whose_answer_servicenow_lost_is_recorded_once(acme: Town) -> None:
    number = ask_and_wait(acme, "linus", f"payments {release(acme)}")
    acme.standins.fault("servicenow", "PATCH *sysapproval*", "drop_after")
    acme.standins.fault("servicenow", "PATCH *table*", "drop_after")
    try:
        told(acme, "ada", lambda: acme.press("ada", "change.approve", number=number), words="you approved")
    finally:
        acme.standins.delete("servicenow", "faults")

    assert [e["recorded"] for e in entries(acme, number, "decided")] == ["recorded on behalf"]
    through = [r for r in acme.change(number)["approvals"] if r["approver"] == "ada"]
    assert [r["state"] for r in through] == ["approved"]
    assert len(through[0]["comments"]) == 1


def test_the_digest_came_once(acme: Town) -> None:
    assert len(digests(acme)) == 1
    assert len(entries(acme, kind="digest")) == 1
