"""What happens in Slack without anybody pressing anything: pipelines announcing deploys, people mentioning us."""

import re
from collections.abc import Mapping
from typing import Any

import structlog
from slack_bolt import App, BoltContext

from bot.change.announcement import Heard
from bot.change.errors import Refusal
from bot.ports import Message
from bot.reading import is_from_an_app
from bot.slack.announced import EVENT_TYPE, WrongField, read_announcement
from bot.slack.answers import Spoken, answer, plainly
from bot.slack.grammar import read_anything
from bot.slack.posts import Post, heard, listen_to, post_of
from bot.slack.speakers import Body, app_speaking, writer
from bot.slack.tools import Tools

log = structlog.get_logger(__name__)

GONE = ("tokens_revoked", "app_uninstalled")


def listen(app: App, tools: Tools) -> None:
    @app.event("message")
    def message(body: dict[str, Any], context: BoltContext) -> None:
        if app_id := announcing_app(body, tools):
            _announced(tools, body, context, app_id)
        elif (post := post_of(body)) and is_from_an_app(post.message):
            _told(tools, body, context, post)
        elif is_direct(body):
            _spoken_to(tools, body, context)

    @app.event("app_mention")
    def mention(body: dict[str, Any], context: BoltContext) -> None:
        if is_from_a_person(body) and not body.get("is_ext_shared_channel"):
            _spoken_to(tools, body, context)


def listen_to_the_rest(app: App) -> None:
    """Whatever else is subscribed to: answered, or Slack counts it as failed and sends it again."""

    @app.event(re.compile(".*"))
    def other(body: dict[str, Any]) -> None:
        kind = str(body["event"].get("type"))
        if kind in GONE:
            log.error("slack.app_removed", event_type=kind)

    @app.action(re.compile(".*"))
    def pressed(ack: Any) -> None:
        ack()


def announcing_app(body: Body, tools: Tools) -> str:
    """The app whose announcement in metadata this is; empty when it is none we listen to.

    Not replies, not our own, not from channels another company reads, not from an app nobody allowed: any app may
    carry any name, its app_id alone cannot be chosen. An edit counts when it changes the metadata."""
    event: Mapping[str, Any] = body["event"]
    post = post_of(body)
    if post is None or post.thread_ts or _metadata(post.message).get("event_type") != EVENT_TYPE:
        return ""
    if post.is_edit and _metadata(post.message) == _metadata(event.get("previous_message") or {}):
        return ""
    message = post.message
    apps = {message.get("app_id"), (message.get("bot_profile") or {}).get("app_id")} - {None, ""}
    announcer = tools.policy.announcer(str(next(iter(apps), "")))
    is_ours_to_hear = (
        announcer is not None
        and len(apps) == 1
        and body.get("api_app_id") not in apps
        and post.channel in (announcer.channels or tools.policy.channels)
        and not body.get("is_ext_shared_channel")
        and body.get("team_id") == tools.policy.team
    )
    return str(apps.pop()) if is_ours_to_hear else ""


def _metadata(message: Mapping[str, Any]) -> Mapping[str, Any]:
    return message.get("metadata") or {}


def is_direct(body: Body) -> bool:
    """A person writing to us alone."""
    event = body["event"]
    return event.get("channel_type") == "im" and event.get("subtype") is None and is_from_a_person(body)


def is_from_a_person(body: Body) -> bool:
    event = body["event"]
    return bool(event.get("user")) and not event.get("bot_id") and not event.get("app_id")


def _announced(tools: Tools, body: Body, context: BoltContext, app_id: str) -> None:
    post = post_of(body)
    assert post is not None, "it was heard as one"
    channel, ts, payload = post.channel, post.ts, _metadata(post.message).get("event_payload")
    try:
        announcement = read_announcement(payload, channel=channel, message_ts=ts)
    except WrongField as wrong:
        tools.later(_reply_once, tools, channel, ts, str(wrong))
        return
    # The event may come twice, under two ids and hours late: channel and ts are the message's own.
    once = f"message:{channel}:{ts}" + (f":{announcement.status}" if post.is_edit else "")
    speaker = app_speaking({**body, "event": post.message}, context, app_id)
    answered = tools.desk.hear(Heard(by=speaker, at=post.at, once=once, body=announcement))
    if answered.is_refusal:
        tools.later(_reply_once, tools, channel, ts, answered.sentence)


def _told(tools: Tools, body: Body, context: BoltContext, post: Post) -> None:
    """What another tool says in its own words."""
    is_shared = bool(body.get("is_ext_shared_channel"))
    ours, team = str(body.get("api_app_id") or ""), str(body.get("team_id") or "")
    said = heard(post, listen_to(post, tools, our_app=ours, team=team, is_shared=is_shared), body, context)
    if said is None:
        return
    answer = tools.desk.hear(said)
    if answer.is_refusal:
        tools.later(_reply_once, tools, post.channel, post.thread_ts or post.ts, answer.sentence)


def _reply_once(tools: Tools, channel: str, ts: str, sentence: str) -> None:
    """Below the announcement, once: the event may be delivered again."""
    marker = f"announcement:{channel}:{ts}"
    if not tools.room.find(channel, marker, thread=ts):
        reply = plainly(sentence)
        tools.room.post(channel, Message(reply.text, marker=marker), thread=ts)


def _spoken_to(tools: Tools, body: Body, context: BoltContext) -> None:
    """Commands where slash commands cannot be typed: threads, and our own DM."""
    event = body["event"]
    channel, ts = str(event["channel"]), str(event["ts"])
    spoken = Spoken(
        by=writer(body, context),
        once=f"message:{channel}:{ts}",
        channel="" if channel.startswith("D") else channel,
        message_ts=ts,
    )
    text = re.sub(r"^\s*<@[A-Z0-9]+(\|[^>]*)?>", "", str(event.get("text") or ""))
    try:
        meaning = read_anything(text, [s.service for s in tools.policy.services])
        reply = answer(tools, meaning, spoken)
    except Refusal as refusal:
        reply = plainly(str(refusal))
    tools.later(tools.room.post, channel, reply, **_below(event))


def _below(event: Mapping[str, Any]) -> dict[str, str]:
    """In the thread it was said in; a mention in the open is answered in a thread of its own."""
    is_direct_message = str(event["channel"]).startswith("D")
    thread = event.get("thread_ts") or ("" if is_direct_message else event["ts"])
    return {"thread": str(thread)} if thread else {}
