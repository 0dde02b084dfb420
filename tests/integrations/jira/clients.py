"""The product's Jira client, opened on a stand-in."""

from datetime import timedelta
from typing import Any

from bot.ports import RemoteLink
from integrations.jira.client import JiraTracker
from tests.integrations.jira.conftest import RunningJira

LINK = RemoteLink(
    global_id="servicenow=acme.service-now.com&sys_id=9d385017c611228701d22104cc95c371",
    url="https://acme.service-now.com/nav_to.do?uri=change_request.do%3Fsys_id=9d385017c611228701d22104cc95c371",
    title="CHG0030042",
    summary="Deploy payments 2.4.1 to production",
    status="Waiting for approval",
    resolved=False,
    icon="waiting",
)


def tracker(jira: RunningJira, **more: Any) -> JiraTracker:
    login: dict[str, Any] = {"email": jira.basic[0], "api_token": jira.basic[1]}
    if jira.standin.switches["deployment"] != "Cloud":
        login = {"token": jira.secrets.jira_token}
    return JiraTracker(jira.url, **{"read_timeout": timedelta(seconds=5)} | login | more)


def calls(jira: RunningJira) -> list[str]:
    """What was asked of Jira, in order."""
    return [entry.call for entry in jira.standin.diary]


def links(jira: RunningJira, key: str) -> list[dict[str, Any]]:
    """The remote links that the issue has in the end."""
    return list(jira.issue_state(key).get("remote_links", []))
