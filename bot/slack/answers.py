"""What is said back to a command or a mention: heard by the desk, or read from what we remember."""

from dataclasses import dataclass, replace

from bot.change.announcement import Announcement, Heard, Report, Speaker
from bot.change.errors import Refusal, UnknownChange
from bot.ports import Message
from bot.slack import lists
from bot.slack.grammar import Meaning, OpenForm, ShowChange, ShowDigest, ShowHelp, ShowQueue, ShowStatus
from bot.slack.speakers import objection
from bot.slack.text import sentence as safe
from bot.slack.tools import Tools

HELP = """*Deploy*
• `/deploy` opens a form; `/deploy payments 2.4.1 to production fixes the rounding` asks at once
• `/deploy start|done|failed|rolled-back|cancel CHG0030042 why` tells how it goes
• `/deploy status` shows your deploys, `/deploy status payments` the service's too
*Change*
• `/change CHG0030042` shows one with its history; `/change queue` lists what is under way
• `/change digest` shows the digest now
In threads, and wherever commands cannot be typed, mention me: `@Cabbie deploy payments 2.4.1`"""


@dataclass(frozen=True)
class Spoken:
    """A command or a mention: who, where, and what tells it from all others."""

    by: Speaker
    once: str
    channel: str = ""
    message_ts: str = ""
    response_url: str = ""


def answer(tools: Tools, meaning: Meaning, spoken: Spoken) -> Message:
    """What is said back, as mrkdwn. Whatever was to be written down is, when this returns."""
    if isinstance(meaning, Announcement | Report):
        return _told(tools, meaning, spoken)
    if sentence := objection(spoken.by, tools.policy.team):
        return plainly(sentence)
    return _shown(tools, meaning, spoken)


def word(sentence: str, marker: str) -> Message:
    """A sentence of ours in somebody's DM, to be found by its marker."""
    return Message(safe(sentence), marker=marker)


def plainly(sentence: str) -> Message:
    """A sentence of ours that may hold other people's words."""
    return Message(safe(sentence))


def _told(tools: Tools, body: Announcement | Report, spoken: Spoken) -> Message:
    if isinstance(body, Announcement):
        body = replace(body, channel=spoken.channel, message_ts=spoken.message_ts)
    else:
        body = replace(body, channel=spoken.channel, response_url=spoken.response_url)
    heard = Heard(by=spoken.by, at=tools.clock(), once=spoken.once, body=body)
    return plainly(tools.desk.hear(heard).sentence)


def _shown(tools: Tools, meaning: Meaning, spoken: Spoken) -> Message:
    now = tools.clock()
    match meaning:
        case ShowChange(number):
            return _one(tools, number)
        case ShowQueue():
            return lists.queue(tools.reads.queue(), now)
        case ShowStatus(service):
            return _status(tools, service, spoken.by.slack_id)
        case ShowDigest():
            return tools.digest_text()
        case ShowHelp() | OpenForm():
            return Message(HELP)
    raise TypeError(f"nobody answers {type(meaning).__name__}")


def _one(tools: Tools, number: str) -> Message:
    change = tools.reads.change(number)
    if change is None:
        return plainly(str(UnknownChange(number)))
    history = tools.reads.history(number)
    return lists.one(change, history, now=tools.clock(), page=tools.room.page_of(change))


def _status(tools: Tools, service: str, slack_id: str) -> Message:
    if service:
        try:
            tools.policy.service(service)
        except Refusal as refusal:
            return plainly(str(refusal))
    queue = tools.reads.queue()
    mine = [change for change in queue if change.requested_by.slack_id == slack_id]
    queued = [change for change in queue if change.service == service]
    return lists.status(mine, service, queued, tools.clock())
