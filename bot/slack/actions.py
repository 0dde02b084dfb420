"""The buttons of a change: a press is told to the desk, or opens the form that asks for the reason first."""

import re
from collections.abc import Mapping
from typing import Any

from slack_bolt import Ack, App, BoltContext

from bot.change.announcement import Answer, Heard, Press, Report, ReportWord
from bot.change.errors import UnknownChange
from bot.change.model import Verdict
from bot.slack import forms, home
from bot.slack.buttons import (
    APPROVE,
    DETAILS,
    ELSEWHERE,
    FAILED,
    HOLD,
    REJECT,
    RELEASE,
    ROLLED_BACK,
    SUCCEEDED,
    WITHDRAW,
    read_block_id,
)
from bot.slack.cards import read_stamp
from bot.slack.details import details
from bot.slack.speakers import Body, objection, presser
from bot.slack.tools import Tools
from bot.slack.words import NOUNS

PRESSES = {
    APPROVE: Verdict.APPROVED,
    HOLD: Verdict.HELD,
    RELEASE: Verdict.RELEASED,
    WITHDRAW: Verdict.WITHDRAWN,
}
QUESTIONS = {
    REJECT: ("Reject {}", "Why do you reject it? At least ten characters; everybody involved reads it."),
    FAILED: ("{} failed", "What failed? At least ten characters; it goes into the change."),
    ROLLED_BACK: ("{} rolled back", "Why was it rolled back? At least ten characters; it goes into the change."),
}
NO_FORM = "The form did not open in time; press the button again."


def listen(app: App, tools: Tools) -> None:
    @app.action(re.compile(rf"^({'|'.join(map(re.escape, PRESSES))})$"))
    def press(ack: Ack, body: dict[str, Any], context: BoltContext) -> None:
        action = body["actions"][0]
        verdict = PRESSES[action["action_id"]]
        where, _ = read_block_id(action["block_id"])
        if verdict is Verdict.APPROVED and where == ELSEWHERE:
            ack()  # the button opened ServiceNow, where it is decided; docs want its click acknowledged all the same
            return
        answer = tools.desk.hear(_heard(tools, body, context, _press(body, verdict)))
        ack()
        tell(tools, body, answer, f"Got it: checking your {NOUNS[verdict]} of {action['value']}…")

    @app.action(re.compile(rf"^({'|'.join(map(re.escape, QUESTIONS))})$"))
    def ask(ack: Ack, body: dict[str, Any]) -> None:
        action = body["actions"][0]
        where, _ = read_block_id(action["block_id"])
        if not (action["action_id"] == REJECT and where == ELSEWHERE):
            title, question = QUESTIONS[action["action_id"]]
            form = forms.reason_form(title.format(action["value"]), question, about=_about(body))
            _open(tools, body, form)
        ack()

    @app.action(SUCCEEDED)
    def succeeded(ack: Ack, body: dict[str, Any], context: BoltContext) -> None:
        number = body["actions"][0]["value"]
        about = _about(body)
        where = {name: about[name] for name in ("response_url", "channel", "message_ts")}
        report = Report(number, ReportWord.DONE, **where)
        answer = tools.desk.hear(_heard(tools, body, context, report))
        ack()
        tell(tools, body, answer, f"Got it: {number} succeeded; closing it…")

    @app.action(DETAILS)
    def show(ack: Ack, body: dict[str, Any], context: BoltContext) -> None:
        sentence = objection(presser(body, context), tools.policy.team) or _show_details(tools, body)
        ack()
        if sentence:
            tell(tools, body, Answer(sentence, is_refusal=True), "")


def tell(tools: Tools, body: Body, answer: Answer, otherwise: str) -> None:
    """Feedback within three seconds, after the answer: in the channel, or on the Home tab that was pressed."""
    if "view" in body:
        tools.later(home.publish, tools, str(body["user"]["id"]))
        if not answer.is_refusal:
            return
    about = _about(body)
    sentence = answer.sentence or otherwise
    tools.later(tools.room.whisper, about["response_url"], about["channel"], str(body["user"]["id"]), sentence)


def _show_details(tools: Tools, body: Body) -> str:
    """Open them; why not, when they cannot be shown."""
    number = str(body["actions"][0]["value"])
    change = tools.reads.change(number)
    if change is None:
        return str(UnknownChange(number))
    history = tools.reads.history(number)
    view = details(change, history, now=tools.clock(), page=tools.room.page_of(change))
    return "" if forms.opened(tools.web, str(body["trigger_id"]), view) else NO_FORM


def _open(tools: Tools, body: Body, view: dict[str, Any]) -> None:
    if not forms.opened(tools.web, str(body["trigger_id"]), view):
        tell(tools, body, Answer(NO_FORM, is_refusal=True), "")


def _heard(tools: Tools, body: Body, context: BoltContext, what: Press | Report) -> Heard:
    return Heard(by=presser(body, context), at=tools.clock(), once=_once(body), body=what)


def _once(body: Body) -> str:
    """A click has no id of its own: who, when, which button, on which message."""
    action = body["actions"][0]
    ts = (body.get("container") or {}).get("message_ts") or (body.get("view") or {}).get("id") or ""
    return f"click:{body['user']['id']}:{action['action_ts']}:{action['action_id']}:{ts}"


def _press(body: Body, verdict: Verdict) -> Press:
    about = _about(body)
    return Press(
        number=about["number"],
        verdict=verdict,
        fingerprint=about["fingerprint"],
        card=about["card"],
        channel=about["channel"],
        message_ts=about["message_ts"],
        action_ts=about["action_ts"],
        response_url=about["response_url"],
    )


def _about(body: Body) -> dict[str, str]:
    """Which change, which card, and where the presser can be answered."""
    action: Mapping[str, Any] = body["actions"][0]
    container = body.get("container") or {}
    found = {
        "action": action["action_id"],
        "number": action.get("value"),
        "fingerprint": read_block_id(str(action.get("block_id") or ""))[1],
        "card": read_stamp(body),
        "channel": (body.get("channel") or {}).get("id") or container.get("channel_id"),
        "message_ts": container.get("message_ts"),
        "action_ts": action.get("action_ts"),
        "response_url": body.get("response_url"),
    }
    return {name: str(value or "") for name, value in found.items()}
