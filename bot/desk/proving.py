"""Whose word a completion is: asked in Slack and ServiceNow, beside the door, before anything is done about it."""

import json
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import datetime

from bot.change.announcement import Answer, Completion, Heard, Speaker
from bot.change.errors import Refusal
from bot.change.model import Transport
from bot.desk.hearing import Hearing
from bot.story.people import prove
from bot.story.tools import Tools
from bot.story.word import whisper

PROVE = "completion"
"""The errand."""


def have_proven(hearing: Hearing, said: Completion) -> Answer:
    """At the door no vendor is asked: it is heard again when it is known who says it."""
    heard = hearing.heard
    words = (heard.once, heard.at.isoformat(), json.dumps(asdict(heard.by)), json.dumps(asdict(said)))
    hearing.queue.errand(hearing.tx.session, PROVE, *words)
    return Answer("Got it: checking who you are before I do anything about it.")


def hear_proven(tools: Tools, hear: Callable[[Heard], Answer], *words: str) -> None:
    """The errand. hear: the desk's. Raises: whatever ``prove`` and the room raise."""
    once, at, by, said = words
    speaker, completion = _speaker(by), Completion(**json.loads(said))
    proven = replace(completion, is_proven=True, objection=_objection(tools, speaker))
    answer = hear(Heard(speaker, datetime.fromisoformat(at), f"proven:{once}", proven))
    if answer.is_refusal:
        whisper(tools, "", completion.channel, speaker.slack_id, answer.sentence, slot=once)


def _objection(tools: Tools, speaker: Speaker) -> str:
    with tools.ledger.begin() as tx:
        person = tx.person(slack_team=speaker.slack_team, slack_id=speaker.slack_id, name=speaker.name)
    try:
        prove(tools, person)
    except Refusal as refusal:
        return str(refusal)
    return ""


def _speaker(written: str) -> Speaker:
    facts = json.loads(written)
    return Speaker(**facts | {"transport": Transport(facts["transport"])})
