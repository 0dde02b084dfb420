"""The forms that come back filled in: each is heard by the desk, or goes back with what is wrong beside the field."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from slack_bolt import Ack, App, BoltContext

from bot.change.announcement import Announcement, Answer, Heard, Press, Report, ReportWord
from bot.change.errors import UnknownEnvironment, UnknownService
from bot.change.model import Verdict
from bot.change.policy import Policy, environment_of
from bot.slack.buttons import FAILED, ROLLED_BACK
from bot.slack.forms import (
    DEPLOY_FORM,
    ENVIRONMENT,
    LEAST_REASON,
    REASON,
    REASON_FORM,
    SERVICE,
    VERSION,
    WHY,
    answers_of,
)
from bot.slack.speakers import Body, presser
from bot.slack.tools import Tools

WORDS = {FAILED: ReportWord.FAILED, ROLLED_BACK: ReportWord.ROLLED_BACK}
TOO_SHORT = "Please say why, in ten characters or more."


def listen(app: App, tools: Tools) -> None:
    @app.view(DEPLOY_FORM)
    def asked(ack: Ack, body: dict[str, Any], context: BoltContext) -> None:
        given, about = answers_of(body["view"]), _about(body)
        if wrong := wrong_fields(tools.policy, given):
            ack(response_action="errors", errors=wrong)
            return
        announcement = Announcement(
            given.get(SERVICE, "").lower(),
            given.get(VERSION, ""),
            given.get(ENVIRONMENT, ""),
            why=" ".join(given.get(WHY, "").split()),
            channel=about.get("channel", ""),
        )
        answer = tools.desk.hear(_heard(tools, body, context, announcement))
        _answer(ack, tools, body, answer, field=VERSION)

    @app.view(REASON_FORM)
    def explained(ack: Ack, body: dict[str, Any], context: BoltContext) -> None:
        reason = " ".join(answers_of(body["view"]).get(REASON, "").split())
        if len(reason) < LEAST_REASON:
            ack(response_action="errors", errors={REASON: TOO_SHORT})
            return
        answer = tools.desk.hear(_heard(tools, body, context, _meant(_about(body), reason)))
        _answer(ack, tools, body, answer, field=REASON)


def wrong_fields(policy: Policy, given: Mapping[str, str]) -> dict[str, str]:
    """What can be told wrong without asking anybody, by block_id."""
    if not given.get(VERSION):
        return {VERSION: "Which version?"}
    try:
        service = policy.service(given.get(SERVICE, ""))
        environment_of(service, given.get(ENVIRONMENT, ""))
    except UnknownService as refusal:
        return {SERVICE: str(refusal)}
    except UnknownEnvironment as refusal:
        return {ENVIRONMENT: str(refusal)}
    return {}


def _meant(about: Mapping[str, str], reason: str) -> Press | Report:
    """What was pressed before the form came up."""
    if word := WORDS.get(about["action"]):
        where = {name: about[name] for name in ("response_url", "channel", "message_ts")}
        return Report(about["number"], word, reason, **where)
    return Press(
        number=about["number"],
        verdict=Verdict.REJECTED,
        reason=reason,
        fingerprint=about["fingerprint"],
        card=about.get("card", ""),
        channel=about["channel"],
        message_ts=about["message_ts"],
        action_ts=about["action_ts"],
        response_url=about["response_url"],
    )


def _answer(ack: Ack, tools: Tools, body: Body, answer: Answer, *, field: str) -> None:
    """Close the form and say so; or leave it open with the refusal beside the field."""
    if answer.is_refusal:
        ack(response_action="errors", errors={field: answer.sentence})
        return
    ack()
    about = _about(body)
    sentence = answer.sentence or "Got it, checking…"
    user = str(body["user"]["id"])
    tools.later(tools.room.whisper, about.get("response_url", ""), about.get("channel", ""), user, sentence)


def _heard(tools: Tools, body: Body, context: BoltContext, what: Announcement | Press | Report) -> Heard:
    return Heard(by=presser(body, context), at=tools.clock(), once=once_of_view(body["view"]), body=what)


def once_of_view(view: Mapping[str, Any]) -> str:
    """A view keeps its hash when a refused form is corrected and sent again: what was filled in belongs to it."""
    given = json.dumps(answers_of(view), sort_keys=True)
    return f"view:{view['id']}:{view.get('hash', '')}:{hashlib.sha256(given.encode()).hexdigest()[:16]}"


def _about(body: Body) -> dict[str, str]:
    about: dict[str, str] = json.loads(body["view"].get("private_metadata") or "{}")
    return about
