"""What people did at the page, for the story: what they typed, pressed and decided."""

import itertools
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from integrations.standin.page.timeline.words import quote

MOST = 5000
LOOKS = frozenset({"close", "home"})
"""What people do in Slack that changes nothing."""


@dataclass
class Deed:
    seq: int
    who: str
    system: str
    sentence: str
    """In the past: ``typed “/deploy payments 2.4.1”``."""
    is_effect: bool = True
    error: str = ""
    at: str = field(default_factory=lambda: datetime.now(UTC).isoformat())


class Deeds:
    def __init__(self) -> None:
        self._deeds: deque[Deed] = deque(maxlen=MOST)
        self._numbers = itertools.count(1)
        self.revision = 0

    def begin(self, who: str, system: str, sentence: str, *, is_effect: bool = True) -> Deed:
        """Noted before its outcome is known, so that the story keeps its order."""
        deed = Deed(next(self._numbers), who, system, sentence, is_effect)
        self._deeds.append(deed)
        self.revision += 1
        return deed

    def failed(self, deed: Deed, error: str) -> None:
        deed.error = error
        self.revision += 1

    def clear(self) -> None:
        self._deeds.clear()
        self.revision += 1

    def newest_first(self) -> Iterator[Deed]:
        return iter(list(reversed(self._deeds)))


def in_slack(deed: str, told: dict[str, Any]) -> str:
    """A sentence for what somebody did in Slack; empty for what is no deed (looking at options, say)."""
    label = quote(str(told.get("label") or told.get("action_id") or ""))
    about = f" on {told['value']}" if str(told.get("value", "")).startswith("CHG") else ""
    command = f"{told.get('command', '')} {told.get('text', '')}"
    return {
        "command": f"typed {quote(command)}",
        "message": f"wrote {quote(str(told.get('text', '')))}",
        "click": f"pressed {label}{about}",
        "submit": "sent a form",
        "close": "closed a form",
        "shortcut": f"used the shortcut {label}",
        "home": "opened Cabbie's Home",
        "invite": f"invited {told.get('invitee', '')}",
    }.get(deed, "")
