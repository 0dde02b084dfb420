"""How often one issue may be written: 20 times in 2 seconds, 100 times in 30 seconds."""

import math
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from time import monotonic

from integrations.jira.sandbox.errors import Refused, refused

# developer.atlassian.com/cloud/jira/platform/rate-limiting: writes to one issue, (how many, in how many seconds)
WINDOWS = ((20, 2.0), (100, 30.0))
LONGEST = max(seconds for _, seconds in WINDOWS)


class WriteLimiter:
    """Remembers the recent writes of each issue and refuses the one too many."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._writes: dict[int, deque[float]] = {}

    def count(self, issue_id: int) -> None:
        """Count one write.

        Raises:
            Refused: 429, and when to come again. A refused write does not count.
        """
        now = self._clock()
        writes = self._writes.setdefault(issue_id, deque())
        while writes and writes[0] <= now - LONGEST:
            writes.popleft()
        for limit, seconds in WINDOWS:
            recent = [at for at in writes if at > now - seconds]
            if len(recent) >= limit:
                raise too_many(limit, wait=recent[-limit] + seconds - now, reason="jira-per-issue-on-write")
        writes.append(now)


def too_many(limit: int, *, wait: float, reason: str) -> Refused:
    """Cloud's 429 with every header the documentation names."""
    seconds = max(1, math.ceil(wait))
    again = (datetime.now(UTC) + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")
    headers = {
        "Retry-After": str(seconds),
        "X-RateLimit-Limit": str(limit),
        "X-RateLimit-Remaining": "0",
        "X-RateLimit-Reset": again,
        "RateLimit-Reason": reason,
    }
    # the body of a 429 is undocumented; this is the site's usual shape
    return refused(429, "Rate limit exceeded.", headers=headers)
