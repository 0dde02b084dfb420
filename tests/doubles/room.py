"""A Slack workspace in memory, and the real cards in it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from bot.change.policy import Policy
from bot.ports import Check, Member, Message, NotOurTurn, NotThere
from bot.slack.room import SlackRoom
from tests.doubles.faults import Faults


@dataclass
class Posted:
    """One message, as it stands now."""

    ref: str
    message: Message
    thread: str = ""
    is_broadcast: bool = False
    edits: int = 0
    earlier: list[Message] = field(default_factory=list)


class WorkspaceDouble:
    """``bot.ports.Messenger``. Everybody it was given is a member; what is posted stays, until a test deletes it."""

    def __init__(self, *members: Member, diary: list[str] | None = None) -> None:
        self.diary = [] if diary is None else diary
        self.faults = Faults()
        self.messages: dict[str, Posted] = {}
        self.whispers: list[tuple[str, str]] = []
        self.wants_a_pause = False
        """(whom, what)"""
        self.checks: tuple[Check, ...] = ()
        self.members = {member.slack_id: member for member in members}
        self._count = 0

    def post(self, channel: str, message: Message, *, thread: str = "", broadcast: bool = False) -> str:
        with self.faults.around("post"):
            self._count += 1
            ref = f"{_room(channel)}/{1_700_000_000 + self._count}.000100"
            self.messages[ref] = Posted(ref, message, thread, broadcast)
            self.diary.append(f"posted {message.marker.partition(':')[0] or 'a message'} to {channel}")
            return ref

    def edit(self, ref: str, message: Message) -> None:
        with self.faults.around("edit"):
            if ref not in self.messages:
                raise NotThere("Slack", "message_not_found")
            posted = self.messages[ref]
            posted.earlier.append(posted.message)
            posted.message = message
            posted.edits += 1

    def find(self, channel: str, marker: str, *, thread: str = "", since: datetime | None = None) -> str:
        with self.faults.around("find"):
            here = (p for p in self.messages.values() if p.ref.startswith(f"{_room(channel)}/") and p.thread == thread)
            return next((posted.ref for posted in here if posted.message.marker == marker), "")

    def find_all(
        self, channel: str, marker: str, *, thread: str = "", since: datetime | None = None
    ) -> tuple[str, ...]:
        with self.faults.around("find"):
            here = (p for p in self.messages.values() if p.ref.startswith(f"{_room(channel)}/") and p.thread == thread)
            return tuple(sorted(posted.ref for posted in here if posted.message.marker == marker))

    def permalink(self, ref: str) -> str:
        with self.faults.around("permalink"):
            return f"https://acme.slack.com/archives/{ref.replace('/', '/p').replace('.', '')}"

    def whisper(self, response_url: str, channel: str, user: str, text: str) -> None:
        if self.wants_a_pause:
            raise NotOurTurn("Slack", "it is called as often as it lets us", "30")
        self.whispers.append((user, text))
        self.diary.append(f"whispered to {user}")

    def member(self, slack_id: str) -> Member:
        with self.faults.around("member"):
            if slack_id not in self.members:
                raise NotThere("Slack", "user_not_found")
            return self.members[slack_id]

    def member_by_email(self, email: str) -> Member | None:
        with self.faults.around("member_by_email"):
            return next((member for member in self.members.values() if member.email == email.lower()), None)

    def check(self, channels: Iterable[str]) -> tuple[Check, ...]:
        with self.faults.around("check"):
            found = (Check(f"Slack channel {channel}", "good", "the bot is in it") for channel in sorted(channels))
            return self.checks or tuple(found)

    def marked(self, kind: str) -> list[Posted]:
        """What stands there of one kind, oldest first: ``card``, ``thread``, ``dm``, ``digest``."""
        return [posted for posted in self.messages.values() if posted.message.marker.partition(":")[0] == kind]


class RoomDouble(SlackRoom):
    """``bot.ports.Room`` over a workspace in memory: the cards and notices are the real ones."""

    def __init__(self, workspace: WorkspaceDouble, policy: Callable[[], Policy], page: Callable[[str], str]) -> None:
        super().__init__(workspace, page=page, policy=policy)
        self.workspace = workspace


def _room(channel: str) -> str:
    """A person's DM has an id of its own."""
    return f"D{channel[1:]}" if channel.startswith("U") else channel
