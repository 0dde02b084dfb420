"""An approver's own hand: the ServiceNow account is linked, and the verdict written there as the person."""

from collections.abc import Callable
from typing import Any, TypeVar

import requests

from tests.crash.memory import Memory
from tests.crash.people import Bystander, act_once
from tests.stories.own_account import OWN, link
from tests.stories.telling import calls, row
from tests.stories.town import Town, number_in

T = TypeVar("T")
VERSION = "1.0.0"
LOOK_SECONDS = 8.0
"""Whoever opened their Home tab as Cabbie died opens it anew: Slack does not tell Cabbie of it again."""


def tell(town: Town, memory: Memory, bystander: Bystander) -> None:
    """Until the team's approval stands in ServiceNow as ada's own."""
    act_once(town, memory, bystander, "link", lambda: _link(town, "ada"))
    act_once(town, memory, bystander, "deploy", lambda: town.type("linus", f"/deploy payload-service {VERSION}", **OWN))
    number = number_in(town.until_card("change.approve", **OWN)["text"])
    act_once(town, memory, bystander, "approve", lambda: town.press("ada", "change.approve", number=number, **OWN))
    town.until(lambda: row(town, number, "ada")["by"] == "ada", "ada's own verdict")
    town.until(lambda: calls(town, number, "platform"), "the CAB is called")
    town.until_card("self-authenticated", number=number, **OWN)
    town.until(memory.is_idle, "quiet")


def _link(town: Town, who: str) -> dict[str, Any]:
    """In their browser; they begin anew when a page does not come."""
    try:
        link(Impatient(**vars(town)), who)
    except (AssertionError, requests.RequestException):
        return {"ok": False}
    return {"ok": True}


class Impatient(Town):
    """The same town, to people who do not wait long for anything."""

    def until(self, look: Callable[[], T | None], what: str = "it", within: float = LOOK_SECONDS) -> T:
        return super().until(look, what, within)
