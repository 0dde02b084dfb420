"""api.test, auth.test, apps.connections.open, blocks.validate."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from integrations.slack.sandbox import blockkit
from integrations.slack.sandbox.arguments import Arguments
from integrations.slack.sandbox.blockkit.rules import wrong
from integrations.slack.sandbox.errors import Json, SlackError, invalid_arguments

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
    if not workspace.switches["socket_mode"]:
        raise SlackError("socket_mode_not_enabled")  # the word is a guess: none was found for a switched-off app
    return {"url": workspace.sockets.ticket_url()}


def validate_blocks(_workspace: "Workspace", args: Arguments) -> Json:
    """Exactly one of blocks, message and view: docs.slack.dev/reference/methods/blocks.validate."""
    given = [name for name in _JUDGED if name in args]
    if len(given) != 1:
        raise invalid_arguments("must provide exactly one of: blocks, view, message")
    (name,) = given
    found = _JUDGED[name](args.data(name, error=f"invalid_{name}"))
    if found:
        raise SlackError(f"invalid_{name}", errors=[_told(problem) for problem in found])
    return {}


def _blocks_alone(sent: Any) -> list[str]:
    return blockkit.block_problems(sent, "any", at="")


def _whole_message(sent: Any) -> list[str]:
    if not isinstance(sent, dict):
        return [wrong("must be an object", "")]
    attachments = sent.get("attachments") or []
    if not isinstance(attachments, list):
        return [wrong("must be an array", "/attachments")]
    blocks = sent.get("blocks") or []
    return [
        *blockkit.block_problems(blocks, "message"),
        *blockkit.attachment_problems(attachments),
        *blockkit.table_problems(blocks, attachments),
    ]


def _whole_view(sent: Any) -> list[str]:
    kind = sent.get("type") if isinstance(sent, dict) else None
    problems = blockkit.view_problems(sent, "home" if kind == "home" else "modal")
    return [problem.replace("[json-pointer:/view", "[json-pointer:") for problem in problems]


_JUDGED: dict[str, Callable[[Any], list[str]]] = {
    "blocks": _blocks_alone,
    "message": _whole_message,
    "view": _whole_view,
}


def _told(problem: str) -> Json:
    """This method tells pointer and message apart."""
    message, _, pointer = problem.removeprefix("[ERROR] ").removesuffix("]").partition(" [json-pointer:")
    return {"pointer": pointer, "code": "failed_constraint", "message": message}
