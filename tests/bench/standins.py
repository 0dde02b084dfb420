"""How long the stand-ins take for one call, nearly empty and with a bank's years in them.

``python -m tests.bench.standins`` asks in-process, without a socket: what is measured is the stand-in alone."""

import asyncio
import json
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
from rich.console import Console
from rich.table import Table

from integrations.jira import sandbox as jira
from integrations.servicenow.sandbox import open_instance
from integrations.servicenow.sandbox.data.store import SYSTEM
from integrations.slack import sandbox as slack
from integrations.slack.sandbox.people import User
from integrations.slack.sandbox.posting import Content, post
from integrations.standin.secrets import invent
from integrations.standin.wire import Standin
from integrations.standin.world import load_world

FEW, CHANGES, ISSUES, MESSAGES = 20, 10_000, 100_000, 10_000
ROUNDS = 100
KEY = "cabbie-{:040x}"


@dataclass(frozen=True)
class Call:
    name: str
    method: str
    path: str
    body: Any = None


@dataclass(frozen=True)
class Filled:
    """A stand-in with so much in it, and what is asked of it; ``{n}`` in a call is the round's number."""

    standin: Standin
    login: dict[str, str]
    calls: tuple[Call, ...]


def servicenow(changes: int) -> Filled:
    """Four approver rows and three tasks with each change."""
    inst, standin = open_instance(load_world(), invent())
    inst.switches["flow_seconds"] = 0
    users = [user.sys_id for user in inst.store.rows("sys_user")[:4]]
    for number in range(changes):
        about = {"short_description": f"Deploy {number}", "correlation_id": KEY.format(number)}
        change = inst.store.insert("change_request", about, SYSTEM)
        for user in users:
            row = {"sysapproval": change.sys_id, "approver": user, "state": "requested"}
            inst.store.insert("sysapproval_approver", {**row, "source_table": "change_request"}, SYSTEM)
        for _ in range(3):
            inst.store.insert("change_task", {"change_request": change.sys_id, "parent": change.sys_id}, SYSTEM)
    known = inst.store.rows("change_request")[:FEW]
    one, ids = known[0].sys_id, ",".join(change.sys_id for change in known)
    table, api = "/api/now/table", "/api/sn_chg_rest/v1/change"
    fields = "sysparm_fields=sys_id,state,sysapproval,approver,sys_updated_on,sys_mod_count"
    poll = f"{fields}&sysparm_query=sysapprovalIN{ids}^sys_updated_on>=2020-01-01 00:00:00^ORDERBYsys_updated_on"
    return Filled(
        standin,
        {"client_id": inst.secrets.servicenow_client_id, "client_secret": inst.secrets.servicenow_client_secret},
        (
            Call("read a change", "GET", f"{api}/{one}"),
            Call("amend a change", "PATCH", f"{api}/{one}", {"justification": "Because {n}"}),
            Call("find by its key", "GET", f"{table}/change_request?sysparm_query=correlation_id={KEY.format(7)}"),
            Call("poll 20 changes", "GET", f"{table}/sysapproval_approver?{poll}"),
            Call("open a change", "POST", api, {"short_description": "Deploy", "correlation_id": "new-{n}"}),
        ),
    )


def jira_cloud(issues: int) -> Filled:
    world, secrets = load_world(), invent()
    world["jira"]["projects"]["BULK"]["count"] = issues
    link = {"globalId": "a={n}", "object": {"url": "https://a.example", "title": "CHG1"}}
    document = {
        "type": "doc",
        "version": 1,
        "content": [{"type": "paragraph", "content": [{"type": "text", "text": "x"}]}],
    }
    api = "/rest/api/3"
    standin = jira.build(world, secrets)
    standin.switches.update(limits_writes=False, burst_capacity=0)
    return Filled(
        standin,
        {"email": secrets.jira_email, "token": secrets.jira_api_token},
        (
            Call("read an issue", "GET", f"{api}/issue/BULK-7"),
            Call(
                "read 20 at once",
                "POST",
                f"{api}/issue/bulkfetch",
                {"issueIdsOrKeys": [f"BULK-{n}" for n in range(1, 21)]},
            ),
            Call("find by key", "GET", f"{api}/search/jql?jql=key in (BULK-7)&fields=summary"),
            Call("link an issue", "POST", f"{api}/issue/PAY-101/remotelink", link),
            Call("comment on an issue", "POST", f"{api}/issue/BULK-9/comment", {"body": document}),
        ),
    )


def slack_workspace(messages: int) -> Filled:
    secrets = invent()
    workspace = slack.build(load_world(), secrets)
    workspace.switches.update(tiers={}, message_rate_per_second=0)
    for n in range(messages // 20):
        workspace.users[f"U9{n:05d}"] = User(
            f"U9{n:05d}", f"p{n}", f"Person {n}", workspace.team.id, f"p{n}@acme.example"
        )
    for n in range(messages):
        post(workspace, "C0PAYMENTS", Content(text=f"message {n}"), app=workspace.us)
    first = workspace.timeline.of("C0PAYMENTS")[0].ts
    blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": "x" * 500}}] * 6
    return Filled(
        workspace.standin,
        {"bot": secrets.slack_bot_token},
        (
            Call("auth.test", "POST", "/api/auth.test", {}),
            Call("users.info", "POST", "/api/users.info?user=U0ADA", {}),
            Call(
                "post a card", "POST", "/api/chat.postMessage", {"channel": "C0PAYMENTS", "text": "x", "blocks": blocks}
            ),
            Call("edit a card", "POST", "/api/chat.update", {"channel": "C0PAYMENTS", "ts": first, "text": "{n}"}),
            Call("read the history", "POST", "/api/conversations.history?channel=C0PAYMENTS&limit=15", {}),
        ),
    )


def main() -> None:
    table = Table("stand-in", "call", f"{FEW} in it", "full", "ratio", title="Median milliseconds of one call")
    for name, fill, full in (
        ("ServiceNow", servicenow, CHANGES),
        ("Jira", jira_cloud, ISSUES),
        ("Slack", slack_workspace, MESSAGES),
    ):
        few, many = asyncio.run(measured(fill(FEW))), asyncio.run(measured(fill(full)))
        for call, small, large in zip(few, few.values(), many.values(), strict=True):
            table.add_row(f"{name}, {full:,}", call, f"{small:.2f}", f"{large:.2f}", f"×{large / small:.1f}")
    Console().print(table)


async def measured(filled: Filled) -> dict[str, float]:
    """Median milliseconds by call."""
    transport = httpx.ASGITransport(app=filled.standin.app)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:9", timeout=60) as client:
        await _sign_in(client, filled.login)
        return {call.name: statistics.median([took async for took in _took(client, call)]) for call in filled.calls}


async def _sign_in(client: httpx.AsyncClient, login: dict[str, str]) -> None:
    if "client_id" in login:
        answer = await client.post("/oauth_token.do", data={"grant_type": "client_credentials", **login})
        client.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
    elif "email" in login:
        client.auth = httpx.BasicAuth(login["email"], login["token"])
    else:
        client.headers["Authorization"] = f"Bearer {login['bot']}"


async def _took(client: httpx.AsyncClient, call: Call) -> Any:
    for n, body in zip(range(ROUNDS), _bodies(call.body), strict=False):
        started = time.perf_counter()
        answer = await client.request(call.method, call.path, content=body, headers=JSON)
        yield (time.perf_counter() - started) * 1000
        if not answer.is_success or answer.json().get("ok") is False:
            raise RuntimeError(f"{call.name}, round {n}: {answer.status_code} {answer.text[:300]}")


JSON = {"Content-Type": "application/json", "Accept": "application/json"}


def _bodies(body: Any) -> Iterator[str | None]:
    text = None if body is None else json.dumps(body)
    for n in range(ROUNDS):
        yield text.replace("{n}", str(n)) if text else None


if __name__ == "__main__":
    main()
