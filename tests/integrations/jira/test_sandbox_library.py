"""The vendor's wire as the ``jira`` library 3.10.5 speaks it."""

import warnings

import pytest
import requests
from jira import JIRA, JIRAError

from tests.integrations.jira.conftest import RunningJira

OBJECT = {"url": "https://acme.example/1", "title": "CHG1"}


def test_reads_searches_and_pages(jira: RunningJira) -> None:
    client = jira.client()

    assert client.myself()["displayName"] == "Cabbie"
    assert client.issue("old-7").key == "PAY-140"
    assert len(client.search_issues("project = BULK", maxResults=0, fields="summary")) == 120
    assert len(client.search_issues("project = BULK", maxResults=50, fields="summary")) == 50
    assert [i.key for i in client.search_issues("key = PAY-101", use_post=True, fields="summary,status")] == ["PAY-101"]
    assert [project.key for project in client.projects()] == ["BULK", "CHK", "OPS", "PAY"]
    has = client.my_permissions(projectKey="PAY", permissions="LINK_ISSUES")["permissions"]["LINK_ISSUES"]
    assert has["havePermission"]


def test_constructs_with_dead_credentials_and_finds_nothing(jira: RunningJira) -> None:
    client = JIRA(jira.url, basic_auth=(jira.secrets.jira_email, "expired"), timeout=10, max_retries=0)

    assert list(client.search_issues("key = PAY-101", fields="summary")) == []
    with pytest.raises(JIRAError) as refusal:
        client.myself()
    assert (refusal.value.status_code, refusal.value.text) == (
        401,
        "Client must be authenticated to access this resource.",
    )


def test_cannot_be_opened_with_a_bearer_token_on_cloud(jira: RunningJira) -> None:
    with pytest.raises(JIRAError) as refusal:
        JIRA(jira.url, token_auth=jira.secrets.jira_api_token, timeout=10, max_retries=0)

    assert refusal.value.status_code == 403


def test_works_behind_the_gateway(jira: RunningJira) -> None:
    cloud_id = requests.get(f"{jira.url}/_edge/tenant_info", timeout=10).json()["cloudId"]
    gateway = f"{jira.url}/ex/jira/{cloud_id}"
    client = JIRA(gateway, token_auth=jira.secrets.jira_api_token, timeout=10, max_retries=0)

    assert client.issue("PAY-101", fields="summary").key == "PAY-101"
    assert client.server_info()["baseUrl"] == jira.url


def test_asks_for_application_links_before_each_remote_link(jira: RunningJira) -> None:
    client = jira.client()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for _ in range(2):
            client.add_remote_link("PAY-101", OBJECT, globalId="a=1&b=2")
        client.remote_links("PAY-101")[0].update(object=OBJECT | {"title": "CHG2"}, globalId="a=1&b=2")

    calls = [entry.call for entry in jira.standin.diary]
    assert calls.count("GET /rest/applinks/latest/listApplicationlinks") == 2
    assert [link.object.title for link in client.remote_links("PAY-101")] == ["CHG2"]
    client.delete_remote_link("PAY-101", global_id="a=1&b=2")
    assert client.remote_links("PAY-101") == []


def test_comments_and_properties(jira: RunningJira) -> None:
    client = jira.client()
    comment = client.add_comment("PAY-101", "hello", visibility={"type": "role", "value": "Developers"})
    comment.update(body="changed")
    client.add_issue_property("PAY-101", "mark", {"a": 1})

    assert [c.body for c in client.comments("PAY-101")] == ["changed"]
    assert client.issue_property("PAY-101", "mark").value.a == 1
    comment.delete()
    assert client.comments("PAY-101") == []


def test_transitions_by_name_and_by_number(jira: RunningJira) -> None:
    client = jira.client()
    client.transition_issue("PAY-102", "done")
    client.transition_issue("PAY-101", "21", comment="back to work")

    assert client.issue("PAY-102").fields.status.name == "Done"
    assert client.issue("PAY-101").fields.status.name == "In Progress"


def test_a_data_center(data_center: RunningJira) -> None:
    client = data_center.client()

    assert client.deploymentType == "Server"
    with pytest.raises(JIRAError, match=r"An issue with key 'PAY-999' does not exist for field 'key'\."):
        client.search_issues("key in (PAY-101, PAY-999)")
    found = client.search_issues("key in (PAY-101, PAY-999)", validate_query=False, fields="summary")
    assert [issue.key for issue in found] == ["PAY-101"]
    assert len(client.search_issues("project = BULK", maxResults=0, fields="summary")) == 120


@pytest.mark.parametrize("deployment", ["Cloud", "Server"])
def test_creates_an_issue_by_the_name_of_its_type(jira: RunningJira, deployment: str) -> None:
    jira.switch(deployment=deployment)

    created = jira.client().create_issue(project="PAY", issuetype="Task", summary="Release notes")
    assert (created.key, created.fields.issuetype.name) == ("PAY-151", "Task")
