"""How Jira fails, sorted by remedy, at the wire: waits, dead logins, redirects, pages, silence."""

import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
import requests

from bot.ports import BadCredentials, Declined, Outage, Unknown
from integrations.jira.client import JiraTracker
from integrations.standin.faults import Fault
from tests.integrations.jira.clients import LINK, calls, tracker
from tests.integrations.jira.conftest import RunningJira

ANY = "* /rest/api/2/*"
REMOTE_LINK = "POST /rest/api/2/issue/{key}/remotelink"
COMMENT = "POST /rest/api/2/issue/{key}/comment"


@pytest.mark.parametrize(("said", "seconds"), [("7", 7), ("0", 0), ("1847", 1847), ("", None), ("1.5", None)])
def test_a_wait_is_handed_on_and_never_slept(jira: RunningJira, said: str, seconds: int | None) -> None:
    headers = {"Retry-After": said} if said else {}
    jira.standin.faults.add(Fault(ANY, "answer", status=429, headers=headers))
    started = time.monotonic()

    with pytest.raises(Outage) as outage:
        tracker(jira).link("PAY-101", LINK)

    assert outage.value.retry_after == (None if seconds is None else timedelta(seconds=seconds))
    assert time.monotonic() - started < 20  # the library itself would sleep for minutes
    assert len(calls(jira)) == 1


def test_a_wait_may_be_a_date(jira: RunningJira) -> None:
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
    jira.standin.faults.add(Fault(ANY, "answer", status=429, headers={"Retry-After": later}))

    with pytest.raises(Outage) as outage:
        tracker(jira).projects()

    assert outage.value.retry_after is not None
    assert timedelta(seconds=60) < outage.value.retry_after < timedelta(seconds=120)


def test_a_wait_may_stand_in_the_reset_alone(jira: RunningJira) -> None:
    reset = (datetime.now(UTC) + timedelta(seconds=30)).strftime("%Y-%m-%dT%H:%M:%SZ")
    jira.standin.faults.add(Fault(ANY, "answer", status=429, headers={"X-RateLimit-Reset": reset}))

    with pytest.raises(Outage) as outage:
        tracker(jira).projects()

    assert outage.value.retry_after is not None
    assert timedelta(seconds=25) < outage.value.retry_after <= timedelta(seconds=31)


def test_being_asked_to_wait_means_that_a_comment_was_not_written(jira: RunningJira) -> None:
    jira.standin.faults.add(Fault(COMMENT, "answer", status=429))

    with pytest.raises(Outage):
        tracker(jira).comment("PAY-101", "Approved", "marker")


@pytest.mark.parametrize("retry_after", ["", "5"])
def test_a_service_that_is_away_is_asked_once(jira: RunningJira, retry_after: str) -> None:
    headers = {"Retry-After": retry_after} if retry_after else {}
    jira.standin.faults.add(Fault(ANY, "answer", status=503, headers=headers, times=-1))

    with pytest.raises(Outage):
        tracker(jira).read(["PAY-101"])

    assert len(calls(jira)) == 1


@pytest.mark.parametrize("action", ["drop_before", "drop_after", "truncate"])
def test_a_broken_connection_is_an_outage_of_reads(jira: RunningJira, action: str) -> None:
    jira.standin.faults.add(Fault("GET */serverInfo", action))  # type: ignore[arg-type]  # the parameter is one of them

    with pytest.raises(Outage):
        tracker(jira).read(["PAY-101"])
    assert len(tracker(jira).read(["PAY-101"])) == 1


def test_silence_ends_with_the_timeout(jira: RunningJira) -> None:
    jira.standin.faults.add(Fault(COMMENT, "delay_after", seconds=3))

    with pytest.raises(Unknown, match="in time"):
        tracker(jira, read_timeout=timedelta(seconds=0.3)).comment("PAY-101", "Approved", "marker")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_renamed_site_never_turns_a_write_into_a_read(jira: RunningJira, status: int) -> None:
    headers = {"Location": f"{jira.url}/rest/api/2/issue/PAY-102/remotelink"}
    jira.standin.faults.add(Fault(REMOTE_LINK, "answer", status=status, headers=headers))

    with pytest.raises(Outage, match="redirect"):
        tracker(jira).link("PAY-101", LINK)

    assert calls(jira) == [REMOTE_LINK]


def test_a_page_instead_of_data_is_an_outage(jira: RunningJira) -> None:
    jira.standin.faults.add(Fault("GET */serverInfo", "answer", status=200, body="<html>Page unavailable</html>"))

    with pytest.raises(Outage, match="web page"):
        tracker(jira).read(["PAY-101"])


def test_a_dead_token_is_told_at_every_call(jira: RunningJira) -> None:
    client = tracker(jira, api_token="revoked")

    for use in (
        client.myself,
        client.projects,
        lambda: client.link("PAY-101", LINK),
        lambda: client.linked("PAY-101", LINK.global_id),
        lambda: client.comment("PAY-101", "Approved", "marker"),
        lambda: client.find_comment("PAY-101", "marker"),
    ):
        with pytest.raises(BadCredentials):
            use()


def test_a_dead_token_on_a_data_center_too(data_center: RunningJira) -> None:
    with pytest.raises(BadCredentials):
        tracker(data_center, token="revoked").read(["PAY-101"])


def test_a_token_alone_is_no_login_on_a_cloud_site(jira: RunningJira) -> None:
    with pytest.raises(BadCredentials, match="e-mail"):
        JiraTracker(jira.url, token=jira.secrets.jira_api_token).myself()


def test_a_captcha_calls_for_a_person(data_center: RunningJira) -> None:
    headers = {"X-Authentication-Denied-Reason": "CAPTCHA_CHALLENGE; login-url=https://jira.acme.example/login.jsp"}
    data_center.standin.faults.add(Fault(ANY, "answer", status=403, headers=headers))

    with pytest.raises(BadCredentials, match="captcha"):
        tracker(data_center).projects()


def test_the_gateway_knows_us_by_our_token_and_shows_the_sites_own_links(jira: RunningJira) -> None:
    cloud_id = requests.get(f"{jira.url}/_edge/tenant_info", timeout=5).json()["cloudId"]
    client = JiraTracker(f"{jira.url}/ex/jira/{cloud_id}", token=jira.secrets.jira_api_token)

    (story,) = client.read(["PAY-101"])

    assert story.url == f"{jira.url}/browse/PAY-101"


def test_a_refusal_carries_jiras_reason_and_no_secret(jira: RunningJira) -> None:
    jira.switch(can_link=False)

    with pytest.raises(Declined) as refusal:
        tracker(jira).link("PAY-101", LINK)

    assert str(refusal.value) == "Jira: You do not have permission to link issues in this project."
    assert jira.secrets.jira_api_token not in repr(refusal.value)


def test_nobody_waits_for_ever_for_a_free_connection(jira: RunningJira) -> None:
    client = tracker(
        jira, most_connections=1, connect_timeout=timedelta(seconds=0.1), read_timeout=timedelta(seconds=0.3)
    )

    with client._connections._lent(), pytest.raises(Outage, match="busy"):
        client.myself()
