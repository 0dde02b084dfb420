"""The product's Jira client on somebody else's Jira: the package ``jira820``, which looks like Data Center 8.20.

Our own stand-in was written by those who wrote the client; this one was not. It knows less: ``LEFT_OUT`` names what
cannot be asked of it, why, and the call that would show the reason gone."""

import asyncio
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pytest
import requests

from bot.change.model import Found
from bot.ports import Declined, NotThere
from integrations.jira.client import JiraTracker
from integrations.standin.wire import Server
from tests.integrations.jira.clients import LINK

jira820 = pytest.importorskip("jira820")

KEYS = [f"JIRA820-{number}" for number in range(1, 121)]
ISSUE = "/rest/api/2/issue/JIRA820-1"
# what is left out: (why, method and path that show it, what they answer)
LEFT_OUT: dict[str, tuple[str, str, int]] = {
    "Cloud": ("it is a Data Center alone: no version 3, no search/jql", "GET /rest/api/3/serverInfo", 404),
    "reading in bulk": ("no bulkfetch, which Data Center has not either", "POST /rest/api/2/issue/bulkfetch", 405),
    "wrong logins": ("it looks at no credentials", "GET /rest/api/2/myself", 200),
    "keys in small letters, moved and hidden issues": (
        "an issue is found by its exact key alone",
        "GET /rest/api/2/issue/jira820-1",
        404,
    ),
    "strict queries": ("unknown keys are passed over", "GET /rest/api/2/search?jql=key=NOPE-1", 200),
    "a link's summary, status and icon title": (
        "it keeps address, title and relationship",
        f"GET {ISSUE}/remotelink",
        200,
    ),
    "taking links away by globalId": ("it knows a link by its number", f"DELETE {ISSUE}/remotelink?globalId=x", 405),
    "comments found by their marker": ("no properties of comments", "GET /rest/api/2/comment/1/properties/x", 404),
    "properties of issues": ("there are none", f"GET {ISSUE}/properties", 404),
    "rights": ("nobody is refused anything, and nobody can ask", "GET /rest/api/2/mypermissions", 404),
    "webhooks": ("it tells nobody", "GET /rest/webhooks/1.0/webhook", 404),
}


@dataclass
class Other:
    """A Jira of another make, with its own seeded issues."""

    url: str

    def tracker(self, **more: Any) -> JiraTracker:
        return JiraTracker(self.url, token="anything", **more)

    def links(self, key: str) -> list[dict[str, Any]]:
        shown = requests.get(f"{self.url}/rest/api/2/issue/{key}/remotelink", timeout=10).json()
        return [link for link in shown if link.get("globalId") == LINK.global_id]

    def comments(self, key: str) -> list[str]:
        shown = requests.get(f"{self.url}/rest/api/2/issue/{key}/comment?maxResults=500", timeout=10).json()
        return [comment["body"] for comment in shown["comments"]]


def served(**facts: Any) -> Iterator[Other]:
    config = jira820.Config(base_date=date(2026, 11, 1), **facts)
    server = Server(jira820.make_app(jira820.Store(config)))
    thread = threading.Thread(target=lambda: asyncio.run(server.serve()), daemon=True)
    thread.start()
    yield Other(server.url)
    server.stop()
    thread.join(timeout=10)


@pytest.fixture(scope="module")
def other() -> Iterator[Other]:
    yield from served()


def test_each_key_asked_gets_its_answer_in_order(other: Other) -> None:
    stories = other.tracker().read(["JIRA820-2", "JIRA820-99999", "NOPE-1", "jira820-1", "no key"])

    assert [(story.key, story.found) for story in stories] == [
        ("JIRA820-2", Found.READ),
        ("JIRA820-99999", Found.MISSING),
        ("NOPE-1", Found.MISSING),
        ("JIRA820-1", Found.READ),
        ("no key", Found.MISSING),
    ]
    assert stories[0].summary
    assert stories[0].url == f"{other.url}/browse/JIRA820-2"
    assert stories[0].issue_id.isdigit()


def test_all_fields_of_a_card_arrive(other: Other) -> None:
    raw = requests.get(f"{other.url}{ISSUE}", timeout=10).json()["fields"]
    (story,) = other.tracker().read(["JIRA820-1"])

    assert story.summary == raw["summary"]
    assert (story.type, story.status) == (raw["issuetype"]["name"], raw["status"]["name"])


def test_many_are_read_in_parts(other: Other) -> None:
    stories = other.tracker().read(KEYS)

    assert [story.key for story in stories] == KEYS
    assert {story.found for story in stories} == {Found.READ}


def test_a_link_reads_back_as_far_as_it_is_kept(other: Other) -> None:
    client = other.tracker()
    client.link("JIRA820-3", LINK)

    found = client.linked("JIRA820-3", LINK.global_id)
    assert found is not None
    assert (found.global_id, found.url, found.title) == (LINK.global_id, LINK.url, LINK.title)
    assert (found.summary, found.status, found.icon) == ("", "", "")


def test_linking_again_updates_the_one_link(other: Other) -> None:
    client = other.tracker()
    for title in ("CHG0030042", "CHG0030042 (closed)"):
        client.link("JIRA820-4", replace(LINK, title=title))

    assert [link["object"]["title"] for link in other.links("JIRA820-4")] == ["CHG0030042 (closed)"]
    assert client.linked("JIRA820-4", "another") is None


def test_our_link_is_found_beside_those_of_others(other: Other) -> None:
    client = other.tracker()
    before = requests.get(f"{other.url}{ISSUE}/remotelink", timeout=10).json()
    client.link("JIRA820-1", LINK)
    after = requests.get(f"{other.url}{ISSUE}/remotelink", timeout=10).json()

    assert before
    assert after[: len(before)] == before
    assert client.linked("JIRA820-1", LINK.global_id) is not None


def test_a_comment_is_written_once_with_its_text_as_it_is(other: Other) -> None:
    written = other.tracker().comment("JIRA820-5", "Approved by *Ada* {panel}", "card/CHG0030042/approved")

    ours = [body for body in other.comments("JIRA820-5") if body.startswith("Approved")]
    assert ours == [r"Approved by \*Ada\* \{panel\}"]
    assert written


def test_a_marker_that_is_not_kept_is_not_found(other: Other) -> None:
    client = other.tracker()
    client.comment("JIRA820-6", "Approved", "card/CHG0030042/approved")

    assert client.find_comment("JIRA820-6", "card/CHG0030042/approved") == ""


def test_what_is_not_there_is_told(other: Other) -> None:
    client = other.tracker()

    with pytest.raises(NotThere):
        client.link("JIRA820-99999", LINK)
    with pytest.raises(NotThere):
        client.comment("NOPE-1", "Approved", "marker")
    assert client.linked("NOPE-1", LINK.global_id) is None


def test_a_jira_that_takes_no_writes_declines() -> None:
    for other in served(readonly=True):
        client = other.tracker()
        assert client.read(["JIRA820-1"])[0].found is Found.READ
        with pytest.raises(Declined):
            client.link("JIRA820-1", LINK)
        with pytest.raises(Declined):
            client.comment("JIRA820-1", "Approved", "marker")


def test_site_account_and_projects_are_known(other: Other) -> None:
    client = other.tracker()
    site, login, *_ = client.check()

    assert client.projects() == {"JIRA820"}
    assert (site.verdict, login.verdict) == ("good", "good")
    assert "Data Center 8.20.8" in site.found
    assert client.myself()["name"] == "admin"


@pytest.mark.parametrize("what", sorted(LEFT_OUT))
def test_what_is_left_out_cannot_be_asked_of_it(other: Other, what: str) -> None:
    _, call, status = LEFT_OUT[what]
    method, _, path = call.partition(" ")

    answer = requests.request(method, other.url + path, timeout=10, json={} if method == "POST" else None)
    assert answer.status_code == status
