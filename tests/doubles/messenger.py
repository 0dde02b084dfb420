"""A messenger that shows nothing to anybody and keeps a diary of what it was to say."""

from collections.abc import Iterable
from datetime import datetime

from bot.ports import Check, Member, Message, NotThere


class MessengerDouble:
    """Messages get rising timestamps; people are those it was given."""

    def __init__(self, *members: Member) -> None:
        self.diary: list[str] = []
        self.posted: dict[str, Message] = {}
        self.whispers: list[tuple[str, str, str, str]] = []
        self._members = {member.slack_id: member for member in members}

    def post(self, channel: str, message: Message, *, thread: str = "", broadcast: bool = False) -> str:
        ref = f"{channel}/{1700000000 + len(self.posted)}.000100"
        self.posted[ref] = message
        where = f" below {thread}" if thread else ""
        self.diary.append(f"posted to {channel}{where}{' for all to see' if broadcast else ''}: {message.text}")
        return ref

    def edit(self, ref: str, message: Message) -> None:
        self.posted[ref] = message
        self.diary.append(f"edited {ref}")

    def find(self, channel: str, marker: str, *, thread: str = "", since: datetime | None = None) -> str:
        found = (ref for ref, m in self.posted.items() if m.marker == marker and ref.startswith(f"{channel}/"))
        return next(found, "")

    def permalink(self, ref: str) -> str:
        return f"https://acme.slack.com/archives/{ref}"

    def whisper(self, response_url: str, channel: str, user: str, text: str) -> None:
        self.whispers.append((response_url, channel, user, text))
        self.diary.append(f"whispered to {user}: {text}")

    def member(self, slack_id: str) -> Member:
        if slack_id not in self._members:
            raise NotThere("Slack", f"there is no {slack_id}")
        return self._members[slack_id]

    def member_by_email(self, email: str) -> Member | None:
        return next((m for m in self._members.values() if m.email == email), None)

    def check(self, channels: Iterable[str]) -> tuple[Check, ...]:
        return ()
