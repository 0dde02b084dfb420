"""api.test, auth.test, apps.connections.open, blocks.validate."""

from typing import TYPE_CHECKING

from integrations.slack.sandbox import blockkit
from integrations.slack.sandbox.arguments import Arguments
from integrations.slack.sandbox.errors import Json, SlackError

if TYPE_CHECKING:
    from integrations.slack.sandbox.workspace import Workspace


def api_test(_workspace: "Workspace", args: Arguments) -> Json:
    sent = {name: value for name, value in args.sent.items() if name != "token"}
    if "error" in args:
        raise SlackError(args.text("error"), args=sent)
    return {"args": sent} if sent else {}


def auth_test(workspace: "Workspace", _args: Arguments) -> Json:
    us, team = workspace.us, workspace.team
    return {
        "url": team.url, "team": team.name, "user": us.name, "team_id": team.id, "user_id": us.id,
        "bot_id": us.bot_id, "is_enterprise_install": False,
    }  # fmt: skip


def connections_open(workspace: "Workspace", _args: Arguments) -> Json:
    return {"url": workspace.sockets.ticket_url()}


def validate_blocks(_workspace: "Workspace", args: Arguments) -> Json:
    blocks = args.data("blocks", error="invalid_blocks_format")
    if not isinstance(blocks, list):
        raise SlackError("invalid_blocks_format")
    if problems := blockkit.block_problems(blocks, "message"):
        raise SlackError("invalid_blocks", errors=problems, response_metadata={"messages": problems})
    return {}
