"""What people do with our app: commands, clicks, submissions; each delivered, its answer acted upon."""

from typing import TYPE_CHECKING, Any

from integrations.slack.sandbox import blockkit, payloads
from integrations.slack.sandbox.composer import escaped
from integrations.slack.sandbox.ephemerals import Ephemeral
from integrations.slack.sandbox.errors import Json, SlackError
from integrations.slack.sandbox.http_delivery import Answer
from integrations.slack.sandbox.messages import Message
from integrations.slack.sandbox.people import User
from integrations.slack.sandbox.posting import Content

if TYPE_CHECKING:
    from integrations.slack.sandbox.workspace import Workspace


async def run_command(workspace: "Workspace", user: User, channel_id: str, command: str, text: str) -> Json:
    """A slash command and its acknowledgement; nothing is ever sent again."""
    channel = workspace.channels[channel_id]
    name = "directmessage" if channel.is_im else "privategroup" if channel.is_private else channel.name
    payload: Json = {
        "token": "verification-token", "team_id": workspace.team.id, "team_domain": workspace.team.domain,
        "channel_id": channel.id, "channel_name": name, "user_id": user.id, "user_name": user.name,
        "command": command, "text": escaped(workspace, text) if workspace.switches["escape_commands"] else text,
        "api_app_id": workspace.us.app_id, "is_enterprise_install": "false",
        "response_url": workspace.response_urls.mint("commands", channel=channel.id, user=user.id),
        "trigger_id": workspace.triggers.mint(user.id),
    }  # fmt: skip
    answer = await workspace.courier.deliver("slash_commands", payload, accepts_response=True)
    if error := error_shown(answer) or _take_response(workspace, payload, user, answer):
        sentence = f'{command} failed with the error "{error}"'
        workspace.ephemerals.add(Ephemeral(workspace.stamps.next(), channel.id, user.id, sentence))
        workspace.revision.bump()
        return {"ok": False, "error": error, "response": None}
    return {"ok": True, "response": answer.body or None}


def _take_response(workspace: "Workspace", command: Json, user: User, answer: Answer) -> str:
    """Show what the acknowledgement says; gives an error word when it cannot be shown."""
    if not answer.body:
        return ""
    sent = answer.body if isinstance(answer.body, dict) else {"text": str(answer.body)}
    if not any(sent.get(name) for name in ("text", "blocks", "attachments")):
        return ""
    try:
        content = Content.read(sent, workspace)
    except SlackError:
        return "dispatch_unknown_error"
    if sent.get("response_type") == "in_channel":
        _echo(workspace, command, user)
    workspace.response_urls.answer(command["channel_id"], user.id, content, sent)
    return ""


def _echo(workspace: "Workspace", command: Json, user: User) -> None:
    """An answer for the channel shows what was typed, too: docs.slack.dev/interactivity/implementing-slash-commands."""
    typed = f"{command['command']} {command['text']}".strip()
    message = Message(workspace.stamps.next(), command["channel_id"], typed, user.team, user.id)
    workspace.timeline.add(message)
    workspace.events.posted(message)


async def interact(workspace: "Workspace", payload: Json, *, accepts_response: bool = True) -> Answer:
    return await workspace.courier.deliver("interactive", payload, accepts_response=accepts_response)


async def suggest(workspace: "Workspace", payload: Json) -> Json:
    """The options an external menu offers for what was typed."""
    answer = await interact(workspace, payload)
    if error := error_shown(answer):
        return {"ok": False, "error": error}
    body: Any = answer.body
    if problems := blockkit.menu_problems(body):
        return {"ok": False, "error": "invalid_options", "errors": problems}
    name = "option_groups" if "option_groups" in body else "options"
    return {"ok": True, name: body[name]}


async def submit(workspace: "Workspace", user: User, view: Json) -> Json:
    """A modal's submission, and what the app wants done with the modal."""
    answer = await interact(workspace, payloads.submission(workspace, user, view))
    if error := error_shown(answer):
        return {"ok": False, "error": error}
    body: Any = answer.body or {}
    action = body.get("response_action") if isinstance(body, dict) else "unreadable"
    try:
        return _act_on(workspace, user, view, action, body)
    except SlackError as refusal:
        return {"ok": False, "error": refusal.error, **refusal.extra}


def _act_on(workspace: "Workspace", user: User, view: Json, action: Any, body: Json) -> Json:
    is_open = any(one is view for one in workspace.modals.stack(user.id))
    if action in ("update", "push") and not is_open:
        raise SlackError("not_found")  # the person closed it while the app was thinking
    if action == "errors":
        return {"ok": True, "response_action": action, "errors": _checked(view, body.get("errors"))}
    if action == "update":
        workspace.modals.update(view, body.get("view"))
    elif action == "push":
        workspace.modals.push(user.id, body.get("view"))
    elif action == "clear":
        workspace.modals.clear(user.id)
    elif action is None:
        # clear_on_close is about the close button alone: docs.slack.dev/reference/views/modal-views
        workspace.modals.close(user.id, view)
        return {"ok": True}
    else:
        raise SlackError("invalid_response_action")
    return {"ok": True, "response_action": action}


def _checked(view: Json, errors: Any) -> Json:
    """Errors sit on input blocks only; one that does not spoils the whole answer."""
    inputs = {block["block_id"] for block in view["blocks"] if block["type"] == "input"}
    if not isinstance(errors, dict) or not errors or not set(errors) <= inputs:
        raise SlackError("invalid_response_action", message="We had some trouble connecting. Try again?")
    return {str(block_id): str(sentence) for block_id, sentence in errors.items()}


def error_shown(answer: Answer) -> str:
    """The word Slack shows the person for a failed delivery."""
    if not answer.error:
        return ""
    words = {
        "http_timeout": "operation_timeout",
        "timeout": "operation_timeout",
        "http_error": "dispatch_failed",
        "connection_failed": "dispatch_failed",
    }
    return words.get(answer.error, "dispatch_unknown_error")
