"""Who somebody is, as Slack's users.info shows them, and why they may not decide."""

from collections.abc import Mapping
from typing import Any

from bot.change.one_line import one_line
from bot.ports import Member

SLACKBOT = "USLACKBOT"
"""Not marked as a bot by users.info."""


def member_of(user: Mapping[str, Any], team: str) -> Member:
    """A user object, translated. team: the workspace whose members may decide."""
    profile = user.get("profile") or {}
    names = (user.get("real_name"), profile.get("real_name"), profile.get("display_name"), user.get("name"))
    return Member(
        slack_id=str(user["id"]),
        team=str(user.get("team_id") or ""),
        name=next((one_line(str(name)) for name in names if name), ""),
        email=str(profile.get("email") or "").lower(),
        time_zone=str(user.get("tz") or ""),
        objection=objection_to(user, team),
    )


def objection_to(user: Mapping[str, Any], team: str) -> str:
    """Why this is nobody who may decide; empty when fine."""
    if user.get("deleted"):
        return "deactivated"
    if user.get("is_bot") or user["id"] == SLACKBOT:
        return "a bot"
    if user.get("is_stranger") or user.get("team_id") != team:
        return "of another workspace"
    if user.get("is_restricted") or user.get("is_ultra_restricted"):
        return "a guest"
    if user.get("is_invited_user"):
        return "only invited so far"
    return ""
