"""Names for ids: whom and what a call is about."""

import re
from collections.abc import Iterable
from typing import Any

from integrations.standin.world import World, sys_id_of

SYS_ID = re.compile(r"(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])")
NUMBER = re.compile(r"CHG\d{7}(?!\d)")
STATES = {
    "-5": "New",
    "-4": "Assess",
    "-3": "Authorize",
    "-2": "Scheduled",
    "-1": "Implement",
    "0": "Review",
    "3": "Closed",
    "4": "Canceled",
}


class Names:
    """What the world calls its people, channels and groups, and which number a change's sys_id has."""

    def __init__(self, world: World) -> None:
        slack = world["slack"]
        self._people = {human.slack: human.name for human in world.people.values()}
        self._people |= {app["id"]: app["name"] for app in (slack["bot"], *slack["apps"].values())}
        self._channels = {channel["id"]: f"#{name}" for name, channel in slack["channels"].items()}
        self._records = {human.sys_id: human.name for human in world.people.values()}
        for name, group in world["groups"].items():
            self._records[group.get("sys_id") or sys_id_of("sys_user_group", name)] = name
        self._numbers: dict[str, str] = {}

    def learn(self, changes: Iterable[dict[str, Any]]) -> None:
        """The changes there are."""
        self._numbers = {change["sys_id"]: change["number"] for change in changes}

    def person(self, slack_id: str) -> str:
        return self._people.get(slack_id, slack_id or "somebody")

    def place(self, channel_id: str) -> str:
        """A channel by its name, a direct message by whose it is."""
        if channel_id in self._channels:
            return self._channels[channel_id]
        owner = self._people.get(channel_id) or self._people.get(f"U{channel_id[1:]}")
        return f"{owner}'s direct messages" if owner else channel_id or "a channel"

    def record(self, sys_id: str) -> str:
        return self._numbers.get(sys_id) or self._records.get(sys_id) or "a record"

    def changes_in(self, text: str) -> list[str]:
        """The numbers of the changes that a text names, by number or by sys_id, each once."""
        found = dict.fromkeys(NUMBER.findall(text))
        found |= dict.fromkeys(self._numbers[one] for one in SYS_ID.findall(text) if one in self._numbers)
        return list(found)

    def change(self, text: str, otherwise: str = "the change") -> str:
        found = self.changes_in(text)
        return found[0] if found else otherwise
