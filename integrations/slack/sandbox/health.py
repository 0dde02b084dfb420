"""How well deliveries went of late: an app that fails nearly all of them hears no more events."""

import time
from collections import deque

from integrations.slack.sandbox.errors import Json

WINDOW_SECONDS = 3600
FAILED_SHARE = 0.95  # more than that within the hour: docs.slack.dev/apis/events-api, "Failure limits"


class Health:
    def __init__(self, switches: Json) -> None:
        self._switches = switches
        self._attempts: deque[tuple[float, bool]] = deque()

    def note(self, failed: bool) -> None:
        """One attempt. Switches the subscriptions off past the limit; only a person switches them on again."""
        now = time.monotonic()
        self._attempts.append((now, failed))
        while self._attempts[0][0] <= now - WINDOW_SECONDS:
            self._attempts.popleft()
        count = len(self._attempts)
        failures = sum(was_failed for _, was_failed in self._attempts)
        # Apps with under a thousand events an hour are exempt.
        if failed and count >= self._switches["disabling_least"] and failures / count > FAILED_SHARE:
            self._switches["subscriptions_enabled"] = False
            self._attempts.clear()
