"""“Why was this (not) heard?”: a shortcut on any message shows what each rule says of it, and how to have it heard."""

from typing import Any

from slack_bolt import Ack, App, BoltContext

from bot.reading import propose
from bot.slack import forms
from bot.slack.blocks import Block, context, modal, section
from bot.slack.posts import Listened, as_post, listen_to
from bot.slack.speakers import Body, objection, presser
from bot.slack.text import escape, said
from bot.slack.tools import Tools

SHORTCUT = "announcement.why"
MOST_REASONS = 20
FIELDS = ("format", "status", "kind", "service", "environment", "version", "ref", "sha", "actor", "word")


def listen(app: App, tools: Tools) -> None:
    @app.shortcut(SHORTCUT)
    def why(ack: Ack, body: dict[str, Any], context: BoltContext) -> None:
        if not objection(presser(body, context), tools.policy.team):
            forms.opened(tools.web, str(body["trigger_id"]), explanation(tools, body))
        ack()


def explanation(tools: Tools, body: Body) -> Block:
    message, channel = body.get("message") or {}, str((body.get("channel") or {}).get("id") or "")
    post = as_post(message, channel)
    if post is None:
        return modal("Was this heard?", [section("This is no message that can be read.")], callback_id=SHORTCUT)
    # Another company's channel is refused where it is heard; the shortcut's payload does not tell of it.
    team = str((body.get("team") or {}).get("id") or "")
    listened = listen_to(post, tools, our_app=str(body.get("api_app_id") or ""), team=team, is_shared=False)
    return modal("Was this heard?", [*_verdict(listened), *_reasons(listened), *_proposal(listened, post.message)],
                 callback_id=SHORTCUT)  # fmt: skip


def _verdict(listened: Listened) -> list[Block]:
    reading = listened.reading
    if reading is None:
        guessed = " It looks like a deploy all the same, and is asked about." if listened.guessed else ""
        return [section(f"*Not heard.*{guessed}")]
    is_ours = not (listened.settled and listened.settled.not_ours)
    lines = [f"*{name}*: {said(str(getattr(reading, name)), 120)}" for name in FIELDS if getattr(reading, name)]
    return [section("*Heard.*" if is_ours else "*Read, and none of ours.*"), section("\n".join(lines))]


def _reasons(listened: Listened) -> list[Block]:
    return [context([said(reason, 300)]) for reason in listened.why[:MOST_REASONS]]


def _proposal(listened: Listened, message: Any) -> list[Block]:
    """A proposal for review: what is typed in chat changes no rule."""
    if listened.guessed is None:
        return []
    entry = escape(propose(message, listened.guessed))[:2800]
    return [section("To have it heard next time, have this reviewed into the policy:"), section(f"```{entry}```")]
