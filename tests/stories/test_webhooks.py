"""Webhooks of other tools: one deploy is one change, whoever tells; what is forged, late or old moves nothing."""

import secrets
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.stories.telling import at_one_moment, clear, findings, told
from tests.stories.tools import (
    COMPLETE,
    buttons_of,
    commit,
    form_of,
    github_card,
    github_says,
    github_status,
    history,
    jenkins_says,
    kept,
    opened_by,
    outcome,
    press_below,
    says,
    submit_asker,
    town_of_tools,
)
from tests.stories.town import Town, number_in


@pytest.fixture(scope="module")
def acme(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    with town_of_tools(Path(tmp_path_factory.mktemp("webhooks"))) as place:
        yield place


def test_a_deploy_told_of_three_times_is_one_change_and_each_source_is_in_its_history(acme: Town) -> None:
    """Linus types it, a tool posts it in ada's name, GitHub sends it: at one moment."""
    version, sha = commit(acme, name="Linus Torres", email="linus@acme.example")
    before = len(acme.changes())

    at_one_moment(
        lambda: acme.type("linus", f"/deploy payments {version}"),
        lambda: says(acme, github_card("In progress", sha, actor="ada-l")),
        lambda: github_says(acme, github_status("queued", sha, deployment=7001)),
    )

    number = number_in(acme.until_card("approve")["text"])
    lines = acme.until(
        lambda: (found := "\n".join(history(acme, number))) and "GitHub's webhook" in found and found, "its history"
    )
    assert all(source in lines for source in ("github-app in Slack", "GitHub's webhook")), lines
    assert "Linus Torres asked" in lines or "Slack said" in lines, lines
    assert len(acme.changes()) == before + 1
    assert sum(number in card["text"] for card in acme.cards()) == 1
    refusal = told(acme, "ada", lambda: acme.press("ada", "change.approve", number=number), words="second pair of eyes")
    assert "you requested it" in refusal.words[-1]
    assert acme.change(number)["state"].lower() == "assess"
    acme.press("margaret", "change.approve", number=number)
    acme.until_state("authorize", number)


def test_a_forged_webhook_is_turned_away_and_nothing_is_written(acme: Town) -> None:
    _, sha = commit(acme)
    before = kept(acme)

    answer = github_says(acme, github_status("queued", sha, deployment=7002), secret=secrets.token_hex(20))

    assert (answer.status_code, answer.headers["content-type"]) == (401, "application/problem+json")
    assert kept(acme) == before


def test_a_webhook_that_is_played_back_is_answered_alike_and_does_nothing_twice(acme: Town) -> None:
    _, sha = commit(acme)
    sent = github_status("queued", sha, deployment=7003)

    number = opened_by(acme, lambda: github_says(acme, sent))
    acme.until(lambda: [line for line in history(acme, number) if "Linked" in line], "everything is done that is due")
    before, lines = kept(acme), history(acme, number)
    first, again = github_says(acme, sent), github_says(acme, sent)

    assert first.status_code == again.status_code == 202
    assert first.json() == again.json()
    assert "heard" in first.json()["sentence"], "what was answered at first, though it is opened by now"
    assert kept(acme) == before and history(acme, number) == lines


def test_late_and_out_of_order_it_never_moves_a_change_backwards(acme: Town) -> None:
    _, sha = commit(acme)
    moment = datetime.now(UTC)
    queued = github_status("queued", sha, deployment=7004, at=moment - timedelta(seconds=30))
    started = github_status("in_progress", sha, deployment=7004, at=moment - timedelta(seconds=20))

    number = opened_by(acme, lambda: github_says(acme, queued))
    clear(acme, number)
    ended = github_says(acme, github_status("success", sha, deployment=7004))
    acme.until_state("closed", number)
    changes, wrong = len(acme.changes()), len(findings(acme, "deployed without a change"))
    late = github_says(acme, started)
    later = github_says(acme, github_status("pending", sha, deployment=7004, at=moment - timedelta(seconds=25)))

    assert (ended.status_code, late.status_code, later.status_code) == (202, 202, 202)
    assert number in late.json()["sentence"] and "succeeded" in late.json()["sentence"]
    assert outcome(acme, number) == "succeeded"
    assert acme.change(number)["state"].lower() == "closed"
    assert len(acme.changes()) == changes
    assert len(findings(acme, "deployed without a change")) == wrong
    assert "GitHub's webhook reported done" in history(acme, number)


def test_a_webhook_that_does_not_tell_where_it_goes_is_refused_in_a_sentence(acme: Town) -> None:
    """It has no thread to be asked in, and no service whose channel it could be asked in."""
    before = kept(acme)["cabbie_changes"]

    answer = jenkins_says(acme, {"job": "deploy", "build": 7, "status": "started"})

    assert (answer.status_code, answer.headers["content-type"]) == (409, "application/problem+json")
    assert "which service" in answer.json()["detail"]
    assert kept(acme)["cabbie_changes"] == before


def test_who_asked_is_asked_for_once_in_the_services_channel_where_a_webhook_does_not_tell(acme: Town) -> None:
    version, sha = commit(acme)
    before = len(acme.changes())
    robot = {"creator": {"login": "deploy-robot", "type": "Bot"}, "payload": {"version": version}}

    first = github_says(acme, github_status("queued", sha, deployment=7005, **robot))
    again = github_says(acme, github_status("waiting", sha, deployment=7005, **robot))

    assert (first.status_code, again.status_code) == (202, 202)
    [asked] = acme.until(lambda: [m for m in acme.cards() if version in m["text"] and COMPLETE in buttons_of(m)])
    assert "who asked for it" in asked["text"] and len(acme.changes()) == before
    press_below(acme, "linus", asked, COMPLETE)
    number = opened_by(acme, lambda: submit_asker(acme, "linus", form_of(acme, "linus"), "linus"))
    assert acme.change(number)["requested_by"] == "linus"
