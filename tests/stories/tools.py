"""What other tools do: post in Slack in their own words, edit their posts, answer below them, send their webhooks."""

import hashlib
import hmac
import itertools
import json
import secrets
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import requests

from tests.stories.telling import NUMBERS, let_slack_be_quick, policy_file, repository_of
from tests.stories.town import CHANNELS, PEOPLE, Town, town

ELSEWHERE = "C0CHECKOUT"
"""Where a service is announced, and the tools' app is not heard."""
COMPLETE, DISMISS, WHY = "announcement.complete", "announcement.dismiss", "announcement.why"
PEOPLE_CALLED = {"linus-t": "linus@acme.example", "ada-l": "ada@acme.example", "mhale": "margaret@acme.example"}
EVENTS = itertools.count(5001)
Message = dict[str, Any]


@contextmanager
def town_of_tools(directory: Path) -> Iterator[Town]:
    """Where one app speaks for all tools, in two channels, and its pipelines wait at the gate."""

    def rules(policy: dict[str, Any]) -> None:
        heard_in = [CHANNELS["payments"], CHANNELS["platform"]]
        policy["announcers"] = [{"app": "A0PIPELINE", "channels": heard_in, "waits_at_gate": True}]
        policy["names"] = [{"pattern": "deploy-pay-api-(?P<environment>[a-z]+)", "service": "payments"}]
        policy["people"] = PEOPLE_CALLED

    known = {name: [secrets.token_hex(20)] for name in ("github", "gitlab", "argocd", "jenkins", "cdevents")}
    settings = {"CABBIE_POLICY": policy_file(directory, rules), "CABBIE_WEBHOOK_SECRET": json.dumps(known)}
    settings["CABBIE_MESSAGE_PATIENCE"] = "PT0.5S"  # less than a restart takes: what was not sent is sent at once
    with town(directory, **settings) as place:
        yield let_slack_be_quick(place)


def commit(place: Town, message: str = "PAY-101: retry once more", **author: str) -> tuple[str, str]:
    """A version of the story's own, and its sha."""
    version = f"3.0.{next(NUMBERS)}"
    return version, repository_of(place, "payments").commit(message, tag=f"v{version}", **author)


# ---------------------------------------------------------------------------------------------------------- in Slack


def says(
    place: Town, message: Message | str, *, channel: str = "payments", below: str = "", app: str = "pipeline"
) -> str:
    """A tool posts; the ts. below: of the post in whose thread it stands."""
    body = {"text": message} if isinstance(message, str) else message
    answer = place.standins.post("slack", f"apps/{app}/message", channel=CHANNELS[channel], thread_ts=below, **body)
    assert answer["ok"], answer
    return str(answer["ts"])


def edits(place: Town, ts: str, message: Message | str, *, channel: str = "payments") -> None:
    """The tool puts something else in its place."""
    body = {"text": message} if isinstance(message, str) else message
    answer = place.standins.post("slack", "apps/pipeline/edit", channel=CHANNELS[channel], ts=ts, **body)
    assert answer["ok"], answer


def github_card(status: str, sha: str, actor: str = "linus-t", environment: str = "production") -> Message:
    """As GitHub's app posts a deployment, and edits it as it goes on."""
    at = "https://github.com/acme/payments"
    fields = [
        {"title": "Status", "value": status, "short": True},
        {"title": "Commit", "value": f"<{at}/commit/{sha}|`{sha[:7]} (main)`>", "short": True},
    ]
    return {
        "text": f"Deployment to <{at}/deployments|{environment}> by <https://github.com/{actor}|{actor}>",
        "attachments": [{"color": "dbab09", "fields": fields, "footer": f"<{at}|acme/payments>"}],
    }


def jenkins(words: str, job: str) -> Message:
    """As the Slack Notification plugin posts a job's build."""
    line = f"{job} - #51 {words} (<https://ci.acme.example/job/{job}/51/|Open>)"
    return {"text": "", "attachments": [{"color": "good", "fallback": line, "fields": [{"value": line}]}]}


def written_by(place: Town, who: str, text: str, channel: str = "payments") -> str:
    """A person writes it, which no app does."""
    answer = place.standins.post("slack", f"people/{PEOPLE[who]}/message", channel=CHANNELS[channel], text=text)
    assert answer["ok"], answer
    return str(answer["ts"])


def opened_by(place: Town, deed: Callable[[], object]) -> str:
    """The number of the one change that it opens, once its approvers are called on a card."""
    known = {change["number"] for change in place.changes()}
    told = deed()
    new = place.until(
        lambda: [c["number"] for c in place.changes() if c["number"] not in known], f"a change ({told!r})"
    )
    place.until_card("approve", number=new[0])
    return str(new[0])


def below(place: Town, ts: str, channel: str = "payments") -> list[Message]:
    """What stands in the thread of a post."""
    return [m for m in place.messages(channel) if m.get("thread_ts") == ts and m["ts"] != ts]


def question(place: Town, ts: str, words: str, channel: str = "payments") -> Message:
    """The one thing that stands below a post, once it says this."""

    def look() -> Message | None:
        found = below(place, ts, channel)
        return found[0] if found and words in found[0]["text"] else None

    asked = place.until(look, f"“{words}” below the post")
    assert len(below(place, ts, channel)) == 1
    return asked


def buttons_of(message: Message) -> dict[str, Message]:
    """By action_id; each knows its block."""
    found = [(b, e) for b in message.get("blocks", []) for e in b.get("elements", []) if "action_id" in e]
    return {element["action_id"]: {**element, "block_id": block["block_id"]} for block, element in found}


def press_below(place: Town, who: str, asked: Message, action_id: str, channel: str = "payments") -> None:
    place_of = {"channel": CHANNELS[channel], "ts": asked["ts"], "block_id": buttons_of(asked)[action_id]["block_id"]}
    answer = place.standins.post("slack", f"people/{PEOPLE[who]}/click", action_id=action_id, **place_of)
    assert answer["ok"], answer


def form_of(place: Town, who: str) -> Message:
    """What is open before somebody."""
    return place.until(lambda: place.screen(who)["views"][-1], f"a form for {who}")


def inputs(view: Message) -> list[str]:
    return [block["block_id"] for block in view["blocks"] if block["type"] == "input"]


def submit_asker(place: Town, who: str, view: Message, asker: str) -> dict[str, Any]:
    """Say in the form who asked for it."""
    block = next(b for b in view["blocks"] if b["block_id"] == "requested_by")
    value = {"type": "users_select", "selected_user": PEOPLE[asker]}
    values = {"requested_by": {block["element"]["action_id"]: value}}
    answer: dict[str, Any] = place.standins.post(
        "slack", f"people/{PEOPLE[who]}/submit", view_id=view["id"], values=values
    )
    return answer


def was_it_heard(place: Town, who: str, ts: str, channel: str = "payments") -> str:
    """What the shortcut on a message shows; closed again."""
    about = {"callback_id": WHY, "channel": CHANNELS[channel], "ts": ts}
    answer = place.standins.post("slack", f"people/{PEOPLE[who]}/shortcut", **about)
    assert answer["ok"], answer
    view = form_of(place, who)
    place.standins.post("slack", f"people/{PEOPLE[who]}/close", view_id=view["id"])
    return json.dumps(view["blocks"], ensure_ascii=False)


# ---------------------------------------------------------------------------------------------------------- webhooks


def github_says(place: Town, payload: dict[str, Any], *, secret: str = "") -> requests.Response:
    """Signed as GitHub does, unless with another secret."""
    body = json.dumps(payload).encode()
    signature = hmac.new((secret or _secret(place, "github")).encode(), body, hashlib.sha256).hexdigest()
    return _send(place, "github", body, {"x-hub-signature-256": f"sha256={signature}"})


def jenkins_says(place: Town, payload: dict[str, Any]) -> requests.Response:
    return _send(
        place, "jenkins", json.dumps(payload).encode(), {"authorization": f"Bearer {_secret(place, 'jenkins')}"}
    )


def _secret(place: Town, sender: str) -> str:
    return str(json.loads(place.environment["CABBIE_WEBHOOK_SECRET"])[sender][0])


def _send(place: Town, sender: str, body: bytes, proof: dict[str, str]) -> requests.Response:
    headers = {"content-type": "application/json", **proof}
    return requests.post(f"http://127.0.0.1:{place.bot.port}/webhooks/{sender}", data=body, headers=headers, timeout=15)


def github_status(state: str, sha: str, *, deployment: int, at: datetime | None = None, **more: Any) -> dict[str, Any]:
    """A deployment's status, as GitHub's webhook tells it. at: when it was set."""
    moment = (at or datetime.now(UTC)).strftime("%Y-%m-%dT%H:%M:%SZ")
    about = {"id": deployment, "sha": sha, "ref": "main", "task": "deploy", "environment": "production", "payload": {}}
    return {
        "action": "created",
        "deployment": about | {"creator": {"login": "linus-t", "type": "User"}, "created_at": moment} | more,
        "deployment_status": {"id": next(EVENTS), "state": state, "created_at": moment},
        "repository": {"full_name": "acme/payments", "html_url": "https://github.com/acme/payments"},
        "sender": {"login": "linus-t"},
    }


# ------------------------------------------------------------------------------------------------------ what is kept


def history(place: Town, number: str) -> list[str]:
    """What Cabbie's API tells of a change, line by line."""
    told = place.api("GET", f"/api/v1/changes/{number}").json()
    return [line["sentence"] for line in told["history"]]


def outcome(place: Town, number: str) -> str | None:
    told: str | None = place.api("GET", f"/api/v1/changes/{number}").json()["outcome"]
    return told


def kept(place: Town) -> dict[str, int]:
    """How much of what was said at the doors is remembered, by table."""
    path = place.database_url.removeprefix("sqlite:///")
    tables = ("cabbie_heard", "cabbie_changes", "cabbie_posts")
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10) as memory:
        return {table: memory.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables}


def all_delivered(place: Town, events: int) -> None:
    """Each event since the deliveries were forgotten was taken by Cabbie, that is: written down, or nothing to it."""
    place.until(
        lambda: sum(d["status"] == 200 for d in place.standins.get("slack", "deliveries") if d["event_id"]) >= events,
        f"{events} events delivered",
    )
