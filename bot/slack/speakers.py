"""Who is speaking: user and workspace as Slack vouches for them, never what a text, a value or a mention says."""

from collections.abc import Mapping
from typing import Any

from bot.change.announcement import Speaker
from bot.change.errors import NotAPerson
from bot.change.model import Transport

Body = Mapping[str, Any]
TRANSPORT = "transport"
"""Where a request's context keeps how it came in."""


def presser(body: Body, context: Mapping[str, Any]) -> Speaker:
    """Of a click or a form. A user of another workspace carries that workspace's id."""
    user = body["user"]
    team = user.get("team_id") or (body.get("team") or {}).get("id") or ""
    name = str(user.get("username") or user.get("name") or "")
    return Speaker(transport=_transport(context), slack_id=str(user["id"]), slack_team=str(team), name=name)


def commander(body: Body, context: Mapping[str, Any]) -> Speaker:
    """Of a slash command."""
    return Speaker(
        transport=_transport(context),
        slack_id=str(body["user_id"]),
        slack_team=str(body["team_id"]),
        name=str(body.get("user_name") or ""),
    )


def writer(body: Body, context: Mapping[str, Any]) -> Speaker:
    """Of a message: in a shared channel the author's workspace is the event's, not the delivery's."""
    event = body["event"]
    team = event.get("user_team") or event.get("team") or body.get("team_id") or ""
    return Speaker(transport=_transport(context), slack_id=str(event.get("user") or ""), slack_team=str(team))


def app_speaking(body: Body, context: Mapping[str, Any], app_id: str) -> Speaker:
    """Of an app's message."""
    event = body["event"]
    profile = event.get("bot_profile") or {}
    return Speaker(
        transport=_transport(context),
        slack_team=str(body.get("team_id") or ""),
        name=str(profile.get("name") or app_id),
        app_id=app_id,
    )


def objection(speaker: Speaker, team: str) -> str:
    """Why nothing is shown to this person; empty when they are of this workspace."""
    return "" if speaker.slack_team == team else str(NotAPerson("of another workspace"))


def _transport(context: Mapping[str, Any]) -> Transport:
    return Transport(context[TRANSPORT])
