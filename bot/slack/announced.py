"""A pipeline's announcement, as it rides in a message's metadata: read field by field, the wrong one named.

"metadata": {"event_type": "deploy_announced",
             "event_payload": {"service": "payments", "version": "2.4.1", "environment": "production",
                               "status": "requested", "sha": "…", "url": "https://ci/142", "requested_by": "…"}}
"""

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, TypeVar

from bot.change.announcement import Announcement
from bot.change.model import Commit, Kind, Status
from bot.change.one_line import one_line

EVENT_TYPE = "deploy_announced"
LONGEST = {"service": 100, "version": 200, "environment": 100, "why": 1000, "url": 2000, "requested_by": 200}
OTHER_NAMES = {"commit": "sha", "actor_email": "requested_by"}
"""What some pipelines call our fields."""
MOST_COMMITS = 500
COMMIT_WORDS = ("body", "author_name", "author_email")
Word = TypeVar("Word", bound=StrEnum)


class WrongField(ValueError):
    """One field of an announcement is not what it should be."""

    def __init__(self, name: str, problem: str) -> None:
        super().__init__(f"I can't read this announcement: `{name}` {problem}.")


def read_announcement(payload: Any, *, channel: str, message_ts: str) -> Announcement:
    """Raises: WrongField."""
    if not isinstance(payload, Mapping):
        raise WrongField("event_payload", "has to be an object")
    given: dict[str, Any] = {OTHER_NAMES.get(str(name), str(name)): value for name, value in payload.items()}
    texts = {name: _text(given, name, longest) for name, longest in LONGEST.items()}
    sha = _sha(given)
    if not texts["service"]:
        raise WrongField("service", "is missing")
    if not texts["version"] and not sha:
        raise WrongField("version", "is missing, and so is `sha`")
    if texts["url"] and not re.fullmatch(r"https?://\S+", texts["url"]):
        raise WrongField("url", "has to start with http:// or https://, and to hold no spaces")
    return Announcement(
        service=texts["service"],
        version=texts["version"],
        environment=texts["environment"],
        why=texts["why"],
        url=texts["url"],
        requested_by=texts["requested_by"],
        status=_word(given, "status", Status.REQUESTED),
        kind=_word(given, "kind", Kind.DEPLOY),
        sha=sha,
        commits=_commits(given.get("commits")),
        channel=channel,
        message_ts=message_ts,
        is_emergency=_flag(given, "is_emergency"),
    )


def _text(given: Mapping[str, Any], name: str, longest: int) -> str:
    value = given.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise WrongField(name, "has to be text")
    if len(value) > longest:
        raise WrongField(name, f"is longer than {longest} characters")
    return one_line(value)


def _sha(given: Mapping[str, Any]) -> str:
    sha = _text(given, "sha", 64).lower()
    if sha and not re.fullmatch(r"[0-9a-f]{7,64}", sha):
        raise WrongField("sha", "has to be a commit's hash")
    return sha


def _word(given: Mapping[str, Any], name: str, default: Word) -> Word:
    value = given.get(name)
    if value is None or value == "":
        return default
    try:
        return type(default)(value)
    except ValueError:
        known = ", ".join(type(default))
        raise WrongField(name, f"has to be one of {known}") from None


def _flag(given: Mapping[str, Any], name: str) -> bool:
    value = given.get(name, False)
    if not isinstance(value, bool):
        raise WrongField(name, "has to be true or false")
    return value


def _commits(value: Any) -> tuple[Commit, ...]:
    """A list of objects with sha and subject; metadata allows no deeper nesting."""
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(one, Mapping) for one in value):
        raise WrongField("commits", "has to be a list of objects")
    if len(value) > MOST_COMMITS:
        raise WrongField(
            "commits", f"lists more than {MOST_COMMITS}: leave it out, and I read them from the repository"
        )
    found = []
    for at, one in enumerate(value):
        if not isinstance(one.get("sha"), str) or not isinstance(one.get("subject", ""), str):
            raise WrongField(f"commits.{at}", "needs `sha` and `subject` as text")
        body, name, email = (str(one.get(word) or "") for word in COMMIT_WORDS)
        found.append(Commit(one["sha"], one_line(one.get("subject", "")), body, one_line(name), email))
    return tuple(found)
