"""What the fields of a webhook are: words in one line, commits, links, moments. Long ones are refused."""

import re
from datetime import UTC, datetime
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, Strict, StringConstraints

from bot.api.schemas import SAYS_SOMETHING
from bot.change.one_line import one_line

LONGEST = 255
"""Of a ref in git, and of an environment on GitHub and GitLab: none may be longer."""
LONGEST_LINK = 2000


def _whole(number: Any) -> Any:
    """In JSON 7.0 is a whole number too."""
    return int(number) if isinstance(number, float) and number.is_integer() else number


Text = Annotated[str, StringConstraints(max_length=LONGEST), AfterValidator(one_line)]
Word = Text | None
Name = Annotated[
    str, StringConstraints(min_length=1, max_length=LONGEST, pattern=SAYS_SOMETHING), AfterValidator(one_line)
]
Sha = Annotated[str, StringConstraints(pattern=r"^[0-9a-fA-F]{7,64}$")]
Id = Annotated[int, Strict(), Field(ge=0, le=2**53), BeforeValidator(_whole)]

_SHA = re.compile(r"[0-9a-fA-F]{7,64}")
# GitLab writes "2026-03-02 14:00:00 +0100" and "… UTC": docs.gitlab.com/user/project/integrations/webhook_events
_ZONE = re.compile(r"\s*(?:UTC|([+-]\d\d):?(\d\d))$")


def is_sha(text: str) -> bool:
    return bool(_SHA.fullmatch(text))


def said(word: Any) -> str:
    """A word of a team's own, where there may be anything."""
    return one_line(word) if isinstance(word, str) and len(word) <= LONGEST else ""


def link(*candidates: Any) -> str:
    """The first that a browser may be sent to; nothing else than http, and nobody's password in it.

    >>> link(None, "javascript:alert(1)", "https://ci.acme.example/run/7")
    'https://ci.acme.example/run/7'
    """
    return next((url for url in candidates if isinstance(url, str) and _is_link(url)), "")


def _is_link(url: str) -> bool:
    if len(url) > LONGEST_LINK or not url.isprintable() or any(c.isspace() for c in url):
        return False
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc
    except ValueError:  # brackets that hold no address
        return False


def moment(said: Any, now: datetime) -> datetime:
    """When, as the tool says it (a text, or milliseconds since 1970). What cannot be read, or is yet to come, is now.

    >>> moment("2026-03-02 15:00:00 +0100", datetime(2026, 3, 2, 16, tzinfo=UTC)).isoformat()
    '2026-03-02T14:00:00+00:00'
    """
    try:
        at = _parsed(said)
    except (ValueError, OverflowError, OSError):
        at = None
    return now if at is None or at > now else at


def _parsed(said: Any) -> datetime | None:
    """Raises: ValueError, OverflowError, OSError."""
    if isinstance(said, int) and not isinstance(said, bool):
        return datetime.fromtimestamp(said / 1000, UTC)
    if not isinstance(said, str) or len(said) > 40:
        return None
    at = datetime.fromisoformat(_ZONE.sub(lambda zone: f"{zone[1]}:{zone[2]}" if zone[1] else "+00:00", said.strip()))
    return at.astimezone(UTC) if at.tzinfo else None  # without a zone it may be any of 24 hours
