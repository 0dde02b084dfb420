"""How many calls a site takes: bursts per address, points per hour for apps, a bucket per user on Data Center."""

import json
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any

from integrations.jira.sandbox.errors import Refused, refused
from integrations.jira.sandbox.limiter import too_many

# developer.atlassian.com/cloud/jira/platform/rate-limiting, read 2026-10-09: a second's calls to one address by one
# verb, shared by everybody on the site. The size of the bucket is unpublished; the page's example names 350.
PER_SECOND = {"GET": 100.0, "POST": 100.0, "PUT": 50.0, "DELETE": 50.0}
PER_SECOND_ON_ISSUES = 150.0
NEAR = 0.2
LISTS = ("issues", "values", "comments", "histories", "projects")


@dataclass
class Bucket:
    """Filled at a steady rate, emptied by one for each call."""

    clock: Callable[[], float]
    level: float
    at: float = field(default=0.0)

    def take(self, size: float, per_second: float) -> float:
        """Take one; how many seconds are missing to the next (0: it was there)."""
        now = self.clock()
        self.level = min(size, self.level + (now - self.at) * per_second) if self.at else size
        self.at = now
        if self.level >= 1:
            self.level -= 1
            return 0.0
        return (1 - self.level) / per_second


class Traffic:
    """What was asked lately, and the refusal of what is too much."""

    def __init__(self, switches: dict[str, Any], clock: Callable[[], float] = monotonic) -> None:
        self._switches = switches
        self._clock = clock
        self._buckets: dict[str, Bucket] = {}
        self._hour = ""
        self._points = 0

    def burst(self, method: str, address: str) -> dict[str, str]:
        """Count one call; what its answer says of the limit. Raises: Refused, 429."""
        limit = int(self._switches["burst_capacity"])
        if not limit:
            return {}
        rate = PER_SECOND_ON_ISSUES if (method, address) == ("GET", "/issue/{key}") else PER_SECOND.get(method, 100.0)
        bucket = self._bucket(f"{method} {address}", limit)
        wait = bucket.take(limit, rate)
        if wait:
            raise too_many(limit, wait=wait, reason="jira-burst-based")
        near = {"X-RateLimit-NearLimit": "true"} if bucket.level < limit * NEAR else {}
        return {"X-RateLimit-Limit": str(limit), "X-RateLimit-Remaining": str(int(bucket.level))} | near

    def quota(self) -> dict[str, str]:
        """Look whether an app has points left this hour. Raises: Refused, 429 until the hour is over."""
        now = datetime.now(UTC)
        ends = now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
        if self._hour != str(ends):
            self._hour, self._points = str(ends), 0
        limit, wait = int(self._switches["quota_points"]), (ends - now).total_seconds()
        left = limit - self._points
        policy = {"RateLimit-Policy": f'"global-app-quota";q={limit};w=3600'}
        if left <= 0:
            refusal = too_many(limit, wait=wait, reason=str(self._switches["quota_reason"]))
            refusal.headers |= policy | {"RateLimit": f'"global-app-quota";r=0;t={math.ceil(wait)}'}
            raise refusal
        near = {"RateLimit": f'"global-app-quota";r={left};t={math.ceil(wait)}'} if left < limit * NEAR else {}
        return policy | near

    def charge(self, method: str, body: bytes) -> None:
        """An app pays 1 for a call, and when it reads 1 for each thing it was given."""
        self._points += 1 + (_things(body) if method == "GET" or _is_list(body) else 0)

    def per_user(self, user: str) -> dict[str, str]:
        """A Data Center's bucket for each user, where its administrators want one. Raises: Refused, 429."""
        size, fill, seconds = (self._switches[f"dc_rate_{part}"] for part in ("limit", "fill", "interval_seconds"))
        if not size:
            return {}
        bucket = self._bucket(f"user {user}", size)
        wait = bucket.take(size, fill / seconds)
        told = {"X-RateLimit-Limit": str(size), "X-RateLimit-FillRate": str(fill)}
        told |= {"X-RateLimit-Interval-Seconds": str(seconds), "X-RateLimit-Remaining": str(int(bucket.level))}
        if wait:
            raise _too_many_of_one_user(told, wait)
        return told

    def _bucket(self, name: str, size: float) -> Bucket:
        return self._buckets.setdefault(name, Bucket(self._clock, size))


def _too_many_of_one_user(told: dict[str, str], wait: float) -> Refused:
    # rounded down: Data Center says 0 when less than a second is missing (pycontribs/jira#1805)
    return refused(429, "Rate limit exceeded.", headers=told | {"Retry-After": str(int(wait))})


def _things(body: bytes) -> int:
    try:
        given = json.loads(body or b"null")
    except ValueError:
        return 0
    if isinstance(given, dict):
        return next((len(given[name]) for name in LISTS if isinstance(given.get(name), list)), 1)
    return len(given) if isinstance(given, list) else 0


def _is_list(body: bytes) -> bool:
    return body.startswith((b"[", b'{"expand": "schema,names"', b'{"issues"', b'{"startAt"'))
