"""Listening for stories: what a version brings, from git or from the announcement, and from Jira in bulk."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.stories.pipeline import announce
from tests.stories.source import Repository, policy_with
from tests.stories.town import Town, number_in, town


@pytest.fixture(scope="module")
def acme(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    directory = Path(tmp_path_factory.mktemp("listening"))
    policy = policy_with(
        directory / "policy.yaml",
        {"service": "ledger", "repository": "ledger.git", "environments": ["production", "staging", "test"]},
        {"service": "young", "repository": "young.git"},
    )
    with town(directory, CABBIE_POLICY=policy) as place:
        place.standins.post("slack", "switches", message_rate_per_second=50.0, message_burst=50)
        yield place


@pytest.fixture(scope="module")
def ledger(acme: Town) -> Repository:
    """A service of the story's own: four versions, the last two the same commit under two names."""
    made = Repository.create(Path(acme.environment["CABBIE_REPOSITORIES"]), "ledger")
    made.commit("Ledger 1.0", tag="v1.0")
    made.commit("PAY-101 first", tag="v1.1")
    made.commit("OPS-7 second", tag="v1.2")
    return made


def shown(card: dict[str, object]) -> str:
    return json.dumps(card["blocks"], ensure_ascii=False)


def asked(town: Town, words: str, *, channel: str = "platform") -> str:
    """The number of the change that linus's command opened."""
    known = {change["number"] for change in town.changes()}
    town.type("linus", f"/deploy {words}", channel=channel)
    return str(town.until(lambda: next(c["number"] for c in town.changes() if c["number"] not in known), words))


def deployed(town: Town, words: str, *, channel: str = "platform") -> str:
    """Asked for by linus, approved in ServiceNow, reported done; its number."""
    number = asked(town, words, channel=channel)
    town.until(lambda: "row" in town.approve_in_servicenow("ada", number), "ada being asked")
    town.until(lambda: "row" in town.approve_in_servicenow("grace", number), "grace being asked")
    town.until_card("cleared until", channel=channel, number=number)
    town.type("linus", f"/deploy done {number} all is well", channel=channel)
    town.until_state("closed", number)
    return number


# -------------------------------------------------------------------------------------- which stories, and which not


def test_every_story_is_named_or_masked_whatever_became_of_it_in_jira(acme: Town) -> None:
    number = asked(acme, "payments 2.5.0 to staging", channel="payments")
    card = shown(acme.until_card("approve", number=number))
    why = acme.change(number)["justification"]

    for words in (card, why):
        assert "PAY-140" in words and "OLD-7" in words and "Ledger export keeps trailing zeros" in words  # moved
        assert "PAY-150" in words and "Acquirer contract terms" not in words  # restricted: its key alone
        assert "PAY-99" in words  # archived
        assert "PAY-999" in words  # nobody knows it
        assert "SEC-3" in words and "Rotate the signing keys" not in words  # hidden from Cabbie
    assert "1 without a story" in card
    assert "Commits: 2, of which 1 without a story" in acme.change(number)["description"]


def test_reverted_work_is_not_delivered_and_a_merged_branch_names_its_story(acme: Town) -> None:
    number = asked(acme, "payments 2.4.1 to staging", channel="payments")
    card = shown(acme.until_card("approve", number=number))
    change = acme.change(number)

    assert all(key in change["justification"] for key in ("PAY-101", "PAY-102", "PAY-103", "OPS-7"))
    assert "PAY-104" not in change["justification"]
    assert "Reverted, so not delivered: PAY-104" in change["description"]
    assert "Reverted again, so not part of it: PAY-104" in card
    assert "UTF-8" not in change["justification"] and "SHA-256" not in change["justification"]
    assert "Commits: 7, of which 1 without a story" in change["description"]


def test_four_hundred_commits_and_a_hundred_and_twenty_stories_are_read_in_bulk(acme: Town) -> None:
    acme.standins.delete("jira", "diary")

    number = asked(acme, "bulk 2.0.0")
    card = shown(acme.until_card("approve", channel="platform", number=number))

    reads = [e for e in acme.standins.diary("jira") if not e["is_effect"] or "bulkfetch" in e["call"]]
    of_stories = [e["call"] for e in reads if "remotelink" not in e["call"]]
    assert 2 <= len(of_stories) < 12, of_stories
    assert "and 114 more stories" in card and "401 commits since v1.0.0" in card
    change = acme.change(number)
    assert "Commits: 401, of which 1 without a story" in change["description"]
    assert "BULK-1 " in change["justification"] and "and 60 more" in change["justification"]
    links = acme.until(lambda: (n := _linked(acme, "BULK")) == 120 and n, "all linked")
    assert links == 120


def _linked(town: Town, project: str) -> int:
    issues = town.standins.state("jira")["issues"]
    return sum(bool(i["remote_links"]) for i in issues if i["key"].startswith(f"{project}-"))


def test_the_list_that_an_announcement_carries_is_taken_as_it_is(acme: Town) -> None:
    sha = "ab" * 20
    commits = [
        {"sha": sha, "message": "CHK-13: basket\n\nSee PAY-101", "author_email": "margaret@acme.example"},
        {"sha": "cd" * 20, "message": "Tidy up", "author_email": "margaret@acme.example"},
    ]  # fmt: skip

    answer = announce(acme, service="checkout", version="from-elsewhere", sha=sha, commits=commits,
                      requested_by="linus@acme.example")  # fmt: skip

    assert answer.status_code == 202, answer.text
    card = acme.until_card("from-elsewhere", channel="checkout")
    change = acme.change(number_in(card["text"]))
    assert "CHK-13" in change["justification"] and "PAY-101" in change["justification"]
    assert f"Commit: {sha}" in change["description"]
    assert "Commits: 2, of which 1 without a story" in change["description"]


def test_an_abbreviated_sha_is_completed_from_the_list_that_came_with_it(acme: Town) -> None:
    sha = "ca" * 20
    commits = [{"sha": sha, "message": "CHK-13: basket", "author_email": "margaret@acme.example"}]

    announce(acme, service="checkout", version="abbreviated", sha=sha[:8], commits=commits,
             requested_by="linus@acme.example")  # fmt: skip

    number = number_in(acme.until_card("abbreviated", channel="checkout")["text"])
    assert f"Commit: {sha}" in acme.change(number)["description"]


def test_a_commit_that_does_not_tell_its_author_leaves_four_eyes_unproven(acme: Town) -> None:
    commits = [{"sha": "ef" * 20, "message": "CHK-13: basket", "author_name": "Somebody"}]

    announce(acme, service="checkout", version="nameless", sha="ef" * 20, commits=commits,
             requested_by="linus@acme.example")  # fmt: skip

    said = acme.until(
        lambda: [m["text"] for m in acme.messages("checkout") if "nobody can tell who Somebody is" in m["text"]],
        "a word",
    )
    assert "nameless" in said[0]


# ----------------------------------------------------------------------------------------------------- since when


def test_the_first_deploy_counts_from_the_tag_before_and_the_next_from_the_last_success(
    acme: Town, ledger: Repository
) -> None:
    first = deployed(acme, "ledger 1.1")
    assert "Last good version: v1.0 (the tag before it" in acme.change(first)["description"]
    assert "PAY-101" in acme.change(first)["justification"]
    ledger.commit("OPS-7 again", tag="v1.3")

    second = asked(acme, "ledger 1.3")

    acme.until_card("approve", channel="platform", number=second)
    change = acme.change(second)
    assert f"Last good version: 1.1 (last successful deploy, {first})" in change["description"]
    assert "OPS-7" in change["justification"] and "PAY-101" not in change["justification"]
    assert "Commits: 2, of which 0 without a story" in change["description"]
    assert "1.1" in change["backout_plan"]


def test_a_success_elsewhere_is_no_base_here(acme: Town, ledger: Repository) -> None:
    number = asked(acme, "ledger 1.2 to staging")

    assert "Last good version: v1.1 (the tag before it" in acme.change(number)["description"]


def test_a_first_version_without_anything_before_it_says_so(acme: Town) -> None:
    young = Repository.create(Path(acme.environment["CABBIE_REPOSITORIES"]), "young")
    young.commit("PAY-101 begin", tag="v0.1")

    number = asked(acme, "young 0.1")

    card = shown(acme.until_card("approve", channel="platform", number=number))
    assert "No earlier version is known" in card
    assert "No last good version is known" in acme.change(number)["backout_plan"]


# ------------------------------------------------------------------------------------------------- once, and again


def test_nothing_new_is_one_sentence_to_the_person_and_a_reason_deploys_it_all_the_same(
    acme: Town, ledger: Repository
) -> None:
    number = deployed(acme, "ledger 1.2 to test")
    opened = len(acme.changes())

    acme.type("linus", "/deploy ledger 1.2 to test", channel="platform")

    said = acme.until(lambda: [dm for dm in acme.dms("linus") if "brings nothing new" in dm], "a word to linus")
    assert len(said) == 1 and "already runs 1.2" in said[0] and "because" in said[0]
    assert len(acme.changes()) == opened
    again = asked(acme, "ledger 1.2 to test because the node was rebuilt")
    change = acme.change(again)
    assert again != number and "because the node was rebuilt" in change["justification"]
    assert change["correlation_id"] != acme.change(number)["correlation_id"]
    acme.until_card("attempt 2", channel="platform", number=again)


def test_the_same_deploy_asked_for_by_version_and_by_sha_at_one_moment_is_one_change(
    acme: Town, ledger: Repository
) -> None:
    sha = ledger.commit("PAY-102 once", tag="v2.0")
    ledger.tag("2.0", sha)
    opened = len(acme.changes())

    with ThreadPoolExecutor(6) as hands:
        words = ["2.0", "v2.0", sha, sha[:10], "2.0", sha]
        answers = list(hands.map(lambda w: acme.type("linus", f"/deploy ledger {w}", channel="platform"), words))

    assert all(answer["ok"] for answer in answers)
    acme.until(lambda: len(acme.changes()) > opened and _is_quiet(acme), "every request settled")
    acme.until_card("approve", channel="platform", number=acme.change()["number"])
    assert len(acme.changes()) == opened + 1
    later = acme.said_to(acme.type("margaret", "/deploy ledger v2.0", channel="platform"))
    assert acme.change()["number"] in later and "already under way" in later


def _is_quiet(town: Town) -> bool:
    queue = town.said_to(town.type("ada", "/change queue", channel="platform"))
    return not any(words in queue for words in ("Reading what it brings", "Being opened", "New change"))


def test_after_it_ended_a_new_request_is_a_second_attempt(acme: Town, ledger: Repository) -> None:
    ledger.commit("PAY-103 soon", tag="v3.0")
    first = asked(acme, "ledger 3.0 to staging")
    acme.until_card("approve", channel="platform", number=first)
    acme.type("linus", f"/deploy cancel {first} wrong day", channel="platform")
    acme.until_state("canceled", first)

    second = asked(acme, "ledger 3.0 to staging")

    acme.until_card("attempt 2", channel="platform", number=second)
    acme.until_state("assess", second)


def test_a_moved_tag_is_another_deploy(acme: Town, ledger: Repository) -> None:
    sha = ledger.commit("PAY-103 later", tag="v4.0")
    first = asked(acme, "ledger 4.0 to test")
    ledger.tag("v4.0", ledger.commit("OPS-7 sneaked in"))

    answer = announce(acme, service="ledger", version="4.0", environment="test", status="started", sha="f" * 40)

    assert "without a change" in answer.json()["sentence"]
    assert not acme.api(
        "GET", "/api/v1/gate", params={"service": "ledger", "environment": "test", "sha": "f" * 40}
    ).json()["open"]
    assert f"Commit: {sha}" in acme.change(first)["description"]


def test_a_version_that_could_be_two_commits_is_not_guessed(acme: Town, ledger: Repository) -> None:
    ledger.tag("5.0", ledger.commit("PAY-103 one"))
    ledger.tag("v5.0", ledger.commit("PAY-103 two"))

    acme.type("linus", "/deploy ledger 5.0", channel="platform")

    said = acme.until(lambda: [dm for dm in acme.dms("linus") if "5.0 of ledger" in dm], "a word to linus")
    assert "5.0 could be tag 5.0 or tag v5.0" in said[0]
