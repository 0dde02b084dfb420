"""A vendor that sends us elsewhere is not followed, by no client, with no call: our credentials would go along."""

import secrets
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import cache

import pytest

from bot.change.model import Verdict
from bot.ports import Failure, Head, Message, RemoteLink
from integrations.anchor.sink import Sink
from integrations.jira.client import JiraTracker
from integrations.servicenow.client import ServiceNowApprovals, ServiceNowChanges
from integrations.servicenow.own_accounts import ServiceNowOwnAccounts
from integrations.slack.client import SlackMessenger
from tests.hostile.wanderers import Place, listening
from tests.integrations.servicenow.client_rig import LINUS, a_change, a_plan

Call = Callable[[str], object]
LINK = RemoteLink("servicenow=x&sys_id=y", "https://x.example/", "CHG0030042", "a", "b", False)
ID = "ab" * 16


@cache
def secret() -> str:
    return secrets.token_hex(20)


def slack(url: str) -> SlackMessenger:
    return SlackMessenger(token=secret(), base_url=f"{url}/api/", team="T0ACME", clock=lambda: datetime.now(UTC))


def cloud(url: str) -> JiraTracker:
    return JiraTracker(url, email="cabbie@acme.example", api_token=secret())


def data_center(url: str) -> JiraTracker:
    return JiraTracker(url, token=secret())


def changes(url: str) -> ServiceNowChanges:
    return ServiceNowChanges(url, user="cabbie", password=secret())


def approvals(url: str) -> ServiceNowApprovals:
    return ServiceNowApprovals(url, user="cabbie", password=secret())


def own(url: str) -> ServiceNowOwnAccounts:
    return ServiceNowOwnAccounts(url, client_id="c", client_secret=secret(), redirect_url="https://x.example/back")


CALLS: dict[str, Call] = {
    "slack posts": lambda url: slack(url).post("C0PAYMENTS", Message("hello")),
    "slack edits": lambda url: slack(url).edit("C0PAYMENTS/1.2", Message("hello")),
    "slack finds": lambda url: slack(url).find("C0PAYMENTS", "card:1"),
    "slack asks who": lambda url: slack(url).member("U0ADA"),
    "slack answers": lambda url: slack(url).whisper(f"{url}/commands/T/1/x", "C0PAYMENTS", "U0ADA", "Checking…"),
    "slack opens a socket": lambda url: slack(url).web.apps_connections_open(app_token=secret()),
    "slack's doctor": lambda url: slack(url).check(["C0PAYMENTS"]),
    "jira reads": lambda url: cloud(url).read(["PAY-1"]),
    "jira links": lambda url: cloud(url).link("PAY-1", LINK),
    "jira comments": lambda url: cloud(url).comment("PAY-1", "hello", "marker"),
    "jira's doctor": lambda url: cloud(url).check(),
    "data center links": lambda url: data_center(url).link("PAY-1", LINK),
    "data center asks who": lambda url: data_center(url).myself(),
    "servicenow looks": lambda url: changes(url).find(ID),
    "servicenow reads": lambda url: changes(url).read(ID),
    "servicenow opens": lambda url: changes(url).create(a_plan(), a_change(), LINUS),
    "servicenow amends": lambda url: changes(url).amend(ID, work_notes="x"),
    "servicenow's doctor": lambda url: changes(url).check(),
    "servicenow signs in": lambda url: ServiceNowChanges(url, client_id="c", client_secret=secret()).read(ID),
    "servicenow approves": lambda url: approvals(url).record(ID, Verdict.APPROVED, "yes"),
    "a person signs in": lambda url: own(url).exchange("code", "verifier"),
    "a person renews": lambda url: own(url).renew("refresh"),
    "a person approves": lambda url: own(url).write(secret(), ID, Verdict.APPROVED, "yes"),
    "a person leaves": lambda url: own(url).revoke(secret()),
    "the anchor": lambda url: Sink(f"{url}/ingest", secret(), "cabbie").leave(Head(1, "ab" * 32, "")),
}


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[Place]:
    with listening(Place()) as place:
        yield place


@pytest.fixture(scope="module")
def vendor(elsewhere: Place) -> Iterator[Place]:
    with listening(Place(onward=elsewhere.url)) as place:
        yield place


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS.keys())
def test_nobody_is_followed_elsewhere(vendor: Place, elsewhere: Place, call: Call, status: int) -> None:
    vendor.status = status
    for record in (vendor.heard, elsewhere.heard, elsewhere.credentials):
        record.clear()

    try:
        call(vendor.url)
    except Failure as failure:
        assert secret() not in str(failure)
    except Exception as error:
        assert "slack_sdk" in type(error).__module__, error  # Socket Mode's supervisor takes whatever it raises

    assert vendor.heard, "the call went to the vendor first"
    assert elsewhere.heard == [] and elsewhere.credentials == []
