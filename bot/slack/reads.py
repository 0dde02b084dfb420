"""What the doors read of what we remember: changes, never rows."""

from datetime import datetime
from typing import Protocol

from bot.change.announcement import Question
from bot.change.model import Change


class HistoryLine(Protocol):
    """One ledger entry as a sentence."""

    @property
    def seq(self) -> int: ...

    @property
    def at(self) -> datetime: ...

    @property
    def kind(self) -> str: ...

    @property
    def by(self) -> str: ...

    @property
    def sentence(self) -> str: ...


class Reads(Protocol):
    """Questions about changes; each answer is as of now."""

    def change(self, number: str) -> Change | None: ...

    def question(self, channel: str, ts: str) -> Question | None:
        """What is asked below this post, while it is."""
        ...

    def queue(self) -> tuple[Change, ...]:
        """Those not over, oldest first."""
        ...

    def waiting_for(self, slack_id: str) -> tuple[Change, ...]:
        """Those this person is asked to decide."""
        ...

    def history(self, number: str) -> tuple[HistoryLine, ...]:
        """What happened to it, oldest first."""
        ...
