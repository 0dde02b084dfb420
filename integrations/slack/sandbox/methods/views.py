"""views.*: modals by trigger, updates by hash, the Home tab."""

from typing import TYPE_CHECKING

from integrations.slack.sandbox.arguments import Arguments
from integrations.slack.sandbox.errors import Json, SlackError, invalid_arguments

if TYPE_CHECKING:
    from integrations.slack.sandbox.workspace import Workspace


def open_view(workspace: "Workspace", args: Arguments) -> Json:
    trigger = workspace.triggers.find(args.text("trigger_id"))
    view = workspace.modals.open(trigger.user, args.data("view", error="invalid_arguments"))
    trigger.is_used = True
    return {"view": view}


def push(workspace: "Workspace", args: Arguments) -> Json:
    """Onto the modal that the trigger came from."""
    trigger = workspace.triggers.find(args.text("trigger_id"))
    if not any(view["id"] == trigger.view_id for view in workspace.modals.stack(trigger.user)):
        raise SlackError("not_found")
    view = workspace.modals.push(trigger.user, args.data("view", error="invalid_arguments"))
    trigger.is_used = True
    return {"view": view}


def update(workspace: "Workspace", args: Arguments) -> Json:
    view_id, external_id = args.text("view_id"), args.text("external_id")
    if not view_id and not external_id:
        raise invalid_arguments("missing required field: view_id")
    sent, view_hash = args.data("view", error="invalid_arguments"), args.text("hash")
    found = workspace.modals.find(view_id, external_id)
    if found:
        return {"view": workspace.modals.update(found[1], sent, view_hash)}
    home = next((v for v in workspace.homes.values() if v["id"] == view_id), None)
    if not home:
        raise SlackError("not_found")
    return {"view": workspace.modals.update(home, sent, view_hash)}


def publish(workspace: "Workspace", args: Arguments) -> Json:
    user = workspace.users.get(args.need("user_id"))
    if not workspace.switches["home_tab"]:
        raise SlackError("not_enabled")
    if not user or user.deleted or user.is_bot or user.team != workspace.team.id:
        raise SlackError("user_not_found")
    view = args.data("view", error="invalid_arguments")
    return {"view": workspace.modals.publish(user.id, view, args.text("hash"))}
