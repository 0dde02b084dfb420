"""Stories of other tools: one leaves out who asked, and a person completes it; one deploys without a change."""

from typing import Any

from tests.crash.memory import Memory
from tests.crash.people import Bystander, act_once
from tests.stories.tools import COMPLETE, PEOPLE_CALLED, below, buttons_of, inputs, says, submit_asker
from tests.stories.town import CHANNELS, PEOPLE, Town

DEPLOY = "Deploying payments 2.4.0 to staging"


def waiting_at_the_gate(policy: dict[str, Any]) -> None:
    _announced(policy, waits=True)


def waiting_for_nobody(policy: dict[str, Any]) -> None:
    _announced(policy, waits=False)


def _announced(policy: dict[str, Any], *, waits: bool) -> None:
    heard_in = [CHANNELS["payments"]]
    policy["announcers"] = [{"app": "A0PIPELINE", "channels": heard_in, "waits_at_gate": waits}]
    policy["people"] = PEOPLE_CALLED


def tell_question(town: Town, memory: Memory, bystander: Bystander) -> None:
    """It is asked below the post who wanted it, linus says that he did, and approvers are called."""
    ts = _posts(town, memory, bystander, DEPLOY)
    asked = town.until(lambda: _question(town, ts, "who asked for it"), "a question below the post")
    act_once(town, memory, bystander, "complete", lambda: _opens(town, "linus", asked))
    view = town.until(lambda: _form(town, "linus"), "a form")
    act_once(town, memory, bystander, "submit", lambda: _submits(town, "linus", view))
    town.until(lambda: _question(town, ts, "completed it"), "it is said below the post")
    _until_asked(town, memory)


def tell_alarm(town: Town, memory: Memory, bystander: Bystander) -> None:
    """A deploy that has begun and that nobody asked for: managers are told at once, approvers are asked after all."""
    _posts(town, memory, bystander, f"{DEPLOY} by linus-t")
    town.until(lambda: town.messages("changes", "katherine"), "an alarm")
    _until_asked(town, memory)


def _posts(town: Town, memory: Memory, bystander: Bystander, words: str) -> str:
    """A tool posts once, whatever becomes of it: Slack delivers it until somebody takes it."""
    town.until(memory.is_idle, "quiet")
    bystander.about_to("post")
    ts = says(town, words)
    bystander.acted("post")
    return ts


def _question(town: Town, ts: str, words: str) -> dict[str, Any] | None:
    return next((message for message in below(town, ts) if words in message["text"]), None)


def _opens(town: Town, who: str, asked: dict[str, Any]) -> dict[str, Any]:
    """Press; and again when it is said that the form did not open."""
    block_id = buttons_of(asked)[COMPLETE]["block_id"]
    place = {"channel": CHANNELS["payments"], "ts": asked["ts"], "block_id": block_id}
    answer: dict[str, Any] = town.standins.post("slack", f"people/{PEOPLE[who]}/click", action_id=COMPLETE, **place)
    return {**answer, "ok": answer["ok"] and _form(town, who) is not None}


def _submits(town: Town, who: str, view: dict[str, Any]) -> dict[str, Any]:
    """Unless it is closed: then it was taken, though nobody could hear so."""
    is_open = any(one["id"] == view["id"] for one in town.screen(who)["views"])
    return submit_asker(town, who, view, who) if is_open else {"ok": True}


def _form(town: Town, who: str) -> dict[str, Any] | None:
    views: list[dict[str, Any]] = town.screen(who)["views"]
    return views[-1] if views and inputs(views[-1]) else None


def _until_asked(town: Town, memory: Memory) -> None:
    town.until_card("approve")
    town.until(lambda: town.issue("PAY-104")["remote_links"], "the story shows it")
    town.until(memory.is_idle, "quiet")
