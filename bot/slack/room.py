"""The room: Slack's wire, and what is shown on it."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from bot.change.model import Change
from bot.change.policy import Policy
from bot.ports import Check, Member, Message, Messenger, Notice
from bot.slack.blocks import Block
from bot.slack.buttons import Page, buttons, page_to_decide_on
from bot.slack.cards import card
from bot.slack.notices import notices

People = Callable[[Change], Mapping[str, str]]
"""The approvers of a change we know in both systems: sys_user → Slack id."""


def known_people(change: Change) -> Mapping[str, str]:
    return change.slack_ids


class SlackRoom:
    """``bot.ports.Room``: messages go over the messenger, cards and notices are made here."""

    def __init__(
        self, messenger: Messenger, *, page: Page, policy: Callable[[], Policy], people: People = known_people
    ) -> None:
        """page: sys_id → where a person looks at the change in ServiceNow."""
        self._messenger = messenger
        self.page = page
        self.policy = policy
        self._people = people

    def card(self, change: Change, *, now: datetime) -> Message:
        page = page_to_decide_on(self.policy(), change, self.page)
        return card(change, now=now, page=page, people=self._people(change))

    def notices(self, change: Change, *, now: datetime) -> tuple[Notice, ...]:
        return notices(change, now=now, people=self._people(change))

    def buttons(self, change: Change) -> list[Block]:
        """The card's buttons, for a surface that shows many changes."""
        return buttons(change, page=page_to_decide_on(self.policy(), change, self.page), apart=change.number)

    def page_of(self, change: Change) -> str:
        """Where a person looks at it in ServiceNow; empty until it is there."""
        return self.page(change.sys_id) if change.sys_id else ""

    def post(self, channel: str, message: Message, *, thread: str = "", broadcast: bool = False) -> str:
        return self._messenger.post(channel, message, thread=thread, broadcast=broadcast)

    def edit(self, ref: str, message: Message) -> None:
        self._messenger.edit(ref, message)

    def find(self, channel: str, marker: str, *, thread: str = "", since: datetime | None = None) -> str:
        return self._messenger.find(channel, marker, thread=thread, since=since)

    def find_all(
        self, channel: str, marker: str, *, thread: str = "", since: datetime | None = None
    ) -> tuple[str, ...]:
        return self._messenger.find_all(channel, marker, thread=thread, since=since)

    def permalink(self, ref: str) -> str:
        return self._messenger.permalink(ref)

    def whisper(self, response_url: str, channel: str, user: str, text: str) -> None:
        self._messenger.whisper(response_url, channel, user, text)

    def member(self, slack_id: str) -> Member:
        return self._messenger.member(slack_id)

    def member_by_email(self, email: str) -> Member | None:
        return self._messenger.member_by_email(email)

    def check(self, channels: Iterable[str]) -> tuple[Check, ...]:
        return self._messenger.check(channels)
