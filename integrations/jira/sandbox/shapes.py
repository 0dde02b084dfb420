"""Small shapes that many answers share: moments, people, projects, statuses."""

from datetime import UTC, datetime
from typing import Any

from integrations.jira.sandbox.models import Project, Version
from integrations.jira.sandbox.view import View
from integrations.jira.sandbox.workflow import STATUSES
from integrations.standin.world import Human

SIZES = ("16x16", "24x24", "32x32", "48x48")


def stamp(moment: datetime) -> str:
    """Jira's own format: milliseconds, and an offset without a colon (not RFC 3339)."""
    moment = moment.astimezone(UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}+0000"


def user(view: View, person: Human, *, with_email: bool = False) -> dict[str, Any]:
    """One person: by accountId on Cloud, where the e-mail is hidden from others; by name on Data Center."""
    if view.site.is_cloud:
        facts = {"accountId": person.account_id, "accountType": "atlassian", "timeZone": "Etc/UTC"}
        facts |= {"emailAddress": person.email} if with_email else {}
        link = view.url(f"/user?accountId={person.account_id}")
    else:
        facts = {"name": person.key, "key": person.key, "emailAddress": person.email, "timeZone": "Etc/UTC"}
        link = view.url(f"/user?username={person.key}")
    return facts | {
        "self": link,
        "displayName": person.name,
        "active": not person.deleted,
        "avatarUrls": _avatars(view, f"/secure/useravatar?ownerId={person.key}"),
    }


def project(view: View, of: Project) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "self": view.url(f"/project/{of.id}"),
        "id": str(of.id),
        "key": of.key,
        "name": of.name,
        "projectTypeKey": "service_desk" if of.is_service else "software",
        "avatarUrls": _avatars(view, f"/secure/projectavatar?pid={of.id}"),
    }
    return facts | ({"simplified": False, "style": "classic", "isPrivate": False} if view.site.is_cloud else {})


def status(view: View, name: str) -> dict[str, Any]:
    status_id, (category_id, key, colour, category) = STATUSES[name]
    return {
        "self": view.url(f"/status/{status_id}"),
        "description": "",
        "iconUrl": f"{view.origin}/images/icons/statuses/generic.png",
        "name": name,
        "id": str(status_id),
        "statusCategory": {
            "self": view.url(f"/statuscategory/{category_id}"),
            "id": category_id,
            "key": key,
            "colorName": colour,
            "name": category,
        },
    }


def type_json(view: View, name: str, number: str) -> dict[str, Any]:
    """A type of issue as the lists of types show it."""
    link = view.url(f"/issuetype/{number}")
    level = {"hierarchyLevel": 1 if name == "Epic" else 0} if view.site.is_cloud else {}
    return {"self": link, "id": number, "description": "", "name": name, "subtask": False, **level}


def version_short(view: View, version: Version) -> dict[str, Any]:
    """A version as it stands on an issue."""
    dated = {"releaseDate": version.release_date} if version.release_date else {}
    shown = {"self": view.url(f"/version/{version.id}"), "id": str(version.id), "name": version.name}
    shown |= {"description": version.description} if version.description else {}
    return {**shown, "archived": version.archived, "released": version.released, **dated}


def version_full(view: View, project: Project, version: Version) -> dict[str, Any]:
    """A version as its project shows it."""
    started = {"startDate": version.start_date} if version.start_date else {}
    days = {"overdue": not version.released and bool(version.release_date) and version.release_date < _today(view)}
    return version_short(view, version) | {"projectId": project.id} | started | (days if version.release_date else {})


def _today(view: View) -> str:
    return view.store.clock.now().date().isoformat()


def _avatars(view: View, path: str) -> dict[str, str]:
    return {size: f"{view.origin}{path}&size={size}" for size in SIZES}
