"""The Web API methods that Cabbie may call: their arguments, and what an answer must hold.

Arguments: docs.slack.dev/reference/methods/<method>; a test holds them against slack_sdk's own signatures as well.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Judge = Callable[[Any], bool]


def words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def word(pattern: str) -> Judge:
    return lambda value: isinstance(value, str) and re.fullmatch(pattern, value) is not None


def text(longest: int) -> Judge:
    return lambda value: isinstance(value, str) and len(value) <= longest


def whole(least: int, most: int) -> Judge:
    """A number; in a form its digits."""

    def judge(value: Any) -> bool:
        if isinstance(value, str) and value.isdecimal():
            value = int(value)
        return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most

    return judge


def flag(value: Any) -> bool:
    """A boolean; slack_sdk writes 1 and 0 into a form."""
    return isinstance(value, bool) or value in ("0", "1", "true", "false")


def listed(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, dict) for one in value)


def shaped(value: Any) -> bool:
    return isinstance(value, dict)


TS = word(r"\d{1,10}\.\d{6}")
CHANNEL = word(r"[CGD][A-Z0-9]{2,}")
USER = word(r"[UW][A-Z0-9]{2,}")
PLACE = word(r"[CGDUW][A-Z0-9]{2,}")
"""Where to post: a person's id opens their direct message."""
LONGEST_TEXT = 4000
"""chat.update refuses more, and chat.postMessage advises against it."""
_PAGE = {"cursor": text(1000), "limit": whole(1, 999), "oldest": TS, "latest": TS, "inclusive": flag}
_READ = {**_PAGE, "include_all_metadata": flag}
_ADDED = {"team_id": word(r"T[A-Z0-9]+")}
"""Bolt's client adds it to every call of a listener (slack_bolt/app/app.py)."""


@dataclass(frozen=True)
class Method:
    """One method."""

    needs: Mapping[str, Judge] = field(default_factory=dict)
    takes: Mapping[str, Judge] = field(default_factory=dict)
    as_json: bool = False
    """Arguments may come as JSON; methods that read take a form (docs.slack.dev/apis/web-api, "POST bodies")."""
    answers: Mapping[str, Judge] = field(default_factory=dict)

    def argument(self, name: str) -> Judge | None:
        return {**_ADDED, **self.takes, **self.needs}.get(name)


METHODS: dict[str, Method] = {
    "apps.connections.open": Method(as_json=True, answers={"url": word(r"wss?://\S+")}),
    "auth.test": Method(
        as_json=True,
        answers={"url": text(255), "team": text(255), "user": text(255), "team_id": word(r"T\w+"), "user_id": USER},
    ),
    "chat.getPermalink": Method(
        {"channel": CHANNEL, "message_ts": TS}, answers={"channel": CHANNEL, "permalink": word(r"https://\S+")}
    ),
    "chat.postEphemeral": Method(
        {"channel": CHANNEL, "user": USER, "text": text(LONGEST_TEXT)},
        {"blocks": listed, "thread_ts": TS},
        as_json=True,
        answers={"message_ts": TS},
    ),
    # unfurl_links and unfurl_media are asked for by us: without them Slack previews our ServiceNow links to everybody.
    "chat.postMessage": Method(
        {"channel": PLACE, "text": text(LONGEST_TEXT), "unfurl_links": flag, "unfurl_media": flag},
        {"blocks": listed, "thread_ts": TS, "reply_broadcast": flag, "metadata": shaped},
        as_json=True,
        answers={"channel": CHANNEL, "ts": TS, "message": shaped},
    ),
    "chat.update": Method(
        {"channel": CHANNEL, "ts": TS, "text": text(LONGEST_TEXT), "blocks": listed},
        {"metadata": shaped},
        as_json=True,
        answers={"channel": CHANNEL, "ts": TS, "text": text(40_000)},
    ),
    "conversations.history": Method({"channel": CHANNEL}, _READ, answers={"messages": listed, "has_more": flag}),
    "conversations.info": Method({"channel": CHANNEL}, answers={"channel": shaped}),
    "conversations.open": Method({"users": USER}, as_json=True, answers={"channel": shaped}),
    "conversations.replies": Method(
        {"channel": CHANNEL, "ts": TS}, _READ, answers={"messages": listed, "has_more": flag}
    ),
    "users.info": Method({"user": USER}, answers={"user": shaped}),
    "users.lookupByEmail": Method({"email": word(r"[^@\s]+@[^@\s]+")}, answers={"user": shaped}),
    "views.open": Method({"trigger_id": text(255), "view": shaped}, as_json=True, answers={"view": shaped}),
    "views.publish": Method(
        {"user_id": USER, "view": shaped}, {"hash": text(255)}, as_json=True, answers={"view": shaped}
    ),
}

# docs.slack.dev/interactivity/handling-user-interaction, "Message responses"; slack_sdk's WebhookClient.send.
RESPONSE_URL = Method(
    {"text": text(LONGEST_TEXT)},
    {
        "response_type": word("ephemeral|in_channel"),
        "replace_original": flag,
        "delete_original": flag,
        "blocks": listed,
        "thread_ts": TS,
    },
    as_json=True,
)

MALFORMED = words(
    "invalid_arguments invalid_arg_name invalid_array_arg invalid_charset invalid_form_data invalid_post_type "
    "missing_post_type invalid_json json_not_object unknown_method method_deprecated no_text msg_too_long "
    "invalid_blocks invalid_blocks_format block_mismatch invalid_attachments too_many_attachments "
    "markdown_text_conflict invalid_metadata_format invalid_metadata_schema metadata_too_large view_too_large "
    "only_one_table_allowed push_limit_reached"
)
"""Slack says by these that the call itself is wrong, whatever the workspace holds."""
REFUSALS = words(
    "not_authed invalid_auth account_inactive token_revoked token_expired not_allowed_token_type missing_scope "
    "access_denied no_permission org_login_required ekm_access_denied accesslimited team_access_not_granted "
    "channel_not_found not_in_channel is_archived is_inactive restricted_action message_limit_exceeded ratelimited "
    "rate_limited user_not_found users_not_found user_not_visible user_not_in_channel user_disabled cannot_dm_bot "
    "message_not_found cant_update_message edit_window_closed thread_not_found cannot_reply_to_message "
    "expired_trigger_id exchanged_trigger_id invalid_trigger_id trigger_expired trigger_exchanged hash_conflict "
    "not_found not_enabled duplicate_external_id internal_error fatal_error service_unavailable request_timeout "
    "team_added_to_org"
)
"""What may befall a call that is well made."""
