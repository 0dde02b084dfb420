"""The interaction payloads: what the app is told when a person clicks, submits, closes, types or picks a shortcut."""

from typing import TYPE_CHECKING, Any

from integrations.slack.sandbox.ephemerals import Ephemeral
from integrations.slack.sandbox.errors import Json
from integrations.slack.sandbox.form_state import CONTENT, chosen, fresh_state, offered
from integrations.slack.sandbox.messages import Message
from integrations.slack.sandbox.people import User

if TYPE_CHECKING:
    from integrations.slack.sandbox.workspace import Workspace


def common(workspace: "Workspace", kind: str, user: User, *, view_id: str = "", trigger: bool = True) -> Json:
    """What every interaction carries."""
    payload: Json = {
        "type": kind,
        "user": {"id": user.id, "username": user.name, "name": user.name, "team_id": user.team},
        "api_app_id": workspace.us.app_id,
        "token": "verification-token",
        "team": {"id": workspace.team.id, "domain": workspace.team.domain},
        "enterprise": None,
        "is_enterprise_install": False,
    }
    return payload | ({"trigger_id": workspace.triggers.mint(user.id, view_id)} if trigger else {})


def action(workspace: "Workspace", block: Json, element: Json, sent: Json) -> Json:
    """The one entry of ``actions``."""
    entry: Json = {"action_id": element["action_id"], "block_id": block["block_id"], "type": element["type"]}
    kind = element["type"]
    if kind in ("button", "workflow_button", "icon_button"):
        entry |= {name: element[name] for name in ("text", "value", "style", "url") if element.get(name) is not None}
    elif kind == "overflow":
        entry["selected_option"] = offered(element, sent.get("selected_option"))
    elif kind == "feedback_buttons":
        picked = element[
            "negative_button" if sent.get("value") == element["negative_button"]["value"] else "positive_button"
        ]
        entry |= {"text": picked["text"], "value": picked["value"]}
    elif kind in CONTENT:
        entry |= chosen(element, sent)
    if element.get("placeholder"):
        entry["placeholder"] = element["placeholder"]
    return entry | {"action_ts": workspace.stamps.next()}


def click_on_message(
    workspace: "Workspace", user: User, message: Message | Ephemeral, block: Json, element: Json, sent: Json
) -> Json:
    is_ephemeral = isinstance(message, Ephemeral)
    payload = common(workspace, "block_actions", user) | place_of(workspace, message, block)
    entry = action(workspace, block, element, sent)
    payload["state"] = _state(message, user, block, entry)
    payload["response_url"] = workspace.response_urls.mint(
        "actions", channel=message.channel, user=user.id, original=_ours(workspace, message),
        thread_ts=message.thread_ts if message.thread_ts != message.ts or is_ephemeral else "",
    )  # fmt: skip
    return payload | {"actions": [entry]}


def click_on_view(workspace: "Workspace", user: User, view: Json, block: Json, element: Json, sent: Json) -> Json:
    payload = common(workspace, "block_actions", user, view_id=view["id"])
    entry = action(workspace, block, element, sent)
    if element["type"] in CONTENT:
        view["state"]["values"].setdefault(block["block_id"], {})[element["action_id"]] = chosen(element, sent)
    container = {"type": "view", "view_id": view["id"]}
    return payload | {"container": container, "view": dict(view), "actions": [entry]}


def submission(workspace: "Workspace", user: User, view: Json) -> Json:
    payload = common(workspace, "view_submission", user, view_id=view["id"])
    return payload | {"view": dict(view), "response_urls": _response_urls(workspace, user, view)}


def closed(workspace: "Workspace", user: User, view: Json, is_cleared: bool) -> Json:
    payload = common(workspace, "view_closed", user, trigger=False)
    return payload | {"view": dict(view), "is_cleared": is_cleared}


def suggestion(workspace: "Workspace", user: User, block: Json, element: Json, typed: str, where: Json) -> Json:
    """``where``: container and view, or container, channel and message."""
    payload = common(workspace, "block_suggestion", user, trigger=False)
    return payload | {"action_id": element["action_id"], "block_id": block["block_id"], "value": typed} | where


def global_shortcut(workspace: "Workspace", user: User, callback_id: str) -> Json:
    payload = common(workspace, "shortcut", user)
    return payload | {"callback_id": callback_id, "action_ts": workspace.stamps.next()}


def message_shortcut(workspace: "Workspace", user: User, callback_id: str, message: Message) -> Json:
    payload = common(workspace, "message_action", user)
    url = workspace.response_urls.mint("app", channel=message.channel, user=user.id, original=_ours(workspace, message))
    return payload | {
        "callback_id": callback_id, "action_ts": workspace.stamps.next(), "message_ts": message.ts,
        "message": workspace.timeline.as_wire(message, metadata="all"),
        "channel": named_channel(workspace, message.channel), "response_url": url,
    }  # fmt: skip


def _ours(workspace: "Workspace", message: Message | Ephemeral) -> str:
    """The message an answer may replace or delete: one of our own, never what somebody else wrote."""
    return message.ts if message.app is workspace.us else ""


def place_of(workspace: "Workspace", message: Message | Ephemeral, block: Json) -> Json:
    """Where a message's menu stands."""
    where: Json = {
        "container": message_container(message, block),
        "channel": named_channel(workspace, message.channel),
    }
    if isinstance(message, Message):
        where["message"] = workspace.timeline.as_wire(message, metadata="all")
    return where


def message_container(message: Message | Ephemeral, block: Json) -> Json:
    is_attached = not any(one is block for one in message.blocks)
    container: Json = {
        "type": "message_attachment" if is_attached else "message",
        "message_ts": message.ts,
        "channel_id": message.channel,
        "is_ephemeral": isinstance(message, Ephemeral),
    }
    if is_attached:
        attachment: Json = next((a for a in message.attachments if any(b is block for b in a.get("blocks", []))), {})
        container |= {"attachment_id": attachment.get("id", 1), "is_app_unfurl": bool(attachment.get("is_app_unfurl"))}
        if attachment.get("is_app_unfurl"):
            container["app_unfurl_url"] = attachment["app_unfurl_url"]
    return container | ({"thread_ts": message.thread_ts} if message.thread_ts else {})


def named_channel(workspace: "Workspace", channel_id: str) -> Json:
    channel = workspace.channels[channel_id]
    name = "directmessage" if channel.is_im else "privategroup" if channel.is_private else channel.name
    return {"id": channel_id, "name": name}


def _state(message: Message | Ephemeral, user: User, block: Json, entry: Json) -> Json:
    """A message's elements report in ``state`` too: what this person picked before, and just now."""
    state = fresh_state(message.blocks, message.chosen.get(user.id, {}))
    if entry["type"] in CONTENT and block["block_id"] in state["values"]:
        name = CONTENT[entry["type"]][0]
        state["values"][block["block_id"]][entry["action_id"]] = {"type": entry["type"], name: entry.get(name)}
    message.chosen[user.id] = state["values"]
    return state


def _response_urls(workspace: "Workspace", user: User, view: Json) -> list[Json]:
    """One for each conversation chosen in a menu with ``response_url_enabled``."""
    urls: list[Json] = []
    for block in view["blocks"]:
        element: Any = block.get("element") or {}
        if not element.get("response_url_enabled"):
            continue
        content = view["state"]["values"][block["block_id"]][element["action_id"]]
        if channel := content[CONTENT[element["type"]][0]]:
            url = workspace.response_urls.mint("app", channel=channel, user=user.id)
            urls.append(
                {
                    "block_id": block["block_id"], "action_id": element["action_id"], "channel_id": channel,
                    "response_url": url,
                }
            )  # fmt: skip
    return urls
