"""Everything Cabbie shows in Slack, by two judges: the stand-in's, and slack_sdk's own models of the same blocks."""

import copy
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from slack_sdk.models.blocks import Block

from bot.change.digest import facts_of
from bot.change.model import Change, Finding, Outcome, Progress, State, Verdict
from bot.change.policy import Digest, Policy
from bot.slack import alarms, digests, forms, home, lists
from bot.slack.cards import card
from bot.slack.details import details
from bot.slack.notices import notices
from integrations.slack.sandbox.blockkit import block_problems, view_problems
from tests.builders import ADA, GRACE, MARGARET, NOW, at_authorize, change, claim, cleared, decision, row, scheduled
from tests.slack.front import Front, a_policy
from tests.traffic.slack_models import block_complaints, view_complaints

Json = dict[str, Any]
PAGE = "https://sn.example/change_request.do?sys_id=f6"
HOSTILE = "<!channel> & *<https://evil.example|CHG1>* `x` " + "long " * 900
FINDING = Finding("f1", "no start", "It was told as done and never as started.", at=NOW)

CHANGES: dict[str, Change] = {
    "new": change(),
    "many asked": change(rows=(row(ADA), row(MARGARET), row(GRACE))),
    "at the CAB": at_authorize(),
    "decided": at_authorize(decisions=(decision(ADA),), claims=(claim(GRACE),)),
    "rejected": change(state=State.CANCELED, decisions=(decision(GRACE, Verdict.REJECTED),), outcome=Outcome.REJECTED),
    "scheduled": scheduled(),
    "cleared": cleared(),
    "failed": cleared(state=State.REVIEW, progress=Progress.DONE, outcome=Outcome.FAILED, finished_at=NOW),
    "stuck": change(progress=Progress.STUCK, findings=(FINDING,)),
    "hostile": change(why=HOSTILE, version=HOSTILE[:80]),
}


def messages() -> Iterator[tuple[str, list[Json]]]:
    """Every kind of message there is, by a name."""
    for name, one in CHANGES.items():
        yield f"card: {name}", list(card(one, now=NOW, page=PAGE, people=one.slack_ids).blocks)
        for notice in notices(one, now=NOW, people=one.slack_ids):
            yield f"notice: {name}: {notice.kind}:{notice.target}", list(notice.message.blocks)
        yield f"one: {name}", list(lists.one(one, (), now=NOW, page=PAGE).blocks)
    everything = [*CHANGES.values()]
    yield "queue", list(lists.queue(everything, NOW).blocks)
    yield "status", list(lists.status(everything, "payments", everything, NOW).blocks)
    yield "alarm", list(alarms.message(FINDING, change(), marker="a", page=PAGE).blocks)
    for count in (0, 1, 60):
        yield f"digest of {count}", list(_digest(count))


def _digest(count: int) -> tuple[Json, ...]:
    known = [replace(at_authorize(), id=f"c{n}", number=f"CHG{n:07d}", sys_id=f"{n:032x}") for n in range(count)]
    policy, audience = Policy(services=(), team="T0ACME"), Digest(channel="C0CHANGES", time_zone="Europe/Berlin")
    facts = facts_of(audience, policy, known, (FINDING,) if count else (), since=NOW - timedelta(days=1), now=NOW)
    pages = {"page": lambda sys_id: PAGE, "page_of_query": lambda query: PAGE}
    return tuple(digests.message(facts, marker="digest", **pages).blocks)


def views() -> Iterator[tuple[str, Json]]:
    policy, room = a_policy(), Front().room
    yield "form", forms.deploy_form(policy, service="payments", environment="production", channel="C0PAYMENTS")
    yield "reason", forms.reason_form("Reject", "Why not?", about={"number": "CHG0030042"})
    for name, one in CHANGES.items():
        yield f"details: {name}", details(one, (), now=NOW, page=PAGE)
    numbered = [replace(one, id=f"c{n}", number=f"CHG{n:07d}") for n, one in enumerate(CHANGES.values())]
    yield "home", home.view(room, numbered[:5], numbered, NOW)
    yield "empty home", home.view(room, [], [], NOW)


MESSAGES = {name: json.loads(json.dumps(blocks)) for name, blocks in messages()}
VIEWS = {name: json.loads(json.dumps(view)) for name, view in views()}
SHOWN = MESSAGES | {name: view["blocks"] for name, view in VIEWS.items()}


@pytest.mark.parametrize("name", MESSAGES)
def test_both_judges_take_every_message(name: str) -> None:
    blocks = MESSAGES[name]

    assert block_problems(blocks, "message") == []
    assert [c for number, block in enumerate(blocks) for c in block_complaints(block, str(number))] == []


@pytest.mark.parametrize("name", VIEWS)
def test_both_judges_take_every_view(name: str) -> None:
    view = VIEWS[name]

    assert view_problems(view, view["type"]) == []
    assert [*view_complaints(view)] == []
    assert [c for number, block in enumerate(view["blocks"]) for c in block_complaints(block, str(number))] == []


@pytest.mark.parametrize("name", SHOWN)
def test_slack_sdk_reads_a_block_and_writes_the_same(name: str) -> None:
    for block in SHOWN[name]:
        known = Block.parse(copy.deepcopy(block))
        assert known is not None
        assert json.loads(json.dumps(known.to_dict())) == block


@pytest.mark.parametrize("name", SHOWN)
def test_what_slack_sdk_refuses_the_stand_in_refuses_too(name: str) -> None:
    """Each text made too long, each list too many, each property left out, one at a time."""
    surface = VIEWS[name]["type"] if name in VIEWS else "message"
    spoiled = refused = 0
    for block in SHOWN[name]:
        for bad in _spoiled(block):
            spoiled += 1
            if [*block_complaints(copy.deepcopy(bad), "")]:
                refused += 1
                assert block_problems([bad], surface) != [], f"slack_sdk refuses this one: {bad}"
    assert 0 < refused < spoiled


def _spoiled(node: Any) -> Iterator[Any]:
    """Copies of a block with one thing wrong in each; some of them are still right."""
    if isinstance(node, str):
        yield from ("", "x" * 151, "x" * 2001, "x" * 3001)
    elif isinstance(node, list):
        yield from ([], node * 101)
        for number, item in enumerate(node):
            yield from ([*node[:number], bad, *node[number + 1 :]] for bad in _spoiled(item))
    elif isinstance(node, dict):
        for name, value in node.items():
            if name != "type":
                yield {key: kept for key, kept in node.items() if key != name}
                yield from (node | {name: bad} for bad in _spoiled(value))
