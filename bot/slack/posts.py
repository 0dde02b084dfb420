"""Posts of other tools: which of them are heard, and what they say, edited ones and those in threads too."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from slack_bolt import BoltContext

from bot.change.announcement import Heard, Told
from bot.change.policy import Announcer, Policy
from bot.change.reading import Reading
from bot.change.settling import Settled, settle
from bot.reading import Guess, guess, is_from_an_app, read
from bot.slack.speakers import Body, app_speaking
from bot.slack.tools import Tools

Message = Mapping[str, Any]
POSTS = (None, "bot_message", "thread_broadcast")
EDIT = "message_changed"


@dataclass(frozen=True)
class Post:
    """A message as it stands now."""

    message: Message
    channel: str
    ts: str
    thread_ts: str
    """Of the message below which it stands; empty for one of its own."""
    at: datetime
    """When it was written, or edited."""
    is_edit: bool


@dataclass(frozen=True)
class Listened:
    """What a post came to, step by step: for the desk, and for whoever asks why it was (not) heard."""

    reading: Reading | None = None
    guessed: Guess | None = None
    settled: Settled | None = None
    announcer: Announcer | None = None
    why: tuple[str, ...] = ()


def post_of(body: Body) -> Post | None:
    """None when the event tells of anything else: joining, a topic, somebody deleting something."""
    event: Message = body["event"]
    is_edit = event.get("subtype") == EDIT
    message = event.get("message") if is_edit else event
    if not isinstance(message, Mapping) or message.get("subtype") not in POSTS:
        return None
    return as_post(message, str(event.get("channel") or ""), edited_at=_edited(event) if is_edit else "")


def as_post(message: Message, channel: str, *, edited_at: str = "") -> Post | None:
    """edited_at: Slack's own time of the edit; empty when it is as it was posted."""
    ts, thread = str(message.get("ts") or ""), str(message.get("thread_ts") or "")
    try:
        at = datetime.fromtimestamp(float(edited_at or ts), UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return Post(message, channel, ts, "" if thread == ts else thread, at, bool(edited_at))


def listen_to(post: Post, tools: Tools, *, our_app: str, team: str, is_shared: bool) -> Listened:
    """Nothing is changed by it. our_app: our own app's id. is_shared: another company reads the channel."""
    announcer, objection = _announcer(post, tools, our_app, team, is_shared)
    if announcer is None:
        return Listened(why=(objection,))
    policy = tools.policy
    ruling = read(post.message, tools.reader(), announcer.formats or None)
    if ruling.reading is not None:
        settled = settle(ruling.reading, policy)
        return Listened(ruling.reading, None, settled, announcer, (*ruling.why, *_judged(settled)))
    # What a tool's own format has read as no deploy is none; and an app that is bound speaks nothing else.
    is_settled = ruling.known_as or announcer.formats or post.thread_ts or post.is_edit
    guessed = None if is_settled else _guess(post, policy)
    if guessed is None:
        return Listened(announcer=announcer, why=ruling.why)
    settled = settle(guessed.reading, policy)
    return Listened(None, guessed, settled, announcer, (*ruling.why, *_judged(settled)))


def _guess(post: Post, policy: Policy) -> Guess | None:
    environments = list(dict.fromkeys(name for service in policy.services for name in service.environments))
    return guess(post.message, [service.service for service in policy.services], environments)


def heard(post: Post, listened: Listened, body: Body, context: BoltContext) -> Heard | None:
    """For the desk; None when it is nothing for it."""
    reading = listened.reading or (listened.guessed.reading if listened.guessed else None)
    if reading is None or listened.announcer is None or (listened.settled and listened.settled.not_ours):
        return None
    speaker = app_speaking({**body, "event": post.message}, context, listened.announcer.app)
    told = Told(
        reading,
        source=f"{speaker.name} in Slack" if listened.guessed else f"{reading.format} in Slack",
        channel=post.channel,
        message_ts=post.ts,
        thread_ts=post.thread_ts,
        waits_at_gate=listened.announcer.waits_at_gate,
        is_guess=listened.reading is None,
    )
    # The same words once: an edit that changes none of them (a preview, a count of replies) is nothing new.
    return Heard(by=speaker, at=post.at, once=f"post:{post.channel}:{post.ts}:{_digest(reading)}", body=told)


def _announcer(post: Post, tools: Tools, our_app: str, team: str, is_shared: bool) -> tuple[Announcer | None, str]:
    """Who may be heard here; or why not. Names are anybody's to choose, ids are Slack's."""
    policy, message = tools.policy, post.message
    if not is_from_an_app(message):
        return None, "A person wrote it: only what apps post is heard as an announcement."
    if is_shared or team != policy.team:
        return None, "Another company reads this channel, or it is in another workspace: nothing is heard there."
    profile = message.get("bot_profile")
    apps = {message.get("app_id"), profile.get("app_id") if isinstance(profile, Mapping) else None} - {None, ""}
    if len(apps) > 1 or our_app in apps:
        return None, "It is our own, or names two apps."
    named = [str(name) for name in (*apps, message.get("bot_id")) if name]
    announcer = next((found for name in named if (found := policy.announcer(name))), None)
    if announcer is None:
        return None, f"The policy's `announcers` does not name {' or '.join(named) or 'its app'}."
    if post.channel not in (announcer.channels or policy.channels):
        return None, f"{announcer.app} is not heard in this channel: see `announcers` and the services' channels."
    return announcer, ""


def _judged(settled: Settled) -> tuple[str, ...]:
    if settled.not_ours:
        return (f"Not ours: {settled.not_ours}.",)
    service = settled.service.service if settled.service else "?"
    return (f"By the policy it is {service} in {settled.environment or '?'}.",)


def _edited(event: Message) -> str:
    inner = event.get("message") or {}
    edited = inner.get("edited") if isinstance(inner, Mapping) else None
    return str((edited or {}).get("ts") or event.get("event_ts") or event.get("ts") or "")


def _digest(reading: Reading) -> str:
    return hashlib.sha256(json.dumps(asdict(reading), sort_keys=True, default=str).encode()).hexdigest()[:16]
