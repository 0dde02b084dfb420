"""Trigger ids: proof that a person just did something; good for one modal, for three seconds."""

import secrets
import time
from dataclasses import dataclass

from integrations.slack.sandbox.errors import Json, SlackError, invalid_arguments


@dataclass
class Trigger:
    id: str
    user: str
    minted: float
    view_id: str = ""
    """The modal it came from, needed for views.push."""
    is_used: bool = False


class Triggers:
    def __init__(self, switches: Json) -> None:
        self._switches = switches
        self._all: dict[str, Trigger] = {}

    def mint(self, user: str, view_id: str = "") -> str:
        number = secrets.randbelow(10**12)
        trigger = Trigger(
            f"{number}.{secrets.randbelow(10**9)}.{secrets.token_hex(16)}", user, time.monotonic(), view_id
        )
        self._all[trigger.id] = trigger
        return trigger.id

    def find(self, trigger_id: str) -> Trigger:
        """A trigger that can still be used.

        Error names: docs.slack.dev/reference/methods/views.open.
        """
        if not trigger_id:
            raise invalid_arguments("missing required field: trigger_id")
        trigger = self._all.get(trigger_id)
        if not trigger:
            raise SlackError("invalid_trigger_id")
        if trigger.is_used:
            raise SlackError("exchanged_trigger_id")
        if time.monotonic() - trigger.minted > self._switches["trigger_seconds"]:
            raise SlackError("expired_trigger_id")
        return trigger
