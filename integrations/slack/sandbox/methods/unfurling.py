"""chat.unfurl: what our app says about links that people typed."""

from typing import TYPE_CHECKING

from integrations.slack.sandbox.arguments import Arguments
from integrations.slack.sandbox.ephemerals import Ephemeral
from integrations.slack.sandbox.errors import Json, SlackError
from integrations.slack.sandbox.unfurls import Unfurl

if TYPE_CHECKING:
    from integrations.slack.sandbox.workspace import Workspace


def unfurl(workspace: "Workspace", args: Arguments) -> Json:
    """Either channel and ts, or unfurl_id and source: docs.slack.dev/reference/methods/chat.unfurl."""
    if not workspace.switches["unfurl_domains"]:
        raise SlackError("cannot_find_service")
    found = _by_id(workspace, args) if "unfurl_id" in args or "source" in args else _by_message(workspace, args)
    wanted = args.data("unfurls", error="invalid_unfurls_format") or {}
    if not isinstance(wanted, dict):
        raise SlackError("invalid_unfurls_format")
    asks = args.flag("user_auth_required") or "user_auth_message" in args or "user_auth_url" in args
    if not wanted and not asks:
        raise SlackError("missing_unfurls")
    if asks:
        _ask_to_sign_in(workspace, found, args)
    if wanted:
        workspace.unfurls.show(found, wanted)
    return {}


def _by_id(workspace: "Workspace", args: Arguments) -> Unfurl:
    if "unfurl_id" not in args:
        raise SlackError("missing_unfurl_id")
    if "source" not in args:
        raise SlackError("missing_source")
    if args.text("source") not in ("composer", "conversations_history"):
        raise SlackError("invalid_source")
    return workspace.unfurls.find(args.text("unfurl_id"), args.text("source"))


def _by_message(workspace: "Workspace", args: Arguments) -> Unfurl:
    if "channel" not in args:
        raise SlackError("missing_channel")
    if "ts" not in args:
        raise SlackError("missing_ts")
    channel = workspace.channels.get(args.text("channel"))
    if not channel:
        raise SlackError("cannot_find_channel")
    message = workspace.timeline.find(channel.id, args.text("ts"))
    if not message:
        raise SlackError("cannot_find_message")
    if message.app is workspace.us:
        raise SlackError("cannot_unfurl_message")
    urls = [link["url"] for link in workspace.unfurls.ours(message.text)]
    return Unfurl("", "conversations_history", urls, message)


def _ask_to_sign_in(workspace: "Workspace", found: Unfurl, args: Arguments) -> None:
    """Only who typed the link is asked; no app can be asked through its post."""
    message = found.message
    if not message:
        return
    if message.app:
        raise SlackError("cannot_prompt")
    sentence = args.text("user_auth_message") or f"Sign in to show more about this link: {args.text('user_auth_url')}"
    workspace.ephemerals.add(Ephemeral(workspace.stamps.next(), message.channel, message.user, sentence, workspace.us))
    workspace.revision.bump()
