"""What a remote link may say: which members Jira keeps, which it demands, how long they may be."""

from typing import Any

from integrations.jira.sandbox.errors import refused, unreadable
from integrations.jira.sandbox.lengths import length

LONGEST = 255
ICON = ("url16x16", "title", "link")


def link_of(body: dict[str, Any]) -> dict[str, Any]:
    """The parts of a link; members that Jira does not know are dropped.

    Raises:
        Refused: 400, naming the field that is missing or too long.
    """
    target = _object(body, "object")
    shown = _texts(target, "url", "title", "summary")
    if missing := {name: f"'{name}' is required." for name in ("title", "url") if not shown.get(name, "").strip()}:
        raise refused(400, errors=missing)
    facts: dict[str, Any] = {
        "global_id": _text(body, "globalId") or None,
        "relationship": _text(body, "relationship"),
        "application": _texts(_object(body, "application"), "type", "name"),
        "object": shown | _icons(target),
    }
    _check_lengths(facts)
    return facts


def _icons(target: dict[str, Any]) -> dict[str, Any]:
    status = _object(target, "status")
    resolved = status.get("resolved")
    if resolved is not None and not isinstance(resolved, bool):
        raise unreadable()
    shown = {} if resolved is None else {"resolved": resolved}
    icon = _texts(_object(status, "icon"), *ICON)
    return {"icon": _texts(_object(target, "icon"), *ICON), "status": {**shown, "icon": icon}}


def _check_lengths(facts: dict[str, Any]) -> None:
    # globalId: Atlassian's OpenAPI; the others share its column type, what Jira answers to more is unverified
    limited = {"globalId": facts["global_id"], "relationship": facts["relationship"], "title": facts["object"]["title"]}
    limited |= {f"application.{name}": text for name, text in facts["application"].items()}
    if long := {
        n: f"'{n}' must be {LONGEST} characters or less." for n, v in limited.items() if length(v or "") > LONGEST
    }:
        raise refused(400, errors=long)


def _object(of: dict[str, Any], name: str) -> dict[str, Any]:
    given = of.get(name)
    if given is not None and not isinstance(given, dict):
        raise unreadable()
    return given or {}


def _text(of: dict[str, Any], name: str) -> str | None:
    given = of.get(name)
    if given is not None and not isinstance(given, str):
        raise unreadable()
    return given


def _texts(of: dict[str, Any], *names: str) -> dict[str, str]:
    return {name: text for name in names if (text := _text(of, name)) is not None}
