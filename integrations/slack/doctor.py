"""The doctor's questions to Slack: the token, its scopes, and every channel we should be in."""

from collections.abc import Iterable

from slack_sdk import WebClient

from bot.ports import Check, Failure
from integrations.slack.failures import slack_failures

# What each is for stands beside it in config/slack-manifest.yaml.
NEEDED_SCOPES = frozenset(
    {
        "app_mentions:read",
        "channels:history",
        "channels:read",
        "chat:write",
        "commands",
        "groups:history",
        "groups:read",
        "im:history",
        "im:write",
        "metadata.message:read",
        "users:read",
        "users:read.email",
    }
)


def check_slack(web: WebClient, team: str, channels: Iterable[str]) -> tuple[Check, ...]:
    """Every answer, good or not. Never raises."""
    try:
        with slack_failures("asking who we are"):
            answer = web.auth_test()
    except Failure as failure:
        fix = "Set SLACK_BOT_TOKEN to the Bot User OAuth Token of the installed app, and SLACK_API_URL to its API."
        return (Check("Slack token", "wrong", str(failure), fix),)
    headers = {str(name).lower(): str(value) for name, value in answer.headers.items()}
    return (
        _check_team(str(answer.get("team_id") or ""), str(answer.get("team") or ""), team),
        _check_scopes(headers.get("x-oauth-scopes", "")),
        *(_check_channel(web, channel) for channel in sorted(set(channels))),
    )


def _check_team(found: str, name: str, team: str) -> Check:
    if found == team:
        return Check("Slack token", "good", f"the bot is in {name} ({found})")
    fix = f"Install the app in {team}, or write {found} as `team` in the policy."
    return Check("Slack token", "wrong", f"the bot is in {name} ({found}), the policy speaks of {team}", fix)


def _check_scopes(header: str) -> Check:
    granted = {scope.strip() for scope in header.split(",") if scope.strip()}
    if not granted:
        return Check("Slack scopes", "warning", "Slack did not say which scopes the token has")
    if missing := sorted(NEEDED_SCOPES - granted):
        fix = "Add them under OAuth & Permissions, or import config/slack-manifest.yaml, and reinstall the app."
        return Check("Slack scopes", "wrong", f"missing: {', '.join(missing)}", fix)
    return Check("Slack scopes", "good", f"all {len(NEEDED_SCOPES)} that are needed")


def _check_channel(web: WebClient, channel: str) -> Check:
    about = f"Slack channel {channel}"
    try:
        with slack_failures(f"looking at {channel}"):
            found = web.conversations_info(channel=channel)["channel"]
    except Failure as failure:
        return Check(about, "wrong", str(failure), "Correct the id in the policy, or invite the bot: /invite @Cabbie")
    name = f"#{found.get('name', channel)}"
    if found.get("is_archived"):
        return Check(about, "wrong", f"{name} is archived", "Name another channel in the policy.")
    if not found.get("is_member"):
        return Check(about, "wrong", f"the bot is not in {name}", f"In {name}, type: /invite @Cabbie")
    if is_shared(found):
        fix = "Name a channel that no other company reads: cards are not shown in shared ones."
        return Check(about, "warning", f"{name} is shared with another company", fix)
    return Check(about, "good", f"the bot is in {name}")


def is_shared(channel: dict[str, object]) -> bool:
    """Whether another company reads along, or soon will (Slack Connect)."""
    return bool(channel.get("is_ext_shared") or channel.get("is_pending_ext_shared"))
