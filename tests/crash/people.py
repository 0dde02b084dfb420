"""The main story as people live it: wait until all is quiet, act, and act again only when Slack showed an error."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import requests

from tests.crash.memory import Memory
from tests.stories.telling import has_button
from tests.stories.town import Town, number_in

ACTS = ("deploy", "approve", "approve again", "report")
"""What people do, in order."""
Do = Callable[[], dict[str, Any]]


@dataclass(frozen=True)
class Deploy:
    """One telling of the main story."""

    version: str
    stories: tuple[str, ...]
    """Those that show it in the end."""


MAIN = Deploy("2.4.1", ("PAY-101", "PAY-102", "PAY-103", "OPS-7"))


class Bystander:
    """Told before each act, and after Slack took it."""

    def about_to(self, act: str) -> None:
        """Somebody will act when this returns."""

    def acted(self, act: str) -> None:
        """Slack showed no error."""


def tell(town: Town, memory: Memory, bystander: Bystander, deploy: Deploy = MAIN) -> None:
    """From ``/deploy`` to closed, and until nothing moves any more."""

    def insist(act: str, do: Do) -> None:
        act_once(town, memory, bystander, act, do)

    known = {number_in(card["text"]) for card in town.cards()}
    insist("deploy", lambda: town.type("linus", f"/deploy payments {deploy.version}"))
    number = town.until(lambda: _to_be_approved(town, known), "a card with Approve")
    insist("approve", lambda: town.press("ada", "change.approve", number=number))
    town.until(lambda: _is_called(town, "grace", number), "the CAB is called")
    insist("approve again", lambda: town.press("grace", "change.approve", number=number))
    town.until_state("implement", number)
    town.until_card("cleared until", number=number)
    town.until(lambda: town.change(number)["tasks"], "ServiceNow's flow makes its tasks")
    insist("report", lambda: town.press("linus", "deploy.succeeded", number=number))
    town.until_state("closed", number)
    town.until(lambda: all(_is_resolved(town, key, number) for key in deploy.stories), "every story shows its deploy")
    town.until(memory.is_idle, "quiet")


def act_once(town: Town, memory: Memory, bystander: Bystander, act: str, do: Do) -> None:
    """When all is quiet; again only as long as Slack shows an error."""
    town.until(memory.is_idle, "quiet")
    bystander.about_to(act)
    if not _is_ok(do):
        town.until(lambda: _is_taken(do), f"Slack takes: {act}")
    bystander.acted(act)


def _is_ok(do: Do) -> bool:
    try:
        return bool(do()["ok"])
    except requests.RequestException:
        return False  # nobody could reach Slack at all


def _is_taken(do: Do) -> bool:
    """Once more; or the button is gone, because the first press was heard after all."""
    try:
        return _is_ok(do)
    except StopIteration:
        return True


def _to_be_approved(town: Town, known: set[str]) -> str:
    numbers = [number_in(card["text"]) for card in town.cards()]
    return next(n for n in numbers if n not in known and has_button(town, "change.approve", n))


def _is_called(town: Town, who: str, number: str) -> bool:
    """A message below the card mentions them, as the second stage begins."""
    mention, ts = f"<@U0{who.upper()}>", town.card(number=number)["ts"]
    return any(mention in message["text"] for message in town.messages() if message.get("thread_ts") == ts)


def _is_resolved(town: Town, key: str, number: str) -> bool:
    links = (link["object"] for link in town.issue(key)["remote_links"])
    return any(link["status"]["resolved"] for link in links if number in json.dumps(link))
