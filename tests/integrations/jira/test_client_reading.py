"""Reading stories over the wire: many in few calls, and what became of those that do not come back."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from bot.change.model import Found, Story
from bot.ports import BadCredentials, Outage, Tracker
from integrations.jira.client import JiraTracker
from integrations.standin.faults import Fault
from tests.integrations.jira.clients import calls, tracker
from tests.integrations.jira.conftest import RunningJira

BULK = [f"BULK-{number}" for number in range(1, 121)]


def test_it_is_a_tracker(jira: RunningJira) -> None:
    port: Tracker = tracker(jira)

    assert isinstance(port, JiraTracker)


def test_a_story_tells_what_the_card_needs(jira: RunningJira) -> None:
    (story,) = tracker(jira).read(["PAY-101"])

    assert story == Story(
        "PAY-101",
        summary="Retry card payments once when the acquirer times out",
        type="Story",
        status="Done",
        url=f"{jira.url}/browse/PAY-101",
        issue_id=story.issue_id,
    )
    assert story.issue_id.isdigit()


@pytest.fixture(params=["Cloud", "Server"])
def either(jira: RunningJira, request: pytest.FixtureRequest) -> RunningJira:
    jira.switch(deployment=request.param)
    return jira


def test_each_key_asked_gets_its_answer_in_order(either: RunningJira) -> None:
    asked = ["PAY-999", "OLD-7", "PAY-103", "PAY-150", "PAY-99", "SEC-3", "pay-101", "PAY-103", "no key"]

    stories = tracker(either).read(asked)

    assert [(story.key, story.found) for story in stories] == [
        ("PAY-999", Found.MISSING),
        ("PAY-140", Found.MOVED),
        ("PAY-103", Found.READ),
        ("PAY-150", Found.RESTRICTED),
        ("PAY-99", Found.ARCHIVED),
        ("SEC-3", Found.MISSING),
        ("PAY-101", Found.READ),
        ("PAY-103", Found.READ),
        ("no key", Found.MISSING),
    ]
    assert stories[1].named_as == "OLD-7"
    assert stories[2].is_defect
    assert not stories[2].is_incident


def test_a_story_behind_a_security_level_shows_nothing_but_its_key(either: RunningJira) -> None:
    (story,) = tracker(either).read(["PAY-150"])

    assert (story.summary, story.type, story.status) == ("", "", "")
    assert story.can_be_linked


def test_a_moved_story_is_told_from_a_missing_one_beside_its_new_key(either: RunningJira) -> None:
    stories = tracker(either).read(["PAY-140", "OLD-7", "OLD-8"])

    assert [story.found for story in stories] == [Found.READ, Found.MOVED, Found.MISSING]
    assert stories[0].issue_id == stories[1].issue_id


def test_an_archived_story_is_known_even_where_bulkfetch_hides_it(jira: RunningJira) -> None:
    jira.switch(archived_in_bulkfetch=False)

    (story,) = tracker(jira).read(["PAY-99"])

    assert story.found is Found.ARCHIVED
    assert not story.can_be_linked


def test_an_index_that_lags_behind_makes_nothing_archived(jira: RunningJira) -> None:
    jira.switch(search_lag_seconds=60)
    jira.add({"key": "PAY-500", "summary": "Brand new"})

    stories = tracker(jira).read(["PAY-500", "PAY-99"])

    assert [story.found for story in stories] == [Found.READ, Found.ARCHIVED]


def test_incidents_are_told_by_type_or_label(jira: RunningJira) -> None:
    jira.add(
        {"key": "OPS-50", "summary": "Pool drained", "type": "[System] Incident"},
        {"key": "OPS-51", "summary": "Pool drained again", "labels": ["Incident"]},
        {"key": "OPS-52", "summary": "Nothing happened"},
    )

    assert [story.is_incident for story in tracker(jira).read(["OPS-50", "OPS-51", "OPS-52"])] == [True, True, False]


def test_a_hundred_and_twenty_stories_take_four_calls(jira: RunningJira) -> None:
    stories = tracker(jira).read(BULK)

    assert [story.key for story in stories] == BULK
    assert {story.found for story in stories} == {Found.READ}
    assert Counter(calls(jira)) == {
        "GET /rest/api/2/serverInfo": 1,
        "POST /rest/api/2/issue/bulkfetch": 2,
        "POST /rest/api/2/search/jql": 1,
    }


def test_on_a_data_center_they_take_three(data_center: RunningJira) -> None:
    stories = tracker(data_center).read(BULK)

    assert [story.key for story in stories] == BULK
    assert Counter(calls(data_center)) == {"GET /rest/api/2/serverInfo": 1, "GET /rest/api/2/search": 2}


def test_what_jira_is_does_not_change_between_two_reads(jira: RunningJira) -> None:
    client = tracker(jira)
    client.read(["PAY-101"])
    client.read(["PAY-102"])

    assert calls(jira).count("GET /rest/api/2/serverInfo") == 1


def test_nothing_asked_asks_nothing(jira: RunningJira) -> None:
    assert tracker(jira).read([]) == ()
    assert tracker(jira).read(["'; DROP"])[0].found is Found.MISSING
    assert calls(jira) == []


def test_a_query_that_a_bad_key_spoils_is_asked_again_without_it(data_center: RunningJira) -> None:
    spoiled = {"errorMessages": ["An issue with key 'PAY-102' does not exist for field 'key'."], "errors": {}}
    data_center.standin.faults.add(Fault("GET /rest/api/2/search", "answer", status=400, body=spoiled))

    stories = tracker(data_center).read(["PAY-101", "PAY-102"])

    assert stories[0].found is Found.READ


def test_a_query_refused_without_a_reason_is_halved(data_center: RunningJira) -> None:
    spoiled = {"errorMessages": ["Something is wrong with it."], "errors": {}}
    data_center.standin.faults.add(Fault("GET /rest/api/2/search", "answer", status=400, body=spoiled, times=2))

    stories = tracker(data_center).read(["PAY-101", "PAY-102", "PAY-103", "PAY-104"])

    assert {story.found for story in stories} == {Found.READ}


def test_a_dead_token_is_not_an_empty_jira(jira: RunningJira) -> None:
    with pytest.raises(BadCredentials):
        tracker(jira, api_token="revoked").read(["PAY-101"])


def test_a_dead_token_is_noticed_even_where_no_header_tells(jira: RunningJira) -> None:
    nothing = {"expand": "", "issues": [], "issueErrors": []}
    hidden = {"errorMessages": ["Issue does not exist or you do not have permission to see it."], "errors": {}}
    refusal = "Client must be authenticated to access this resource."
    jira.standin.faults.add(Fault("POST */issue/bulkfetch", "answer", status=200, body=nothing))
    jira.standin.faults.add(Fault("GET */issue/{key}", "answer", status=404, body=hidden))
    jira.standin.faults.add(Fault("GET */myself", "answer", status=401, body=refusal))

    with pytest.raises(BadCredentials):
        tracker(jira).read(["PAY-101"])


def test_one_failing_part_fails_the_whole(jira: RunningJira) -> None:
    jira.standin.faults.add(Fault("POST */issue/bulkfetch", "answer", status=503, skip=1))

    with pytest.raises(Outage):
        tracker(jira).read(BULK)


def test_many_threads_share_few_connections(jira: RunningJira) -> None:
    client = tracker(jira, most_connections=2)

    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda number: client.read([f"BULK-{number}"])[0], range(1, 25)))

    assert [story.summary for story in found] == [f"Work item {number} of a long list" for number in range(1, 25)]


def test_projects_are_those_we_may_see(either: RunningJira) -> None:
    assert tracker(either).projects() == {"PAY", "OPS", "CHK", "BULK"}


def test_a_search_that_knows_no_former_keys_makes_nothing_archived(data_center: RunningJira) -> None:
    data_center.switch(dc_finds_moved_keys=False)
    data_center.change("CHK-12", archived=True)

    stories = tracker(data_center).read(["OLD-7", "PAY-101", "CHK-12"])
    assert [(story.key, story.found) for story in stories] == [
        ("PAY-140", Found.MOVED),
        ("PAY-101", Found.READ),
        ("CHK-12", Found.ARCHIVED),
    ]


def test_an_archived_story_that_moved_is_archived(data_center: RunningJira) -> None:
    data_center.switch(dc_finds_moved_keys=False)
    data_center.change("PAY-140", archived=True)

    assert tracker(data_center).read(["OLD-7"])[0].found is Found.ARCHIVED


def test_a_hidden_story_that_a_data_center_admits_to_is_missing_like_any_other(data_center: RunningJira) -> None:
    data_center.switch(dc_tells_hidden=True)

    stories = tracker(data_center).read(["SEC-3", "PAY-101", "NOPE-1"])
    assert [story.found for story in stories] == [Found.MISSING, Found.READ, Found.MISSING]
