"""The main story as people live it: wait until all is quiet, act, and act again only when Slack showed an error."""

from collections.abc import Callable
from typing import Any

from tests.crash.memory import Memory
from tests.stories.town import Town, number_in

STORIES = ("PAY-101", "PAY-102", "PAY-103", "OPS-7")


def tell(town: Town, memory: Memory) -> None:
    """From ``/deploy`` to closed, and until nothing moves any more."""
    _insist(town, lambda: town.type("linus", "/deploy payments 2.4.1"))
    card = town.until_card("approve")
    number = number_in(card["text"])
    _until_quiet(town, memory)
    _insist(town, lambda: town.press("ada", "change.approve", number=number))
    town.until(lambda: _is_called(town, "grace"), "the CAB is called")
    _until_quiet(town, memory)
    _insist(town, lambda: town.press("grace", "change.approve", number=number))
    town.until_state("implement", number)
    town.until_card("cleared until", number=number)
    _until_quiet(town, memory)
    _insist(town, lambda: town.press("linus", "deploy.succeeded", number=number))
    town.until_state("closed", number)
    town.until(lambda: all(_is_resolved(town, key) for key in STORIES), "every story shows its deploy")
    _until_quiet(town, memory)


def _insist(town: Town, act: Callable[[], dict[str, Any]]) -> None:
    """What a person does when Slack shows an error: once more, after a moment."""
    town.until(lambda: act()["ok"], "an act that Slack takes")


def _until_quiet(town: Town, memory: Memory) -> None:
    town.until(memory.is_idle, "quiet")


def _is_called(town: Town, who: str) -> bool:
    """A thread message mentions them, as the second stage begins."""
    mention = f"<@U0{who.upper()}>"
    return any(mention in message["text"] for message in town.messages() if message.get("thread_ts"))


def _is_resolved(town: Town, key: str) -> bool:
    return any(link["object"]["status"]["resolved"] for link in town.issue(key)["remote_links"])
