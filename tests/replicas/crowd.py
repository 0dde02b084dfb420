"""People who deploy all day: they ask, approve and report, and act again only when Slack showed them an error."""

import itertools
import json
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.stories.processes import eventually
from tests.stories.telling import repository_of
from tests.stories.town import Town

CHANNEL = "payments"
STORIES = ("PAY-101", "PAY-102", "PAY-103", "OPS-7")
SERVICE = {
    "channel": "C0PAYMENTS",
    "configuration_item": "Payments API",
    "assignment_group": "Payments Engineering",
    "projects": ["PAY", "OPS"],
    "affected": "Everybody who pays by card.",
    "risk": "moderate",
}
NAMES = ("billing", "invoices", "refunds", "payouts", "disputes", "fees")
SERVICES = tuple(SERVICE | {"service": name, "repository": f"{name}.git"} for name in NAMES)
PATIENCE = 900
"""Seconds: for everything that is under way; after an outage the engine itself may wait for a minute or two."""
A_MOMENT = 0.4
"""Seconds between two looks at the screen."""


@dataclass
class Deploy:
    """One of them, from the command to its report."""

    service: str
    version: str
    stories: tuple[str, ...]
    done: set[str] = field(default_factory=set)
    """What people did for it, and Slack showed no error."""

    @property
    def title(self) -> str:
        return f"{self.service} {self.version} "


@dataclass
class Crowd:
    """Linus asks, Ada and Grace approve, Linus reports; so many deploys at once, until it is enough."""

    town: Town
    at_once: int
    deploys: list[Deploy] = field(default_factory=list)
    refused: int = 0
    """Deeds that Slack showed an error for."""
    closed: set[str] = field(default_factory=set)
    _numbers: Iterator[int] = field(default_factory=itertools.count)
    _is_enough: threading.Event = field(default_factory=threading.Event)
    _is_hopeless: threading.Event = field(default_factory=threading.Event)
    """The test has failed: nobody waits for what is under way."""

    @contextmanager
    def deploying(self) -> Iterator["Crowd"]:
        """They go on while the block lasts; what is begun then is seen through."""
        with ThreadPoolExecutor(1, thread_name_prefix="crowd") as hands:
            work: Future[None] = hands.submit(self._work)
            try:
                yield self
            except BaseException:
                self._is_hopeless.set()
                raise
            self._is_enough.set()
            work.result()

    def until_closed(self, count: int) -> None:
        """So many more have gone the whole road by then."""
        enough = len(self.closed) + count
        eventually(lambda: len(self.closed) >= enough, within=PATIENCE, what=f"{count} more deploys")

    def _work(self) -> None:
        eventually(self._is_all_done, within=PATIENCE, what="an end of all deploys")

    def _is_all_done(self) -> bool:
        if self._is_hopeless.wait(A_MOMENT):
            return True
        changes = {change["short_description"]: change for change in self.town.changes()}
        cards = {card["text"]: card for card in self.town.cards(CHANNEL)}
        under_way = [deploy for deploy in self.deploys if not self._go_on(deploy, changes, cards)]
        if not self._is_enough.is_set() and len(under_way) < self.at_once:
            self.deploys.append(self._next({deploy.service for deploy in under_way}))
            return False
        return self._is_enough.is_set() and not under_way

    def _next(self, busy: set[str]) -> Deploy:
        """Of a service that nobody deploys just now: a version that overtakes another one brings its stories too."""
        number = next(self._numbers)
        free = [name for name in NAMES if name not in busy]
        service, version = free[number % len(free)], f"1.{number}.0"
        stories = (STORIES[number % 4], STORIES[(number + 1) % 4])
        repository_of(self.town, service).commit(f"{' '.join(stories)}: more", tag=f"v{version}")
        return Deploy(service, version, stories)

    def _go_on(self, deploy: Deploy, changes: dict[str, Any], cards: dict[str, Any]) -> bool:
        """Do what is to be done for it next; whether it is closed."""
        if deploy.title in self.closed:
            return True
        if "asked" not in deploy.done:
            self._do(deploy, "asked", lambda: self.town.type("linus", f"/deploy {deploy.title}"))
            return False
        change = next((found for text, found in changes.items() if deploy.title in text), None)
        card = next((found for text, found in cards.items() if deploy.title in text), None)
        if change is None or card is None:
            return False
        for person in _who_is_asked(change, card):
            self._press(deploy, person, "change.approve", card)
        if change["state"] == "Implement" and _has(card, "deploy.succeeded"):
            self._press(deploy, "linus", "deploy.succeeded", card)
        if change["state"] == "Closed" and "Deployed" in card["text"]:
            self.closed.add(deploy.title)
        return deploy.title in self.closed

    def _press(self, deploy: Deploy, who: str, action: str, card: dict[str, Any]) -> None:
        number = next(word for word in card["text"].split() if word.startswith("CHG"))
        self._do(deploy, f"{who} {action}", lambda: self.town.press(who, action, number=number))

    def _do(self, deploy: Deploy, deed: str, do: Any) -> None:
        if deed in deploy.done:
            return
        try:
            is_taken = do()["ok"]
        except StopIteration:  # the button went away under somebody's finger
            return
        self.refused += not is_taken
        if is_taken:
            deploy.done.add(deed)


def _who_is_asked(change: dict[str, Any], card: dict[str, Any]) -> list[str]:
    """Ada for the team, Grace for the CAB, once ServiceNow asks them and the card has the button."""
    asked = {row["approver"] for row in change["approvals"] if row["state"] == "requested"}
    stage = {"Assess": "ada", "Authorize": "grace"}.get(change["state"], "")
    return [stage] if stage in asked and _has(card, "change.approve") else []


def _has(card: dict[str, Any], action: str) -> bool:
    return action in json.dumps(card["blocks"])
