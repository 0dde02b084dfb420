"""What must hold at the end, by what the three systems hold: everything finished, nothing doubled."""

from collections import Counter
from typing import Any

from tests.replicas.crowd import CHANNEL, Deploy
from tests.replicas.fleet import Fleet
from tests.stories.town import Town

APPROVERS = ["ada", "grace"]


def check(fleet: Fleet, deploys: list[Deploy]) -> None:
    """Each deploy has one of everything, none has anything twice, and nobody has anything left to do."""
    town = fleet.town
    fleet.until_idle()
    town.until(lambda: all(_is_told(town, deploy) for deploy in deploys), "every story hears of its deploys")
    assert len(town.changes()) == len(deploys), [change["short_description"] for change in town.changes()]
    for deploy in deploys:
        _check_change(_change(town, deploy))
    _check_slack(town, deploys)
    _check_jira(town, deploys)
    verified = town.bot.run("ledger", "verify")
    assert verified.returncode == 0, verified.stdout + verified.stderr


def _change(town: Town, deploy: Deploy) -> dict[str, Any]:
    [change] = [found for found in town.changes() if deploy.title in found["short_description"]]
    return change


def _check_change(change: dict[str, Any]) -> None:
    """Closed, each approver's verdict once, no note twice."""
    assert (change["state"], change["close_code"]) == ("Closed", "successful"), change
    approved = [row for row in change["approvals"] if row["state"] == "approved"]
    assert sorted(row["approver"] for row in approved) == APPROVERS, approved
    assert [len(row["comments"]) for row in approved] == [1, 1], approved
    for notes in (change["work_notes"], change["comments"]):
        texts = [str(note) for note in notes]
        assert len(texts) == len(set(texts)), texts
    names = [task["short_description"] for task in change["tasks"]]
    assert len(names) == len(set(names)), names


def _check_slack(town: Town, deploys: list[Deploy]) -> None:
    """One card each; no message twice, in the channel or in a thread: each carries a marker of its own."""
    cards = [card["text"] for card in town.cards(CHANNEL)]
    for deploy in deploys:
        assert sum(deploy.title in text for text in cards) == 1, (deploy, cards)
    assert len(cards) == len(deploys), cards
    slack = town.standins.state("slack")
    for room in [*slack["channels"], *slack["dms"]]:
        markers = Counter(marker for message in room["messages"] if (marker := _marker(message)))
        assert not [marker for marker, count in markers.items() if count > 1], markers


def _marker(message: dict[str, Any]) -> str:
    payload = (message.get("metadata") or {}).get("event_payload") or {}
    return str(payload.get("marker", ""))


def _check_jira(town: Town, deploys: list[Deploy]) -> None:
    """One link and one comment per story and deploy."""
    for issue in town.standins.state("jira")["issues"]:
        numbers = sorted(_change(town, deploy)["number"] for deploy in deploys if issue["key"] in deploy.stories)
        links = issue.get("remote_links", [])
        linked = sorted(link["object"]["title"].split(":")[0] for link in links)
        assert linked == numbers, (issue["key"], linked, numbers)
        assert all(link["object"]["status"]["resolved"] for link in links), links
        told = [[number for number in numbers if number in str(comment)] for comment in issue.get("comments", [])]
        assert sorted(number for [number] in told) == numbers, (issue["key"], told)


def _is_told(town: Town, deploy: Deploy) -> bool:
    number = _change(town, deploy)["number"]
    return all(
        any(number in str(comment) for comment in issue["comments"])
        and any(link["object"]["status"]["resolved"] for link in issue["remote_links"] if number in str(link))
        for issue in map(town.issue, deploy.stories)
    )
