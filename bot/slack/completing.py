"""Completing an announcement: the button below a tool's post, and the form with exactly what is missing."""

import json
from typing import Any

from slack_bolt import Ack, App, BoltContext

from bot.change.announcement import Completion, Heard, Question
from bot.change.errors import AlreadyComplete
from bot.change.one_line import one_line
from bot.change.policy import Policy
from bot.change.settling import ENVIRONMENT, REQUESTED_BY, SERVICE, VERSION
from bot.slack import forms
from bot.slack.blocks import Block, choice, modal, person_choice, section, text_input
from bot.slack.forms import answers_of
from bot.slack.questions import COMPLETE, DISMISS, described
from bot.slack.speakers import Body, objection, presser
from bot.slack.submits import once_of_view
from bot.slack.tools import Tools

FORM = "announcement.completion"
LONGEST = 200
"""Characters of an answer: no version, and no service's name, has more."""
NO_FORM = "The form did not open in time; press the button again."


def listen(app: App, tools: Tools) -> None:
    @app.action(COMPLETE)
    def complete(ack: Ack, body: dict[str, Any], context: BoltContext) -> None:
        channel, ts = _place(body)
        question = tools.reads.question(channel, ts)
        speaker = presser(body, context)
        if sentence := objection(speaker, tools.policy.team):
            tools.desk.hear(_pressed(tools, body, context, Completion(channel, ts, objection=sentence)))
            ack()
            _tell(tools, body, sentence)
        elif question is None or not question.missing:
            answer = tools.desk.hear(_pressed(tools, body, context, Completion(channel, ts)))
            ack()
            _tell(tools, body, answer.sentence)
        else:
            is_open = forms.opened(tools.web, str(body["trigger_id"]), completion_form(tools.policy, question))
            ack()
            if not is_open:
                _tell(tools, body, NO_FORM)

    @app.action(DISMISS)
    def dismiss(ack: Ack, body: dict[str, Any], context: BoltContext) -> None:
        against = objection(presser(body, context), tools.policy.team)
        said = Completion(*_place(body), is_no_deploy=True, objection=against)
        answer = tools.desk.hear(_pressed(tools, body, context, said))
        ack()
        _tell(tools, body, against or answer.sentence)

    @app.view(FORM)
    def completed(ack: Ack, body: dict[str, Any], context: BoltContext) -> None:
        about: dict[str, str] = json.loads(body["view"].get("private_metadata") or "{}")
        given = {name: one_line(words)[:LONGEST] for name, words in answers_of(body["view"]).items()}
        said = Completion(
            about.get("channel", ""),
            about.get("ts", ""),
            service=given.get(SERVICE, "").lower(),
            version=given.get(VERSION, ""),
            environment=given.get(ENVIRONMENT, ""),
            requested_by=given.get(REQUESTED_BY, ""),
        )
        by = presser(body, context)
        answer = tools.desk.hear(Heard(by=by, at=tools.clock(), once=once_of_view(body["view"]), body=said))
        if answer.is_refusal and answer.sentence != str(AlreadyComplete()):
            ack(response_action="errors", errors={next(iter(given), VERSION): answer.sentence})
            return
        ack()
        tools.later(tools.room.whisper, "", said.channel, by.slack_id, answer.sentence)


def completion_form(policy: Policy, question: Question) -> Block:
    """Exactly the missing fields."""
    told = question.told
    fields = {
        SERVICE: lambda: _service(policy, told.channel),
        ENVIRONMENT: lambda: _environment(policy, question),
        VERSION: lambda: text_input(
            "Version", block_id=VERSION, action_id=VERSION, hint="A version, a tag or a commit"
        ),
        REQUESTED_BY: lambda: person_choice(
            "Who asked for it", block_id=REQUESTED_BY, action_id=REQUESTED_BY, hint="They may not approve it"
        ),
    }
    return modal(
        "Complete it",
        [section(f"Heard from {told.source}: {described(question)}."), *(fields[name]() for name in question.missing)],
        callback_id=FORM,
        submit="Complete",
        metadata=json.dumps({"channel": told.channel, "ts": told.place}),
    )


def _service(policy: Policy, channel: str) -> Block:
    known = sorted(service.service for service in policy.services)
    here = policy.channels.get(channel, ())
    initial = here[0] if len(here) == 1 else ""
    if len(known) > forms.MOST_OPTIONS:
        return text_input("Service", block_id=SERVICE, action_id=SERVICE, initial=initial)
    return choice("Service", known, block_id=SERVICE, action_id=SERVICE, initial=initial)


def _environment(policy: Policy, question: Question) -> Block:
    services = [s for s in policy.services if s.service == question.service] or policy.services
    environments = list(dict.fromkeys(name for service in services for name in service.environments))
    return choice("Environment", environments, block_id=ENVIRONMENT, action_id=ENVIRONMENT)


def _place(body: Body) -> tuple[str, str]:
    """Of the post, not of the question below it."""
    channel, _, ts = str(body["actions"][0].get("value") or "").partition(":")
    return channel, ts


def _pressed(tools: Tools, body: Body, context: BoltContext, said: Completion) -> Heard:
    action = body["actions"][0]
    once = f"click:{body['user']['id']}:{action['action_ts']}:{action['action_id']}:{said.channel}:{said.message_ts}"
    return Heard(by=presser(body, context), at=tools.clock(), once=once, body=said)


def _tell(tools: Tools, body: Body, sentence: str) -> None:
    channel = str((body.get("channel") or {}).get("id") or "")
    tools.later(tools.room.whisper, str(body.get("response_url") or ""), channel, str(body["user"]["id"]), sentence)
