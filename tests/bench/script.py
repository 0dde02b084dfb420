"""The baseline of the road: the same deploy asked for by a plain script with ``jira`` and ``pysnow``, call after call.

What somebody writes who has an afternoon. It uses Cabbie's words (texts and card are pure functions, so that both end
states can be held against each other letter by letter) and none of its ways: no look before a create, nothing read
back, nothing done side by side, nothing remembered, and whoever kills it half-way has half a change.

    python -m tests.bench.script bench-50 1.0.1      with the same environment as Cabbie
"""

import os
import sys
import time
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit
from uuid import uuid4

import jira
import pysnow
import requests
from slack_sdk import WebClient

from bot.change.fingerprint import change_key
from bot.change.issues import deliveries
from bot.change.model import ApprovalRow, Change, Hands, Kind, Person, Progress, Release, State
from bot.change.policy import Policy, Service
from bot.change.rfc import plan_of
from bot.change.window import expiry, planned_window
from bot.ports import RemoteLink
from bot.slack.cards import card
from config.policy import read_policy
from integrations.git.client import GitHistory
from integrations.jira.fields import link_body, story_of
from integrations.servicenow.fields import ROW_COLUMNS, STATE_VALUES, columns_of, row_of
from integrations.slack.client import EVENT_TYPE

LINUS = "U0LINUS"
"""Who asks."""


@dataclass(frozen=True)
class Systems:
    """The four systems, one client each."""

    slack: WebClient
    jira: jira.JIRA
    servicenow: pysnow.Client
    git: GitHistory
    policy: Policy
    host: str


def connect(environment: Mapping[str, str]) -> Systems:
    url = environment["SERVICENOW_URL"]
    session = requests.Session()
    session.headers["Authorization"] = f"Bearer {_token(url, environment)}"
    host = urlsplit(url).netloc
    login = (environment["JIRA_EMAIL"], environment["JIRA_API_TOKEN"])
    return Systems(
        slack=WebClient(environment["SLACK_BOT_TOKEN"], base_url=environment["SLACK_API_URL"]),
        jira=jira.JIRA(environment["JIRA_URL"], basic_auth=login),
        servicenow=pysnow.Client(host=host, use_ssl=url.startswith("https:"), session=session),
        git=GitHistory(Path(environment["CABBIE_REPOSITORIES"])),
        policy=read_policy(Path(environment["CABBIE_POLICY"])),
        host=host,
    )


def _token(url: str, environment: Mapping[str, str]) -> str:
    client = {name: environment[f"SERVICENOW_{name.upper()}"] for name in ("client_id", "client_secret")}
    answer = requests.post(f"{url}/oauth_token.do", data={"grant_type": "client_credentials", **client}, timeout=60)
    return str(answer.json()["access_token"])


def deploy(environment: Mapping[str, str], service_name: str, version: str) -> str:
    """From the wish to the card, with every story linked; the number of the change."""
    systems = connect(environment)
    service = systems.policy.service(service_name)
    change = _asked(systems, service, version)
    release = _release(systems, service, version)
    window = planned_window(change.requested_at, systems.policy.window_of(service))
    plan = plan_of(change, release, service, window)
    expires_at = expiry(change.requested_at, window, systems.policy.approval_of(service))
    place = {"service": service_name, "environment": change.environment, "kind": change.kind, "sha": release.sha}
    change = replace(change, release=release, plan=plan, expires_at=expires_at, key=change_key(**place, attempt=1))
    change = _open(systems, change)
    change = _meet(systems, change)
    _post(systems, change)
    for story in release.stories:
        _link(systems, change, story.key)
    return change.number


def _asked(systems: Systems, service: Service, version: str) -> Change:
    member = systems.slack.users_info(user=LINUS)["user"]
    person = Person(
        id=LINUS,
        name=member["profile"]["real_name"],
        slack_id=LINUS,
        email=member["profile"]["email"],
        sys_user=_user(systems, member["profile"]["email"]),
    )
    return Change(
        id=uuid4().hex,
        service=service.service,
        environment="production",
        kind=Kind.DEPLOY,
        version=version,
        requested_by=person,
        requested_at=datetime.now(UTC),
        channel=service.channel,
        progress=Progress.WAITING,
    )


def _release(systems: Systems, service: Service, version: str) -> Release:
    sha = systems.git.resolve(service.repository, version)
    tag, base = systems.git.tag_before(service.repository, sha)
    commits = systems.git.commits(service.repository, base, sha)
    heard = deliveries(commits, service.projects, systems.policy.issue_deny_list)
    site = systems.jira.server_url
    stories = tuple(story_of(systems.jira.issue(key).raw, asked=key, site=site) for key in heard.keys)
    return Release(
        sha=sha,
        base_sha=base,
        base_version=tag,
        base_source="the tag before it; Cabbie has seen no deploy yet",
        commits=len(commits),
        stories=stories,
        authors=tuple(dict.fromkeys(commit.author_email for commit in commits)),
    )


def _open(systems: Systems, change: Change) -> Change:
    """A change in Assess."""
    assert change.plan and change.release
    authors = tuple(_user(systems, email) for email in change.release.authors)
    ci = _one(systems, "cmdb_ci", {"name": change.plan.configuration_item, "operational_status": "1"})["sys_id"]
    group = _one(systems, "sys_user_group", {"name": change.plan.assignment_group, "active": "true"})["sys_id"]
    columns = columns_of(change.plan, change, requested_by=change.requested_by.sys_user, ci=ci, group=group)
    table = _table(systems, "change_request")
    created = table.create(payload={**columns, "type": "normal"}).one()
    table.update(query={"sys_id": created["sys_id"]}, payload={"state": STATE_VALUES[State.ASSESS]})
    hands = Hands(requester=change.requested_by.sys_user, authors=authors)
    return replace(change, number=created["number"], sys_id=created["sys_id"], state=State.ASSESS, hands=hands)


def _meet(systems: Systems, change: Change) -> Change:
    """The approvers, and who of them is who in Slack."""
    while not (rows := _approvers(systems, change.sys_id)):
        time.sleep(0.1)  # ServiceNow's flow makes them a moment after the move
    slack_ids = {}
    for row in rows:
        member = systems.slack.users_lookupByEmail(email=row.approver_email)["user"]
        if not member["deleted"] and len(_users(systems, row.approver_email)) == 1:
            slack_ids[row.approver] = member["id"]
    return replace(change, rows=rows, slack_ids=slack_ids)


def _approvers(systems: Systems, sys_id: str) -> tuple[ApprovalRow, ...]:
    found = _table(systems, "sysapproval_approver").get(
        query={"sysapproval": sys_id}, fields=list(ROW_COLUMNS), stream=False
    )
    return tuple(sorted((row_of(row) for row in found.all()), key=lambda row: row.sys_id))


def _post(systems: Systems, change: Change) -> None:
    assert change.plan
    shown = card(change, now=datetime.now(UTC), people=change.slack_ids)
    blocks = [dict(block) for block in shown.blocks]
    metadata = {"event_type": EVENT_TYPE, "event_payload": {"marker": shown.marker}}
    posted = systems.slack.chat_postMessage(channel=change.channel, text=shown.text, blocks=blocks, metadata=metadata)
    link = systems.slack.chat_getPermalink(channel=posted["channel"], message_ts=posted["ts"])["permalink"]
    text = f"{change.plan.description}\nSlack: {link}"
    _table(systems, "change_request").update(query={"sys_id": change.sys_id}, payload={"description": text})


def _link(systems: Systems, change: Change, issue_key: str) -> None:
    link = RemoteLink(
        global_id=f"servicenow={systems.host}&sys_id={change.sys_id}",
        url=f"http://{systems.host}/nav_to.do?uri={quote(f'change_request.do?sys_id={change.sys_id}', safe='')}",
        title=f"{change.number}: {change.title}",
        summary="waiting for approval",
        status="waiting",
        resolved=False,
        icon="waiting",
    )
    body = link_body(link)
    with warnings.catch_warnings():  # the library asks for all application links first, and warns that it may not
        warnings.simplefilter("ignore")
        systems.jira.add_remote_link(
            issue_key,
            destination=body["object"],
            globalId=body["globalId"],
            application=body["application"],
            relationship=body["relationship"],
        )


def _user(systems: Systems, email: str) -> str:
    return str(_users(systems, email)[0]["sys_id"])


def _users(systems: Systems, email: str) -> Sequence[Mapping[str, Any]]:
    found = _table(systems, "sys_user").get(query={"email": email, "active": "true"}, stream=False)
    return list(found.all())


def _one(systems: Systems, table: str, query: Mapping[str, str]) -> Mapping[str, Any]:
    found: Mapping[str, Any] = _table(systems, table).get(query=dict(query), stream=False).one()
    return found


def _table(systems: Systems, name: str) -> Any:
    resource = systems.servicenow.resource(api_path=f"/table/{name}")
    resource.parameters.exclude_reference_link = True
    return resource


if __name__ == "__main__":
    print(deploy(os.environ, *sys.argv[1:]))
