"""The main story as people live it: wait until all is quiet, act, and act again only when Slack showed an error."""

from collections.abc import Callable
from typing import Any

from tests.crash.memory import Memory
from tests.stories.town import Town, number_in

STORIES = ("PAY-101", "PAY-102", "PAY-103", "OPS-7")
ACTS = ("deploy", "approve", "approve again", "report")
"""What people do, in order."""


class Bystander:
    """Told before each act, and after Slack took it."""

    def about_to(self, act: str) -> None:
        """Somebody will act when this returns."""

    def acted(self, act: str) -> None:
        """Slack showed no error."""


def tell(town: Town, memory: Memory, bystander: Bystander) -> None:
    """From ``/deploy`` to closed, and until nothing moves any more."""

    def insist(act: str, do: Callable[[], dict[str, Any]]) -> None:
        town.until(memory.is_idle, "quiet")
        bystander.about_to(act)
        if not do()["ok"]:
            town.until(lambda: _is_taken(do), f"Slack takes: {act}")
        bystander.acted(act)

    insist("deploy", lambda: town.type("linus", "/deploy payments 2.4.1"))
    number = number_in(town.until_card("approve")["text"])
    insist("approve", lambda: town.press("ada", "change.approve", number=number))
    town.until(lambda: _is_called(town, "grace"), "the CAB is called")
    insist("approve again", lambda: town.press("grace", "change.approve", number=number))
    town.until_state("implement", number)
    town.until_card("cleared until", number=number)
    town.until(lambda: town.change(number)["tasks"], "ServiceNow's flow makes its tasks")
    insist("report", lambda: town.press("linus", "deploy.succeeded", number=number))
    town.until_state("closed", number)
    town.until(lambda: all(_is_resolved(town, key) for key in STORIES), "every story shows its deploy")
    town.until(memory.is_idle, "quiet")


def _is_taken(do: Callable[[], dict[str, Any]]) -> bool:
    """Once more; or the button is gone, because the first press was heard after all."""
    try:
        return bool(do()["ok"])
    except StopIteration:
        return True


def _is_called(town: Town, who: str) -> bool:
    """A thread message mentions them, as the second stage begins."""
    mention = f"<@U0{who.upper()}>"
    return any(mention in message["text"] for message in town.messages() if message.get("thread_ts"))


def _is_resolved(town: Town, key: str) -> bool:
    return any(link["object"]["status"]["resolved"] for link in town.issue(key)["remote_links"])
