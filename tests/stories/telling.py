"""What several stories say in the same words: ask for a deploy, wait for a word, read the ledger, change the policy."""

import hashlib
import hmac
import itertools
import json
import sqlite3
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import requests
import yaml

from tests.stories.processes import ROOT
from tests.stories.source import Repository
from tests.stories.town import CHANNELS, PEOPLE, Town

NUMBERS = itertools.count(1)
AT_ONCE = 3.0
"""Seconds: Slack's own limit, and a person's patience."""


def policy_file(directory: Path, edit: Callable[[dict[str, Any]], None]) -> str:
    """The sandbox's policy with something else decided; its path."""
    policy = yaml.safe_load((ROOT / "config" / "policy.yaml").read_text())
    edit(policy)
    path = directory / "policy.yaml"
    path.write_text(yaml.safe_dump(policy))
    return str(path)


def service(policy: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(s for s in policy["services"] if s["service"] == name)
    return found


def let_slack_be_quick(place: Town) -> Town:
    """Slack's limits are told elsewhere; here nobody wants to wait for them."""
    place.standins.post("slack", "switches", message_rate_per_second=50.0, message_burst=50)
    return place


# --------------------------------------------------------------------------------------------------------- the road


def release(place: Town, message: str = "PAY-101: retry once more", *, of: str = "payments", **author: str) -> str:
    """One more commit, tagged: a version of the story's own. Margaret writes it unless somebody else is named."""
    version = f"3.0.{next(NUMBERS)}"
    repository_of(place, of).commit(message, tag=f"v{version}", **author)
    return version


def repository_of(place: Town, name: str) -> Repository:
    return Repository(Path(place.environment["CABBIE_REPOSITORIES"]) / f"{name}.git")


def ask(place: Town, who: str, words: str, *, channel: str = "payments") -> str:
    """Ask for a deploy; the number of its change once it is there."""
    known = {change["number"] for change in place.changes()}
    answer = place.type(who, f"/deploy {words}", channel=channel)
    assert answer["ok"], answer
    change = place.until(
        lambda: next((c for c in place.changes() if c["number"] not in known), None),
        f"a change for {words} ({place.said_to(answer)})",
    )
    return str(change["number"])


def ask_and_wait(place: Town, who: str, words: str, *, channel: str = "payments") -> str:
    """Ask, and wait until the approvers are called on the card."""
    number = ask(place, who, words, channel=channel)
    place.until(lambda: has_button(place, "change.approve", number, channel), f"{number}'s card with Approve")
    return number


def to_the_cab(place: Town, number: str, *, by: str = "ada", channel: str = "payments") -> str:
    """The team's approver approves; wait until the CAB is called."""
    place.press(by, "change.approve", number=number, channel=channel)
    place.until_state("authorize", number)
    place.until(lambda: calls(place, number, channel), f"the CAB is called for {number}")
    return number


def through_both(place: Town, number: str, *, channel: str = "payments") -> str:
    """Approved by the team and the CAB."""
    to_the_cab(place, number, channel=channel)
    place.press("grace", "change.approve", number=number, channel=channel)
    place.until(lambda: place.change(number)["approval"] == "approved", f"{number} approved")
    return number


def clear(place: Town, number: str, *, channel: str = "payments") -> str:
    """Approved by both, moved, and said on the card."""
    through_both(place, number, channel=channel)
    place.until_state("implement", number)
    place.until_card("cleared until", number=number, channel=channel)
    return number


# ------------------------------------------------------------------------------------------------------- what is seen


def has_button(place: Town, action_id: str, number: str, channel: str = "payments") -> bool:
    return action_id in buttons(place, number, channel)


def button(place: Town, number: str, action_id: str, channel: str = "payments") -> dict[str, Any]:
    card = place.card(channel, number)
    return next(e for b in card["blocks"] for e in b.get("elements", []) if e.get("action_id") == action_id)


def buttons(place: Town, number: str, channel: str = "payments") -> list[str]:
    card = place.card(channel, number)
    return [e["action_id"] for b in card["blocks"] for e in b.get("elements", []) if "action_id" in e]


def shown(place: Town, number: str, channel: str = "payments") -> str:
    """Everything on the card, as one text."""
    return json.dumps(place.card(channel, number), ensure_ascii=False)


def thread(place: Town, number: str, channel: str = "payments") -> list[dict[str, Any]]:
    """What was said below a card."""
    ts = place.card(channel, number)["ts"]
    return [m for m in place.messages(channel) if m.get("thread_ts") == ts and m["ts"] != ts]


def calls(place: Town, number: str, channel: str = "payments") -> list[dict[str, Any]]:
    """Thread replies that call the CAB."""
    return [m for m in thread(place, number, channel) if "waits for the CAB" in m["text"]]


def row(place: Town, number: str, who: str, group: str = "") -> dict[str, Any]:
    """One person's approver row, the latest."""
    rows = [r for r in place.change(number)["approvals"] if r["approver"] == who and group in r["group"]]
    return dict(rows[-1])


def wait_for_row(place: Town, number: str, who: str, state: str) -> dict[str, Any]:
    return place.until(
        lambda: (r := row(place, number, who)) and r["state"] == state and r, f"{who}'s row on {number} is {state}"
    )


# ------------------------------------------------------------------------------------------------- being told by Cabbie


@dataclass(frozen=True)
class Told:
    """What one person heard after one deed, and how soon."""

    words: tuple[str, ...]
    first_after: float


def told(place: Town, who: str, deed: Callable[[], object], *, channel: str = "payments", words: str = "") -> Told:
    """Do it; wait until the person alone was told, and then what became of it (words in the last whisper)."""
    before = len(place.whispers(who, channel))
    start = time.monotonic()
    deed()
    place.until(lambda: len(place.whispers(who, channel)) > before, f"{who} is told that it was heard")
    first_after = time.monotonic() - start
    place.until(
        lambda: (
            len(place.whispers(who, channel)) > before + 1
            and any(words.lower() in said.lower() for said in place.whispers(who, channel)[before + 1 :])
        ),
        f"{who} is told what became of it ({words!r})",
    )
    return Told(tuple(place.whispers(who, channel)[before:]), first_after)


def refused(
    place: Town, who: str, number: str, words: str, *, action: str = "change.approve", channel: str = "payments"
) -> str:
    """Press a button in vain: one sentence to the presser alone, one ledger entry, nobody else hears of it."""
    entries_before = len(entries(place, number, "refused"))
    click = lambda: place.press(who, action, number=number, channel=channel)  # noqa: E731
    heard = told(place, who, click, channel=channel, words=words)
    assert heard.first_after < AT_ONCE, heard
    assert len(heard.words) == 2, heard
    sentence = heard.words[-1]
    assert len(entries(place, number, "refused")) == entries_before + 1
    assert entries(place, number, "refused")[-1]["sentence"].split()[:3] == sentence.split()[:3]
    assert not any(sentence[:40] in m["text"] for m in thread(place, number, channel))
    return sentence


# --------------------------------------------------------------------------------------------------------- the ledger


ENTRIES = """
SELECT e.seq, e.at, e.kind, e.actor, b.body FROM cabbie_ledger e LEFT JOIN cabbie_ledger_bodies b ON b.seq = e.seq
WHERE ? = '' OR e.change_id IN (SELECT id FROM cabbie_changes WHERE number = ?) ORDER BY e.seq"""


def entries(place: Town, number: str = "", kind: str = "") -> list[dict[str, Any]]:
    """The ledger's entries, oldest first: kind, actor, at and what the body says."""
    found = []
    for seq, at, entry_kind, actor, body in _ask(place, ENTRIES, number, number):
        if kind in ("", entry_kind):
            found.append({**json.loads(body or "{}"), "seq": seq, "at": at, "kind": entry_kind, "actor": actor})
    return found


def findings(place: Town, kind: str) -> list[str]:
    """Sentences of the findings of one kind."""
    return [s for (s,) in _ask(place, "SELECT sentence FROM cabbie_findings WHERE kind = ? ORDER BY at", kind)]


def gate(place: Town, service: str = "payments", version: str = "2.4.1", **more: str) -> dict[str, Any]:
    answer: dict[str, Any] = place.api(
        "GET", "/api/v1/gate", params={"service": service, "version": version, **more}
    ).json()
    return answer


def _ask(place: Town, sql: str, *words: str) -> list[Any]:
    path = place.database_url.removeprefix("sqlite:///")
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10) as memory:
        return memory.execute(sql, words).fetchall()


# --------------------------------------------------------------------------------------------------- Slack's own hand


def deliver_click(
    place: Town, who: str, number: str, action_id: str, *, block_id: str = "decide:", action_ts: str = ""
) -> int:
    """A click on a card of payments as Slack would send it, on a block of our choosing; the status of the answer."""
    channel, action_ts = CHANNELS["payments"], action_ts or f"{time.time():.6f}"
    payload = {
        "type": "block_actions",
        "team": {"id": "T0ACME", "domain": "acme"},
        "user": {"id": PEOPLE.get(who, who), "username": who, "name": who, "team_id": "T0ACME"},
        "api_app_id": "A0CABBIE",
        "trigger_id": f"{action_ts}.trigger",
        "container": {"type": "message", "message_ts": place.card("payments", number)["ts"], "channel_id": channel},
        "channel": {"id": channel, "name": "payments"},
        "actions": [
            {"action_id": action_id, "block_id": block_id, "type": "button", "value": number, "action_ts": action_ts}
        ],
    }
    body = urlencode({"payload": json.dumps(payload)})
    stamp = str(int(time.time()))
    secret = place.environment["SLACK_SIGNING_SECRET"].encode()
    signature = "v0=" + hmac.new(secret, f"v0:{stamp}:{body}".encode(), hashlib.sha256).hexdigest()
    headers = {
        "content-type": "application/x-www-form-urlencoded",
        "x-slack-request-timestamp": stamp,
        "x-slack-signature": signature,
    }
    url = f"http://127.0.0.1:{place.bot.port}/slack/events"
    return requests.post(url, data=body, headers=headers, timeout=10).status_code


def press_an_old_card(place: Town, who: str, number: str, words: str, action: str = "change.approve") -> str:
    """A press on a button that the card does not have any more, as a slow client still shows it; the answer."""
    return told(place, who, lambda: deliver_click(place, who, number, action), words=words).words[-1]


def at_one_moment(*deeds: Callable[[], object]) -> None:
    threads = [threading.Thread(target=deed) for deed in deeds]
    for thread_of_deed in threads:
        thread_of_deed.start()
    for thread_of_deed in threads:
        thread_of_deed.join()
