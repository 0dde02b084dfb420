"""Our client, and our front, at the stand-in's other end."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from bot.change.model import Change
from bot.ports import Message
from bot.slack.app import SlackApp
from bot.slack.room import SlackRoom
from bot.wiring.reading import CurrentReader
from integrations.slack.client import SlackMessenger
from integrations.slack.doctor import NEEDED_SCOPES
from tests.doubles.desk import DeskDouble
from tests.doubles.reads import ReadsDouble
from tests.integrations.slack.conftest import Slack
from tests.slack.front import a_policy

TEAM = "T0ACME"
PAYMENTS, CHANGES, PARTNERS, LONELY = "C0PAYMENTS", "C0CHANGES", "C0PARTNERS", "C0LONELY"


def now() -> datetime:
    return datetime.now(UTC)


def a_messenger(slack: Slack, clock: Callable[[], datetime] = now) -> SlackMessenger:
    """Granted what our manifest asks for."""
    slack.switch(scopes=sorted(NEEDED_SCOPES))
    return SlackMessenger(token=slack.secrets.slack_bot_token, base_url=f"{slack.url}/api/", team=TEAM, clock=clock)


def a_message(text: str = "hello", marker: str = "card:1", **facts: Any) -> Message:
    blocks = ({"type": "section", "text": {"type": "mrkdwn", "text": text}},)
    return Message(text, blocks, marker, **facts)


def a_front(slack: Slack, *changes: Change) -> tuple[SlackApp, DeskDouble, SlackRoom]:
    messenger, desk = a_messenger(slack), DeskDouble()
    room = SlackRoom(messenger, page=lambda sys_id: f"https://sn.example/{sys_id}", policy=a_policy)
    app = SlackApp(
        desk=desk,
        reads=ReadsDouble(*changes),
        room=room,
        web=messenger.web,
        clock=now,
        digest_text=lambda: Message("2 changes wait"),
        reader=CurrentReader(a_policy),
    )
    return app, desk, room
