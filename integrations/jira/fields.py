"""Jira's words for ours: issues, remote links, comments and their marks."""

from collections.abc import Mapping
from typing import Any

from bot.change.model import Found, Story
from bot.ports import RemoteLink
from integrations.jira.wiki import one_line, wiki_of

ISSUE_FIELDS = ("summary", "status", "issuetype", "security", "labels")
DEFECTS = frozenset({"bug", "defect"})
INCIDENTS = frozenset({"incident", "[system] incident"})  # the second is Jira Service Management's own name
INCIDENT_LABELS = frozenset({"incident", "incidents"})

APPLICATION = {"type": "com.servicenow", "name": "ServiceNow"}
RELATIONSHIP = "is changed by"
ICON_TITLES = {
    "waiting": "Change, waiting for approval",
    "approved": "Change, approved",
    "done": "Change, done",
    "failed": "Change, failed",
}
ICON_OF_TITLE = {title: icon for icon, title in ICON_TITLES.items()}

MARKER = "cabbie.marker"
INTERNAL = {"key": "sd.public.comment", "value": {"internal": True}}
"""Keeps a comment from the customers of a service project (developer.atlassian.com/cloud/jira/service-desk)."""


def story_of(issue: Mapping[str, Any], *, asked: str, site: str, is_archived: bool = False) -> Story:
    """What may be shown of an issue: behind a security level nothing but its key."""
    key, fields = str(issue["key"]), issue.get("fields") or {}
    named_as = asked if asked != key else ""
    url, issue_id = f"{site}/browse/{key}", str(issue["id"])
    if fields.get("security"):
        return Story(key, url=url, found=Found.RESTRICTED, named_as=named_as, issue_id=issue_id)
    kind = _name(fields.get("issuetype"))
    labels = {str(label).casefold() for label in fields.get("labels") or ()}
    return Story(
        key,
        summary=one_line(str(fields.get("summary") or "")),
        type=kind,
        status=_name(fields.get("status")),
        url=url,
        found=Found.ARCHIVED if is_archived else Found.MOVED if named_as else Found.READ,
        named_as=named_as,
        is_incident=kind.casefold() in INCIDENTS or bool(labels & INCIDENT_LABELS),
        is_defect=kind.casefold() in DEFECTS,
        issue_id=issue_id,
    )


def link_body(link: RemoteLink, icons_url: str = "") -> dict[str, Any]:
    """The whole link: Jira empties every member that an update does not name."""
    url = {"url16x16": f"{icons_url}/{link.icon}.png"} if icons_url and link.icon else {}
    icon = {"title": ICON_TITLES.get(link.icon, link.icon)} if link.icon else {}
    return {
        "globalId": link.global_id,
        "application": APPLICATION,
        "relationship": RELATIONSHIP,
        "object": {
            "url": link.url,
            "title": one_line(link.title),
            "summary": one_line(link.summary),
            "icon": icon | url,
            "status": {"resolved": link.resolved, "icon": {"title": one_line(link.status), "link": link.url} | url},
        },
    }


def link_of(shown: Mapping[str, Any]) -> RemoteLink:
    """A remote link as Jira shows it."""
    target = shown.get("object") or {}
    status = target.get("status") or {}
    icon = str((target.get("icon") or {}).get("title") or "")
    return RemoteLink(
        global_id=str(shown.get("globalId") or ""),
        url=str(target.get("url") or ""),
        title=str(target.get("title") or ""),
        summary=str(target.get("summary") or ""),
        status=str((status.get("icon") or {}).get("title") or ""),
        resolved=bool(status.get("resolved")),
        icon=ICON_OF_TITLE.get(icon, icon),
    )


def comment_body(text: str, marker: str) -> dict[str, Any]:
    return {"body": wiki_of(text), "properties": [{"key": MARKER, "value": marker_value(marker)}, INTERNAL]}


def marker_value(marker: str) -> dict[str, str]:
    return {"marker": marker}


def has_marker(comment: Mapping[str, Any], marker: str) -> bool:
    """Whether a comment, listed with its properties, carries this marker."""
    marks = {mark.get("key"): mark.get("value") for mark in comment.get("properties") or ()}
    return marks.get(MARKER) == marker_value(marker)


def person_id(user: Mapping[str, Any] | None) -> str:
    """What tells a user from others: accountId on Cloud, key or name on Data Center."""
    return next((str(user[name]) for name in ("accountId", "key", "name") if user and user.get(name)), "")


def _name(thing: Any) -> str:
    return one_line(str(thing.get("name") or "")) if isinstance(thing, Mapping) else ""
