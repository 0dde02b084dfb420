"""Linking stories with their change, over the wire."""

from dataclasses import replace

import pytest

from bot.ports import Declined, NotThere, Outage
from integrations.standin.faults import Fault
from tests.integrations.jira.clients import LINK, calls, links, tracker
from tests.integrations.jira.conftest import RunningJira

REMOTE_LINK = "POST /rest/api/2/issue/{key}/remotelink"


@pytest.fixture(params=["Cloud", "Server"])
def either(jira: RunningJira, request: pytest.FixtureRequest) -> RunningJira:
    jira.switch(deployment=request.param)
    return jira


def test_a_link_reads_back_as_it_was_written(either: RunningJira) -> None:
    client = tracker(either)

    client.link("PAY-101", LINK)

    assert client.linked("PAY-101", LINK.global_id) == LINK


def test_linking_again_updates_the_one_link(either: RunningJira) -> None:
    client = tracker(either)
    client.link("PAY-101", LINK)
    client.link("PAY-101", LINK)

    client.link("PAY-101", replace(LINK, status="Done", icon="done", resolved=True))

    assert len(links(either, "PAY-101")) == 1
    assert client.linked("PAY-101", LINK.global_id) == replace(LINK, status="Done", icon="done", resolved=True)


def test_an_update_empties_nothing(jira: RunningJira) -> None:
    client = tracker(jira, icons_url="https://cabbie.acme.example/icons/")
    client.link("PAY-101", LINK)
    client.link("PAY-101", replace(LINK, resolved=True))

    (link,) = jira.call("GET", "/issue/PAY-101/remotelink").json()

    assert link["application"] == {"type": "com.servicenow", "name": "ServiceNow"}
    assert link["relationship"] == "is changed by"
    assert link["object"]["icon"]["url16x16"] == "https://cabbie.acme.example/icons/waiting.png"
    assert link["object"]["status"] == {
        "resolved": True,
        "icon": {
            "title": "Waiting for approval",
            "link": LINK.url,
            "url16x16": "https://cabbie.acme.example/icons/waiting.png",
        },
    }


def test_one_link_is_one_call(jira: RunningJira) -> None:
    tracker(jira).link("PAY-101", LINK)

    assert calls(jira) == [REMOTE_LINK]


def test_a_lost_answer_may_be_asked_for_again(jira: RunningJira) -> None:
    jira.standin.faults.add(Fault(REMOTE_LINK, "drop_after"))
    client = tracker(jira)

    with pytest.raises(Outage):
        client.link("PAY-101", LINK)
    client.link("PAY-101", LINK)

    assert calls(jira) == [REMOTE_LINK, REMOTE_LINK]
    assert len(links(jira, "PAY-101")) == 1


def test_another_link_is_not_ours(jira: RunningJira) -> None:
    client = tracker(jira)
    client.link("PAY-101", replace(LINK, global_id="system=wiki&id=1"))

    assert client.linked("PAY-101", LINK.global_id) is None
    assert client.linked("PAY-999", LINK.global_id) is None


def test_titles_are_one_readable_line(jira: RunningJira) -> None:
    client = tracker(jira)

    client.link("PAY-101", replace(LINK, title="CHG\u202e 1\n" + "x" * 300, summary="a\0b\tc"))

    found = client.linked("PAY-101", LINK.global_id)
    assert found is not None
    assert found.title.startswith("CHG 1 xxx")
    assert len(found.title) == 255
    assert found.summary == "ab c"


@pytest.mark.parametrize("key", ["PAY-999", "SEC-3", "PAY-1/../PAY-101", "", "PAY-101?x=1"])
def test_what_is_not_there_cannot_be_linked(jira: RunningJira, key: str) -> None:
    with pytest.raises(NotThere):
        tracker(jira).link(key, LINK)

    assert not links(jira, "PAY-101")


def test_an_archived_story_declines(jira: RunningJira) -> None:
    with pytest.raises(Declined, match="archived"):
        tracker(jira).link("PAY-99", LINK)


def test_a_missing_right_says_its_reason(jira: RunningJira) -> None:
    jira.switch(can_link=False)

    with pytest.raises(Declined, match="permission to link issues"):
        tracker(jira).link("PAY-101", LINK)


def test_a_moved_story_is_linked_under_its_old_key(jira: RunningJira) -> None:
    tracker(jira).link("OLD-7", LINK)

    assert len(links(jira, "PAY-140")) == 1
