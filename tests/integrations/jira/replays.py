"""Each of the vendor's examples, and how it is asked of our site."""

from collections.abc import Callable
from typing import Any

import requests

from tests.integrations.jira.apps import app_of
from tests.integrations.jira.conftest import RunningJira
from tests.integrations.jira.golden import ROOT, Replay, golden

DOCUMENT = {"type": "doc", "version": 1, "content": [{"type": "paragraph", "content": [{"type": "text", "text": "x"}]}]}


def switch(**switches: Any) -> Callable[[RunningJira], None]:
    return lambda jira: jira.switch(**switches)


def public(jira: RunningJira) -> None:
    """What was recorded was asked by a stranger of a public site."""
    jira.switch(public_projects=["PAY"])


def closing(jira: RunningJira) -> None:
    jira.change("OPS-7", status="In Progress")


def linked(jira: RunningJira) -> None:
    for name in ("create_remote_link_201", "update_remote_link_200"):
        jira.call("POST", "/issue/PAY-101/remotelink", golden(name)["request"]["body"], version="3")


def commented(jira: RunningJira) -> None:
    jira.switch(roles=["Administrators"])
    jira.call("POST", "/issue/PAY-101/comment", golden("add_comment_v3_201")["request"]["body"], version="3")


def marked(jira: RunningJira) -> None:
    value = golden("get_issue_property_200")["response"]["body"]["value"]
    jira.call("PUT", "/issue/PAY-101/properties/issue.support", value)


def gated(jira: RunningJira) -> None:
    app = app_of(jira)
    told = golden("deployments_bulk_202")["request"]["body"]
    app.ask("POST", f"/jira/deployments/0.1/cloud/{app.cloud_id}/bulk", told).raise_for_status()
    key = told["deployments"][0]
    decision = {"pipeline": key["pipeline"]["id"], "environment": key["environment"]["id"], "number": 100}
    decision |= {"gate": "allowed", "request": "ABC-123"}
    requests.post(f"{jira.url}/_standin/deployments/gate", json=decision, timeout=10).raise_for_status()


def without_assignee() -> dict[str, Any]:
    """The example's own body, but for a field that is on no screen here; the folder may be absent."""
    body: dict[str, Any] = golden("do_transition_204")["request"]["body"] if ROOT else {"fields": {}}
    return body | {"fields": {name: value for name, value in body["fields"].items() if name != "assignee"}}


GATE = "/jira/deployments/0.1/cloud/{cloud}/pipelines/e9c906a7-451f-4fa6-ae1a-c389e2e2d87c/environments"
GATE += "/8ec94d72-a4fc-4ac0-b31d-c5a595f373ba/deployments/100/gating-status"
V2, V3, ONE = "/rest/api/2", "/rest/api/3", "/issue/PAY-101"
HOOK_URL = "https://your-app.example.com/webhook-received"
HOOKS = [
    {"events": ["jira:issue_created"], "fieldIdsFilter": ["summary"], "jqlFilter": "project = PAY"},
    {"events": ["jira:issue_deleted"], "jqlFilter": "watchCount = 1"},
    {"events": ["issue_property_set"], "issuePropertyKeysFilter": ["k"], "jqlFilter": "project = PAY"},
]
OF_PROJECT = ("insight", "projectCategory")
NOT_MODELLED = frozenset(
    {f"issues[].fields.project.{name}" for name in OF_PROJECT}
    | {f"issues[].fields.assignee.{name}" for name in ("key", "name")}  # empty on Cloud since 2019
    | {"issues[].fields.assignee.emailAddress"}  # hidden, as people's settings have it
    | {f"{place}fields.updated" for place in ("", "issues[].")}  # a number there, a moment everywhere else
    | {f"fields.project.{name}" for name in OF_PROJECT}
    | {
        f"{place}fields.{n}"
        for place in ("", "issues[].")
        for n in ("watcher", "attachment", "sub-tasks", "issuelinks")
    }
    | {f"{place}fields.{n}" for place in ("", "issues[].") for n in ("worklog", "timetracking")}
    | {f"{place}fields.comment" for place in ("", "issues[].")}  # a list there, a page on every real site
)
SCREEN = frozenset({"transitions[].fields.summary"})  # another screen; fields are held against the description
# the example → how it is asked here
REPLAYS: dict[str, Replay] = {
    "add_comment_v2_201": Replay(V2 + ONE + "/comment", switch(roles=["Administrators"])),
    "add_comment_v3_201": Replay(V3 + ONE + "/comment", switch(roles=["Administrators"])),
    "approximate_count_200": Replay(V3 + "/search/approximate-count", body={"jql": "project = PAY"}),
    "bulkfetch_200": Replay(
        V3 + "/issue/bulkfetch",
        body={
            "issueIdsOrKeys": ["PAY-101", "10003"],
            "fields": ["summary", "project", "assignee"],
            "expand": ["names"],
        },
        lacks=NOT_MODELLED,
    ),
    "comment_list_by_ids_200": Replay(V3 + "/comment/list?expand=properties", commented, {"ids": [10000]}),
    "create_remote_link_201": Replay(V3 + ONE + "/remotelink"),
    "create_remote_link_400_title": Replay(V3 + ONE + "/remotelink", is_exact=True),
    "delete_remote_link_by_globalid_204": Replay(
        V3 + ONE + "/remotelink?globalId=system%3Dhttp://www.mycompany.com/support%26id%3D1", linked
    ),
    "deployments_bulk_202": Replay("/jira/deployments/0.1/cloud/{cloud}/bulk", login="app"),
    "do_transition_204": Replay(V3 + "/issue/OPS-7/transitions", closing, without_assignee()),
    "do_transition_lib_v2_204": Replay(
        V2 + "/issue/OPS-7/transitions",
        lambda jira: jira.change("OPS-7", status="To Do"),
        {"transition": {"id": 4}, "update": {"comment": [{"add": {"body": "deployed"}}]}, "fields": {}},
    ),
    "error_400_comment_not_adf": Replay(V3 + ONE + "/comment", public, login="none", is_exact=True),
    "error_400_comment_too_long": Replay(V2 + ONE + "/comment", body={"body": "x" * 32_768}, is_exact=True),
    "error_400_field_not_on_screen": Replay(V3 + ONE, public, login="none", is_exact=True),
    "error_400_jql_bad_key_syntax": Replay(V2 + "/search?jql=key in (1.0)", switch(deployment="Server"), is_exact=True),
    "error_400_jql_unbounded": Replay(V3 + "/search/jql?jql=order by key", login="none", is_exact=True),
    "error_400_jql_unknown_key_dc": Replay(
        V2 + "/search?jql=key in (PAY-101,ABC-999,ABC-998)", switch(deployment="Server"), is_exact=True
    ),
    "error_400_json_unparsable": Replay(V3 + "/issue", public, login="none", is_exact=True),
    "error_400_max_results": Replay(
        V3 + "/search/jql?jql=project=PUB&maxResults=6000&fields=id", login="none", is_exact=True
    ),
    "error_400_next_page_token": Replay(
        V3 + "/search/jql?jql=project=PUB&nextPageToken=garbage", login="none", is_exact=True
    ),
    "error_400_search_body_unknown_property": Replay(V3 + "/search/jql", login="none", is_exact=True),
    "error_400_transition_field_required": Replay(V2 + "/issue/OPS-7/transitions", closing, is_exact=True),
    "error_400_transition_invalid": Replay(V2 + ONE + "/transitions", is_exact=True),
    "error_400_transition_missing": Replay(V3 + ONE + "/transitions", public, login="none", is_exact=True),
    "error_401_myself": Replay(V3 + "/myself", login="dead"),
    "error_403_bearer_unreadable": Replay(V3 + "/serverInfo", login="bearer", is_exact=True),
    "error_404_gateway_unknown_cloudid": Replay(
        "/ex/jira/00000000-0000-0000-0000-000000000000/rest/api/3/myself", login="none"
    ),
    "error_404_issue": Replay(V3 + "/issue/NOPE-999999", login="none", is_exact=True),
    "error_404_unknown_path_problem_json": Replay(
        V3 + ONE + "/no-such-thing", login="none", is_exact=True, puts=(("PUB-1", "PAY-101"),)
    ),
    "error_410_search_removed": Replay(V3 + "/search", login="none", is_exact=True),
    "error_429_burst": Replay(V3 + ONE, switch(burst_capacity=2), until=429, is_exact=True),
    "error_429_per_issue_write": Replay(V3 + ONE + "/comment", body={"body": DOCUMENT}, until=429, is_exact=True),
    "error_429_quota": Replay(
        "/ex/jira/{cloud}/rest/api/3/issue/PAY-101", switch(quota_points=1), login="app", until=429, is_exact=True
    ),
    "gating_status_200": Replay(GATE, gated, login="app"),
    "get_comments_200": Replay(V3 + ONE + "/comment?orderBy=-created&startAt=0&maxResults=100", commented),
    "get_issue_200": Replay(V3 + ONE + "?fields=*all", lacks=NOT_MODELLED),
    "get_issue_property_200": Replay(V3 + ONE + "/properties/issue.support", marked, is_exact=True),
    "get_remote_link_by_id_200": Replay(V3 + ONE + "/remotelink/10000", linked),
    "get_remote_links_200": Replay(V3 + ONE + "/remotelink", linked),
    "get_transitions_200": Replay(V3 + "/issue/OPS-7/transitions?expand=transitions.fields", closing, lacks=SCREEN),
    "myself_200": Replay(V3 + "/myself?expand=groups,applicationRoles", lacks=frozenset({"key", "name"})),
    "put_issue_property_200": Replay(
        V3 + ONE + "/properties/com.acme.change-bot",
        lambda jira: jira.call("PUT", f"{ONE}/properties/com.acme.change-bot", {"changes": []}),
    ),
    "put_issue_property_201": Replay(V3 + ONE + "/properties/com.acme.change-bot"),
    "register_webhook_200": Replay(
        "/ex/jira/{cloud}/rest/api/3/webhook", body={"url": HOOK_URL, "webhooks": HOOKS}, login="app"
    ),
    "search_jql_dead_token_200": Replay(V3 + "/search/jql?jql=project = ABC", login="dead", is_exact=True),
    "search_jql_get_200": Replay(V3 + "/search/jql?jql=project=PAY&fields=*all", lacks=NOT_MODELLED),
    "search_jql_get_200_page1": Replay(V3 + "/search/jql?jql=project=PAY&fields=summary&maxResults=1"),
    "search_jql_post_200": Replay(
        V3 + "/search/jql", body={"jql": "project = PAY", "fields": ["*all"], "maxResults": 50}, lacks=NOT_MODELLED
    ),
    "search_jql_unknown_key_200_anonymous": Replay(
        V3 + "/search/jql?jql=key = PUB-99999999", public, login="none", is_exact=True
    ),
    "server_info_200": Replay(
        V3 + "/serverInfo", lacks=frozenset({"displayUrlConfluence", "displayUrlServicedeskHelpCenter"})
    ),
    "server_info_cloud_200": Replay(
        V2 + "/serverInfo", lacks=frozenset({"displayUrlConfluence", "displayUrlServicedeskHelpCenter"})
    ),
    "server_info_dc_200": Replay(V2 + "/serverInfo", switch(deployment="Server")),
    "transitions_unknown_id_200": Replay(
        V3 + ONE + "/transitions?transitionId=999", public, login="none", is_exact=True
    ),
    "update_remote_link_200": Replay(V3 + ONE + "/remotelink", linked),
}
