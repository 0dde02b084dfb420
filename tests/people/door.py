"""The signed door of Slack over a town: what people press and fill in, and what they alone are told."""

import itertools
import json
import re
from typing import Any
from urllib.parse import parse_qs, urlencode

from bot.change.model import Change
from bot.ports import Message
from bot.slack import buttons
from bot.slack.app import SlackApp
from bot.slack.http_door import Reply
from bot.wiring.reading import CurrentReader
from integrations.standin.diary import Entry
from tests.people.persons import CHANNEL, Being
from tests.people.town import Town
from tests.slack.front import OURS, SECRET, AtOnce, WebDouble, signed

REASON = "The refund test fails on the replica."


class Door:
    """Requests as Slack sends them, and the answers."""

    def __init__(self, town: Town) -> None:
        self._town = town
        self._ids = itertools.count(1)
        app = SlackApp(
            desk=town.desk,
            reads=town.reads,
            room=town.tools.room,  # type: ignore[arg-type]  # the one that Slack's side was built with
            web=WebDouble(),
            clock=town.clock.now,
            digest_text=lambda: Message("nothing waits"),
            reader=CurrentReader(town.tools.policy),
            executor=AtOnce(),
        )
        self._web = app.tools.web
        self._http, self._other = app.http(SECRET), app.http(SECRET)
        self._last: tuple[bytes, dict[str, str]] = b"", {}

    def press(self, being: Being, action_id: str, number: str, on: "Card") -> Reply:
        action = {"action_id": action_id, "block_id": on.block_id, "type": "button", "value": number}
        payload = {
            "type": "block_actions",
            "container": {"type": "message", "message_ts": on.ts, "channel_id": on.channel},
            "channel": {"id": on.channel, "name": "payments"},
            "message": {"blocks": [{"block_id": on.stamp}]},
            "actions": [action | {"action_ts": f"17000{next(self._ids):05}.000100"}],
        }
        return self._send({"payload": json.dumps(payload | self._by(being))})

    def answer(self, being: Being, action_id: str, channel: str, ts: str) -> bool:
        """The question below a tool's post; whether a form came up."""
        before = len(self._web.views("views.open"))  # type: ignore[attr-defined]  # the double
        action = {"action_id": action_id, "block_id": "announcement", "type": "button", "value": f"{channel}:{ts}"}
        payload = {
            "type": "block_actions",
            "channel": {"id": CHANNEL, "name": "payments"},
            "actions": [action | {"action_ts": f"17000{next(self._ids):05}.000100"}],
        }
        self._send({"payload": json.dumps(payload | self._by(being))})
        return len(self._web.views("views.open")) > before  # type: ignore[attr-defined]

    def fill(self, being: Being, values: dict[str, str], **facts: Any) -> dict[str, Any]:
        """Send the form that was opened last; what the acknowledgement says. facts: of the view, as it comes back."""
        view = self._web.views("views.open")[-1]  # type: ignore[attr-defined]  # the double
        state = {block: {block: {"type": "plain_text_input", "value": value}} for block, value in values.items()}
        sent = view | {"id": f"V{next(self._ids)}", "hash": "1.a", "state": {"values": state}} | facts
        reply = self._send({"payload": json.dumps({"type": "view_submission", "view": sent} | self._by(being))})
        return json.loads(reply.body) if reply.body else {}

    def ask_for_a_form(self, being: Being) -> None:
        self.type(being, "")

    def type(self, being: Being, text: str) -> None:
        """/deploy, and the words."""
        known = {"team_id": being.team, "channel_id": CHANNEL, "user_id": being.slack_id, "user_name": being.key}
        trigger = f"t{next(self._ids)}"
        self._send(known | {"command": "/deploy", "text": text, "trigger_id": trigger, "api_app_id": OURS})

    def send_the_last_again(self) -> tuple[int, int]:
        """The very bytes and headers, to the same door and to another replica's."""
        return self._http.dispatch(*self._last).status, self._other.dispatch(*self._last).status

    def _by(self, being: Being) -> dict[str, Any]:
        user = {"id": being.slack_id, "username": being.key, "team_id": being.team}
        team = {"id": being.team, "domain": "acme"}
        return {"user": user, "team": team, "api_app_id": OURS, "trigger_id": f"t{next(self._ids)}"}

    def _send(self, form: dict[str, str]) -> Reply:
        body = urlencode(form).encode()
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        self._last = body, signed(body, self._town.clock.now()) | kind
        reply = self._http.dispatch(*self._last)
        assert reply.status == 200, reply
        return reply


class Card:
    """Where a button is pressed: the message, and what its blocks say of what they show."""

    def __init__(self, of: Change, *, contents: str = "") -> None:
        """contents: the fingerprint that its buttons carry, where it is not the change's present one."""
        ref = of.projection("card")
        self.channel, _, self.ts = ref.ref.partition("/")
        self.stamp = f"card-{ref.shown[:24]}"
        self.block_id = f"{buttons.DECIDE}:{(contents or of.fingerprint)[:40]}"


def told(written: list[Entry]) -> list[tuple[str, str, str]]:
    """(call, whom or where, what) of everything that was said in Slack."""
    found = []
    for entry in written:
        said = json.loads(entry.body) if entry.body.startswith("{") else _form(entry.body)
        found.append((entry.call, said.get("user") or said.get("channel", ""), plain(said.get("text", ""))))
    return found


def plain(text: str) -> str:
    for entity, character in (("&lt;", "<"), ("&gt;", ">"), ("&#x27;", "'"), ("&amp;", "&")):
        text = text.replace(entity, character)
    return re.sub(r"\s+", " ", text)


def _form(body: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(body).items()}
