"""Calls to Slack, and what Slack brings to Cabbie, in words."""

import html
import re
from collections.abc import Callable

from integrations.standin.page.timeline.names import Names
from integrations.standin.page.timeline.words import Call, quote

Phrase = Callable[[Call, Names], str]

# docs.slack.dev/messaging/formatting-message-text: <@U…>, <#C…>, <!date^…|words>, <address|words>
ANGLED = re.compile(r"<([@#!]?)([^>|]*)(?:\|([^>]*))?>")


def tell(call: Call, names: Names) -> str:
    """An infinitive: what was wanted."""
    phrase = PHRASES.get(call.name)
    return phrase(call, names) if phrase else f"call {call.name}"


def plain(text: str, names: Names) -> str:
    """Slack's markup as a person reads it: names for ids, words for dates and links."""

    def read(found: "re.Match[str]") -> str:
        sign, what, label = found.groups()
        if sign == "@":
            return f"@{names.person(what)}"
        return names.place(what) if sign == "#" else label or what

    return html.unescape(ANGLED.sub(read, text))


def _text(call: Call, names: Names) -> str:
    return quote(plain(str(call.sent.get("text") or ""), names))


def _post(call: Call, names: Names) -> str:
    channel = str(call.sent.get("channel", ""))
    if call.sent.get("thread_ts"):
        return f"reply in a thread in {names.place(channel)}: {_text(call, names)}"
    if channel.startswith(("D", "U")):
        return f"write in {names.place(channel)}: {_text(call, names)}"
    return f"post in {names.place(channel)}: {_text(call, names)}"


def _repaint(call: Call, names: Names) -> str:
    return f"repaint its message in {names.place(str(call.sent.get('channel', '')))}: {_text(call, names)}"


def _whisper(call: Call, names: Names) -> str:
    return f"tell {names.person(str(call.sent.get('user', '')))} alone: {_text(call, names)}"


def _answer(call: Call, names: Names) -> str:
    return f"answer the one who asked: {_text(call, names)}"


def _home(call: Call, names: Names) -> str:
    return f"show {names.person(str(call.sent.get('user_id', '')))} their Home"


def _place(phrase: str) -> Phrase:
    return lambda call, names: phrase.format(names.place(str(call.sent.get("channel", ""))))


def _person(phrase: str) -> Phrase:
    return lambda call, names: phrase.format(names.person(str(call.sent.get("user", ""))))


def _fixed(phrase: str) -> Phrase:
    return lambda _call, _names: phrase


PHRASES: dict[str, Phrase] = {
    "apps.connections.open": _fixed("ask for a socket"),
    "auth.test": _fixed("check its own sign-in"),
    "bots.info": _fixed("look up an app"),
    "chat.delete": _place("remove a message in {}"),
    "chat.getPermalink": _place("ask for the address of a message in {}"),
    "chat.postEphemeral": _whisper,
    "chat.postMessage": _post,
    "chat.update": _repaint,
    "conversations.history": _place("read {}"),
    "conversations.info": _place("look up {}"),
    "conversations.join": _place("join {}"),
    "conversations.list": _fixed("read which channels there are"),
    "conversations.members": _place("read who is in {}"),
    "conversations.open": _fixed("open a direct message"),
    "conversations.replies": _place("read a thread in {}"),
    "files.completeUploadExternal": _fixed("upload a file"),
    "files.getUploadURLExternal": _fixed("ask where to put a file"),
    "reactions.add": _place("react to a message in {}"),
    "reactions.remove": _place("take back a reaction in {}"),
    "response_url": _answer,
    "team.info": _fixed("ask what workspace this is"),
    "upload_url": _fixed("upload a file"),
    "usergroups.list": _fixed("read which groups there are"),
    "usergroups.users.list": _fixed("read who is in a group"),
    "users.info": _person("look up {}"),
    "users.list": _fixed("read who is in the workspace"),
    "users.lookupByEmail": lambda call, _: f"look up who has {call.sent.get('email', 'an address')}",
    "views.open": _fixed("open a form"),
    "views.publish": _home,
    "views.push": _fixed("open a form on top of another"),
    "views.update": _fixed("change a form"),
}
CALLS = {
    "chat.postMessage": "post a message",
    "chat.update": "repaint a card",
    "chat.postEphemeral": "tell one person alone",
    "response_url": "answer the one who asked",
    "views.open": "open a form",
    "users.info": "look somebody up",
}
"""The calls that matter, for whoever wants to spoil one."""

BROUGHT = {
    "slash_commands": "deliver a command: {type}",
    "block_actions": "deliver a press or a choice",
    "view_submission": "deliver a form that was sent",
    "view_closed": "deliver that a form was closed",
    "block_suggestion": "ask for the options of a list",
    "shortcut": "deliver a shortcut",
    "message_action": "deliver a shortcut on a message",
    "app_home_opened": "tell that somebody opened Home",
    "app_mention": "tell that somebody mentioned it",
    "message": "tell of a message",
}


def brought(kind: str, what: str) -> str:
    """A delivery to the app, as an infinitive."""
    return BROUGHT.get(kind, BROUGHT.get(what, "tell of {type}")).format(type=what)
