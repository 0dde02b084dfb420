"""The Home tab: what waits for you, your own deploys, your own account, and when it was looked at."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from slack_bolt import Ack, App, BoltContext

from bot.change.model import Change
from bot.metrics import calling
from bot.slack import times
from bot.slack.account import UNLINK, account
from bot.slack.blocks import MOST_BLOCKS_IN_A_VIEW, Block, actions, button, context, divider, header, section
from bot.slack.remarks import remarks
from bot.slack.room import SlackRoom
from bot.slack.speakers import objection, presser, writer
from bot.slack.tools import Tools
from bot.slack.words import line

REFRESH = "home.refresh"
MOST_CHANGES = 12
"""Each takes up to four blocks, twice: the view holds a hundred."""


def listen(app: App, tools: Tools) -> None:
    @app.event("app_home_opened")
    def opened(body: dict[str, Any], context: BoltContext) -> None:
        event = body["event"]
        if event.get("tab") == "home" and not objection(writer(body, context), tools.policy.team):
            tools.later(publish, tools, str(event["user"]))

    @app.action(REFRESH)
    def refresh(ack: Ack, body: dict[str, Any], context: BoltContext) -> None:
        ack()
        if not objection(presser(body, context), tools.policy.team):
            tools.later(publish, tools, str(body["user"]["id"]))

    @app.action(UNLINK)
    def unlink(ack: Ack, body: dict[str, Any], context: BoltContext) -> None:
        if tools.offer is not None and not objection(presser(body, context), tools.policy.team):
            tools.offer.unlink(str(body["user"]["id"]))
            tools.later(publish, tools, str(body["user"]["id"]))
        ack()


def publish(tools: Tools, slack_id: str) -> None:
    waiting = tools.reads.waiting_for(slack_id)
    mine = [change for change in tools.reads.queue() if change.requested_by.slack_id == slack_id]
    now = tools.clock()
    own = account(tools.offer, slack_id, now)
    with calling("Slack", "views_publish"):
        tools.web.views_publish(user_id=slack_id, view=view(tools.room, waiting, mine, now, own))


def view(
    room: SlackRoom, waiting: Sequence[Change], mine: Sequence[Change], now: datetime, own: Sequence[Block] = ()
) -> Block:
    """What is most pressing comes first: sorted by when it expires. own: about one's own account."""
    urgent = sorted(waiting, key=lambda change: (change.expires_at is None, change.expires_at or now))
    shown = {change.number for change in urgent}
    others = [change for change in mine if change.number not in shown]
    blocks = [
        header(f"Waiting for you ({len(urgent)})" if urgent else "Nothing waits for you"),
        *_rows(room, urgent, now),
        header(f"Your deploys ({len(mine)})" if mine else "You have no open deploys"),
        *_rows(room, others, now),
        *own,
        divider(),
        context([f"Updated {times.moment(now)} ({times.utc(now)})"]),
        actions([button("Refresh", action_id=REFRESH)], block_id="home"),
    ]
    return {"type": "home", "blocks": blocks[:MOST_BLOCKS_IN_A_VIEW]}


def _rows(room: SlackRoom, changes: Sequence[Change], now: datetime) -> list[Block]:
    blocks: list[Block] = []
    for change in changes[:MOST_CHANGES]:
        small = remarks(change)[:3]
        blocks += [section(line(change, now)), *([context(small)] if small else []), *room.buttons(change)]
    if len(changes) > MOST_CHANGES:
        blocks.append(context([f"and {len(changes) - MOST_CHANGES} more: `/change queue` lists them"]))
    return blocks
