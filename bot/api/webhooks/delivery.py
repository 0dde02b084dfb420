"""One webhook: what it says of a deploy, or why it says nothing of any."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.change.reading import Reading


@dataclass(frozen=True)
class Delivery:
    """One tool's word on one deploy, and where it comes from. That the tool said it is proven, what it says is not."""

    source: str
    """github, gitlab, argocd, jenkins, cdevents."""
    once: str
    """Tells this statement from every other: delivered again, or played back by somebody, it is the same one."""
    occurred_at: datetime
    """When it happened, as the tool tells it; never later than now."""
    reading: Reading
    job: str = ""
    """A name that may hold service and environment: of a repository, a job, an application."""
    repository: str = ""
    """As the tool tells it: a full name or a URL."""
    delivery: str = ""
    """The tool's own name for the request, for the log."""


@dataclass(frozen=True)
class Ignored:
    """Nothing that concerns us, and why."""

    sentence: str
    event: str = ""
    """What the tool calls it."""


class NotUnderstood(Exception):
    """The request cannot be read. The sentence never repeats what was sent, but for the names of fields."""


class Unproven(Exception):
    """Nothing shows that the tool sent it."""


def once_of(source: str, *parts: Any) -> str:
    """A key of one length, from parts that the tool's own word holds; no two lists of parts share one.

    >>> once_of("github", "a:b", "c") == once_of("github", "a", "b:c")
    False
    """
    spelt = json.dumps(parts, sort_keys=True, separators=(",", ":"))  # ASCII: half a character stays what it is
    return f"{source}:{hashlib.sha256(spelt.encode()).hexdigest()}"
