"""How often one may call: a bucket per channel for posting, a minute's window per method for the rest."""

import math
import time
from collections import defaultdict, deque

from integrations.slack.sandbox.errors import Json

# "1+", "20+", "50+", "100+" calls a minute are promised, short bursts above are let through
# (docs.slack.dev/apis/web-api/rate-limits), so the limits here are about twice the promise. Tier 1 is the exception:
# apps open up to ten sockets at start, which Slack grants.
TIERS = {"1": 20, "2": 40, "3": 100, "4": 200, "special": 600}


class Rates:
    """Counts calls; says how many whole seconds to stay away, 0 when welcome."""

    def __init__(self, switches: Json) -> None:
        self._switches = switches
        self._calls: dict[str, deque[float]] = defaultdict(deque)
        self._buckets: dict[str, tuple[float, float]] = {}

    def check_method(self, method: str, tier: str) -> int:
        limits = self._switches["tiers"]
        if not limits or not limits.get(tier):
            return 0
        now, calls = time.monotonic(), self._calls[method]
        while calls and calls[0] <= now - 60:
            calls.popleft()
        if len(calls) >= limits[tier]:
            return max(1, math.ceil(calls[0] + 60 - now))
        calls.append(now)
        return 0

    def check_message(self, channel: str) -> int:
        """About one message per second per channel, short bursts allowed."""
        rate, burst = float(self._switches["message_rate_per_second"]), float(self._switches["message_burst"])
        if not rate:
            return 0
        now = time.monotonic()
        level, since = self._buckets.get(channel, (burst, now))
        level = min(burst, level + (now - since) * rate)
        if level < 1:
            self._buckets[channel] = (level, now)
            return max(1, math.ceil((1 - level) / rate))
        self._buckets[channel] = (level - 1, now)
        return 0
