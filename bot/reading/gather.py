"""All the words of a Slack message, in order: text, blocks, attachments with their fields, and the blocks in those."""

from collections.abc import Mapping
from typing import Any

from bot.reading.blocks import write_blocks
from bot.reading.sheet import Pen, Sheet, object_of, parts_of

SUBTYPES = (None, "", "bot_message", "thread_broadcast", "file_share")
"""Of posts; others tell of topics, names, members."""
NOTHING = "[no preview available]"
"""What Slack writes where an app gave no fallback."""
# Attachments that show what somebody else wrote: a link's preview, a shared message.
QUOTED = ("is_msg_unfurl", "is_share", "is_app_unfurl", "is_thread_root_unfurl", "from_url", "original_url")


def is_from_an_app(message: Any) -> bool:
    """Any person may write what a tool writes; only an app's post carries these."""
    post = object_of(message)
    speaks = any(isinstance(post.get(name), str) and post[name] for name in ("bot_id", "app_id"))
    return speaks and post.get("subtype") in SUBTYPES and not post.get("client_msg_id")


def app_of(message: Any) -> str:
    """The app that posted it; empty when it does not say, or says two."""
    post = object_of(message)
    apps = {post.get("app_id"), object_of(post.get("bot_profile")).get("app_id")}
    named = {app for app in apps if isinstance(app, str) and app}
    return named.pop() if len(named) == 1 else ""


def gather(message: Any) -> Sheet:
    pen = Pen()
    post = object_of(message)
    pen.write("text", post.get("text"))
    write_blocks(pen, post.get("blocks"))
    for attachment in parts_of(post.get("attachments")):
        _attachment(pen, object_of(attachment))
    return pen.sheet()


def reads_same(before: Any, after: Any) -> bool:
    """Whether two versions of a message say the same: Slack also tells of previews and of replies being counted."""
    return gather(before) == gather(after)


def _attachment(pen: Pen, part: Mapping[str, Any]) -> None:
    if any(part.get(name) for name in QUOTED):
        return
    pen.write("pretext", part.get("pretext"))
    pen.write("author", part.get("author_name"))
    pen.write("title", part.get("title"))
    pen.anchor(part.get("title_link"), part.get("title"))
    pen.write("body", part.get("text"))
    if part.get("fallback") != NOTHING:
        pen.write("fallback", part.get("fallback"))
    for field in parts_of(part.get("fields")):
        _field(pen, object_of(field))
    for action in parts_of(part.get("actions")):
        pen.write("button", object_of(action).get("text"))
        pen.anchor(object_of(action).get("url"), object_of(action).get("text"))
    write_blocks(pen, part.get("blocks"))
    pen.write("footer", part.get("footer"))


def _field(pen: Pen, field: Mapping[str, Any]) -> None:
    pen.field(field.get("title"), field.get("value"))
    pen.anchor(field.get("title_link"), field.get("title"))
